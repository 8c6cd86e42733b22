"""What a change of the rules costs the fund and whom it helps: every bill of a population under both.

Each bill is taken by itself: what the fund paid earlier in the year stays as the table has it.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from policy_engine.batch.columns import LOW, People, read_people
from policy_engine.batch.counties import Rules, each_county
from policy_engine.batch.estimates import estimated
from policy_engine.batch.paying import ENDS
from policy_engine.errors import N_, FactError
from policy_engine.facts import LEVELS
from policy_engine.money import Money, yuan
from policy_engine.scheme import Scheme

AGE_CLASSES = ("under_18", "18_to_59", "60_to_69", "70_and_over", "unknown")
LEVEL_CLASSES = (*LEVELS, "unknown")
_AGES = (18, 60, 70)
_DECILES = 10


@dataclass(frozen=True)
class Group:
    """Some of the bills. Amounts are fen in all: what the fund pays of them `before` and `after` the change.

    `helped` and `hurt` are how many leave the person less, or more, than before.
    """

    name: str
    bills: int
    before: int
    after: int
    helped: int
    hurt: int

    @property
    def difference(self) -> int:
        """How many fen more the fund pays, below 0 where it pays less."""
        return self.after - self.before

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a group."""
        return {
            "name": self.name,
            "bills": self.bills,
            "before": yuan(self.before),
            "after": yuan(self.after),
            "difference": signed_yuan(self.difference),
            "helped": self.helped,
            "hurt": self.hurt,
        }


@dataclass(frozen=True)
class Decile:
    """A tenth of the bills by amount, and from which bill to which it reaches, in fen."""

    group: Group
    smallest: int
    largest: int

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a decile."""
        return {**self.group.to_dict(), "from": yuan(self.smallest), "to": yuan(self.largest)}


@dataclass(frozen=True)
class Simulation:
    """What a change comes to over a population.

    `total`, and the groups `by_age`, `by_level` and `by_bill`, are of the bills of which both schemes pay what is known
    to the fen. `open_bills` are the others; the fund pays `open_before` and `open_after` of them. `singly`
    counts the times that the scalar engine had to be asked.
    """

    total: Group
    by_age: tuple[Group, ...]
    by_level: tuple[Group, ...]
    by_bill: tuple[Decile, ...]
    open_bills: int
    open_before: Money
    open_after: Money
    singly: int

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a simulation."""
        return {
            "total": self.total.to_dict(),
            "by_age": [each.to_dict() for each in self.by_age],
            "by_level": [each.to_dict() for each in self.by_level],
            "by_bill": [each.to_dict() for each in self.by_bill],
            "open": {
                "bills": self.open_bills,
                "before": self.open_before.to_json(),
                "after": self.open_after.to_json(),
            },
        }


def signed_yuan(fen: int) -> str:
    """An amount that may be below 0 as yuan with two decimals: -1050 is "-10.50"."""
    return f"-{yuan(-fen)}" if fen < 0 else yuan(fen)


