"""How much of the labelled corpus is understood: intents, facts, money, what was invented, and how long it takes.

The corpus is `tests/understanding/`; its README.md says how it is labelled.
"""

from __future__ import annotations

import contextlib
import io
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml

from benchmarks.material import ROOT
from benchmarks.timing import Table, seconds_of
from bot.languages import LOCALES, first_language, lexicons
from dialogs.understanding import Expecting, Findings, understand
from policy_engine.facts import FACTS, Value, parse_fact
from policy_engine.money import Money

PARTS = ("work", "measure")
_NAMES = {"work": "to work with", "measure": "only measured"}
_CORPUS = ROOT / "tests/understanding"
_NOTHING = "nothing"
_TAKES = 5
"""Times each sentence is read; the quickest counts, so that what else the machine does is not counted."""
_WRITTEN = re.compile(
    r"[¥￥]?[0-9０-９零〇一二三四五六七八九十百千万亿两半壹贰叁肆伍陆柒捌玖拾佰仟,，.wk多块元毛角分整]{1,40}"
)


@dataclass(frozen=True)
class Said:
    """One sentence of the corpus with its labels. `wish` is the intent or the command, whichever it has."""

    say: str
    asked: Expecting | None
    wish: str
    facts: dict[str, Value]

    def understood(self) -> Findings:
        """What is understood of it."""
        return understand(self.say, self.asked, _lexicons()[first_language(self.say)])


@dataclass
class Score:
    """What was right, missed and invented in a part of the corpus.

    A wrong value counts as both invented and missed. `wrong` are the sentences that are not understood as labelled,
    each with what is the matter.
    """

    sentences: int = 0
    wishes: int = 0
    inventing: int = 0
    right: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def f1(self, *facts: str) -> float:
        """The harmonic mean of precision and recall over these facts, or over all."""
        right, invented, missed = (
            sum(count for fact, count in counts.items() if not facts or fact in facts)
            for counts in (self.right, self.invented, self.missed)
        )
        return 2 * right / max(1, 2 * right + invented + missed)

    @property
    def intents(self) -> float:
        """The share of sentences whose intent or command is the labelled one."""
        return self.wishes / self.sentences

    @property
    def money(self) -> float:
        """The share of labelled amounts that are read to the fen, as the fact that they are."""
        right, missed = (sum(counts[fact] for fact in _money()) for counts in (self.right, self.missed))
        return right / (right + missed)

    @property
    def inventions(self) -> float:
        """The share of sentences out of which something was understood that nobody said."""
        return self.inventing / self.sentences


@cache
def corpus(part: str) -> tuple[Said, ...]:
    """The sentences of a part of the corpus."""
    found = []
    for path in sorted((_CORPUS / part).glob("*.yaml")):
        for given in yaml.safe_load(path.read_text("utf-8")):
            found.append(_said(given, path.name))
    return tuple(found)


def _said(given: dict[str, Any], file: str) -> Said:
    unknown = set(given) - {"say", "asked", "intent", "command", "facts"}
    if unknown or not isinstance(given.get("say"), str) or ("intent" in given and "command" in given):
        raise ValueError(f"{file}: {given} has something that no sentence has, or both an intent and a command.")
    asked = Expecting(given["asked"]) if "asked" in given else None
    wish = given.get("intent") or given.get("command") or _NOTHING
    facts = {fact: parse_fact(fact, value) for fact, value in given.get("facts", {}).items()}
    return Said(given["say"], asked, wish, facts)


@cache
def score(part: str) -> Score:
    """How a part of the corpus is understood."""
    result = Score()
    for said in corpus(part):
        found = said.understood()
        values, wish = found.values(), found.intent or found.command or _NOTHING
        result.sentences += 1
        result.wishes += wish == said.wish
        right = {fact for fact, value in values.items() if said.facts.get(fact) == value}
        invented, missed = set(values) - right, set(said.facts) - right
        result.inventing += bool(invented)
        result.right.update(right)
        result.invented.update(invented)
        result.missed.update(missed)
        if wish != said.wish:
            result.confusions[said.wish, wish] += 1
        if wish != said.wish or invented or missed:
            result.wrong.append(_matter(said, wish, values, invented, missed))
    return result


def _matter(said: Said, wish: str, values: dict[str, Value], invented: set[str], missed: set[str]) -> str:
    parts = [said.say]
    if wish != said.wish:
        parts.append(f"{wish}, not {said.wish}")
    parts += [f"invented {fact} = {values[fact]}" for fact in sorted(invented)]
    parts += [f"missed {fact} = {said.facts[fact]}" for fact in sorted(missed)]
    return " | ".join(parts)


