"""What no single entry of the benefits can show: treatments without a schedule, entries that nobody can meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policy_engine.benefits import BenefitRules, Ceiling, Schedule
from policy_engine.conditions import Conditional, domain, readings_of
from policy_engine.diagram import Leaf, Node, unfold
from policy_engine.errors import N_, PackError
from policy_engine.facts import Value
from policy_engine.parameters import Values
from policy_engine.scheme import Scheme

NONE = ""
"""Stands for no entry where none applies."""


def check_benefits(scheme: Scheme, rules: BenefitRules) -> None:
    """Raises PackError for the first contradiction in how bills are paid."""
    _unique(rules)
    for day in scheme.turns:
        _every_treatment(rules.on(day), day.isoformat(), rules.schedules[0].where)
    for schedule in rules.schedules:
        day = max(scheme.start, schedule.start or scheme.start)
        _reached(rules.on(day), schedule)
        _bounds_rise(scheme, schedule)
        if schedule.deductible.on_transfer and not schedule.deductible.amount:
            raise PackError(
                N_(
                    "After a transfer only an amount can be made up. Give this deductible an amount, or no on_transfer."
                ),
                where=schedule.where,
            )
    for ceilings in (rules.ceilings, rules.cost_ceilings):
        reachable(ceilings)
        _for_everybody(ceilings)
    reachable(rules.layers)
    for adjustment in rules.adjustments:
        reachable((adjustment,))


def _unique(rules: BenefitRules) -> None:
    for group in (rules.schedules, rules.adjustments, rules.ceilings, rules.cost_ceilings, rules.layers):
        taken: set[str] = set()
        for each in group:
            if each.id in taken:
                raise PackError(
                    N_("Two rules are called {name}. Give one of them another id."), where=each.where, name=each.id
                )
            taken.add(each.id)


def first_of(entries: Sequence[Conditional]) -> Node[str]:
    """Which entry applies, the first that holds, by the facts that they look at."""
    conditions = tuple(each.when for each in entries)
    needed = dict.fromkeys(name for condition in conditions for name, _ in condition.needs())

    def decide(known: dict[str, Value]) -> str | None:
        for each in entries:
            holds = each.when.holds(known)
            if holds is None:
                return None
            if holds:
                return each.id
        return NONE

    return unfold({name: domain(name, conditions) for name in needed}, decide)


def reachable(entries: Sequence[Conditional]) -> None:
    """Raises PackError for an entry that nobody can meet, or that those above it leave nobody."""
    met = first_of(entries).odds.keys() if entries else ()
    for each in entries:
        if each.id not in met and not _by_reading(each):
            _refuse_unreachable(each, alone=first_of((each,)).odds.keys() == {NONE})


def _refuse_unreachable(entry: Conditional, *, alone: bool) -> None:
    if alone:
        raise PackError(
            N_("Nobody can meet the rule {name}: its conditions exclude one another. Correct one of them."),
            where=entry.where,
            name=entry.id,
        )
    raise PackError(
        N_("Nobody is left for {name}: the entries above it take every case. Move it up, or narrow those above."),
        where=entry.where,
        name=entry.id,
    )


def _by_reading(entry: Conditional) -> bool:
    """Whether another reading of the text may bring the entry to life."""
    return any(True for _ in readings_of(entry.when))


def _reached(schedules: Sequence[Schedule], schedule: Schedule) -> None:
    if (schedule not in schedules or schedule.id not in first_of(schedules).odds) and not _by_reading(schedule):
        _refuse_unreachable(schedule, alone=first_of((schedule,)).odds.keys() == {NONE})


def _every_treatment(schedules: Sequence[Schedule], day: str, where: str) -> None:
    diagram = first_of(schedules)
    if NONE not in diagram.odds:
        return
    case = next(known for known, outcome in _paths(diagram) if outcome == NONE)
    if not schedules:
        raise PackError(
            N_("No schedule holds on {day}. Add one, or extend the dates of another."), where=where, day=day
        )
    raise PackError(
        N_("No schedule says what is paid where {case}. Add one, or let the last schedule have no condition."),
        where=schedules[-1].where,
        case=", ".join(f"{name} = {shown_value(value)}" for name, value in case.items()),
    )


def _paths(node: Node[str]) -> Iterator[tuple[dict[str, Value], str]]:
    if isinstance(node, Leaf):
        yield {}, node.outcome
        return
    for value, part in zip(node.values, node.parts, strict=True):
        for known, outcome in _paths(part):
            yield {node.name: value, **known}, outcome


def _for_everybody(ceilings: Sequence[Ceiling]) -> None:
    if ceilings and ceilings[-1].when.holds({}) is not True:
        raise PackError(
            N_("The last ceiling must have no condition, so that everybody has one. Remove its when:."),
            where=ceilings[-1].where,
        )


def _bounds_rise(scheme: Scheme, schedule: Schedule) -> None:
    """The ends of bands lie one above the other, as far as they are set."""
    for turn in scheme.turns:
        values, reached = Values(scheme, turn), 0
        for band in schedule.bands:
            if not band.up_to or not values.is_set(band.up_to):
                continue
            end = values.money(band.up_to).low
            if end <= reached:
                raise PackError(
                    N_("The bands of {name} do not rise: one ends at or below the one before. Put them in order."),
                    where=schedule.where,
                    name=schedule.id,
                )
            reached = end


def shown_value(value: Value) -> str:
    """A fact's value as an error names it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
