"""A table's columns as the engine's facts: typed once, checked at once, and refused with row and column.

A column is called by its fact. Money may come as a range instead, in `…_low` and `…_high`. Whole numbers of a money
column are fen; text and decimals are yuan. What is empty is unknown, never *no* or 0.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from policy_engine.errors import N_, FactError, PolicyError, did_you_mean, shown
from policy_engine.facts import FACTS, Fact, Value, parse_fact
from policy_engine.money import LARGEST, Money

_YUAN = r"^[0-9]{1,12}(\.[0-9]{1,2})?$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_WHOLE = r"^[0-9]{1,9}$"
LOW, HIGH = ".low", ".high"
"""What the two ends of a money fact are called in a typed table."""

_TAKES = {
    "bool": "Boolean, String (true / false)",
    "enum": "String, Enum, Categorical",
    "int": "Int64, String",
    "date": "Date, String (2008-03-01)",
    "money": "Int64 (fen), Decimal (yuan), String (yuan)",
    "id": "String, Enum, Categorical",
}


class RowError(FactError):
    """One row of a table cannot be: `fault` says why, in the scalar engine's own words."""

    def __init__(self, row: int, column: str, fault: PolicyError) -> None:
        super().__init__(N_("Row {row}, column {column}: {fault}"), row=row, column=column, fault=fault)
        self.row = row
        self.column = column
        self.fault = fault

    def said(self, translate: Callable[..., str]) -> str:
        """The whole sentence in another language, the fault with it."""
        return translate(self.template, row=self.row, column=self.column, fault=self.fault.said(translate))


@dataclass(frozen=True)
class People:
    """A typed table, one row a person or bill.

    `frame` has a column for every fact in `names`, of money two: its name with LOW and HIGH. An unknown amount is null
    at both ends, one that nothing bounds at its upper end. `ranges` are the money facts whose ends may differ.
    `first_row` is the number of the first row, as people count who see the whole table.
    """

    frame: pl.DataFrame
    names: frozenset[str]
    ranges: frozenset[str]
    first_row: int = 1
    possible: tuple[Any, ...] = field(default=((),))

    def with_columns(self, *columns: pl.Expr | pl.Series) -> People:
        """The same with other or more facts, which are no money."""
        frame = self.frame.with_columns(*columns)
        return replace(self, frame=frame, names=self.names | {name for name in frame.columns if name in FACTS})

    def refuse(self, column: str, bad: pl.Expr, fault: Callable[[dict[str, Any]], PolicyError]) -> None:
        """Raise RowError for the first row that is `bad`, if one is; `fault` gets the row."""
        refuse(self.frame, self.first_row, {column: bad}, lambda _, row: fault(row))

    def facts(self, row: dict[str, Any]) -> dict[str, Value]:
        """The facts of one row of the table, as the scalar engine takes them."""
        found: dict[str, Value] = {}
        for name in FACTS:
            if name not in self.names:
                continue
            if FACTS[name].kind == "money":
                low, high = row[name + LOW], row[name + HIGH]
                if low is not None:
                    found[name] = Money(low, high)
            elif row[name] is not None:
                found[name] = row[name]
        return found


def refuse(
    frame: pl.DataFrame,
    first_row: int,
    bad: dict[str, pl.Expr],
    fault: Callable[[str, dict[str, Any]], PolicyError],
) -> None:
    """Raise RowError for the first row in which one of the columns is `bad`; `fault` gets the column and the row."""
    if not bad or not frame.height:
        return
    found = frame.select(**{name: each.fill_null(value=False).any() for name, each in bad.items()}).row(0, named=True)
    for name in (name for name, any_bad in found.items() if any_bad):
        place = frame.select(bad[name].fill_null(value=False).arg_true().first()).item()
        raise RowError(first_row + place, name, fault(name, frame.row(place, named=True)))


