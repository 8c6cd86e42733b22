"""Why a decision, a contribution or an estimate came out as it did: the tree of reasons, with a citation at each step.

The reasons are worked out beside the result and from the same rules; that both agree is tested, not assumed.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from policy_engine.contribution import Contribution, contribution
from policy_engine.eligibility import Eligibility, eligibility
from policy_engine.estimate import Estimate, estimate
from policy_engine.explaining.benefit_reasons import benefit_reasons
from policy_engine.explaining.contribution_reasons import contribution_reasons
from policy_engine.explaining.joining_reasons import joining_reasons
from policy_engine.explaining.readings import reading_to_dict
from policy_engine.explaining.reasons import Reason
from policy_engine.explaining.relied_on import relied_on, relied_on_by_estimate
from policy_engine.explaining.situation import situation
from policy_engine.explaining.ways_in import WayIn, ways_in
from policy_engine.explaining.why_not import WhyNot, why_not
from policy_engine.facts import Facts
from policy_engine.known import known_on
from policy_engine.money import NOTHING
from policy_engine.scheme import Interpretation, Scheme

What = Literal["eligibility", "contribution", "estimate"]


@dataclass(frozen=True)
class Explanation:
    """A result with its reasons.

    `readings` are the open places of the text that it rests on, also where one only keeps a rule from applying.
    `ways_in` are the smallest changes that would turn a *no*; `why_not` says what would have to change where the fund
    pays nothing, None elsewhere.
    """

    what: What
    result: Eligibility | Contribution | Estimate
    reason: Reason
    readings: tuple[Interpretation, ...]
    ways_in: tuple[WayIn, ...] = ()
    why_not: WhyNot | None = None

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of an explanation."""
        data: dict[str, Any] = {
            "what": self.what,
            "reason": self.reason.to_dict(),
            "readings": [reading_to_dict(each) for each in self.readings],
            "result": self.result.to_dict(),
        }
        if self.what == "eligibility":
            data["alternatives"] = [each.to_dict() for each in self.ways_in]
        if self.why_not is not None:
            data["why_not"] = self.why_not.to_dict()
        return data


def explain_eligibility(
    scheme: Scheme, facts: Facts, on: datetime.date | None = None, today: datetime.date | None = None
) -> Explanation:
    """Why somebody may join or may not: every rule with its clauses. Raises as `eligibility` does."""
    found = eligibility(scheme, facts, on, today)
    settled = known_on(scheme, facts, found.on)
    names = relied_on(found.interpretations, (*scheme.cannot_join, *scheme.may_join), settled.facts)
    return Explanation(
        "eligibility",
        found,
        joining_reasons(scheme, settled, found.on),
        _readings(scheme, names),
        ways_in=ways_in(scheme, facts, found.on),
    )


def explain_contribution(
    scheme: Scheme, facts: Facts, on: datetime.date | None = None, today: datetime.date | None = None
) -> Explanation:
    """Why a contribution is what it is: whose part it is, and the figures. Raises as `contribution` does."""
    found = contribution(scheme, facts, on, today)
    rules, known = scheme.contribution, known_on(scheme, facts, found.on).facts
    names = relied_on(found.interpretations, rules.entries if rules else (), known)
    return Explanation("contribution", found, contribution_reasons(scheme, found), _readings(scheme, names))


def explain_estimate(
    scheme: Scheme, facts: Facts, on: datetime.date | None = None, today: datetime.date | None = None
) -> Explanation:
    """Why the fund pays what it pays: schedule, adjustments, ceilings, every figure, every line, case by case.

    Where it certainly pays nothing, also what would have to be otherwise. Raises as `estimate` does.
    """
    found = estimate(scheme, facts, on, today)
    under = situation(scheme, facts, found.on)
    return Explanation(
        "estimate",
        found,
        benefit_reasons(found, under),
        _readings(scheme, relied_on_by_estimate(found.interpretations, under)),
        why_not=why_not(scheme, facts, found.on) if found.fund_pays == NOTHING else None,
    )


def _readings(scheme: Scheme, names: Iterable[str]) -> tuple[Interpretation, ...]:
    return tuple(scheme.interpretations[name] for name in names)