def accuracy() -> Table:
    """Intents, facts, money and inventions of both parts, and the time that a sentence takes."""
    rows = []
    for part in PARTS:
        found = score(part)
        times = sorted(min(seconds_of(said.understood) for _ in range(_TAKES)) * 1e6 for said in corpus(part))
        rows.append((
            f"{_NAMES[part]} ({found.sentences})", *(_percent(share) for share in (
                found.intents, found.f1(), found.money, found.inventions,
            )), f"{statistics.median(times):,.0f}", f"{times[-1]:,.0f}",
        ))  # fmt: skip
    columns = ("part of the corpus", "intents right", "facts, F1", "money right", "sentences with an invented fact",
        "median µs", "worst µs")  # fmt: skip
    note = "Invented is a fact, or a value of one, that nobody said. The worst sentence is that of its best of five."
    return Table("Understanding: the labelled corpus", columns, tuple(rows), (note,))


def facts() -> Table:
    """Precision and recall of every fact, in the part that is only measured."""
    found = score("measure")
    kinds = [fact for fact in FACTS if found.right[fact] + found.invented[fact] + found.missed[fact]]
    rows = tuple(
        (fact, str(found.right[fact] + found.missed[fact]), _share(found.right[fact], found.invented[fact]),
            _share(found.right[fact], found.missed[fact]), _percent(found.f1(fact)))
        for fact in kinds
    )  # fmt: skip
    return Table("Understanding: facts, only measured", ("fact", "said", "precision", "recall", "F1"), rows)


def confusions() -> Table:
    """Which intents and commands were taken for which others."""
    rows = tuple(
        (f"{meant} taken for {taken}", _NAMES[part], str(count))
        for part in PARTS
        for (meant, taken), count in score(part).confusions.most_common()
    )
    return Table("Understanding: confusions", ("intent", "part", "sentences"), rows or (("none", "both", "0"),))


def money() -> Table:
    """Our reading of written amounts beside that of cn2an and of jionlp, on the same phrases."""
    tasks = list(_amounts())
    readers = {"Hébāo": _ours, **_peers()}
    rows = tuple(
        (name, f"{right} of {len(tasks)}", _percent(right / len(tasks)))
        for name, read in readers.items()
        for right in (sum(any(read(phrase) == value for phrase in phrases) for phrases, value in tasks),)
    )
    notes = [
        "The phrases are the stretches of digits, number words and units in the Chinese sentences with one labelled "
        "amount; an amount is right where one of the sentence's stretches is read as it."
    ]
    if len(readers) < len(_PEERS) + 1:
        notes.append("Peers that are not installed are left out; `make bench` installs them.")
    return Table("Understanding: written amounts", ("reader", "right", "share"), rows, tuple(notes))


def _amounts() -> Iterator[tuple[list[str], Money]]:
    for part in PARTS:
        for said in corpus(part):
            values = [value for fact, value in said.facts.items() if fact in _money() and isinstance(value, Money)]
            if len(values) == 1 and first_language(said.say) != "en" and values[0].low == values[0].high:
                phrases = _WRITTEN.findall(said.say)
                if phrases and values[0].low:
                    yield phrases, values[0]


def _ours(phrase: str) -> Money | None:
    found = understand(phrase, Expecting("bill_total"), _lexicons()[LOCALES[0]]).values().get("bill_total")
    return found if isinstance(found, Money) else None


def _cn2an() -> Callable[[str], float]:
    import cn2an

    def read(phrase: str) -> float:
        return float(cn2an.cn2an(phrase.strip("¥￥块元整").replace(",", ""), "smart"))

    return read


def _jionlp() -> Callable[[str], float]:
    with contextlib.redirect_stdout(io.StringIO()):
        import jionlp

    def read(phrase: str) -> float:
        return float(jionlp.parse_money(phrase)["num"])

    return read


_PEERS = {"cn2an": _cn2an, "jionlp": _jionlp}


def _peers() -> dict[str, Callable[[str], Money | None]]:
    found: dict[str, Callable[[str], Money | None]] = {}
    for name, load in _PEERS.items():
        with contextlib.suppress(ModuleNotFoundError):
            found[name] = _quietly(load())
    return found


def _quietly(read: Callable[[str], float]) -> Callable[[str], Money | None]:
    """The peer's reading as money; None where it refuses the phrase, in whichever way."""

    def tried(phrase: str) -> Money | None:
        try:
            fen = round(read(phrase) * 100)
        except Exception:
            return None
        return Money(fen, fen) if fen >= 0 else None

    return tried


@cache
def _lexicons() -> dict[str, Any]:
    return {locale: lexicons(locale) for locale in LOCALES}


def _money() -> frozenset[str]:
    return frozenset(fact.id for fact in FACTS.values() if fact.kind == "money")


def _percent(share: float) -> str:
    return f"{share:.1%}"


def _share(right: int, rest: int) -> str:
    return _percent(right / (right + rest)) if right + rest else "–"