def read_people(frame: pl.DataFrame, first_row: int = 1, keep: Collection[str] = ()) -> People:
    """A table's columns typed as the vocabulary has them; columns to `keep` are no facts and not looked at.

    Raises FactError for a column that is no fact or of a type that its fact cannot have, RowError for a value.
    """
    columns = [_column(name, frame.schema[name]) for name in frame.columns if name not in keep]
    # Where no column is a fact, there are still as many rows.
    typed = frame.select([each.value.alias(each.name) for each in columns] or pl.int_range(pl.len()).alias(_PLACE))
    raw = {each.name: frame[each.name] for each in columns}
    _refuse_values(typed, raw, columns, first_row)
    amounts, ranges = _amounts(typed, first_row)
    others = [each.name for each in columns if each.end is None] or typed.columns[:1]
    names = frozenset(each.fact.id for each in columns)
    return People(typed.select(*others, *amounts), names, ranges, first_row)


@dataclass(frozen=True)
class _Column:
    """A column `name` of a `fact`, as typed by `value`; `bad` are values that are refused besides those not read.

    `end` is LOW or HIGH where it is one end of a range, "" for an exact amount, None where it is no money.
    """

    name: str
    fact: Fact
    value: pl.Expr
    bad: pl.Expr | None = None
    end: str | None = None


def _column(name: str, dtype: pl.DataType) -> _Column:
    fact_id, end = name, ""
    for ending, of_end in (("_low", LOW), ("_high", HIGH)):
        stem = name.removesuffix(ending)
        if stem != name and name not in FACTS and stem in FACTS and FACTS[stem].kind == "money":
            fact_id, end = stem, of_end
    fact = FACTS.get(fact_id)
    if fact is None:
        raise FactError(
            N_(
                "Column {column} is no fact. Did you mean: {nearest}? "
                "Name the column among those to keep if it is only to be carried over."
            ),
            column=shown(name),
            nearest=did_you_mean(name, FACTS),
        )
    read = _READ[fact.kind](name, fact, dtype)
    if read is None:
        raise FactError(
            N_("Column {column} is of the type {type}. It takes one of: {types}."),
            column=name,
            type=str(dtype),
            types=_TAKES[fact.kind],
        )
    value, bad = read
    return _Column(name, fact, value, bad, end if fact.kind == "money" else None)


_Read = tuple[pl.Expr, pl.Expr | None]


def _read_bool(name: str, _: Fact, dtype: pl.DataType) -> _Read | None:
    column = pl.col(name)
    if dtype in (pl.Boolean, pl.Null):
        return column.cast(pl.Boolean), None
    if dtype == pl.String:
        words = {"true": True, "false": False}
        return column.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean), None
    return None


def _read_enum(name: str, fact: Fact, dtype: pl.DataType) -> _Read | None:
    kind = pl.Enum(fact.values)
    if dtype == kind:
        return pl.col(name), None
    if isinstance(dtype, pl.Enum | pl.Categorical):  # through its words, since its own codes mean something else
        return pl.col(name).cast(pl.String).cast(kind, strict=False), None
    return (pl.col(name).cast(kind, strict=False), None) if dtype in (pl.String, pl.Null) else None


def _read_int(name: str, fact: Fact, dtype: pl.DataType) -> _Read | None:
    column = pl.col(name)
    if dtype == pl.String:
        column = pl.when(column.str.contains(_WHOLE)).then(column)
    elif not dtype.is_integer() and dtype != pl.Null:
        return None
    return column.cast(pl.Int64, strict=False), ~pl.col(name).is_between(fact.low, fact.high)


def _read_date(name: str, _: Fact, dtype: pl.DataType) -> _Read | None:
    column = pl.col(name)
    if dtype == pl.String:
        text = pl.when(column.str.contains(_DATE)).then(column)
        return text.str.to_date("%Y-%m-%d", strict=False), None
    return (column.cast(pl.Date), None) if dtype in (pl.Date, pl.Null) else None


