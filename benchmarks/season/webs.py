"""`python -m benchmarks.season.webs URL`: turns a second of one web process and of two, on one PostgreSQL.

The people of each run are new, and half of them talk to each process. Where the machine has fewer cores than what runs
on it, `--share` gives each web process that share of one core, as if each had a small machine of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks import wechat
from benchmarks.server import Server
from member_store.encryption import generate_key

_PEOPLE = 300
_RUNS = 3
_LEAST = 1.6
_SLICE_SECONDS = 0.02


def main() -> int:
    """Measure it; 1 where two do not do so much more than one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="an empty PostgreSQL database")
    parser.add_argument("--share", type=float, default=1.0, help="of one core, for each web process")
    options = parser.parse_args()
    # Two servers with one database and one key.
    settings = {
        **wechat._SETTINGS,
        "HEBAO_DATABASE_URL": options.url,
        "HEBAO_KEYS": generate_key(),
        "HEBAO_EMBEDDED_WORKER": "false",
    }
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as running:
        folders = [Path(name) / str(number) for number in range(2)]
        for each in folders:
            each.mkdir()
        servers = [running.enter_context(Server(each, **settings)) for each in folders]
        for number, each in enumerate(servers):
            wechat._load(each.port, "sentences", 60, seed=number)
            if options.share < 1:
                running.enter_context(_held_back(each.pid, options.share))
        rates: dict[int, list[float]] = {1: [], 2: []}
        for run in range(_RUNS):
            for count in rates:
                rates[count].append(_rate([each.port for each in servers[:count]], 10 + 10 * run + count))
                print(f"{count}: {rates[count][-1]:.0f} turns a second", flush=True)
    one, two = (statistics.median(rates[count]) for count in (1, 2))
    print(f"one {one:.0f}, two {two:.0f} turns a second: {two / one:.2f} times, at {options.share} of a core each")
    return 0 if two / one >= _LEAST else 1


def _rate(ports: list[int], seed: int) -> float:
    with ThreadPoolExecutor(len(ports)) as loads:
        found = loads.map(
            lambda each: wechat._load(each[1], "sentences", _PEOPLE // len(ports), seed=seed * 100 + each[0]),
            enumerate(ports),
        )
        return float(sum(each["rate"] for each in found))


@contextlib.contextmanager
def _held_back(pid: int, share: float) -> Iterator[None]:
    """Stop a process for a part of each slice of time."""
    ends = threading.Event()

    def hold() -> None:
        while not ends.is_set():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
                time.sleep(_SLICE_SECONDS * share)
                os.kill(pid, signal.SIGSTOP)
            time.sleep(_SLICE_SECONDS * (1 - share))
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


if __name__ == "__main__":
    sys.exit(main())
