"""Reads the conversations in the folders here and plays them through whatever carries a message."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.cases import read_yaml

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Expected:
    """One turn: what is said, and what must come back."""

    say: str
    asks: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    shows: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Transcript:
    """One conversation."""

    file: str
    name: str
    turns: tuple[Expected, ...]
    county: str | None = None
    locale: str = "zh-CN"


@dataclass(frozen=True)
class Heard:
    """What came back: the words of all replies; where the channel tells, the fact asked for and what is noted."""

    text: str
    asks: str | None = None
    state: dict[str, Any] | None = None


Speak = Callable[[str], Heard]


@cache
def transcripts(folder: Path = FOLDER) -> tuple[Transcript, ...]:
    """Every conversation in this folder and the folders in it, called by folder and file: `unsure/and_then_known`."""
    return tuple(_read(path, folder) for path in sorted(folder.rglob("*.yaml")))


def _read(path: Path, folder: Path) -> Transcript:
    data = read_yaml(path)
    turns = tuple(
        Expected(**{key: tuple(value) if isinstance(value, list) else value for key, value in turn.items()})
        for turn in data.pop("turns")
    )
    return Transcript(file=path.relative_to(folder).with_suffix("").as_posix(), turns=turns, **data)


def write(transcript: Transcript, turns: Iterable[Expected], folder: Path = FOLDER) -> None:
    """Put other expectations into a file; what is said, and everything else, stays."""
    data: dict[str, Any] = {"name": transcript.name}
    if transcript.locale != "zh-CN":
        data["locale"] = transcript.locale
    if transcript.county:
        data["county"] = transcript.county
    lines = [f"{key}: {_flow(value)}" for key, value in data.items()] + ["turns:"]
    for turn in turns:
        fields = ((each.name, getattr(turn, each.name)) for each in dataclasses.fields(turn))
        told = [
            f"{name}: {_flow(list(value) if isinstance(value, tuple) else value)}" for name, value in fields if value
        ]
        lines += [f"  - {told[0]}", *(f"    {each}" for each in told[1:])]
    (folder / f"{transcript.file}.yaml").write_text("\n".join(lines) + "\n", "utf-8")


def _flow(value: Any) -> str:
    plain = list(value) if isinstance(value, tuple) else value
    unseen = isinstance(plain, str) and any(map(_unseen, plain))
    text: str = yaml.safe_dump(
        plain,
        default_style='"' if unseen else None,
        default_flow_style=True,
        allow_unicode=True,
        width=10**6,
        sort_keys=False,
    )
    text = text.removesuffix("...\n").strip()
    return "".join(f"\\U{ord(letter):08X}" if _unseen(letter) else letter for letter in text) if unseen else text


def _unseen(letter: str) -> bool:
    """A character without a shape, such as one that turns the direction: a file that holds it cannot be read."""
    return unicodedata.category(letter) == "Cf"


def observed(turn: Expected, heard: Heard) -> Expected:
    """The turn with what was heard: the next question, the noted facts that the file names, the words still there."""
    if heard.state is None:
        return turn
    known = {**heard.state["facts"], "subject": heard.state["subject"]}
    return dataclasses.replace(
        turn,
        asks=heard.asks or "none" if turn.asks is not None else None,
        facts={fact: known[fact] for fact in turn.facts if fact in known},
        shows=tuple(words for words in turn.shows if words in heard.text),
        hides=tuple(words for words in turn.hides if words not in heard.text),
    )


def play(transcript: Transcript, speak: Speak) -> None:
    """Say each turn and compare; a difference names the conversation, the turn and both sides."""
    for number, turn in enumerate(transcript.turns, 1):
        check(transcript, number, turn, speak(turn.say))


def check(transcript: Transcript, number: int, turn: Expected, heard: Heard) -> None:
    where = f"{transcript.file}, turn {number}: {turn.say!r}"
    if heard.state is not None:
        if turn.asks is not None:
            asked = heard.asks or "none"
            assert asked == turn.asks, f"{where} asks {asked}, not {turn.asks}:\n{heard.text}"
        known = {**heard.state["facts"], "subject": heard.state["subject"]}
        for fact, value in turn.facts.items():
            assert known.get(fact) == value, f"{where}: {fact} is {known.get(fact)!r}, not {value!r}"
    for words in turn.shows:
        assert words in heard.text, f"{where} does not show {words!r}:\n{heard.text}"
    for words in turn.hides:
        assert words not in heard.text, f"{where} shows {words!r}:\n{heard.text}"
