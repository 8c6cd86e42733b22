"""From the YAML of a pack to how a bill is paid.

A figure is the name of a parameter, or is written out where it stands (`500`, `65%`): then it becomes a parameter of
its own, fixed for the whole period, that rests on the entry's citation.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from policy_engine.benefits import (
    Adjustment,
    Band,
    BenefitRules,
    Ceiling,
    Deductible,
    Layer,
    Schedule,
)
from policy_engine.citations import Citation
from policy_engine.conditions import ALWAYS, Condition, Readings, read_condition
from policy_engine.errors import N_
from policy_engine.reading_values import Documents, read_entry_citation, read_scalar
from policy_engine.scheme import Interpretation, Parameter, Setting, Unit
from policy_engine.source import Node

ROUNDING = ("half_up", "down", "up")
COUNTING = ("per_stay", "per_year")
ORDERS = ("deductible_first", "ratio_first")
TRANSFERS = ("full", "difference")
FEEDS = ("class_b", "deductible", "own_share", "above_cost_ceiling", "above_ceiling")
BASES = ("gross", "after_deductible", "year_gross", "year_net")
UNLIMITED = "unlimited"

_LISTS = ("schedules", "adjustments", "ceilings", "cost_ceilings", "second_layers")
_DEDUCTIBLE = {"amount", "share", "at_least", "at_most", "later_stays", "counts", "on_transfer"}
_SCHEDULE = {
    "id",
    "when",
    "text",
    "cite",
    "grade",
    "from",
    "to",
    "deductible",
    "ratio",
    "bands",
    "basis",
    "points",
    "guaranteed",
    "class_b_share",
    "relies_on",
}

Read = TypeVar("Read")


def read_benefits(
    node: Node,
    documents: Documents,
    known: Mapping[str, Parameter],
    interpretations: Mapping[str, Interpretation],
    period: tuple[datetime.date, datetime.date],
) -> tuple[BenefitRules, dict[str, Parameter]]:
    """What the fund pays, and the parameters that are written out there. Raises PackError."""
    return _Reader(documents, known, interpretations, period).read(node)


def readings(interpretations: Mapping[str, Interpretation]) -> Readings:
    """The readings as conditions take them."""
    return {name: (each.choice, each.choices) for name, each in interpretations.items()}


class _Reader:
    """The benefits of one pack; it gathers the figures that are written out."""

    def __init__(
        self,
        documents: Documents,
        known: Mapping[str, Parameter],
        interpretations: Mapping[str, Interpretation],
        period: tuple[datetime.date, datetime.date],
    ) -> None:
        self._documents = documents
        self._known = known
        self._interpretations = interpretations
        self._readings = readings(interpretations)
        self._period = period
        self._written_out: dict[str, Parameter] = {}

    def read(self, node: Node) -> tuple[BenefitRules, dict[str, Parameter]]:
        entries = node.mapping(
            {*_LISTS, "order", "rounding", "rounding_at", "cite", "grade"}, {"schedules", "rounding"}
        )
        entry = _Entry(node, entries, self._documents)
        at = entries["rounding_at"].one_of(("line", "band")) if "rounding_at" in entries else "line"
        rules = BenefitRules(
            schedules=tuple(self._schedule(each) for each in entries["schedules"].some()),
            adjustments=self._listed(entries, "adjustments", self._adjustment),
            ceilings=self._listed(entries, "ceilings", self._ceiling),
            cost_ceilings=self._listed(entries, "cost_ceilings", self._ceiling),
            layers=self._listed(entries, "second_layers", self._layer),
            rounding=self._choice(entries["rounding"], ROUNDING, "rounding", entry),
            order=self._choice(entries["order"], ORDERS, "order", entry) if "order" in entries else "",
            each_band=at == "band",
        )
        return rules, self._written_out

    @staticmethod
    def _listed(entries: Mapping[str, Node], key: str, read: Callable[[Node], Read]) -> tuple[Read, ...]:
        return tuple(read(each) for each in entries[key].items()) if key in entries else ()

    # -- figures ----------------------------------------------------------------------------------------------------

    def _figure(self, node: Node, unit: Unit, entry: _Entry, part: str) -> str:
        """The name of a parameter of this unit: the one named, or a new one for a figure written out."""
        if isinstance(node.value, str) and (node.value in self._known or not node.value[:1].isdigit()):
            return node.one_of([name for name, each in self._known.items() if each.unit == unit])
        return self._write_out(node, unit, entry, part, ())

    def _choice(self, node: Node, choices: tuple[str, ...], part: str, entry: _Entry) -> str:
        """The name of a choice between `choices`: a parameter, a reading, or one of the words itself."""
        word = node.text()
        if word in choices:
            return self._write_out(node, "choice", entry, part, choices)
        named = [
            name for name, each in self._known.items() if each.unit == "choice" and set(each.choices) <= set(choices)
        ]
        named += [name for name, each in self._interpretations.items() if set(each.choices) <= set(choices)]
        return node.one_of([*named, *choices])

    def _write_out(self, node: Node, unit: Unit, entry: _Entry, part: str, choices: tuple[str, ...]) -> str:
        value = read_scalar(node, unit, choices)
        name = f"{entry.id}.{part}"
        if name in self._written_out or name in self._known:
            raise node.refuse(N_("There are two figures called {name}. Give one of the entries another id."), name=name)
        citation = entry.citation()
        setting = Setting(*self._period, citation, value, where=node.where)
        self._written_out[name] = Parameter(
            name, unit, entry.text, (setting,), "", "fixed", citation, choices, node.where
        )
        return name

    # -- entries ----------------------------------------------------------------------------------------------------

    def _schedule(self, node: Node) -> Schedule:
        entries = node.mapping(_SCHEDULE, {"id"})
        entry = _Entry(node, entries, self._documents)
        if ("ratio" in entries) == ("bands" in entries):
            raise node.refuse(N_("A schedule has exactly one of: ratio, bands."))
        if "ratio" in entries:
            bands: tuple[Band, ...] = (Band(self._figure(entries["ratio"], "ratio", entry, "ratio")),)
        else:
            bands = self._bands(entries["bands"], entry)
        start, end = (entries[key].date() if key in entries else None for key in ("from", "to"))
        if start and end and end < start:
            raise node.refuse(N_("This entry ends before it starts. Put the dates in order."))
        return Schedule(
            id=entry.id,
            when=self._when(entries),
            bands=bands,
            basis=entries["basis"].one_of(BASES) if "basis" in entries else "after_deductible",  # type: ignore[arg-type]
            deductible=self._deductible(entries["deductible"], entry) if "deductible" in entries else Deductible(),
            points=tuple(
                self._figure(each, "points", entry, f"points.{number}")
                for number, each in enumerate(entries["points"].items() if "points" in entries else [], 1)
            ),
            guaranteed=self._optional(entries, "guaranteed", "ratio", entry),
            class_b_share=self._optional(entries, "class_b_share", "ratio", entry),
            text=entry.text,
            interpretations=self._relies_on(entries),
            start=start,
            end=end,
            where=node.where,
        )

    def _optional(self, entries: Mapping[str, Node], key: str, unit: Unit, entry: _Entry) -> str:
        return self._figure(entries[key], unit, entry, key) if key in entries else ""

    def _bands(self, node: Node, entry: _Entry) -> tuple[Band, ...]:
        bands = []
        items = node.some()
        for number, each in enumerate(items, 1):
            parts = each.mapping({"up_to", "below", "ratio"}, {"ratio"})
            bounds = [key for key in ("up_to", "below") if key in parts]
            if len(bounds) != (number < len(items)):
                raise each.refuse(
                    N_("Every band but the last ends with one of: up_to (itself included), below (not included).")
                    if number < len(items)
                    else N_("The last band is open: remove its end.")
                )
            up_to = self._figure(parts[bounds[0]], "yuan", entry, f"bands.{number}.up_to") if bounds else ""
            ratio = self._figure(parts["ratio"], "ratio", entry, f"bands.{number}.ratio")
            bands.append(Band(ratio, up_to, closed="below" not in parts))
        return tuple(bands)

    def _deductible(self, node: Node, entry: _Entry) -> Deductible:
        if not isinstance(node.value, dict):
            return Deductible(amount=self._figure(node, "yuan", entry, "deductible"))
        parts = node.mapping(_DEDUCTIBLE)
        if ("amount" in parts) == ("share" in parts):
            raise node.refuse(N_("A deductible has exactly one of: amount, share."))
        if "share" not in parts and {"at_least", "at_most"} & parts.keys():
            raise node.refuse(N_("Only a share has at_least and at_most. Remove them, or write share for amount."))

        def figure(key: str, unit: Unit = "yuan") -> str:
            return self._figure(parts[key], unit, entry, f"deductible.{key}") if key in parts else ""

        return Deductible(
            amount=figure("amount"),
            share=figure("share", "ratio"),
            at_least=figure("at_least"),
            at_most=figure("at_most"),
            later_stays=tuple(
                self._figure(each, "yuan", entry, f"deductible.stay.{number}")
                for number, each in enumerate(parts["later_stays"].some() if "later_stays" in parts else [], 2)
            ),
            counts=self._choice(parts["counts"], COUNTING, "deductible.counts", entry) if "counts" in parts else "",
            on_transfer=(
                self._choice(parts["on_transfer"], TRANSFERS, "deductible.on_transfer", entry)
                if "on_transfer" in parts
                else ""
            ),
        )

    def _adjustment(self, node: Node) -> Adjustment:
        keys = {"id", "when", "points", "at_least", "at_most", "text", "cite", "grade", "relies_on"}
        entries = node.mapping(keys, {"id", "when", "points"})
        entry = _Entry(node, entries, self._documents)
        return Adjustment(
            id=entry.id,
            when=self._when(entries),
            points=self._figure(entries["points"], "points", entry, "points"),
            at_least=self._optional(entries, "at_least", "ratio", entry),
            at_most=self._optional(entries, "at_most", "ratio", entry),
            interpretations=self._relies_on(entries),
            where=node.where,
        )

    def _ceiling(self, node: Node) -> Ceiling:
        entries = node.mapping({"id", "when", "amount", "text", "cite", "grade", "relies_on"}, {"id", "amount"})
        entry = _Entry(node, entries, self._documents)
        amount = entries["amount"]
        return Ceiling(
            id=entry.id,
            when=self._when(entries),
            amount="" if amount.value == UNLIMITED else self._figure(amount, "yuan", entry, "amount"),
            interpretations=self._relies_on(entries),
            where=node.where,
        )

    def _layer(self, node: Node) -> Layer:
        keys = {"id", "when", "deductible", "ratio", "bands", "feeds", "ceiling", "text", "cite", "grade", "relies_on"}
        entries = node.mapping(keys, {"id", "feeds"})
        entry = _Entry(node, entries, self._documents)
        if ("ratio" in entries) == ("bands" in entries):
            raise node.refuse(N_("A second layer has exactly one of: ratio, bands."))
        return Layer(
            id=entry.id,
            when=self._when(entries),
            bands=(
                self._bands(entries["bands"], entry)
                if "bands" in entries
                else (Band(self._figure(entries["ratio"], "ratio", entry, "ratio")),)
            ),
            feeds=tuple(each.one_of(FEEDS) for each in entries["feeds"].some()),  # type: ignore[misc]
            deductible=self._optional(entries, "deductible", "yuan", entry),
            ceiling=self._optional(entries, "ceiling", "yuan", entry),
            interpretations=self._relies_on(entries),
            where=node.where,
        )

    def _when(self, entries: Mapping[str, Node]) -> Condition:
        return read_condition(entries["when"], self._readings) if "when" in entries else ALWAYS

    def _relies_on(self, entries: Mapping[str, Node]) -> tuple[str, ...]:
        return relies_on(entries, self._interpretations)


class _Entry:
    """The id, words and source that all figures of one entry share; the source is read only where one is needed."""

    def __init__(self, node: Node, entries: Mapping[str, Node], documents: Documents) -> None:
        self.id = entries["id"].text() if "id" in entries else "benefits"
        self.text = entries["text"].text() if "text" in entries else ""
        self._node, self._entries, self._documents = node, entries, documents
        if "cite" in entries:
            self.citation()

    def citation(self) -> Citation:
        return read_entry_citation(self._node, self._entries, self._documents)


def relies_on(entries: Mapping[str, Node], interpretations: Collection[str]) -> tuple[str, ...]:
    """The readings that an entry names. Raises PackError for one that there is not."""
    named = entries["relies_on"].items() if "relies_on" in entries else []
    return tuple(each.one_of(interpretations) for each in named)
