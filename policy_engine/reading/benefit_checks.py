"""What no single entry of the benefits can show: treatments without a schedule, entries that nobody can meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from policy_engine.benefits.schedule import BenefitRules, Ceiling, Layer, Schedule
from policy_engine.conditions import Conditional, domain
from policy_engine.diagram import Leaf, Node, unfold
from policy_engine.errors import N_, PackError
from policy_engine.facts import Value
from policy_engine.parameters import Values
from policy_engine.reading.witnesses import first_of_all, in_every_reading, witness
from policy_engine.scheme import Interpretation, Scheme

NONE = ""
"""Stands for no entry where none applies."""


def check_benefits(scheme: Scheme, rules: BenefitRules) -> None:
    """Raises PackError for the first contradiction in how bills are paid."""
    _unique(rules)
    for day in scheme.turns:
        _every_treatment(rules.on(day), day.isoformat(), rules.schedules[0].where)
    for schedule in rules.schedules:
        day = max(scheme.start, schedule.start or scheme.start)
        _reached(rules.on(day), schedule, scheme.interpretations)
        _bounds_rise(scheme, schedule)
        if schedule.deductible.share and len(schedule.bands) > 1 and schedule.basis in {"gross", "year_gross"}:
            raise PackError(
                N_(
                    "A deductible that is a share grows with the bill, so these bands cannot be measured before it. "
                    "Set basis: after_deductible or year_net."
                ),
                where=schedule.where,
            )
    for ceilings in (rules.ceilings, rules.cost_ceilings):
        reachable(ceilings, scheme.interpretations)
        _for_everybody(ceilings)
    reachable(rules.layers, scheme.interpretations)
    for layer in rules.layers:
        _bounds_rise(scheme, layer)
    for adjustment in rules.adjustments:
        reachable((adjustment,), scheme.interpretations)


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


def reachable(entries: Sequence[Conditional], readings: Mapping[str, Interpretation]) -> None:
    """Raises PackError for an entry that, however the text is read, nobody can meet or those above it leave nobody."""
    for place, each in enumerate(entries):
        if not _met(entries, place, readings):
            _refuse_unreachable(each, alone=not _met((each,), 0, readings))


def _met(entries: Sequence[Conditional], place: int, readings: Mapping[str, Interpretation]) -> bool:
    """Whether somebody, under some reading, meets the entry at this place and none above it."""
    conditions = tuple(each.when for each in entries[: place + 1])
    return any(witness(first_of_all(read_as, place)) is not None for read_as in in_every_reading(conditions, readings))


def unmeetable(where: str, name: str) -> PackError:
    """The refusal of a rule whose own conditions nobody can meet."""
    return PackError(
        N_("Nobody can meet the rule {name}: its conditions exclude one another. Correct one of them."),
        where=where,
        name=name,
    )


def _refuse_unreachable(entry: Conditional, *, alone: bool) -> None:
    if alone:
        raise unmeetable(entry.where, entry.id)
    raise PackError(
        N_("Nobody is left for {name}: the entries above it take every case. Move it up, or narrow those above."),
        where=entry.where,
        name=entry.id,
    )


def _reached(schedules: Sequence[Schedule], schedule: Schedule, readings: Mapping[str, Interpretation]) -> None:
    if schedule not in schedules or not _met(schedules, schedules.index(schedule), readings):
        _refuse_unreachable(schedule, alone=not _met((schedule,), 0, readings))


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


def _bounds_rise(scheme: Scheme, entry: Schedule | Layer) -> None:
    """The ends of bands lie one above the other, as far as they are set."""
    for turn in scheme.turns:
        values, reached = Values(scheme, turn), 0
        for band in entry.bands:
            if not band.up_to or not values.is_set(band.up_to):
                continue
            end = values.money(band.up_to).low
            if end <= reached:
                raise PackError(
                    N_("The bands of {name} do not rise: one ends at or below the one before. Put them in order."),
                    where=entry.where,
                    name=entry.id,
                )
            reached = end


def shown_value(value: Value) -> str:
    """A fact's value as an error names it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
