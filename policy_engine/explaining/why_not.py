"""Why the fund pays nothing, or less than elsewhere, and the smallest change of facts after which it pays more."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from policy_engine.benefits.bill import read_bill
from policy_engine.benefits.formula import Amounts, Fen, Formula
from policy_engine.estimate import Estimate, estimate
from policy_engine.explaining.alternatives import Alternative, bill_of, changes_of_treatment, smallest_bill
from policy_engine.explaining.situation import situation
from policy_engine.explaining.what_if import changed, what_if
from policy_engine.facts import Facts
from policy_engine.money import LARGEST, NOTHING
from policy_engine.scheme import Scheme

Cause = Literal["no_cost", "cost_ceiling", "deductible", "ratio", "ceiling"]
"""What takes all of a bill: nothing of it is reportable; the cost that may enter in a year is used up; it is within the
deductible; nothing is paid of what is left; the year's ceiling is used up."""


@dataclass(frozen=True)
class WhyNot:
    """Why no more is paid, and what would change it.

    `causes` say what leaves nothing, where the fund certainly pays nothing: one for each case that is possible. `ways`
    are changes after which the engine itself finds that the fund certainly pays more: each by itself, or where no one
    of them is enough, as few together as are.
    """

    before: Estimate
    causes: tuple[Cause, ...]
    ways: tuple[Alternative, ...]

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON; `before` stands beside it."""
        return {"causes": list(self.causes), "ways": [each.to_dict() for each in self.ways]}


def why_not(
    scheme: Scheme, facts: Facts, on: datetime.date | None = None, today: datetime.date | None = None
) -> WhyNot:
    """Why the fund pays no more of this bill, and the smallest changes after which it certainly would.

    Tried are the hospital, a referral and waiting until next year; and where nothing is paid, the bill at which the
    fund starts to pay, to the fen. Raises as `estimate` does.
    """
    before = estimate(scheme, facts, on, today)
    tried = changes_of_treatment(scheme, before)
    ways = [*_starting_bill(scheme, before), *(each for each in tried if _pays_more(each))]
    if not ways and before.fund_pays == NOTHING:
        ways = _several(scheme, before, tried)
    return WhyNot(before, _causes(scheme, before), tuple(ways))


def _pays_more(each: Alternative) -> bool:
    low = each.what_if.difference.fund.low
    return low is not None and low > 0


def _starting_bill(scheme: Scheme, before: Estimate) -> Iterator[Alternative]:
    """The smallest bill of which the fund certainly pays something, where it pays nothing of this one."""
    if before.fund_pays != NOTHING:
        return
    under = situation(scheme, before.facts, before.on)
    formulas = [option.sides.least for option in under.profile.options.values()]

    def pays(cost: Fen) -> bool:
        bill = read_bill(changed(under.settled.facts, bill_of(before.facts, cost)), under.profile.uses)
        return all(
            formula.total(amounts) > 0
            for formula in formulas
            for amounts in bill.candidates(formula, bill.reportable.low, most=False)
        )

    found = smallest_bill(pays, under.bill.class_b.low)
    if found is not None:
        changes = bill_of(before.facts, found)
        yield Alternative("starting_bill", what_if(scheme, before.facts, changes, before.on))


def _several(scheme: Scheme, before: Estimate, tried: list[Alternative]) -> list[Alternative]:
    """As few of the changes as are enough together, each of another kind."""
    for size in range(2, len({each.kind for each in tried}) + 1):
        found = []
        for chosen in itertools.combinations(tried, size):
            if len({each.kind for each in chosen}) < size:
                continue
            changes = {fact: value for each in chosen for fact, value in each.what_if.changes}
            waits = [each for each in chosen if each.kind == "next_year"]
            after = what_if(scheme, before.facts, changes, before.on, ages=bool(waits))
            several = Alternative("several", after, next_year_unknown=any(each.next_year_unknown for each in waits))
            if _pays_more(several):
                found.append(several)
        if found:
            return found
    return []


def _causes(scheme: Scheme, before: Estimate) -> tuple[Cause, ...]:
    if before.fund_pays != NOTHING:
        return ()
    under = situation(scheme, before.facts, before.on)
    cost = LARGEST if under.bill.reportable.high is None else under.bill.reportable.high
    found: dict[Cause, None] = {}
    for option in under.profile.options.values():
        formula = option.sides.most
        amounts = max(under.bill.candidates(formula, cost, most=True), key=formula.total)
        found[_cause(formula, amounts)] = None
    return tuple(found)


def _cause(formula: Formula, amounts: Amounts) -> Cause:
    """What leaves nothing of a bill of which even the most that may be set pays nothing."""
    steps = formula.steps(amounts)
    listed = amounts.cost - steps.class_b
    if not listed:
        return "no_cost"
    if steps.above_cost_ceiling >= listed:
        return "cost_ceiling"
    if steps.before:
        return "ceiling"
    if formula.ratio_first:
        return "deductible" if any(steps.by_band) else "ratio"
    return "ratio" if steps.entering else "deductible"
