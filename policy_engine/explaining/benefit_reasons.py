"""Why the fund pays what it pays: which entries of the benefit rules apply and why, their figures, and every line."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from policy_engine.benefits.calculation import ReceiptLine
from policy_engine.benefits.classes import Class, domains_of, settled_parameters
from policy_engine.benefits.profiles import Option
from policy_engine.benefits.schedule import Adjustment, Band, Ceiling, Layer, Schedule
from policy_engine.conditions import Condition
from policy_engine.diagram import Node, mapped, unfold
from policy_engine.estimate import Estimate
from policy_engine.explaining.leads import leading_to
from policy_engine.explaining.reasons import Kind, Reason, Reasons
from policy_engine.explaining.situation import Situation
from policy_engine.facts import Value

Entry = Schedule | Adjustment | Ceiling | Layer
Outcome = TypeVar("Outcome", bound=Hashable)

NONE_APPLIES = ""
"""Stands in place of an entry's id where none of a list fits."""


def benefit_reasons(found: Estimate, under: Situation) -> Reason:
    """The reasons for an estimate: its entries group by group, then each case that is possible with its lines."""
    return _Benefits(found, under).decision()


class _Benefits:
    def __init__(self, found: Estimate, under: Situation) -> None:
        self._found, self._under = found, under
        self._rules, self._values = under.day.rules, under.day.values
        self._reasons = Reasons(
            under.scheme, self._values, under.settled, settled_parameters(self._rules, self._values)
        )
        self._domains = domains_of(self._rules, self._values) | dict(under.settled.possible)

    def decision(self) -> Reason:
        rules, found = self._rules, self._found
        throughout = tuple(self._reasons.figure(name) for name in (rules.order, rules.rounding) if name)
        assumed = tuple(Reason("assumption", fact, True, value=value) for fact, value in found.assumptions)
        cases = tuple(self._cases())
        groups = (
            self._first("schedules", "schedule", rules.on(self._values.on)),
            self._group("adjustments", None, map(self._adjustment, rules.adjustments)),
            self._first("cost_ceilings", "cost_ceiling", rules.cost_ceilings),
            self._first("ceilings", "ceiling", rules.ceilings),
            self._first("layers", "layer", rules.layers),
            self._group("throughout", True, throughout),
            self._group("assumptions", True, assumed),
            self._group("cases", len(cases) == 1 or None, cases),
        )
        exact = found.fund_pays.exact and found.person_pays.exact
        parts = tuple(each for each in groups if each.parts)
        return Reason("decision", "estimate", exact or None, amount=found.fund_pays, parts=parts)

    def _group(self, name: str, holds: bool | None, parts: Iterable[Reason]) -> Reason:
        return Reason("group", name, holds, parts=tuple(parts))

    def _left_open(
        self, conditions: Sequence[Condition], decide: Callable[[dict[str, Value]], Outcome | None]
    ) -> Node[Outcome]:
        """What can still come out, by what is not known yet."""
        known = self._reasons.known
        needed = {name for condition in conditions for name, _ in condition.needs()} - known.keys()
        domains = {name: values for name, values in self._domains.items() if name in needed}
        return unfold(domains, lambda facts: decide({**known, **facts}))

    def _first(self, name: str, kind: Kind, entries: Sequence[Schedule | Ceiling | Layer]) -> Reason:
        """Of entries of which the first that fits applies: those that do or may, and before them those that do not."""

        def first(facts: dict[str, Value]) -> str | None:
            for entry in entries:
                holds = entry.when.holds(facts)
                if holds is not False:
                    return entry.id if holds else None
            return NONE_APPLIES

        possible = self._left_open([each.when for each in entries], first).odds
        settled = len(possible) == 1
        places = [place for place, each in enumerate(entries) if each.id in possible]
        looked_at = entries if NONE_APPLIES in possible else entries[: max(places) + 1]
        parts = []
        for entry in looked_at:
            applies = (settled or None) if entry.id in possible else False
            fits = entry.when.holds(self._reasons.known) is not False
            parts.append(self._entry(kind, entry, applies, next(iter(possible)) if settled and fits else ""))
        applies = NONE_APPLIES not in possible if settled else None
        return self._group(name, applies, parts)

    def _adjustment(self, entry: Adjustment) -> Reason:
        possible = self._left_open([entry.when], entry.when.holds).odds
        return self._entry("adjustment", entry, next(iter(possible)) if len(possible) == 1 else None, "")

    def _entry(self, kind: Kind, entry: Entry, applies: bool | None, first: str) -> Reason:
        """An entry with its condition; where it applies or may, also with what it rests on."""
        parts = [*self._reasons.condition(entry.when)]
        if applies is not False:
            parts += map(self._reasons.figure, _figures(entry))
            parts += self._reasons.besides(entry.interpretations, parts)
        text = entry.text if isinstance(entry, Schedule) else ""
        instead = first if applies is False and first != entry.id else ""
        return Reason(kind, entry.id, applies, text=text, instead=instead, parts=tuple(parts))

    def _cases(self) -> Iterator[Reason]:
        """The classes that are possible; those as one whose lines are the same, whatever the bill turns out to be."""
        under = self._under
        alike: dict[Hashable, list[Class]] = {}
        for each, case in under.cases.items():
            rates = under.profile.options[each].sides.rates
            alike.setdefault((case.sameness, case.lines, rates), []).append(each)
        first = {each: classes[0] for classes in alike.values() for each in classes}
        outcomes = mapped(under.profile.classes, first.__getitem__)
        for classes in alike.values():
            yield self._case(classes, None if len(alike) == 1 else leading_to(outcomes, classes[0]))

    def _case(self, classes: Sequence[Class], led_to_by: Condition | None) -> Reason:
        """What some classes come to: which further facts lead there, the rates, and the lines."""
        options, case = self._under.profile.options, self._under.cases[classes[0]]
        entries = options[classes[0]].entries
        parts: list[Reason] = []
        if led_to_by is not None:
            parts.append(self._reasons.leading(led_to_by))
        if entries.before is not None:
            figures = map(self._reasons.figure, _figures_of_deductible(entries.before))
            parts.append(Reason("schedule", entries.before.id, True, parts=tuple(figures)))
        parts += self._rates(options[classes[0]])
        parts += map(line_reason, case.lines)
        others = [{entry.id for entry in options[each].entries.all} for each in classes]
        name = "+".join(entry.id for entry in entries.all if all(entry.id in ids for ids in others))
        exact = case.fund.exact and case.person.exact
        return Reason("case", name, exact or None, amount=case.fund, parts=tuple(parts))

    def _rates(self, option: Option) -> Iterator[Reason]:
        """The ratio of each band with the points that are added to it."""
        schedule = option.entries.schedule
        points = [*schedule.points]
        for each in option.entries.adjustments:
            points += [name for name in (each.points, each.at_least, each.at_most) if name]
        for band, rate in zip(schedule.bands, option.sides.rates, strict=True):
            figures = (band.ratio,) if band.fixed else (band.ratio, *points)
            exact = rate[0] == rate[1]
            yield Reason("rate", band.ratio, exact or None, rate=rate, parts=tuple(map(self._reasons.figure, figures)))


