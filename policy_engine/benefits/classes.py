"""What the benefit rules make of a person and a treatment, before any amount: each combination belongs to one class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from policy_engine.benefits.schedule import Adjustment, BenefitRules, Ceiling, Layer, Schedule
from policy_engine.conditions import PARAMETER, Condition, Conditional, domain
from policy_engine.diagram import Node, unfold
from policy_engine.facts import FACTS, Value
from policy_engine.parameters import Values

CHOOSING = ("care", "provider_level", "provider_grade", "provider_place", "treated_at_workplace", "disease_class")
"""The facts about a treatment rather than a person, which choose its schedule."""

TRANSFERS = {"provider_level": "transferred_from", "provider_grade": "transferred_from_grade"}
"""What tells hospitals apart, and the fact that says it of the hospital that transferred the patient."""

Entry = TypeVar("Entry", Schedule, Ceiling, Layer)


@dataclass(frozen=True)
class Class:
    """The entries of the rules that apply, by id; None where no ceiling or second layer applies.

    `before` is the schedule of the hospital that transferred the patient, where its deductible counts.
    """

    schedule: str
    adjustments: tuple[str, ...]
    ceiling: str | None
    cost_ceiling: str | None
    layer: str | None
    before: str | None


@dataclass(frozen=True, eq=False)
class Entries:
    """The entries of one class, looked up."""

    schedule: Schedule
    adjustments: tuple[Adjustment, ...]
    ceiling: Ceiling | None
    cost_ceiling: Ceiling | None
    layer: Layer | None
    before: Schedule | None

    @property
    def all(self) -> tuple[Schedule | Adjustment | Ceiling | Layer, ...]:
        """The entries that are there, in the order of the calculation."""
        found = (self.schedule, *self.adjustments, self.cost_ceiling, self.ceiling, self.layer)
        return tuple(each for each in found if each is not None)


def entries_of(each: Class, rules: BenefitRules) -> Entries:
    """The entries that a class names."""

    def named(entries: Iterable[Entry], name: str | None) -> Entry | None:
        return next((entry for entry in entries if entry.id == name), None)

    schedule = named(rules.schedules, each.schedule)
    assert schedule is not None  # noqa: S101 - classes are made from these rules
    return Entries(
        schedule,
        tuple(entry for entry in rules.adjustments if entry.id in each.adjustments),
        named(rules.ceilings, each.ceiling),
        named(rules.cost_ceilings, each.cost_ceiling),
        named(rules.layers, each.layer),
        named(rules.schedules, each.before),
    )


def conditions_of(rules: BenefitRules, schedules: Sequence[Schedule]) -> tuple[Condition, ...]:
    """The conditions that tell treatments and people apart."""
    listed: tuple[Conditional, ...] = (
        *schedules,
        *rules.adjustments,
        *rules.ceilings,
        *rules.cost_ceilings,
        *rules.layers,
    )
    return tuple(each.when for each in listed)


def domains_of(rules: BenefitRules, values: Values) -> dict[str, tuple[Value, ...]]:
    """The facts and open yes/no parameters that choose a class, with their values; those first that settle most."""
    schedules = rules.on(values.on)
    conditions = conditions_of(rules, schedules)
    needed = {name for condition in conditions for name, _ in condition.needs()}
    transfers = any(_counts_transfer(each, values) for each in schedules)
    moved = _moved(schedules) if transfers else {}
    names = {*needed, *moved, *moved.values()}
    order = (*CHOOSING, *(name for name in FACTS if name not in CHOOSING))
    domains = {name: domain(name, conditions) for name in order if name in names}
    for name in sorted(names):
        if name.startswith(PARAMETER) and values.yes(name.removeprefix(PARAMETER)) is None:
            domains[name] = (True, False)
    return domains


def settled_parameters(rules: BenefitRules, values: Values) -> dict[str, Value]:
    """The yes/no parameters that the rules look at and somebody has set."""
    names = {
        name
        for condition in conditions_of(rules, rules.on(values.on))
        for name, _ in condition.needs()
        if name.startswith(PARAMETER)
    }
    found = ((name, values.yes(name.removeprefix(PARAMETER))) for name in names)
    return {name: yes for name, yes in found if yes is not None}


def classes_of(rules: BenefitRules, values: Values) -> Node[Class]:
    """The class of every person and treatment. Yes/no parameters that nobody has set count among the unknowns."""
    settled = settled_parameters(rules, values)
    schedules = rules.on(values.on)

    def decide(facts: dict[str, Value]) -> Class | None:
        return _class(rules, schedules, values, {**settled, **facts})

    return unfold(domains_of(rules, values), decide)


class _OpenError(Exception):
    """Something that is not known yet decides."""


def _class(
    rules: BenefitRules, schedules: Sequence[Schedule], values: Values, known: Mapping[str, Value]
) -> Class | None:
    try:
        schedule = _first(schedules, known)
        assert schedule is not None  # noqa: S101 - the loader has seen to it that every treatment has a schedule
        adjustments = tuple(each.id for each in rules.adjustments if _holds(each.when, known))
        ceiling, cost_ceiling = _first(rules.ceilings, known), _first(rules.cost_ceilings, known)
        layer = _first(rules.layers, known)
        before = _before(schedule, schedules, values, known)
    except _OpenError:
        return None
    return Class(
        schedule.id,
        adjustments,
        ceiling.id if ceiling and ceiling.amount else None,
        cost_ceiling.id if cost_ceiling and cost_ceiling.amount else None,
        layer.id if layer else None,
        before.id if before else None,
    )


def _holds(condition: Condition, known: Mapping[str, Value]) -> bool:
    holds = condition.holds(known)
    if holds is None:
        raise _OpenError
    return holds


def _first(entries: Iterable[Entry], known: Mapping[str, Value]) -> Entry | None:
    return next((each for each in entries if _holds(each.when, known)), None)


def _counts_transfer(schedule: Schedule, values: Values) -> bool:
    """Whether what was carried before a transfer may count; also where nobody has said whether it does."""
    name = schedule.deductible.on_transfer
    return bool(name) and values.choice(name) != "full"


def _before(
    schedule: Schedule, schedules: Sequence[Schedule], values: Values, known: Mapping[str, Value]
) -> Schedule | None:
    if not _counts_transfer(schedule, values):
        return None
    came_from = {name: known.get(fact) for name, fact in _moved(schedules).items()}
    if "none" in came_from.values():
        return None
    there = {name: value for name, value in came_from.items() if value is not None}
    if len(there) < len(came_from):
        raise _OpenError
    return _first(schedules, {**known, **there})


def _moved(schedules: Iterable[Schedule]) -> dict[str, str]:
    """By what the schedules tell hospitals apart, each with the fact that says it of the one before a transfer."""
    needed = {name for each in schedules for name, _ in each.when.needs()}
    return {name: fact for name, fact in TRANSFERS.items() if name in needed} or {"provider_level": "transferred_from"}
