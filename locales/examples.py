"""The examples of every language, checked, and made into the weights that wishes are judged by.

`locales/<tag>/examples.yaml` lists sentences by what they are after. `python -m locales.catalogues compile` learns from
all of them and writes `locales/wishes.json`, which the program reads when it starts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from bot.languages import FOLDER, LOCALES, grammars, read_data
from dialogs.understanding.judge import NOTHING
from dialogs.understanding.learning import learn
from dialogs.understanding.lexicon import ARGUMENTS, COMMANDS, INTENTS
from dialogs.understanding.reading import sample
from dialogs.understanding.text import canonical, fold
from policy_engine.errors import did_you_mean

FEWEST = 10
"""Examples of each wish: with fewer, nothing can be told from them."""

WISHES = frozenset(
    {NOTHING, *INTENTS, *(COMMANDS - set(ARGUMENTS) - {"readings"})}
    | {f"{command}.{argument}" for command, arguments in ARGUMENTS.items() for argument in arguments}
)
"""What examples can be for."""


def problems() -> Iterator[str]:
    """What is wrong with the examples of any language."""
    for locale in LOCALES:
        where = f"locales/{locale}/examples.yaml"
        given = read_data(locale, "examples.yaml")
        yield from (
            f"{where}: {wish} is no wish. Did you mean: {did_you_mean(str(wish), WISHES)}?" for wish in given
            if wish not in WISHES
        )  # fmt: skip
        seen: dict[str, str] = {}
        for wish in WISHES:
            phrases = given.get(wish) or []
            if len(phrases) < FEWEST:
                yield f"{where}: {wish} has {len(phrases)} examples; write {FEWEST} or more."
            for phrase in phrases:
                key = canonical(fold(str(phrase)))
                if not isinstance(phrase, str) or not key:
                    yield f"{where}: {phrase!r} is no sentence; put it in quotes."
                elif seen.setdefault(key, wish) != wish:
                    yield f"{where}: {phrase!r} is both {seen[key]} and {wish}."


def compile_weights() -> None:
    """Learn from the examples of all languages, and write the weights. The same examples give the same file."""
    judge = learn([(wish, sample(text, grammars(locale))) for locale, wish, text in _examples()])
    written = json.dumps(judge.to_data(), ensure_ascii=False, separators=(",", ":"))
    (FOLDER / "wishes.json").write_text(written, "utf-8")


def _examples() -> Iterable[tuple[str, str, str]]:
    for locale in LOCALES:
        given: dict[str, Any] = read_data(locale, "examples.yaml")
        for wish in sorted(given):
            yield from ((locale, wish, text) for text in given[wish])
