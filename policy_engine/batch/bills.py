"""The amounts of everybody's bill, as far as they are known: `bill.read_bill` for a whole table.

Each amount has two ends. Where they are one and the same column the amount is exact for everybody, and nothing is
worked out twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from policy_engine.batch.columns import HIGH, LOW, People, refuse
from policy_engine.batch.numbers import ENDLESS, Number, as_column
from policy_engine.errors import N_, FactError, PolicyError
from policy_engine.facts import EARLIER, FACTS, with_bill
from policy_engine.money import yuan

AMOUNTS = ("bill_total", "outpatient_paid_this_year", "class_b_cost", *EARLIER)
"""The amounts besides the reportable cost that a scheme may look at, in the order in which they are asked for."""

Where = pl.Expr | bool
"""Which rows: some of them, or all or none."""


@dataclass(frozen=True)
class Span:
    """An amount of at least `low` and at most `high`, in fen; null at the upper end where nothing bounds it."""

    low: Number
    high: Number

    @property
    def exact(self) -> Where:
        """Where only one amount is possible."""
        if self.low is self.high:
            return True
        if isinstance(self.low, int) and isinstance(self.high, int):
            return self.low == self.high
        return (as_column(self.high) == as_column(self.low)).fill_null(value=False)

    def top(self, far: int) -> Number:
        """The upper end, or `far` where there is none."""
        return self.high if isinstance(self.high, int) or self.low is self.high else self.high.fill_null(far)


@dataclass(frozen=True)
class Bills:
    """The amounts, in columns of `frame`: the `whole` bill, its reportable part, the `cost`, and what came before.

    `listed`: the part is the whole. `least` is the reportable part that leaves the person least, `most` the one that
    leaves them most, as `bill.Bill.extremes` has them. `unknown`: nobody has said anything of the bill. `wanted`:
    nobody has said one of AMOUNTS, and it is open.
    """

    frame: pl.DataFrame
    whole: Span
    cost: Span
    listed: Where
    least: Number
    most: Number
    unknown: Where
    paid: Span
    class_b: Span
    earlier: Mapping[str, Span]
    wanted: Mapping[str, Where]

    @property
    def exact(self) -> Where:
        """Where every amount is known."""
        found: Where = True
        for span in (self.whole, self.cost, self.paid, self.class_b, *self.earlier.values()):
            found = both(found, span.exact)
        return found


def as_rows(where: Where) -> pl.Expr:
    """The rows as a column of yes and no."""
    return pl.lit(value=where) if isinstance(where, bool) else where


def both(one: Where, other: Where) -> Where:
    """The rows that are among both."""
    for where, among in ((one, other), (other, one)):
        if isinstance(where, bool):
            return among if where else False
    return one & other


def any_of(found: Iterable[Where]) -> Where:
    """The rows that are among any of these."""
    none: Where = True
    for each in found:
        none = both(none, others(each))
    return others(none)


def others(where: Where) -> Where:
    """The rows that are not among these."""
    return not where if isinstance(where, bool) else ~where


def read_bills(people: People, uses: Mapping[str, Where], largest: int) -> Bills:
    """The amounts in a table; `uses` says which rows look at those besides the bill, for the others they are nothing.

    Raises RowError for an amount above `largest` fen, and where a part would exceed the whole that it is of.
    """
    reading = _Reading(people, uses)
    reading.refuse_beyond(largest)
    whole, cost, listed, least, most = reading.bill()
    class_b = reading.class_b(cost)
    paid = reading.paid()
    before = reading.before()
    earlier = {name: reading.amount(name, before) if name in uses else _NONE for name in EARLIER}
    spans = dict(zip(AMOUNTS, (whole, paid, class_b, *earlier.values()), strict=True))
    wanted = {name: reading.open(name, spans[name]) for name in AMOUNTS if name in uses}
    keep = _Kept()
    bills = Bills(
        pl.DataFrame(),
        keep.span(whole),
        keep.span(cost),
        keep.where(listed),
        keep.number(least),
        keep.number(most),
        keep.where(reading.unknown()),
        keep.span(paid),
        keep.span(class_b),
        {name: keep.span(span) for name, span in earlier.items()},
        {name: keep.where(where) for name, where in wanted.items()},
    )
    return replace(bills, frame=keep.columns_of(people.frame))


_NOTHING: Number = 0
_NONE = Span(_NOTHING, _NOTHING)


class _Reading:
    def __init__(self, people: People, uses: Mapping[str, Where]) -> None:
        self._people = people
        self._uses = uses

    def refuse_beyond(self, largest: int) -> None:
        amounts = [name for name in self._people.names if FACTS[name].kind == "money"]
        bad = {name: pl.max_horizontal(name + LOW, name + HIGH) > largest for name in amounts}
        refuse(self._people.frame, self._people.first_row, bad, lambda name, _: _too_large(name, largest))

    def amount(self, name: str, unknown: Span) -> Span:
        """A money fact; `unknown` where nobody said it."""
        if name not in self._people.names:
            return unknown
        said = self._said(name)
        if not self._has_nulls(name):
            return said
        low = as_column(said.low).fill_null(as_column(unknown.low))
        if said.exact is True and unknown.exact is True:
            return Span(low, low)
        return Span(low, pl.when(as_column(said.low).is_null()).then(as_column(unknown.high)).otherwise(said.high))

    def before(self) -> Span:
        """What earlier stays came to where nobody said it: at the first stay nothing, later anything."""
        if "stays_this_year" not in self._people.names:
            return _NONE
        return Span(0, pl.when(pl.col("stays_this_year").fill_null(1) == 1).then(pl.lit(0, dtype=pl.Int64)))

    def class_b(self, cost: Span) -> Span:
        """What of the cost is for class-B items, at most all of it."""
        if "class_b_cost" not in self._uses:
            return _NONE
        said = self.amount("class_b_cost", Span(0, cost.high))
        if "class_b_cost" in self._people.names:
            more = both(self._uses["class_b_cost"], as_column(said.low) > as_column(cost.high))
            self._people.refuse("class_b_cost", as_rows(more), lambda _: FactError(_MORE_CLASS_B))
        return said

    def paid(self) -> Span:
        """What the fund paid before, as far as it counts: for everything, for outpatient visits, or one of the two."""
        paid = self.amount("fund_paid_this_year", _NONE)
        apart = self._uses.get("outpatient_paid_this_year", False)
        if apart is False:
            return paid
        part = self.amount("outpatient_paid_this_year", Span(0, paid.high))
        either = both(apart, self._uses.get("fund_paid_this_year", False))
        low = _chosen(either, _chosen(apart, paid.low, part.low), pl.min_horizontal(paid.low, part.low))
        top = pl.max_horizontal(as_column(each.high).fill_null(ENDLESS) for each in (paid, part))
        hull = pl.when(top < ENDLESS).then(top)
        return Span(low, _chosen(either, _chosen(apart, paid.high, part.high), hull))

    def open(self, name: str, span: Span) -> Where:
        """Where nobody said a money fact that is looked at and may be more than one amount."""
        found = both(self._uses[name], others(span.exact))
        return both(found, pl.col(name + LOW).is_null()) if name in self._people.names else found

    def unknown(self) -> Where:
        """Where nobody said anything of the bill."""
        names = self._bills()
        if any(not self._has_nulls(name) for name in names):
            return False
        return pl.all_horizontal(pl.col(name + LOW).is_null() for name in names) if names else True

    def bill(self) -> tuple[Span, Span, Where, Number, Number]:
        """The whole bill, its reportable part, whether that is all, and the parts that leave least and most."""
        names = self._bills()
        apart = self._uses.get("bill_total", False)
        if len(names) == 2:
            self._refuse_more_than_all()
        elif apart is False or names != ["reportable_cost"]:
            unknown = Span(0, pl.lit(None, dtype=pl.Int64))
            only = self.amount(names[0], unknown) if names else unknown
            return only, only, True, only.low, only.high
        nothing = pl.lit(None, dtype=pl.Int64)
        said = self._said("bill_total") if "bill_total" in names else Span(nothing, nothing)
        part = self._said("reportable_cost")
        if len(names) == 2 and said.exact is part.exact is True and not any(map(self._has_nulls, names)):
            return said, part, False, part.low, part.low
        alone, none = as_column(said.low).is_null(), as_column(part.low).is_null()
        listed = none | (alone & ~as_rows(apart))
        # Of two columns, the larger or smaller is the only one where the other is empty.
        whole = Span(
            pl.max_horizontal(said.low, part.low).fill_null(0),
            pl.when(~alone).then(said.high).when(listed).then(part.high),
        )
        cost = Span(
            pl.coalesce(part.low, said.low, 0),
            pl.when(none).then(said.high).otherwise(pl.min_horizontal(part.high, said.high)),
        )
        most = pl.when(listed).then(whole.high).otherwise(part.low)
        return whole, cost, listed, pl.min_horizontal(cost.high, whole.low), most

    def _bills(self) -> list[str]:
        return [name for name in ("bill_total", "reportable_cost") if name in self._people.names]

    def _has_nulls(self, name: str) -> bool:
        return self._people.frame[name + LOW].null_count() > 0

    def _said(self, name: str) -> Span:
        low = pl.col(name + LOW)
        return Span(low, pl.col(name + HIGH) if name in self._people.ranges else low)

    def _refuse_more_than_all(self) -> None:
        def fault(row: dict[str, Any]) -> PolicyError:
            try:
                with_bill(self._people.facts(row))
            except FactError as error:
                return error
            raise AssertionError("asked only about a part that exceeds the whole")

        self._people.refuse("reportable_cost", pl.col("reportable_cost" + LOW) > pl.col("bill_total" + HIGH), fault)


def _chosen(where: Where, otherwise: Number, there: Number) -> Number:
    if isinstance(where, bool):
        return there if where else otherwise
    return pl.when(where).then(as_column(there)).otherwise(as_column(otherwise))


class _Kept:
    """Makes each amount a column once, so that the two ends of an exact one stay the same."""

    def __init__(self) -> None:
        self._columns: dict[int, tuple[pl.Expr, pl.Expr, str]] = {}

    def number(self, number: Number) -> Number:
        return number if isinstance(number, int) else self._column(number)

    def where(self, where: Where) -> Where:
        return where if isinstance(where, bool) else self._column(where)

    def span(self, span: Span) -> Span:
        return Span(self.number(span.low), self.number(span.high))

    def columns_of(self, frame: pl.DataFrame) -> pl.DataFrame:
        columns = {name: each for each, _, name in self._columns.values()}
        # Beside the others first, so that what is the same for all becomes as long as they are.
        return frame.with_columns(**columns).select(list(columns))

    def _column(self, expression: pl.Expr) -> pl.Expr:
        name = f"amount.{len(self._columns)}"
        return self._columns.setdefault(id(expression), (expression, pl.col(name), name))[1]


_MORE_CLASS_B = N_("class_b_cost is a part of what is on the list, so it cannot be more. Give the smaller amount.")


def _too_large(name: str, largest: int) -> PolicyError:
    return FactError(
        N_("{fact} is more than {largest} yuan, too much for a table. Take the row out, and use estimate for it."),
        fact=name,
        largest=yuan(largest),
    )
