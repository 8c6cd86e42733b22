"""Kinds of people: everybody in a table with the same values of the facts that some rules look at.

Few kinds exist and many people share each, so a conclusion is drawn once a kind, by the scalar engine itself, and then
handed to everybody of that kind. So scalar and batch agree by construction.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from policy_engine.batch.columns import People
from policy_engine.conditions import NO_COUNTY
from policy_engine.facts import FACTS, Value

_MOST_LISTED = 1 << 20
"""Up to so many kinds that could be, a list of all says which there are; beyond, they are sorted."""


@dataclass(frozen=True)
class Coded:
    """One thing that tells people apart: `code` numbers its `values`. None among them stands for unknown."""

    name: str
    values: tuple[Any, ...]
    code: pl.Expr


def coded(name: str, domain: Sequence[Value], people: People) -> Coded | None:
    """A fact as its rules tell it apart: its values, of a whole number the stretches that begin with one of `domain`.

    None where the table does not have it.
    """
    if name not in people.names:
        return None
    column, unknown = pl.col(name), people.frame[name].null_count() > 0
    if FACTS[name].kind == "int":
        values: tuple[Value, ...] = tuple(domain)
        stretches = [(column >= pl.lit(bound)).cast(pl.UInt32) for bound in values[1:]]
        code = sum(stretches, start=pl.lit(0, dtype=pl.UInt32))
    elif FACTS[name].kind == "bool":
        values, code = (False, True), column.cast(pl.UInt32)
    else:
        values = (*FACTS[name].values, NO_COUNTY) if name == "county" else FACTS[name].values
        code = column.to_physical().cast(pl.UInt32)
    return Coded(name, (None, *values), (code + 1).fill_null(0)) if unknown else Coded(name, values, code)


@dataclass(frozen=True)
class Kinds:
    """The kinds that there are in a table.

    `keys` tell them apart, in order; `of_row` says of each row which of them it is. `codes` give the values of a key.
    """

    codes: tuple[Coded, ...]
    keys: tuple[int, ...]
    of_row: pl.Series

    @property
    def signature(self) -> tuple[object, ...]:
        """The same for two tables in which the same kinds come."""
        return (*((each.name, each.values) for each in self.codes), self.keys)


def kinds_of(people: People, codes: Iterable[Coded | None]) -> Kinds:
    """The kinds in a table, told apart by these."""
    found = tuple(each for each in codes if each is not None)
    size = math.prod(len(each.values) for each in found)
    whole = pl.UInt32 if size <= 1 << 32 else pl.UInt64
    # Beginning with a nothing for every row, so that there is a key for each where nothing tells them apart.
    key: pl.Expr = pl.repeat(0, pl.len(), dtype=whole)
    for place, each in enumerate(found):
        code = each.code.cast(whole)
        key = key * pl.lit(len(each.values), dtype=whole) + code if place else code
    keys = people.frame.select(key=key)["key"]
    if size <= _MOST_LISTED:
        there = pl.repeat(value=False, n=size, dtype=pl.Boolean, eager=True).scatter(keys, True)
        different = there.arg_true()
        of_row = (there.cast(pl.UInt32).cum_sum() - 1).gather(keys)
    else:
        different = keys.unique().sort()
        of_row = keys.rank("dense").cast(pl.UInt32) - 1
    return Kinds(found, tuple(different.to_list()), of_row.alias("kind"))


def values_of(key: int, names: Sequence[tuple[str, tuple[Any, ...]]]) -> dict[str, Any]:
    """The known values that a key stands for."""
    found: dict[str, Any] = {}
    for name, values in reversed(names):
        key, code = divmod(key, len(values))
        if values[code] is not None:
            found[name] = values[code]
    return found


def facts_of(values: Mapping[str, Any]) -> dict[str, Value]:
    """The facts among the values of a kind."""
    return {name: value for name, value in values.items() if name in FACTS}
