"""What the fund would pay of everybody's bill: the scalar engine's `estimate`, for a whole table.

A row of which everything is known takes one calculation, others two or four, and where facts are missing that choose a
class, as many for each class. What only the scalar engine can say, it is asked, once for equal rows.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from policy_engine.batch.bills import Where, any_of, as_rows, both, others, read_bills
from policy_engine.batch.columns import People
from policy_engine.batch.known import POSSIBLE, known
from policy_engine.batch.numbers import as_column
from policy_engine.batch.paying import ENDS, Extent, hulls, paid
from policy_engine.batch.plan import EITHER, planned
from policy_engine.batch.questions import FACT, asked_first
from policy_engine.batch.singly import Singly
from policy_engine.errors import N_, PolicyError
from policy_engine.scheme import Scheme

SCHEMA = pl.Schema({**dict.fromkeys(ENDS, pl.Int64()), "exact": pl.Boolean(), "first_missing": FACT})
"""The columns of a result."""

_KNOWN, _COST, _RANGE, _COSTS, _RANGES, _SINGLY = range(6)
"""How a row is worked out: everything is known; one class, of a known cost or of a range; several classes, likewise; or
by the scalar engine."""

_EXTENT: dict[int, Extent] = {_KNOWN: "all", _COST: "cost", _COSTS: "cost", _RANGE: "range", _RANGES: "range"}


@dataclass(frozen=True)
class Estimates:
    """What the fund pays of everybody in a table.

    `table` has a row for each, `people` is what is known of them, `singly` how many rows the scalar engine was asked
    for.
    """

    table: pl.DataFrame
    people: People
    singly: int


def estimated(scheme: Scheme, people: People, day: datetime.date, *, ask: bool) -> Estimates:
    """What the fund pays of everybody; with `ask`, of every row that is not exact the first fact to ask for as well.

    Raises as `estimate` does; what is wrong with a row is a RowError.
    """
    if scheme.benefits is None:
        raise PolicyError(N_("{scheme} has no rules on benefits. Choose a city's scheme."), scheme=scheme.id)
    people = known(people, scheme, day, admitted=True)
    if not people.frame.height:
        return Estimates(pl.DataFrame(schema=SCHEMA), people, 0)
    work = _Work(scheme, people, day, ask=ask)
    return Estimates(work.table(), people, work.scalar.rows)


class _Work:
    def __init__(self, scheme: Scheme, people: People, day: datetime.date, *, ask: bool) -> None:
        self._scheme, self._people, self._ask = scheme, people, ask
        self._plan, kinds = planned(scheme, people, day)
        self.scalar = Singly(scheme, people, day, self._plan.looked_at | {each.name for each in kinds.codes})
        self._bills = read_bills(people.with_columns(kinds.of_row), self._plan.uses, self._plan.largest)
        self._frame = pl.DataFrame([kinds.of_row, *self._bills.frame.get_columns()])

    def table(self) -> pl.DataFrame:
        """The result, in the order of the rows."""
        parts = [self._worked_out(how, rows) for how, rows in self._parts()]
        found = parts[0] if len(parts) == 1 else pl.concat(parts).sort("row")
        exact = (pl.col(ENDS[0]) == pl.col(ENDS[1])) & (pl.col(ENDS[2]) == pl.col(ENDS[3]))
        return found.with_columns(exact=exact.fill_null(value=False)).select(SCHEMA.names())

    def _parts(self) -> Iterator[tuple[int, pl.DataFrame]]:
        """The rows, by how they are worked out."""
        bills, table = self._bills, self._plan.table
        frame = self._frame.with_row_index("row")
        if bills.exact is True and table["settled"].all():
            yield _KNOWN, frame
            return
        cost = as_rows(bills.cost.exact)
        if "bill_total" in self._plan.uses:  # then the whole bill makes classes differ besides its reportable part
            cost &= as_rows(bills.whole.exact) | ~as_rows(self._plan.uses["bill_total"])
        how = (
            pl.when(as_rows(self._only_singly()))
            .then(_SINGLY)
            .when(as_rows(both(self._plan.of_kind("settled"), bills.exact)))
            .then(_KNOWN)
            .when(as_rows(self._plan.of_kind("single")))
            .then(pl.when(cost).then(_COST).otherwise(_RANGE))
            .otherwise(pl.when(cost).then(_COSTS).otherwise(_RANGES))
        )
        for (key,), part in frame.with_columns(how=how).partition_by("how", as_dict=True, include_key=False).items():
            yield int(key), part

    def _only_singly(self) -> Where:
        """Where an amount is open that matters either way, or a figure so fine that nothing is far enough beyond it."""
        plan, bills = self._plan, self._bills
        spans = (bills.whole, bills.cost, bills.paid, bills.class_b, *bills.earlier.values())
        found: list[Where] = [
            both(plan.of_kind(EITHER + name), others(span.exact)) for name, span in bills.earlier.items()
        ]
        counters = (plan.uses.get(name, False) for name in ("outpatient_paid_this_year", "fund_paid_this_year"))
        found.append(both(both(*counters), others(bills.paid.exact)))
        if not (plan.least.saturates and plan.most.saturates):
            found += [as_column(span.high).is_null() for span in spans]
        return any_of(found)

    def _worked_out(self, how: int, rows: pl.DataFrame) -> pl.DataFrame:
        """The four amounts of these rows, each with its `row`, and what to ask for first."""
        if how == _SINGLY:
            return self._by_scalar(rows)
        if how in (_COSTS, _RANGES):
            return self._of_several(how, rows)
        kinds = self._plan.table.select("least", "most").select(pl.all().list.first())[rows["kind"]]
        found = paid(self._plan, self._bills, pl.concat([rows, kinds], how="horizontal"), _EXTENT[how])
        found = pl.concat([rows, found], how="horizontal")
        nothing = pl.lit(None, dtype=FACT).alias("first_missing")
        if how == _KNOWN or not self._ask:
            return found.select("row", *ENDS, nothing)
        unknown = as_rows(self._bills.unknown) & ((pl.col(ENDS[0]) != 0) | (pl.col(ENDS[1]) != 0).fill_null(value=True))
        bill = pl.when(unknown).then(pl.lit("bill_total", dtype=FACT))
        return self._asked(found.with_columns(first=bill, county=False))

    def _of_several(self, how: int, rows: pl.DataFrame) -> pl.DataFrame:
        """The same where several classes are possible: one row for each, and together again."""
        kinds = self._plan.table.select("least", "most")[rows["kind"]]
        each = pl.concat([rows, kinds], how="horizontal").explode("least", "most")
        amounts = paid(self._plan, self._bills, each, _EXTENT[how])
        classes = pl.concat([each.select("row", "kind"), amounts], how="horizontal")
        found = rows.join(hulls(classes), on="row", maintain_order="left")
        if not self._ask:
            return found.select("row", *ENDS, pl.lit(None, dtype=FACT).alias("first_missing"))
        if how == _RANGES or POSSIBLE in self._people.frame.columns:
            return found.select("row", *ENDS).with_columns(first_missing=self._asked_singly(rows["row"]))
        parts, (of_kind, asking) = [], self._plan.asking
        classes = classes.with_columns(of_kind.gather(classes["kind"]))
        for (place,), part in classes.partition_by("asking", as_dict=True, maintain_order=True).items():
            count, questions = asking[place]
            ends = (("low", ENDS[0]), ("high", ENDS[1]))
            funds = {f"{end}.{n}": part[name].gather_every(count, n) for end, name in ends for n in range(count)}
            parts.append(asked_first(questions, pl.DataFrame(funds)).with_columns(part["row"].gather_every(count)))
        return self._asked(found.join(pl.concat(parts), on="row", maintain_order="left"))

    def _asked(self, found: pl.DataFrame) -> pl.DataFrame:
        """What to ask for first, where the classes have `first`, and ask for the `county` or not."""
        first, open_fund = pl.col("first"), (pl.col(ENDS[0]) != pl.col(ENDS[1])).fill_null(value=True)
        for name, where in self._bills.wanted.items():
            first = first.fill_null(pl.when(open_fund & as_rows(where)).then(pl.lit(name, dtype=FACT)))
        if self._scheme.overlay is None:
            by_county = as_rows(self._plan.of_kind("county")) & open_fund & ~pl.col("county")
            first = pl.when(by_county).then(pl.lit("county", dtype=FACT)).otherwise(first)
        return found.select("row", *ENDS, first.alias("first_missing"))

    def _by_scalar(self, rows: pl.DataFrame) -> pl.DataFrame:
        found = self.scalar(rows["row"])
        amounts = {"fund_pays": [each.fund_pays for each in found], "person_pays": [each.person_pays for each in found]}
        ends = {
            f"{name}_{end}": pl.Series([getattr(each, end) for each in column], dtype=pl.Int64)
            for name, column in amounts.items()
            for end in ("low", "high")
        }
        first = pl.Series([each.missing[0] if each.missing else None for each in found], dtype=FACT)
        return rows.select("row").with_columns(**ends, first_missing=first)

    def _asked_singly(self, rows: pl.Series) -> pl.Series:
        return pl.Series([each.missing[0] if each.missing else None for each in self.scalar(rows)], dtype=FACT)
