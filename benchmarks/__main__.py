"""`python -m benchmarks [--write]`: measure everything, print it as Markdown, and put it into docs/measurements.md."""

from __future__ import annotations

import argparse
import gc
import os
import time

from benchmarks import corpus, engine, forms, members, page, questions, serving, storing, talk
from benchmarks.yardstick import yardstick

try:
    from benchmarks import batch, wechat
    from benchmarks.peers import comparison
except ModuleNotFoundError as missing:
    raise SystemExit(
        f"{missing.name} is not installed. Run `make bench`, which brings what is measured beside us."
    ) from None

PARTS = (
    engine.decisions,
    comparison.estimates,
    comparison.decisions,
    batch.agreement,
    batch.speed,
    engine.packs,
    questions.questions,
    talk.understanding,
    corpus.accuracy,
    corpus.facts,
    corpus.confusions,
    corpus.money,
    talk.turns,
    forms.turns,
    storing.store,
    members.million,
    serving.http,
    serving.start_up,
    serving.imports,
    wechat.turns,
    wechat.start_up,
    wechat.memory,
)


def main() -> None:
    """Measure, part after part."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    arguments.add_argument("--write", action="store_true", help="also replace the section in docs/measurements.md")
    wanted = arguments.parse_args()
    for name in [name for name in os.environ if name.startswith("HEBAO_")]:
        del os.environ[name]
    before, begun = page.load(), time.monotonic()
    tables = []
    for part in PARTS:
        # What the parts before have left behind would show as pauses of the garbage collector in this one.
        gc.collect()
        gc.freeze()
        tables.append(part())
        print(tables[-1].markdown() + "\n", flush=True)
    tables.append(yardstick(tables))
    print(tables[-1].markdown() + "\n")
    about = f"{page.stamp(before)}\n- took: {time.monotonic() - begun:.0f} s"
    print(about)
    if wanted.write:
        page.write("bench", "\n\n".join([about, *(table.markdown() for table in tables)]))


if __name__ == "__main__":
    main()
