"""YAML as written down by people, with file and line kept at every place, so that an error can point there.

Only what a pack needs: mappings, lists, text, whole numbers, true/false, dates, percentages. Numbers with a decimal
point, bare yes/no, anchors, references, tags, comments behind a value and repeated keys are refused, since each is a
known way to mean one thing and say another.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from policy_engine.errors import N_, PackError, did_you_mean

_WHOLE = re.compile(r"-?[0-9]{1,12}", re.ASCII)
_PERCENT = re.compile(r"(-?[0-9]{1,4})(?:\.([0-9]{1,4}))? ?%", re.ASCII)
_DECIMAL = re.compile(r"[-+]?[0-9]*[.][0-9]+(?:[eE][-+]?[0-9]+)?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_AMBIGUOUS = {"yes", "no", "on", "off", "y", "n", "null", "~", ""}

DEEPEST = 20
"""How deep mappings and lists may lie in one another."""


@dataclass(frozen=True)
class Node:
    """One value of a YAML file: `value` is a dict or list of nodes, or a scalar; `where` is "file:line"."""

    value: Any
    where: str

    def refuse(self, template: str, **params: object) -> PackError:
        """An error that points at this place; the caller raises it."""
        return PackError(template, where=self.where, **params)

    def mapping(self, known: Collection[str], required: Collection[str] = ()) -> dict[str, Node]:
        """This node as a mapping with `known` keys only. Raises PackError naming the nearest right key."""
        entries = self.entries()
        for key in entries:
            if key not in known:
                raise entries[key].refuse(
                    N_("There is no key {key} here. Did you mean: {nearest}?"),
                    key=repr(key),
                    nearest=did_you_mean(key, known),
                )
        for key in required:
            if key not in entries:
                raise self.refuse(N_("The key {key} is missing. Add it."), key=repr(key))
        return entries

    def entries(self) -> dict[str, Node]:
        """This node as a mapping with free keys. Raises PackError."""
        if not isinstance(self.value, dict):
            raise self.refuse(N_("Here should be keys and values, one a line, like  key: value."))
        return self.value

    def items(self) -> list[Node]:
        """This node as a list. Raises PackError."""
        if not isinstance(self.value, list):
            raise self.refuse(N_("Here should be a list, each item on a line of its own after a dash."))
        return self.value

    def some(self) -> list[Node]:
        """This node as a list of at least one. Raises PackError."""
        if not self.items():
            raise self.refuse(N_("Here should be at least one entry."))
        return self.items()

    def text(self) -> str:
        """This node as text. Raises PackError."""
        if not isinstance(self.value, str):
            raise self.refuse(N_("Here should be words, not {value}."), value=repr(self.value))
        return self.value

    def one_of(self, known: Collection[str]) -> str:
        """This node as one of a few words. Raises PackError naming the nearest right one."""
        word = self.text()
        if word not in known:
            raise self.refuse(
                N_("{word} is not known here. Did you mean: {nearest}?"),
                word=repr(word),
                nearest=did_you_mean(word, known) or "–",
            )
        return word

    def flag(self) -> bool:
        """This node as true or false. Raises PackError."""
        if not isinstance(self.value, bool):
            raise self.refuse(N_("Here should be true or false, not {value}."), value=repr(self.value))
        return self.value

    def whole(self) -> int:
        """This node as a whole number. Raises PackError."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.refuse(N_("Here should be a whole number, not {value}."), value=repr(self.value))
        return self.value

    def percent(self) -> Fraction:
        """This node as a percentage, exact. Raises PackError."""
        if not isinstance(self.value, Fraction):
            raise self.refuse(N_("Here should be a percentage such as 60%, not {value}."), value=repr(self.value))
        return self.value

    def date(self) -> datetime.date:
        """This node as a calendar date. Raises PackError."""
        if not isinstance(self.value, datetime.date):
            raise self.refuse(N_("Here should be a date such as 2008-01-01, not {value}."), value=repr(self.value))
        return self.value


