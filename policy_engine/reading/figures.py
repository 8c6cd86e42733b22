"""The figures of benefits in the YAML of a pack: named, or written out where they stand.

A figure that is written out (`500`, `65%`) becomes a parameter of its own, fixed for the whole period, that rests on
the entry's citation.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from policy_engine.citations import Citation
from policy_engine.errors import N_
from policy_engine.reading.source import Node
from policy_engine.reading.values import Documents, read_entry_citation, read_scalar
from policy_engine.scheme import Interpretation, Parameter, Setting, Unit


class Entry:
    """The id, words and source that all figures of one entry share; the source is read only where one is needed."""

    def __init__(self, node: Node, entries: Mapping[str, Node], documents: Documents) -> None:
        """Raises PackError for a source that there is not."""
        self.id = entries["id"].text() if "id" in entries else "benefits"
        self.text = entries["text"].text() if "text" in entries else ""
        self._node, self._entries, self._documents = node, entries, documents
        if "cite" in entries:
            self.citation()

    def citation(self) -> Citation:
        """Where the figures stand. Raises PackError where nothing says so."""
        return read_entry_citation(self._node, self._entries, self._documents)


class Figures:
    """Reads the figures and choices of one pack's benefits; `written_out` gathers those that stand there themselves."""

    def __init__(
        self,
        known: Mapping[str, Parameter],
        interpretations: Mapping[str, Interpretation],
        period: tuple[datetime.date, datetime.date],
    ) -> None:
        """`known` are the pack's own parameters."""
        self._known, self._interpretations, self._period = known, interpretations, period
        self.written_out: dict[str, Parameter] = {}

    def figure(self, node: Node, unit: Unit, entry: Entry, part: str) -> str:
        """The name of a parameter of this unit: the one named, or a new one. Raises PackError."""
        if isinstance(node.value, str) and (node.value in self._known or not node.value[:1].isdigit()):
            named = [name for name, each in self._known.items() if each.unit == unit]
            if not named:
                raise node.refuse(
                    N_("{word} is no figure of this pack. Add it to parameters.yaml, or write the figure itself here."),
                    word=repr(node.value),
                )
            return node.one_of(named)
        return self._write_out(node, unit, entry, part, ())

    def optional(self, entries: Mapping[str, Node], key: str, unit: Unit, entry: Entry) -> str:
        """The same for a key that may be missing; then nothing. Raises PackError."""
        return self.figure(entries[key], unit, entry, key) if key in entries else ""

    def choice(self, node: Node, choices: tuple[str, ...], part: str, entry: Entry) -> str:
        """The name of a choice between `choices`: a parameter, a reading, or one of the words. Raises PackError."""
        word = node.text()
        if word in choices:
            return self._write_out(node, "choice", entry, part, choices)
        named = [
            name for name, each in self._known.items() if each.unit == "choice" and set(each.choices) <= set(choices)
        ]
        named += [name for name, each in self._interpretations.items() if set(each.choices) <= set(choices)]
        return node.one_of([*named, *choices])

    def _write_out(self, node: Node, unit: Unit, entry: Entry, part: str, choices: tuple[str, ...]) -> str:
        value = read_scalar(node, unit, choices)
        name = f"{entry.id}.{part}"
        if name in self.written_out or name in self._known:
            raise node.refuse(N_("There are two figures called {name}. Give one of the entries another id."), name=name)
        citation = entry.citation()
        setting = Setting(*self._period, citation, value, where=node.where)
        self.written_out[name] = Parameter(
            name, unit, entry.text, (setting,), "", "fixed", citation, choices, node.where
        )
        return name
