"""What is known of everybody in a table on their day: the facts in it, and those that follow from them.

The scalar engine's `known_on`, column by column: the age that a birth date gives, the county whose rules these are, and
what the directory has on record about a hospital.
"""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import polars as pl

from policy_engine.batch.columns import People, RowError
from policy_engine.conditions import NO_COUNTY
from policy_engine.errors import DateError, FactError, PolicyError
from policy_engine.facts import FACTS, with_age
from policy_engine.known import Known, known_on
from policy_engine.scheme import Scheme

DAY = "day"
"""The column with the day whose rules apply, where that is not the same for everybody."""

POSSIBLE = "possible"
"""The column with which of `People.possible` goes for a row, where hospitals leave several levels possible."""

_SETTLED = ("provider_level", "provider_grade", "provider_place")
"""What the directory of hospitals may have on record about the one that treats."""


def known(people: People, scheme: Scheme, day: datetime.date, *, admitted: bool) -> People:
    """The table with what follows from its facts on `day`, or with `admitted` on each row's day of admission.

    Raises RowError for a day that the scheme does not cover, and for facts that cannot be together.
    """
    if admitted and "admission_date" in people.names:
        people = _on_admission(people, scheme, day)
    if "birth_date" in people.names:
        people = _with_age(people, day)
    if scheme.overlay is not None:
        name = scheme.overlay.id if scheme.overlay.id in FACTS["county"].values else NO_COUNTY
        county = pl.lit(name, dtype=pl.Enum((*FACTS["county"].values, NO_COUNTY)))
        people = people.with_columns(county.alias("county"))
    return _treated(people, scheme, day) if "provider" in people.names else people


def day_of(people: People, day: datetime.date) -> pl.Expr:
    """The day whose rules apply to each row."""
    return pl.col(DAY) if DAY in people.frame.columns else pl.lit(day)


def _on_admission(people: People, scheme: Scheme, day: datetime.date) -> People:
    admission = pl.col("admission_date")

    def fault(row: dict[str, Any]) -> PolicyError:
        try:
            scheme.on(row["admission_date"])
        except DateError as error:
            return error
        raise AssertionError("asked only about a day outside the scheme")

    people.refuse("admission_date", ~admission.is_between(scheme.start, scheme.end), fault)
    return people.with_columns(admission.fill_null(day).alias(DAY))


def _with_age(people: People, day: datetime.date) -> People:
    born, on = pl.col("birth_date"), day_of(people, day)

    def of_year(day: pl.Expr) -> pl.Expr:
        return day.dt.month().cast(pl.Int64) * 100 + day.dt.day()

    age = on.dt.year().cast(pl.Int64) - born.dt.year() - (of_year(on) < of_year(born)).cast(pl.Int64)
    bad = (born > on) | (age > FACTS["age"].high)
    if "age" in people.names:
        bad |= pl.col("age") != age
        age = age.fill_null(pl.col("age"))

    def fault(row: dict[str, Any]) -> PolicyError:
        try:
            with_age(people.facts(row), row.get(DAY, day))
        except FactError as error:
            return error
        raise AssertionError("asked only about an age that cannot be")

    people.refuse("birth_date", bad, fault)
    return people.with_columns(age.alias("age"))


def _treated(people: People, scheme: Scheme, day: datetime.date) -> People:
    """The same with what is on record about each hospital: looked up once for every name, level and day."""
    frame, by = people.frame, ["provider", *(name for name in (*_SETTLED, DAY) if name in people.frame.columns)]
    different = frame.select(by).unique(maintain_order=True)
    named = People(different, people.names & set(by), frozenset())
    found: list[Known] = []
    for row in different.iter_rows(named=True):
        try:
            found.append(known_on(scheme, named.facts(row), row.get(DAY, day)))
        except FactError as error:
            same = pl.all_horizontal(pl.col(name).eq_missing(pl.lit(row[name])) for name in by)
            first = frame.select(same.arg_true().first()).item()
            raise RowError(people.first_row + first, "provider", error) from None
    choices = tuple(dict.fromkeys(each.possible for each in found))
    settled = {
        name: pl.Series([each.facts.get(name) for each in found], dtype=pl.Enum(FACTS[name].values))
        for name in _SETTLED
        if any(name in each.facts for each in found)
    }
    which = pl.Series([choices.index(each.possible) for each in found], dtype=pl.UInt32)
    place = frame.select(by).join(
        different.with_row_index("place"), on=by, how="left", nulls_equal=True, maintain_order="left"
    )["place"]
    columns = [series.gather(place).alias(name) for name, series in (*settled.items(), (POSSIBLE, which))]
    return replace(people.with_columns(*columns), possible=choices)