def read_yaml(path: Path, shown_as: str) -> Node:
    """The file as nodes; errors and `where` name it `shown_as`. Raises PackError."""
    try:
        text = path.read_text(encoding="utf-8")
        return _Reader(text, shown_as).document()
    except FileNotFoundError:
        raise PackError(N_("The file is missing. Add it to the pack."), where=shown_as) from None
    except OSError as error:
        raise PackError(
            N_("The file cannot be read ({problem}). Make it an ordinary file that this program may read."),
            where=shown_as,
            problem=error.strerror,
        ) from None
    except UnicodeDecodeError:
        raise PackError(N_("The file is not UTF-8 text. Save it as UTF-8."), where=shown_as) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PackError(
            N_("This is not YAML ({problem}). Check indentation, colons and quotes near this line."),
            where=f"{shown_as}:{line}",
            problem=error.problem,
        ) from None
    except yaml.YAMLError:
        raise PackError(N_("The file holds characters that YAML forbids."), where=shown_as) from None


class _Reader:
    """One file, from the parser's events: nothing is built that could be shared, repeated or tagged."""

    def __init__(self, text: str, shown_as: str) -> None:
        self._lines = text.splitlines()
        self._shown_as = shown_as
        self._events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))

    def document(self) -> Node:
        next(self._events)  # the stream starts
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise PackError(N_("The file is empty."), where=self._shown_as)
        root = self._node(next(self._events), depth=0)
        next(self._events)  # the document ends
        following = next(self._events)
        if not isinstance(following, yaml.StreamEndEvent):
            raise self._place(following).refuse(N_("A second document starts here. Remove the line ---."))
        return root

    def _place(self, event: Any, value: Any = None) -> Node:
        return Node(value, f"{self._shown_as}:{event.start_mark.line + 1}")

    def _node(self, event: Any, depth: int) -> Node:
        self._nothing_hidden(event)
        if depth > DEEPEST:
            raise self._place(event).refuse(N_("This is nested too deeply."))
        if isinstance(event, yaml.ScalarEvent):
            self._nothing_lost(event)
            return self._place(event, _scalar(event.value, event.style, self._place(event)))
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(item := next(self._events), yaml.SequenceEndEvent):
                items.append(self._node(item, depth + 1))
            return self._place(event, items)
        found: dict[str, Node] = {}
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            self._nothing_hidden(key)
            if not isinstance(key, yaml.ScalarEvent):
                raise self._place(key).refuse(N_("A key is one word, before a colon."))
            if key.value in found:
                raise self._place(key).refuse(
                    N_("The key {key} stands twice. Keep one of the two."), key=repr(key.value)
                )
            found[key.value] = self._node(next(self._events), depth + 1)
        return self._place(event, found)

    def _nothing_hidden(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor or event.tag:
            raise self._place(event).refuse(
                N_("Anchors (&), references (*) and tags (!) are not used here. Write the value out, or quote it.")
            )

    def _nothing_lost(self, event: Any) -> None:
        """YAML ends a bare word at " #" and drops the rest, which may be half of a document's number."""
        if event.style or event.end_mark.line >= len(self._lines):
            return
        rest = self._lines[event.end_mark.line][event.end_mark.column :]
        if event.value and rest.lstrip().startswith("#"):
            raise self._place(event).refuse(
                N_("YAML drops what stands after #. Quote the whole value, or give the comment a line of its own.")
            )


def _scalar(text: str, style: str | None, place: Node) -> Any:
    if style:
        return text
    if text in {"true", "false"}:
        return text == "true"
    if text.lower() in _AMBIGUOUS:
        raise place.refuse(
            N_("A bare {text} can be read in two ways. Write true or false, or put the word in quotes."),
            text=repr(text),
        )
    if _DECIMAL.fullmatch(text):
        raise place.refuse(
            N_('{text} has decimals. Write an amount in quotes ("60.50") and a ratio as a percentage (60.5%).'),
            text=text,
        )
    if _WHOLE.fullmatch(text):
        return int(text)
    return bare(text, place)


def bare(text: str, place: Node) -> Fraction | datetime.date | str:
    """A text as the percentage or date that it reads as, else as it is. Raises PackError for a day that is none."""
    if percent := _PERCENT.fullmatch(text):
        decimals = percent[2] or ""
        return Fraction(int(percent[1] + decimals), 100 * 10 ** len(decimals))
    if _DATE.fullmatch(text):
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            raise place.refuse(N_("{text} is not a day of the calendar. Correct it."), text=text) from None
    return text
