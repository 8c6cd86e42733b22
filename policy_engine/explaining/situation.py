"""One bill under the rules of a day, opened up: every class that is still possible, with its formulas and amounts."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property

from policy_engine.benefits.bill import Bill, read_bill
from policy_engine.benefits.calculation import Case, calculate
from policy_engine.benefits.classes import Class
from policy_engine.benefits.profiles import BenefitDay, Profile, benefit_day
from policy_engine.facts import Facts
from policy_engine.known import Known, known_on
from policy_engine.scheme import Scheme


@dataclass(frozen=True, eq=False)
class Situation:
    """What an estimate is worked out from: the rules of the day, what is known, what that leaves open, the bill."""

    scheme: Scheme
    day: BenefitDay
    settled: Known
    profile: Profile
    bill: Bill

    @cached_property
    def cases(self) -> dict[Class, Case]:
        """What each class that is possible comes to."""
        options = self.profile.options.items()
        return {each: calculate(option.sides, option.sources, self.bill) for each, option in options}


def situation(scheme: Scheme, facts: Facts, on: datetime.date) -> Situation:
    """The situation behind the estimate of these facts, `on` being the day whose rules that applied.

    Raises as `estimate` does, which has been asked before.
    """
    settled = known_on(scheme, facts, on)
    day = benefit_day(scheme, on)
    stay = settled.facts.get("stays_this_year", 1)
    profile = day.profile(settled.facts, stay if isinstance(stay, int) else 1, settled.possible)
    return Situation(scheme, day, settled, profile, read_bill(settled.facts, profile.uses))
