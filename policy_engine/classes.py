"""What the benefit rules make of a person and a place, before any amount: each combination belongs to one class."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from policy_engine.conditions import PARAMETER, domain
from policy_engine.diagram import Node, unfold
from policy_engine.facts import FACTS, Value
from policy_engine.parameters import Values
from policy_engine.scheme import BenefitRules, Scheme


@dataclass(frozen=True)
class Class:
    """Kind of care and level of hospital choose the schedule; `points` and `ceiling` name parameters.

    `ceiling` is empty where none applies.
    """

    care: str
    level: str
    points: tuple[str, ...]
    ceiling: str


def classes_of(scheme: Scheme, values: Values) -> Node[Class]:
    """The class of every person and place. Yes/no parameters that nobody has set count among the unknowns."""
    settled = ((name, values.yes(name.removeprefix(PARAMETER))) for name in _yes_no(scheme))
    return _unfolded(scheme, tuple((name, yes) for name, yes in settled if yes is not None))


def _benefits(scheme: Scheme) -> BenefitRules:
    assert scheme.benefits is not None  # noqa: S101 - `estimate` has refused a scheme without such rules
    return scheme.benefits


@lru_cache(maxsize=64)
def _yes_no(scheme: Scheme) -> tuple[str, ...]:
    """The yes/no parameters that the rules look at, as conditions write them."""
    rules = _benefits(scheme)
    names = {name for condition in rules.conditions for name, _ in condition.needs() if name.startswith(PARAMETER)}
    return tuple(sorted({*names, PARAMETER + rules.ceiling_counts_outpatient}))


@lru_cache(maxsize=256)
def _unfolded(scheme: Scheme, settled: tuple[tuple[str, Value], ...]) -> Node[Class]:
    rules = _benefits(scheme)
    set_already = dict(settled)
    conditions = rules.conditions
    looked_at = {"care", "provider_level"}.union(name for each in conditions for name, _ in each.needs())
    domains = {name: domain(name, conditions) for name in FACTS if name in looked_at}
    for name in _yes_no(scheme):
        if name not in set_already:
            domains[name] = (True, False)

    def decide(facts: dict[str, Value]) -> Class:
        known = {**set_already, **facts}
        care, level = str(known["care"]), str(known["provider_level"])
        points = (
            *rules.schedules[care, level].points,
            *(each.points for each in rules.adjustments if each.care == care and each.when.holds(known)),
        )
        capped = care == "inpatient" or known[PARAMETER + rules.ceiling_counts_outpatient]
        ceiling = next(each.amount for each in rules.ceilings if each.when.holds(known)) if capped else ""
        return Class(care, level, points, ceiling)

    return unfold(domains, decide)
