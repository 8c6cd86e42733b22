"""From the YAML of a pack to how a bill is paid: one small reader for each kind of entry."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from policy_engine.benefits.schedule import (
    Adjustment,
    Band,
    BenefitRules,
    Ceiling,
    Deductible,
    Layer,
    Schedule,
)
from policy_engine.conditions import ALWAYS, Condition, Readings, read_condition
from policy_engine.errors import N_
from policy_engine.reading.figures import Entry, Figures
from policy_engine.reading.source import Node
from policy_engine.reading.values import Documents
from policy_engine.scheme import Interpretation, Parameter, Unit

ROUNDING = ("half_up", "down", "up")
COUNTING = ("per_stay", "per_year")
ORDERS = ("deductible_first", "ratio_first")
TRANSFERS = ("full", "difference")
FEEDS = ("class_b", "deductible", "own_share", "above_cost_ceiling", "above_ceiling")
BASES = ("gross", "after_deductible", "year_gross", "year_net")
GUARANTEED_OF = ("reportable_cost", "after_deductible")
SHARE_OF = ("reportable_cost", "bill_total")
PAID_BEFORE = ("fund_paid_this_year", "outpatient_paid_this_year")
UNLIMITED = "unlimited"

_LISTS = ("schedules", "adjustments", "ceilings", "cost_ceilings", "second_layers")
_ANY = {"id", "when", "text", "cite", "grade", "relies_on"}
_BENEFITS = {*_LISTS, "order", "rounding", "rounding_at", "cite", "grade"}
_SCHEDULE = _ANY | {"from", "to", "deductible", "ratio", "bands", "basis", "points", "guaranteed", "class_b_share"}
_BAND = {"up_to", "below", "ratio", "fixed"}
_DEDUCTIBLE = {"amount", "share", "of", "at_least", "at_most", "later_stays", "counts", "on_transfer"}
_GUARANTEED = {"share", "of"}
_ADJUSTMENT = _ANY | {"points", "at_least", "at_most"}
_COST_CEILING = _ANY | {"amount"}
_CEILING = _COST_CEILING | {"counts"}
_LAYER = _ANY | {"deductible", "ratio", "bands", "feeds", "ceiling"}
KEYS = _BENEFITS | _SCHEDULE | _BAND | _DEDUCTIBLE | _GUARANTEED | _ADJUSTMENT | _CEILING | _LAYER
"""Every key that the benefits of a pack can have."""

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
    """The benefits of one pack."""

    def __init__(
        self,
        documents: Documents,
        known: Mapping[str, Parameter],
        interpretations: Mapping[str, Interpretation],
        period: tuple[datetime.date, datetime.date],
    ) -> None:
        self._documents = documents
        self._figures = Figures(known, interpretations, period)
        self._interpretations = interpretations
        self._readings = readings(interpretations)

    def read(self, node: Node) -> tuple[BenefitRules, dict[str, Parameter]]:
        entries = node.mapping(_BENEFITS, {"schedules", "rounding"})
        entry = Entry(node, entries, self._documents)
        at = entries["rounding_at"].one_of(("line", "band")) if "rounding_at" in entries else "line"
        rules = BenefitRules(
            schedules=tuple(self._schedule(each) for each in entries["schedules"].some()),
            adjustments=self._listed(entries, "adjustments", self._adjustment),
            ceilings=self._listed(entries, "ceilings", self._ceiling),
            cost_ceilings=self._listed(entries, "cost_ceilings", self._cost_ceiling),
            layers=self._listed(entries, "second_layers", self._layer),
            rounding=self._figures.choice(entries["rounding"], ROUNDING, "rounding", entry),
            order=self._figures.choice(entries["order"], ORDERS, "order", entry) if "order" in entries else "",
            each_band=at == "band",
        )
        return rules, self._figures.written_out

    @staticmethod
    def _listed(entries: Mapping[str, Node], key: str, read: Callable[[Node], Read]) -> tuple[Read, ...]:
        return tuple(read(each) for each in entries[key].items()) if key in entries else ()

    def _schedule(self, node: Node) -> Schedule:
        entries = node.mapping(_SCHEDULE, {"id"})
        entry = Entry(node, entries, self._documents)
        if ("ratio" in entries) == ("bands" in entries):
            raise node.refuse(N_("A schedule has exactly one of: ratio, bands. Write just one of them."))
        if "ratio" in entries:
            bands: tuple[Band, ...] = (Band(self._figures.figure(entries["ratio"], "ratio", entry, "ratio")),)
        else:
            bands = self._bands(entries["bands"], entry)
        guaranteed, guaranteed_of = (
            self._guaranteed(entries["guaranteed"], entry) if "guaranteed" in entries else ("", "")
        )
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
                self._figures.figure(each, "points", entry, f"points.{number}")
                for number, each in enumerate(entries["points"].items() if "points" in entries else [], 1)
            ),
            guaranteed=guaranteed,
            guaranteed_of=guaranteed_of,
            class_b_share=self._figures.optional(entries, "class_b_share", "ratio", entry),
            text=entry.text,
            interpretations=self._relies_on(entries),
            start=start,
            end=end,
            where=node.where,
        )

    def _guaranteed(self, node: Node, entry: Entry) -> tuple[str, str]:
        """A guaranteed share, and the choice of what it is a share of."""
        if not isinstance(node.value, dict):
            return self._figures.figure(node, "ratio", entry, "guaranteed"), ""
        parts = node.mapping(_GUARANTEED, _GUARANTEED)
        share = self._figures.figure(parts["share"], "ratio", entry, "guaranteed.share")
        return share, self._figures.choice(parts["of"], GUARANTEED_OF, "guaranteed.of", entry)

    def _bands(self, node: Node, entry: Entry) -> tuple[Band, ...]:
        bands = []
        items = node.some()
        for number, each in enumerate(items, 1):
            parts = each.mapping(_BAND, {"ratio"})
            bounds = [key for key in ("up_to", "below") if key in parts]
            if len(bounds) != (number < len(items)):
                raise each.refuse(
                    N_("Every band but the last ends with one of: up_to (itself included), below (not included).")
                    if number < len(items)
                    else N_("The last band is open: remove its end.")
                )
            up_to = self._figures.figure(parts[bounds[0]], "yuan", entry, f"bands.{number}.up_to") if bounds else ""
            ratio = self._figures.figure(parts["ratio"], "ratio", entry, f"bands.{number}.ratio")
            fixed = "fixed" in parts and parts["fixed"].flag()
            bands.append(Band(ratio, up_to, closed="below" not in parts, fixed=fixed))
        return tuple(bands)

    def _deductible(self, node: Node, entry: Entry) -> Deductible:
        if not isinstance(node.value, dict):
            return Deductible(amount=self._figures.figure(node, "yuan", entry, "deductible"))
        parts = node.mapping(_DEDUCTIBLE)
        if ("amount" in parts) == ("share" in parts):
            raise node.refuse(N_("A deductible has exactly one of: amount, share. Write just one of them."))
        if "share" not in parts and {"of", "at_least", "at_most"} & parts.keys():
            raise node.refuse(N_("Only a share has of, at_least and at_most. Remove them, or write share for amount."))
        if "share" in parts and {"later_stays", "on_transfer"} & parts.keys():
            raise node.refuse(
                N_("Only an amount has later_stays and on_transfer. Remove them, or write amount for share.")
            )

        def figure(key: str, unit: Unit = "yuan") -> str:
            return self._figures.figure(parts[key], unit, entry, f"deductible.{key}") if key in parts else ""

        return Deductible(
            amount=figure("amount"),
            share=figure("share", "ratio"),
            at_least=figure("at_least"),
            at_most=figure("at_most"),
            of_whole_bill="of" in parts and parts["of"].one_of(SHARE_OF) == "bill_total",
            later_stays=tuple(
                self._figures.figure(each, "yuan", entry, f"deductible.stay.{number}")
                for number, each in enumerate(parts["later_stays"].some() if "later_stays" in parts else [], 2)
            ),
            counts=self._figures.choice(parts["counts"], COUNTING, "deductible.counts", entry)
            if "counts" in parts
            else "",
            on_transfer=(
                self._figures.choice(parts["on_transfer"], TRANSFERS, "deductible.on_transfer", entry)
                if "on_transfer" in parts
                else ""
            ),
        )

    def _adjustment(self, node: Node) -> Adjustment:
        entries = node.mapping(_ADJUSTMENT, {"id", "when", "points"})
        entry = Entry(node, entries, self._documents)
        return Adjustment(
            id=entry.id,
            when=self._when(entries),
            points=self._figures.figure(entries["points"], "points", entry, "points"),
            at_least=self._figures.optional(entries, "at_least", "ratio", entry),
            at_most=self._figures.optional(entries, "at_most", "ratio", entry),
            interpretations=self._relies_on(entries),
            where=node.where,
        )

    def _ceiling(self, node: Node, keys: Collection[str] = _CEILING) -> Ceiling:
        entries = node.mapping(keys, {"id", "amount"})
        entry = Entry(node, entries, self._documents)
        amount = entries["amount"]
        return Ceiling(
            id=entry.id,
            when=self._when(entries),
            amount="" if amount.value == UNLIMITED else self._figures.figure(amount, "yuan", entry, "amount"),
            counts=entries["counts"].one_of(PAID_BEFORE) if "counts" in entries else "fund_paid_this_year",  # type: ignore[arg-type]
            interpretations=self._relies_on(entries),
            where=node.where,
        )

    def _cost_ceiling(self, node: Node) -> Ceiling:
        return self._ceiling(node, _COST_CEILING)

    def _layer(self, node: Node) -> Layer:
        entries = node.mapping(_LAYER, {"id", "feeds"})
        entry = Entry(node, entries, self._documents)
        if ("ratio" in entries) == ("bands" in entries):
            raise node.refuse(N_("A second layer has exactly one of: ratio, bands. Write just one of them."))
        return Layer(
            id=entry.id,
            when=self._when(entries),
            bands=(
                self._bands(entries["bands"], entry)
                if "bands" in entries
                else (Band(self._figures.figure(entries["ratio"], "ratio", entry, "ratio")),)
            ),
            feeds=tuple(each.one_of(FEEDS) for each in entries["feeds"].some()),  # type: ignore[misc]
            deductible=self._figures.optional(entries, "deductible", "yuan", entry),
            ceiling=self._figures.optional(entries, "ceiling", "yuan", entry),
            interpretations=self._relies_on(entries),
            where=node.where,
        )

    def _when(self, entries: Mapping[str, Node]) -> Condition:
        return read_condition(entries["when"], self._readings) if "when" in entries else ALWAYS

    def _relies_on(self, entries: Mapping[str, Node]) -> tuple[str, ...]:
        return relies_on(entries, self._interpretations)


def relies_on(entries: Mapping[str, Node], interpretations: Collection[str]) -> tuple[str, ...]:
    """The readings that an entry names. Raises PackError for one that there is not."""
    named = entries["relies_on"].items() if "relies_on" in entries else []
    return tuple(each.one_of(interpretations) for each in named)