def line_reason(line: ReceiptLine) -> Reason:
    """A line of a receipt as a reason."""
    return Reason(
        "line",
        line.line,
        line.amount.exact or None,
        amount=line.amount,
        rate=line.rate,
        span=line.span,
        citations=line.citations,
    )


def _figures(entry: Entry) -> tuple[str, ...]:
    """The parameters and choices that an entry names, in the order of the calculation."""
    match entry:
        case Schedule():
            bands = _figures_of_bands(entry.bands)
            guaranteed = (entry.guaranteed, entry.guaranteed_of)
            found = (entry.class_b_share, *_figures_of_deductible(entry), *bands, *entry.points, *guaranteed)
        case Adjustment():
            found = (entry.points, entry.at_least, entry.at_most)
        case Ceiling():
            found = (entry.amount,)
        case Layer():
            found = (entry.deductible, *_figures_of_bands(entry.bands), entry.ceiling)
    return tuple(dict.fromkeys(name for name in found if name))


def _figures_of_deductible(schedule: Schedule) -> tuple[str, ...]:
    found = schedule.deductible
    names = (found.amount, found.share, found.at_least, found.at_most, *found.later_stays)
    return tuple(name for name in (*names, found.counts, found.on_transfer) if name)


def _figures_of_bands(bands: Iterable[Band]) -> tuple[str, ...]:
    return tuple(name for band in bands for name in (band.up_to, band.ratio) if name)
