"""Why somebody may join or may not: every rule, with which of its clauses hold, fail or are still open."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from policy_engine.conditions import Condition, Joined, Not, domain
from policy_engine.diagram import unfold
from policy_engine.explaining.reasons import Reason, Reasons
from policy_engine.facts import Value
from policy_engine.known import Known
from policy_engine.parameters import Values
from policy_engine.scheme import Rule, Scheme


def joining_reasons(scheme: Scheme, settled: Known, on: datetime.date) -> Reason:
    """The reasons of a decision on joining: no rule against it applies, and a rule for it does.

    The decision and its two groups hold, or do not, for certain: whatever the facts turn out to be that are not known
    yet. A group can hold without any one of its rules doing so.
    """
    reasons = Reasons(scheme, Values(scheme, on), settled, {})
    against = Joined(tuple(rule.when for rule in scheme.cannot_join), decisive=True)
    admitting = Joined(tuple(rule.when for rule in scheme.may_join), decisive=True)

    def group(name: str, rules: Sequence[Rule], condition: Condition) -> Reason:
        parts = tuple(_rule(rule, reasons) for rule in rules)
        return Reason("group", name, _certainly(condition, reasons.known), parts=parts)

    parts = (group("may_join", scheme.may_join, admitting), group("cannot_join", scheme.cannot_join, against))
    joins = Joined((Not(against), admitting), decisive=False)
    return Reason("decision", "eligibility", _certainly(joins, reasons.known), parts=parts)


def _rule(rule: Rule, reasons: Reasons) -> Reason:
    condition = reasons.condition(rule.when)
    parts = (*condition, *reasons.besides(rule.interpretations, condition))
    return Reason("rule", rule.id, rule.when.holds(reasons.known), rule.text, (rule.citation,), parts=parts)


def _certainly(condition: Condition, known: dict[str, Value]) -> bool | None:
    """Whether a condition holds whatever is still unknown, or fails; None where that depends on it."""
    needed = dict.fromkeys(name for name, _ in condition.needs() if name not in known)
    domains = {name: domain(name, (condition,)) for name in needed}
    outcomes = unfold(domains, lambda facts: condition.holds({**known, **facts})).odds
    return next(iter(outcomes)) if len(outcomes) == 1 else None
