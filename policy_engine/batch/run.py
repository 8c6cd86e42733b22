"""One question about everybody in a table: may they join, what does it cost, what would the fund pay of their bill."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Literal

import polars as pl

from policy_engine.batch.columns import read_people
from policy_engine.batch.conclusions import contributed, decided
from policy_engine.batch.counties import Rules, each_county
from policy_engine.batch.estimates import estimated
from policy_engine.scheme import Scheme

What = Literal["eligibility", "contribution", "estimate"]
"""What is asked."""


class Run:
    """One question about a table that may come in pieces, so that rows are counted through.

    `rules` are one scheme, or give the scheme of each county. `keep` are columns that are no facts and not looked at.
    `ask` says whether an estimate names the first fact to ask for; without it a table in which much is unknown takes
    less time. `rows` counts the rows answered, `singly` those for which the scalar engine had to be asked.
    """

    def __init__(
        self,
        rules: Rules,
        what: What,
        on: datetime.date | None = None,
        *,
        keep: Collection[str] = (),
        ask: bool = True,
    ) -> None:
        self.rows = 0
        self.singly = 0
        self._rules, self._what, self._on = rules, what, on
        self._keep, self._ask = keep, ask

    def answer(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The answers for the next rows, one a row, in their order.

        Raises PolicyError for a scheme without such rules, DateError for a day that it does not cover, FactError for a
        column that is no fact or of a type that its fact cannot have, RowError for a row whose facts cannot be.
        """
        found = each_county(frame, self._rules, self.rows + 1, self._answer)
        self.rows += frame.height
        return found

    def _answer(self, scheme: Scheme, frame: pl.DataFrame, first_row: int) -> pl.DataFrame:
        people, day = read_people(frame, first_row, self._keep), scheme.on(self._on)
        if self._what == "eligibility":
            return decided(scheme, people, day)
        if self._what == "contribution":
            return contributed(scheme, people, day)
        found = estimated(scheme, people, day, ask=self._ask)
        self.singly += found.singly
        return found.table


def decisions(
    scheme: Scheme, frame: pl.DataFrame, on: datetime.date | None = None, *, keep: Collection[str] = ()
) -> pl.DataFrame:
    """Of everybody the `outcome`, the `category` where it is certain, the `first_missing` fact, and all `missing`.

    The same as `eligibility` gives for each. Raises as `Run.answer` does.
    """
    return Run(scheme, "eligibility", on, keep=keep).answer(frame)


def contributions(
    scheme: Scheme, frame: pl.DataFrame, on: datetime.date | None = None, *, keep: Collection[str] = ()
) -> pl.DataFrame:
    """What a year costs for everybody and what of it they pay, `total_low` … `person_pays_high` in fen.

    Besides the `first_missing` fact, and all `missing`. The same as `contribution` gives for each. Raises as
    `Run.answer` does.
    """
    return Run(scheme, "contribution", on, keep=keep).answer(frame)


def estimates(
    scheme: Scheme, frame: pl.DataFrame, on: datetime.date | None = None, *, keep: Collection[str] = ()
) -> pl.DataFrame:
    """What the fund pays of everybody's bill and what is left to them, `fund_pays_low` … `person_pays_high` in fen.

    An upper end is null where nothing bounds it. `exact` says whether both are known to the fen, `first_missing` is the
    fact to ask for first. The same as `estimate` gives for each. Raises as `Run.answer` does.
    """
    return Run(scheme, "estimate", on, keep=keep).answer(frame)
