"""The flows: each says, from the facts alone, what it still needs or what it concludes.

What a flow needs comes from the policy engine's `missing`, so a question can never drift from the rule that needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dialogs.comparisons import comparison
from dialogs.context import Case
from dialogs.decisions import decision
from dialogs.questions import ASKING
from dialogs.receipts import contribution_receipt, estimate_receipt
from dialogs.replies import Reply
from policy_engine.compare import compare
from policy_engine.contribution import contribution
from policy_engine.eligibility import eligibility
from policy_engine.estimate import estimate


@dataclass(frozen=True)
class Ask:
    """The flow needs this fact next."""

    fact: str


@dataclass(frozen=True)
class Conclude:
    """The flow has its answer, which rests on these readings of open places in the text."""

    replies: tuple[Reply, ...]
    readings: tuple[str, ...] = ()


Plan = Ask | Conclude


def plan(flow: str, case: Case) -> Plan:
    """What the flow does next in this case. Raises PolicyError for facts that cannot be together."""
    return FLOWS[flow](case)


def _next(missing: Iterable[str], case: Case) -> Ask | None:
    """The first fact that still decides, that can be asked, and to which nobody has said *I don't know*."""
    return next((Ask(fact) for fact in missing if _can_be_asked(fact, case) and fact not in case.unsure), None)


def _can_be_asked(fact: str, case: Case) -> bool:
    """Whether there is a question with an answer to it: no county, where the scheme has none to choose from."""
    return fact in ASKING and (fact != "county" or bool(case.scheme.counties))


def _eligibility(case: Case) -> Plan:
    found = eligibility(case.scheme, case.facts, today=case.today)
    return _next(found.missing, case) or Conclude((decision(found, case),), found.interpretations)


def _contribution(case: Case) -> Plan:
    if case.scheme.may_join:
        joining = eligibility(case.scheme, case.facts, today=case.today)
        if joining.outcome == "ineligible":
            return Conclude((decision(joining, case),), joining.interpretations)
    found = contribution(case.scheme, case.facts, today=case.today)
    return _next(found.missing, case) or Conclude((contribution_receipt(found, case),), found.interpretations)


def _estimate(case: Case) -> Plan:
    found = estimate(case.scheme, case.facts, today=case.today)
    return _next(found.missing, case) or Conclude((estimate_receipt(found, case),), found.interpretations)


def _compare(case: Case) -> Plan:
    found = compare(case.scheme, case.facts, today=case.today)
    relied_on = dict.fromkeys(name for each in found.levels.values() for name in each.interpretations)
    return _next(found.missing, case) or Conclude((comparison(found, case),), tuple(relied_on))


FLOWS: dict[str, Callable[[Case], Plan]] = {
    "eligibility": _eligibility,
    "contribution": _contribution,
    "estimate": _estimate,
    "compare_hospitals": _compare,
}
