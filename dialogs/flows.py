"""The flows: each says, from the facts alone, what it still needs or what it concludes.

What a flow needs comes from the policy engine's `missing`, so a question can never drift from the rule that needs it.
"""

from __future__ import annotations

from collections.abc import Callable

from dialogs.comparisons import comparison
from dialogs.context import Case
from dialogs.decisions import decision
from dialogs.members.enrolling import needs
from dialogs.members.flows import MEMBER_FLOWS
from dialogs.plans import Conclude, Plan
from dialogs.receipts import contribution_receipt, estimate_receipt
from dialogs.replies import Text
from policy_engine.compare import compare
from policy_engine.contribution import contribution
from policy_engine.eligibility import eligibility
from policy_engine.estimate import estimate


def plan(flow: str, case: Case) -> Plan:
    """What the flow does next in this case. Raises PolicyError for facts that cannot be together."""
    return FLOWS[flow](case)


def _eligibility(case: Case) -> Plan:
    found = eligibility(case.scheme, case.facts, today=case.today)
    return needs(found.missing, case) or Conclude((decision(found, case),), found.interpretations)


def _contribution(case: Case) -> Plan:
    if case.scheme.may_join:
        joining = eligibility(case.scheme, case.facts, today=case.today)
        if joining.outcome == "ineligible":
            return Conclude((decision(joining, case),), joining.interpretations)
    found = contribution(case.scheme, case.facts, today=case.today)
    return needs(found.missing, case) or Conclude((contribution_receipt(found, case),), found.interpretations)


def _estimate(case: Case) -> Plan:
    found = estimate(case.scheme, case.facts, today=case.today)
    asked = needs(found.missing, case)
    if asked is not None:
        return asked
    recorded = [Text(case.words("estimate.on_record"), "note")] if case.on_record else []
    return Conclude((estimate_receipt(found, case), *recorded), found.interpretations)


def _compare(case: Case) -> Plan:
    found = compare(case.scheme, case.facts, today=case.today)
    relied_on = dict.fromkeys(name for each in found.levels.values() for name in each.interpretations)
    return needs(found.missing, case) or Conclude((comparison(found, case),), tuple(relied_on))


FLOWS: dict[str, Callable[[Case], Plan]] = {
    "eligibility": _eligibility,
    "contribution": _contribution,
    "estimate": _estimate,
    "compare_hospitals": _compare,
    **MEMBER_FLOWS,
}