class Comparing:
    """Compares two sets of rules over a population that may come in pieces.

    `before` and `after` are a scheme each, or give the scheme of each county. Raises as `Run` does.
    """

    def __init__(
        self, before: Rules, after: Rules, on: datetime.date | None = None, *, keep: Collection[str] = ()
    ) -> None:
        self.rows = 0
        self._rules = before, after
        self._on, self._keep = on, keep
        self._parts: list[pl.DataFrame] = []
        self._singly = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Take in the next bills."""
        tables = []
        for rules, name in zip(self._rules, ("before", "after"), strict=True):
            found = each_county(frame, rules, self.rows + 1, self._estimates)
            tables.append(found.rename({each: f"{each}.{name}" for each in (*ENDS, "exact")}))
        classes, others = tables[0], tables[1].drop("age", "level", "bill")
        self._parts.append(pl.concat([classes, others], how="horizontal"))
        self.rows += frame.height

    def _estimates(self, scheme: Scheme, frame: pl.DataFrame, first_row: int) -> pl.DataFrame:
        found = estimated(scheme, read_people(frame, first_row, self._keep), scheme.on(self._on), ask=False)
        self._singly += found.singly
        return pl.concat([_classes(found.people), found.table.drop("first_missing")], how="horizontal")

    def result(self) -> Simulation:
        """What it all comes to. Raises FactError where there is nobody in the population."""
        if not self.rows:
            raise FactError(N_("The table has no rows. Give it at least one person."))
        table = pl.concat(self._parts)
        exact = pl.col("exact.before") & pl.col("exact.after")
        known, left = table.filter(exact), table.filter(~exact)
        return Simulation(
            total=_group("total", known),
            by_age=tuple(_groups(known, "age", AGE_CLASSES)),
            by_level=tuple(_groups(known, "level", LEVEL_CLASSES)),
            by_bill=tuple(_deciles(known)),
            open_bills=left.height,
            open_before=_range(left, "before"),
            open_after=_range(left, "after"),
            singly=self._singly,
        )


def _classes(people: People) -> pl.DataFrame:
    """Of each bill the class of age, the level of the hospital, and how large it is."""
    names = people.names
    age: pl.Expr = pl.lit(AGE_CLASSES[-1])
    if "age" in names:
        age = pl.when(pl.col("age").is_not_null()).then(pl.lit(AGE_CLASSES[len(_AGES)])).otherwise(age)
        for bound, name in reversed(list(zip(_AGES, AGE_CLASSES, strict=False))):
            age = pl.when(pl.col("age") < bound).then(pl.lit(name)).otherwise(age)
    level = pl.col("provider_level") if "provider_level" in names else pl.lit(None, dtype=pl.Enum(LEVELS))
    bills = [name + LOW for name in ("bill_total", "reportable_cost") if name in names]
    return people.frame.select(
        age.cast(pl.Enum(AGE_CLASSES)).alias("age"),
        level.cast(pl.Enum(LEVEL_CLASSES)).fill_null(LEVEL_CLASSES[-1]).alias("level"),
        (pl.coalesce(bills) if bills else pl.lit(None, dtype=pl.Int64)).alias("bill"),
    )


def _group(name: str, bills: pl.DataFrame) -> Group:
    row = bills.select(
        pl.len(),
        # Sums of a whole population may leave the integers of a column.
        *(pl.col(f"fund_pays_low.{when}").cast(pl.Int128).sum() for when in ("before", "after")),
        (pl.col("person_pays_low.after") < pl.col("person_pays_low.before")).sum().alias("helped"),
        (pl.col("person_pays_low.after") > pl.col("person_pays_low.before")).sum().alias("hurt"),
    ).row(0)
    return Group(name, *row)


def _groups(bills: pl.DataFrame, by: str, order: Sequence[str]) -> Iterator[Group]:
    found = bills.partition_by(by, as_dict=True)
    for name in order:
        if (name,) in found:
            yield _group(name, found[(name,)])


def _deciles(bills: pl.DataFrame) -> Iterator[Decile]:
    """Tenths of the bills from the smallest to the largest; equal bills are in the same one."""
    place = (pl.col("bill").rank("min") - 1) * _DECILES // pl.len()
    parts = bills.filter(pl.col("bill").is_not_null()).with_columns(decile=place).partition_by("decile", as_dict=True)
    for (decile,), part in sorted(parts.items()):
        ends = part.select(pl.col("bill").min().alias("low"), pl.col("bill").max().alias("high")).row(0)
        yield Decile(_group(str(int(decile) + 1), part), *ends)


def _range(bills: pl.DataFrame, when: str) -> Money:
    """What the fund pays of bills of which only a range is known."""
    low = bills[f"fund_pays_low.{when}"].cast(pl.Int128).sum()
    high = bills[f"fund_pays_high.{when}"]
    return Money(int(low), None if high.null_count() else int(high.cast(pl.Int128).sum()))
