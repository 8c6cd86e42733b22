"""Everybody in a table under the rules of their own county, where the table says which that is."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from policy_engine.batch.columns import RowError
from policy_engine.errors import N_, FactError, PackError, PolicyError
from policy_engine.facts import parse_fact
from policy_engine.scheme import Scheme

Rules = Scheme | Callable[[str | None], Scheme]
"""One scheme for everybody, or what gives the scheme of a county, and of the whole city for None."""

_PLACE = ".place"


def only_of(county: str | None, rules: Callable[[str | None], Scheme]) -> Callable[[str | None], Scheme]:
    """The rules of one county for everybody, where one was asked for; a row that names another one is refused."""

    def of(named: str | None) -> Scheme:
        if county and named and county != named:
            raise FactError(
                N_("The facts say county {named}, but {county} was asked for. Leave one of the two out."),
                named=named,
                county=county,
            )
        return rules(county or named)

    return of


def each_county(
    frame: pl.DataFrame, rules: Rules, first_row: int, work: Callable[[Scheme, pl.DataFrame, int], pl.DataFrame]
) -> pl.DataFrame:
    """What `work` makes of the rows of each county under its rules, in the order of the table.

    It gets a scheme, rows, and the number of the first of them. Raises RowError for a county that there is not, and
    whatever `work` raises, with the row as the whole table numbers it.
    """
    if isinstance(rules, Scheme):
        return work(rules, frame, first_row)
    if "county" not in frame.columns or not frame.height:
        return work(rules(None), frame, first_row)
    found = []
    for (county,), part in frame.with_row_index(_PLACE).partition_by("county", as_dict=True).items():
        places = part[_PLACE]
        try:
            scheme = rules(None if county is None else str(parse_fact("county", county)))
        except PackError:
            raise
        except PolicyError as error:  # no such county, or not the one that was asked for
            raise RowError(first_row + places[0], "county", error) from None
        try:
            answer = work(scheme, part.drop(_PLACE), 1)
        except RowError as error:
            raise RowError(first_row + places[error.row - 1], error.column, error.fault) from None
        found.append(answer.with_columns(places))
    return pl.concat(found).sort(_PLACE).drop(_PLACE)
