"""Which bill comes to a known payment? The estimate the other way round."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Literal

from policy_engine.errors import N_, FactError
from policy_engine.estimate import Estimate, estimate
from policy_engine.facts import Facts
from policy_engine.money import LARGEST, Money, exactly, yuan
from policy_engine.scheme import Scheme

Side = Literal["fund_pays", "person_pays"]


def bill_for(
    scheme: Scheme,
    facts: Facts,
    *,
    fund_pays: Money | None = None,
    person_pays: Money | None = None,
    on: datetime.date | None = None,
) -> Money:
    """The bills, all of them on the list, of which the fund (or the person) pays exactly this much, to the fen.

    From the smallest to the largest; open above where no larger bill brings more. Neither share ever falls with a
    larger bill, so every bill in between comes to the same. Raises FactError where no bill does, with the nearest
    amounts that one comes to; where something that is not known or not set still decides, with what that is; and for
    facts that already hold a bill. Otherwise raises as `estimate` does.
    """
    given = {"fund_pays": fund_pays, "person_pays": person_pays}
    amounts = [(name, amount) for name, amount in given.items() if amount is not None]
    if len(amounts) != 1 or not amounts[0][1].exact:
        raise FactError(N_("Give one amount that is known to the fen: either fund_pays or person_pays."))
    for fact in ("bill_total", "reportable_cost"):
        if fact in facts:
            raise FactError(N_("{fact} is what is looked for here. Leave it out."), fact=fact)
    ((side, amount),) = amounts
    return _Search(scheme, facts, side, on).of(amount.low)  # type: ignore[arg-type]


class _Search:
    """Bills by halving, on one side of the estimate."""

    def __init__(self, scheme: Scheme, facts: Facts, side: Side, on: datetime.date | None) -> None:
        self._scheme, self._facts, self._side, self._on = scheme, facts, side, on
        class_b = facts.get("class_b_cost")
        self._smallest = class_b.low if isinstance(class_b, Money) else 0
        self._seen: dict[int, Money] = {}

    def of(self, amount: int) -> Money:
        """The bills that certainly come to this amount."""
        first = self._first(lambda paid: paid.low >= amount)
        last = self._first(lambda paid: paid.high is None or paid.high > amount) - 1
        if first <= last:
            return Money(first, None if last == LARGEST else last)
        possible = self._first(lambda paid: paid.high is None or paid.high >= amount)
        impossible = self._first(lambda paid: paid.low > amount)
        if possible < impossible:
            raise self._open(amount, possible, impossible - 1)
        raise self._unreachable(amount, possible)

    def _estimate(self, bill: int) -> Estimate:
        return estimate(self._scheme, {**self._facts, "bill_total": exactly(bill)}, self._on)

    def _paid(self, bill: int) -> Money:
        if bill not in self._seen:
            found = self._estimate(bill)
            self._seen[bill] = found.fund_pays if self._side == "fund_pays" else found.person_pays
        return self._seen[bill]

    def _first(self, holds: Callable[[Money], bool]) -> int:
        """The smallest bill for whose payment this holds, and then for all larger ones; LARGEST + 1 where for none."""
        low, high = self._smallest, LARGEST + 1
        while low < high:
            middle = (low + high) // 2
            if holds(self._paid(middle)):
                high = middle
            else:
                low = middle + 1
        return low

    def _open(self, amount: int, low: int, high: int) -> FactError:
        found = self._estimate(low)
        wanted = [*found.missing, *(f"{each.parameter} ({each.decided_by})" for each in found.unset)]
        bills = exactly(low) if low == high else Money(low, None if high >= LARGEST else high)
        return FactError(
            N_(
                "Several bills may give {side} {amount}, or none; where it is open, the bill is {bills}. "
                "It depends on: {open}. Say what you know of this first; the rest its authority has to set."
            ),
            side=self._side,
            amount=yuan(amount),
            bills=_shown(bills),
            open=", ".join(wanted) or "–",
        )

    def _unreachable(self, amount: int, above: int) -> FactError:
        """No bill comes to the amount; `above` is the first that comes to more."""
        nearest = [self._paid(bill) for bill in (above - 1, above) if self._smallest <= bill <= LARGEST]
        return FactError(
            N_("No bill gives {side} {amount}. The nearest that a bill gives: {nearest}."),
            side=self._side,
            amount=yuan(amount),
            nearest=", ".join(_shown(each) for each in nearest),
        )


def _shown(amount: Money) -> str:
    if amount.exact:
        return yuan(amount.low)
    return f"{yuan(amount.low)}–{'' if amount.high is None else yuan(amount.high)}"
