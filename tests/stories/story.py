"""Stories: several people and the staff, one after the other, on one store. Read from the files here and played."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.cases import read_yaml

FOLDER = Path(__file__).parent
CODE = re.compile(r"\b[2-9A-HJ-NP-TV-Z]{4}-[2-9A-HJ-NP-TV-Z]{4}\b")


@dataclass(frozen=True)
class Beat:
    """One moment: somebody says something, or the staff run a command; and what must come back.

    `{code}` in what is said or run is the last one-time code that came back before. `day` is the day from then on.
    """

    day: str = ""
    who: str = ""
    say: str = ""
    run: str = ""
    asks: str | None = None
    shows: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    fails: bool = False


@dataclass(frozen=True)
class Story:
    """One story. `personal` is all in it that must stand nowhere in clear.

    `until`: the rules of 2008 go on until that day, as if no others had followed.
    """

    file: str
    name: str
    beats: tuple[Beat, ...]
    personal: tuple[str, ...] = ()
    county: str = "demo"
    today: str = "2008-03-01"
    locale: str = "zh-CN"
    until: str = ""


@dataclass(frozen=True)
class Heard:
    """What came back: its words, and the fact that is asked for."""

    text: str
    asks: str | None = None
    failed: bool = False
    state: dict[str, Any] = field(default_factory=dict)


def stories(folder: Path = FOLDER) -> list[Story]:
    """Every story, by its file."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        data = read_yaml(path)
        beats = tuple(
            Beat(
                **{key: tuple(map(str, each)) if isinstance(each, list) else _said(each) for key, each in beat.items()}
            )
            for beat in data.pop("beats")
        )
        personal = tuple(data.pop("personal", ()))
        found.append(Story(file=path.stem, beats=beats, personal=personal, **data))
    return found


def _said(value: Any) -> Any:
    """What YAML takes for a number or a day is something said."""
    if isinstance(value, list):
        return tuple(map(str, value))
    return value if isinstance(value, bool) else str(value)


def play(
    story: Story,
    say: Callable[[str, str], Heard],
    run: Callable[[list[str]], Heard],
    turn_to: Callable[[str], None] = lambda _day: None,
) -> None:
    """Play a story through whatever carries messages and commands, and check every moment of it."""
    code = ""
    for number, beat in enumerate(story.beats, 1):
        if beat.day:
            turn_to(beat.day)
            continue
        where = f"{story.file}, beat {number}: {beat.who or 'hebao'} {beat.say or beat.run}"
        if beat.run:
            heard = run(beat.run.replace("{code}", code).split())
            assert heard.failed == beat.fails, f"{where}\n{heard.text}"
        else:
            heard = say(beat.who, beat.say.replace("{code}", code))
            if beat.asks is not None:
                asked = heard.asks or "none"
                assert asked == beat.asks, f"{where} asks {asked}\n{heard.text}"
        for words in beat.shows:
            assert words in heard.text, f"{where} does not show {words!r}\n{heard.text}"
        for words in beat.hides:
            assert words not in heard.text, f"{where} shows {words!r}\n{heard.text}"
        if codes := CODE.findall(heard.text):
            code = codes[-1]
