"""Understanding, and one whole turn: pure code, no store."""

from __future__ import annotations

import functools
import statistics
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.material import Talk, cases, service_in, talks
from benchmarks.timing import ROUNDS, Table, rates, seconds_of
from bot.languages import LOCALES, first_language, lexicons
from dialogs.context import Context
from dialogs.conversation import Conversation
from dialogs.questions import GOAL
from dialogs.respond import Turn, respond
from dialogs.understanding import understand


def understanding() -> Table:
    """How long the sentences of the cases take, and the longest text that anybody can send."""
    both = {locale: lexicons(locale) for locale in LOCALES}
    said = cases()

    def call(text: str, asked: int) -> Callable[[], object]:
        words = both[first_language(text)]
        return lambda: understand(text, said[asked][1], words)

    calls = [call(text, number) for number, (text, _) in enumerate(said)]
    long = ["".join(text for text, _ in said)[:2000], "一二三" * 666, "a b " * 500, "((((" * 500, "我妈住院花了" * 333]
    rows = (
        _row(f"a sentence of the cases ({len(said)})", calls),
        _row("2,000 characters, five kinds", [call(text, 0) for text in long]),
    )
    return Table("Understanding, µs", _COLUMNS, rows, (_HOW,))


def turns() -> Table:
    """One whole `respond`, understanding included, over every turn of every conversation."""
    with tempfile.TemporaryDirectory() as folder:
        contexts = {each.file: _context(each, Path(folder)) for each in talks()}
    calls = [call for each in talks() for call in _calls(each, contexts[each.file])]

    def whole() -> int:
        for call in calls:
            call()
        return len(calls)

    found = rates(whole)
    notes = (
        f"All of them one after the other: best {max(found):,.0f}, median {statistics.median(found):,.0f} turns a "
        f"second over {len(found)} rounds.",
    )
    return Table("A whole turn without the store, µs", _COLUMNS, (_row(f"a turn ({len(calls)})", calls),), notes)


_COLUMNS = ("what", "median", "95 %", "worst", "worst single call")
_HOW = (
    f"Each is timed {ROUNDS} times and its best time counts, so that median and worst are about the words and not "
    "about the machine; the last column is the worst of all calls, pauses by others included."
)


def _row(name: str, calls: Sequence[Callable[[], object]]) -> tuple[str, ...]:
    for call in calls:
        call()
    timed = [[1e6 * seconds_of(call) for _ in range(ROUNDS)] for call in calls]
    best = sorted(min(each) for each in timed)
    worst = max(max(each) for each in timed)
    figures = (statistics.median(best), best[int(0.95 * (len(best) - 1))], best[-1], worst)
    return (name, *(f"{each:,.0f}" for each in figures))


def _context(talk: Talk, folder: Path) -> Context:
    with service_in(folder, county=talk.county) as service:
        return service.context()


def _calls(talk: Talk, context: Context) -> list[Callable[[], Turn]]:
    """Every turn of a conversation, each from where the one before it left off, so that each can be repeated alone."""
    conversation = Conversation(first_language(talk.says[0], talk.locale), asked=GOAL)
    calls: list[Callable[[], Turn]] = []
    for text in talk.says:
        calls.append(functools.partial(respond, conversation, text, context))
        conversation = calls[-1]().conversation
    return calls
