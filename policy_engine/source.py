"""YAML as written down by people, with file and line kept at every place, so that an error can point there.

Only what a pack needs: mappings, lists, text, whole numbers, true/false, dates, percentages. Numbers with a decimal
point, bare yes/no, anchors, tags and repeated keys are refused, since each is a known way to mean one thing and say
another.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from policy_engine.errors import N_, PackError, did_you_mean

_WHOLE = re.compile(r"-?[0-9]{1,12}", re.ASCII)
_PERCENT = re.compile(r"(-?[0-9]{1,4})(?:\.([0-9]{1,4}))? ?%", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_AMBIGUOUS = {"yes", "no", "on", "off", "y", "n", "null", "~", ""}


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
                nearest=did_you_mean(word, known),
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
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except FileNotFoundError:
        raise PackError(N_("The file is missing. Add it to the pack."), where=shown_as) from None
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
    if root is None:
        raise PackError(N_("The file is empty."), where=shown_as)
    return _located(root, shown_as, depth=0)


def _located(node: yaml.Node, shown_as: str, depth: int) -> Node:
    where = f"{shown_as}:{node.start_mark.line + 1}"
    if depth > 20:
        raise PackError(N_("This is nested too deeply."), where=where)
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Node] = {}
        for key, value in _pairs(node):
            if key in found:
                raise Node(None, f"{shown_as}:{value.start_mark.line + 1}").refuse(
                    N_("The key {key} stands twice. Keep one of the two."), key=repr(key)
                )
            found[key] = _located(value, shown_as, depth + 1)
        return Node(found, where)
    if isinstance(node, yaml.SequenceNode):
        return Node([_located(each, shown_as, depth + 1) for each in node.value], where)
    assert isinstance(node, yaml.ScalarNode)  # noqa: S101 - YAML has no fourth kind of node
    return Node(_scalar(node, where), where)


def _pairs(node: yaml.MappingNode) -> Iterator[tuple[str, yaml.Node]]:
    for key, value in node.value:
        yield str(key.value), value


def _scalar(node: yaml.ScalarNode, where: str) -> Any:
    text: str = node.value
    if node.style:
        return text
    if text in {"true", "false"}:
        return text == "true"
    if text.lower() in _AMBIGUOUS:
        raise PackError(
            N_("A bare {text} can be read in two ways. Write true or false, or put the word in quotes."),
            where=where,
            text=repr(text),
        )
    if _WHOLE.fullmatch(text):
        return int(text)
    if percent := _PERCENT.fullmatch(text):
        decimals = percent[2] or ""
        return Fraction(int(percent[1] + decimals), 100 * 10 ** len(decimals))
    if _DATE.fullmatch(text):
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            raise PackError(N_("{text} is not a day of the calendar."), where=where, text=text) from None
    return text
