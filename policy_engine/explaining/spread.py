"""How far two payments of one bill lie apart, over every amount that the bill can be, to the fen.

Between the costs at which a formula turns, what it pays goes up by the same amount from one period of costs to the
next: a period is so many fen that every ratio makes whole fen of it. So of such a stretch the first and the last
period hold the extremes. Where it cannot be told where a formula turns, it is certain that neither payment falls with
the cost.
"""

from __future__ import annotations

import heapq
import itertools
import math
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from policy_engine.benefits.formula import Amounts, Fen, Formula
from policy_engine.money import rounded

_HALVINGS = 300
"""How often a range is halved at most."""
_LONGEST_PERIOD = 1_000
_FAR = 10**17
"""Fen. Beyond every figure of every pack and every bill."""


class Payment(NamedTuple):
    """What `formula` pays of a bill of which all but the cost is as in `amounts`."""

    formula: Formula
    amounts: Amounts

    def of(self, cost: Fen) -> Amounts:
        """The same bill with this cost."""
        return Amounts(cost, *self.amounts[1:])

    def paid(self, cost: Fen) -> Fen:
        """What both layers pay of so much cost."""
        return self.formula.total(self.of(cost))


def spread(before: Payment, after: Payment, low: Fen, high: Fen | None) -> tuple[Fen, Fen] | None:
    """By how much the second payment exceeds the first, at least and at most, for costs from `low` to `high`.

    No part of the cost may be for class-B items. Never too narrow; exact but where a second layer or a guaranteed share
    bends a payment, or where ratios are so fine that a period is long. None where the payments have no end without a
    `high` one, and where one of them may fall with the cost.
    """
    if _may_fall(before.formula) or _may_fall(after.formula):
        return None
    if high is None:
        ends = {each: each.paid(_FAR) for each in (before, after)}
        if any(each.paid(2 * _FAR) != end for each, end in ends.items()):
            return None
        high = max(low, 1)
        while any(each.paid(high) != end for each, end in ends.items()):
            high *= 4
    return -_most_more(before, after, low, high), _most_more(after, before, low, high)


def _may_fall(formula: Formula) -> bool:
    """Whether a larger cost may bring less.

    So it may with a deductible that grows with the whole bill, or grows and comes off at the end; and with a second
    layer above a guaranteed share.
    """
    grows = formula.by_share is not None and (formula.of_whole or formula.ratio_first)
    return grows or (formula.layer is not None and bool(formula.guaranteed))


def _most_more(larger: Payment, smaller: Payment, low: Fen, high: Fen) -> Fen:
    """The most by which `larger` exceeds `smaller`.

    The stretch that promises most is halved until none promises more than has been found, or for long enough.
    """
    more, less = cache(larger.paid), cache(smaller.paid)
    period = _period(larger.formula, smaller.formula)

    def most_at(costs: Iterable[Fen]) -> Fen:
        return max(more(cost) - less(cost) for cost in costs)

    best = most_at((low, high))
    promises = [(less(low) - more(high), low, high)]
    for _ in range(_HALVINGS):
        if not promises or -promises[0][0] <= best:
            return best
        _, start, end = heapq.heappop(promises)
        if period and (end - start <= 2 * period or all(_steady(each, start, end) for each in (larger, smaller))):
            first, last = range(start, min(start + period, end) + 1), range(max(start, end - period), end + 1)
            best = max(best, most_at(itertools.chain(first, last)))
        elif end - start > 1:
            middle = (start + end) // 2
            best = max(best, most_at((middle,)))
            for left, right in ((start, middle), (middle, end)):
                heapq.heappush(promises, (less(left) - more(right), left, right))
    return max(best, -promises[0][0]) if promises else best


def _period(one: Formula, other: Formula) -> Fen:
    """So many fen that every ratio of both makes whole fen of it; 0 where there is none to speak of."""
    if any(each.layer is not None or each.guaranteed for each in (one, other)):
        return 0
    shares = [each.by_share.denominator for each in (one, other) if each.by_share is not None]
    found = math.lcm(one.unit, other.unit) * math.lcm(*shares)
    return found if found <= _LONGEST_PERIOD else 0


def _steady(payment: Payment, start: Fen, end: Fen) -> bool:
    """Whether the formula turns nowhere between two costs.

    It turns where an amount that never falls with the cost passes one that stands still; so if each is on the same side
    at both ends, it is all the way.
    """
    return _sides(payment, start) == _sides(payment, end)


def _sides(payment: Payment, cost: Fen) -> tuple[object, ...]:
    """On which side of everything that can turn it a formula is at this cost."""
    formula, amounts = payment.formula, payment.of(cost)
    steps = formula.steps(amounts)
    listed = cost - steps.above_cost_ceiling
    borne = 0 if formula.ratio_first else steps.borne
    ends = [end for end, _ in formula.bands if end is not None]
    reached = (
        listed,
        listed - borne,
        borne,
        amounts.reported + listed,
        amounts.reported + borne,
        amounts.entered + listed - borne,
    )
    share = 0 if formula.by_share is None else rounded(formula.by_share * listed, formula.borne_rounding)
    return (
        steps.above_cost_ceiling > 0,
        share > formula.least,
        formula.most is not None and share > formula.most,
        steps.borne > 0,
        listed > borne,
        steps.before > 0,
        steps.before > steps.fund,
        *(bisect_left(ends, each) for each in reached),
    )