def _read_money(name: str, _: Fact, dtype: pl.DataType) -> _Read | None:
    column = pl.col(name)
    beyond = (pl.col(name) < 0) | (pl.col(name) >= LARGEST)
    if dtype.is_integer() or dtype == pl.Null:
        return column.cast(pl.Int64, strict=False), beyond
    if dtype == pl.String:
        column = pl.when(column.str.contains(_YUAN)).then(column).cast(pl.Decimal(18, 2), strict=False)
    elif isinstance(dtype, pl.Decimal):
        fen = column.cast(pl.Decimal(18, 2), strict=False)
        column = pl.when(fen == column).then(fen)
    else:
        return None
    return column.to_physical().cast(pl.Int64), beyond


def _read_id(name: str, _: Fact, dtype: pl.DataType) -> _Read | None:
    words = dtype in (pl.String, pl.Null) or isinstance(dtype, pl.Enum | pl.Categorical)
    return (pl.col(name).cast(pl.String), pl.col(name) == "") if words else None


_READ: dict[str, Callable[[str, Fact, pl.DataType], _Read | None]] = {
    "bool": _read_bool,
    "enum": _read_enum,
    "int": _read_int,
    "date": _read_date,
    "money": _read_money,
    "id": _read_id,
}


def _refuse_values(typed: pl.DataFrame, raw: dict[str, pl.Series], columns: list[_Column], first_row: int) -> None:
    by_name = {each.name: each for each in columns}

    def fault(name: str, row: dict[str, Any]) -> PolicyError:
        fact, value = by_name[name].fact, raw[name][row[_PLACE]]
        if fact.kind == "money" and isinstance(value, int):
            return FactError(
                N_("{value} fen is no amount. Whole numbers are fen, 0 or more; yuan are written as text, like 12.50."),
                value=value,
            )
        try:
            parse_fact(fact.id, value)
        except PolicyError as error:
            return error
        return FactError(N_("{fact} cannot be {value}."), fact=fact.id, value=shown(value))

    bad = {each.name: each.bad for each in columns if each.bad is not None}
    for each in columns:
        if typed[each.name].null_count() > raw[each.name].null_count():
            not_read = pl.lit(raw[each.name].is_not_null()) & pl.col(each.name).is_null()
            bad[each.name] = not_read | bad[each.name].fill_null(value=False) if each.name in bad else not_read
    if bad:
        refuse(typed.with_row_index(_PLACE), first_row, bad, fault)


_PLACE = ".place"


def _amounts(typed: pl.DataFrame, first_row: int) -> tuple[list[pl.Expr], frozenset[str]]:
    """Both ends of every amount, and which facts have two that may differ."""
    amounts: list[pl.Expr] = []
    ranges = set()
    for name in (name for name, fact in FACTS.items() if fact.kind == "money"):
        exact, low, high = (each if each in typed.columns else None for each in (name, f"{name}_low", f"{name}_high"))
        if low or high:
            ranges.add(name)
            amounts += _range(name, exact, low, high, typed, first_row)
        elif exact:
            amounts += [pl.col(name).alias(name + LOW), pl.col(name).alias(name + HIGH)]
    return amounts, frozenset(ranges)


def _range(
    name: str, exact: str | None, low: str | None, high: str | None, typed: pl.DataFrame, first_row: int
) -> list[pl.Expr]:
    nothing = pl.lit(None, dtype=pl.Int64)
    least, most = pl.col(low) if low else nothing, pl.col(high) if high else nothing
    ranged = least.is_not_null() | most.is_not_null()
    if exact:
        refuse(
            typed,
            first_row,
            {exact: pl.col(exact).is_not_null() & ranged},
            lambda _, __: FactError(N_("{fact} is given exactly and as a range. Leave one of the two out."), fact=name),
        )
    least = pl.when(ranged).then(least.fill_null(0))
    refuse(typed, first_row, {high or name: most < least}, lambda _, row: _no_range(row, low, high))
    if exact:
        least, most = pl.coalesce(pl.col(exact), least), pl.coalesce(pl.col(exact), most)
    return [least.alias(name + LOW), most.alias(name + HIGH)]


def _no_range(row: dict[str, Any], low: str | None, high: str | None) -> PolicyError:
    try:
        Money(row[low] or 0 if low else 0, row[high] if high else None)
    except FactError as error:
        return error
    raise AssertionError("asked only about a range that is none")
