"""Every combination of the facts that matter, with what follows: for lawyers to check against the articles."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from policy_engine.checking.paths import (
    Admission,
    Answer,
    Conclusion,
    What,
    answer,
    answer_to_json,
    asked,
    concluded,
    endings,
    looked_at,
    questions,
)
from policy_engine.citations import Citation
from policy_engine.scheme import Scheme


@dataclass(frozen=True)
class Row:
    """One combination: each fact with its value, or None where any will do, and what follows.

    The facts are the same in every row of a table, in the same order.
    """

    facts: Mapping[str, Answer | None]
    conclusion: Conclusion

    @property
    def outcome(self) -> str | None:
        """`eligible` or `ineligible`; None in a table of who pays."""
        return self.conclusion.outcome if isinstance(self.conclusion, Admission) else None

    @property
    def category(self) -> str | None:
        """The rule that admits, where it is one only."""
        return self.conclusion.category if isinstance(self.conclusion, Admission) else None

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The places that decide."""
        return self.conclusion.citations

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a row."""
        facts = {name: None if each is None else answer_to_json(each) for name, each in self.facts.items()}
        return {"facts": facts, **self.conclusion.to_dict()}


@dataclass(frozen=True)
class Table:
    """The rows, of which just one fits each person, and what they were made from. `facts` are the columns."""

    what: What
    facts: tuple[str, ...]
    rows: tuple[Row, ...]
    scheme: str
    county: str | None
    version: str
    on: datetime.date

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a table."""
        return {
            "what": self.what,
            "facts": list(self.facts),
            "rows": [row.to_dict() for row in self.rows],
            "scheme": self.scheme,
            "county": self.county,
            "version": self.version,
            "on": self.on.isoformat(),
        }


def table(scheme: Scheme, what: What, on: datetime.date | None = None, *, full: bool = False) -> Table:
    """The table of who may join, or of who pays for whoever may join.

    A row is one way through the questions, in the order of asking; with `full`, one combination of all the facts. The
    columns are the facts in the order of asking, then those that the rules look at but nobody needs to be asked.
    `on` is the day whose rules apply, the scheme's first if not given. Raises DateError for a day that the scheme does
    not cover, PolicyError for a document that has no such rules.
    """
    start = questions(scheme, what, on)
    values = looked_at(scheme, what)
    facts = tuple(dict.fromkeys((*asked(start), *values)))
    if full:
        rows = []
        for combination in itertools.product(*(values[name] for name in facts)):
            known = dict(zip(facts, combination, strict=True))
            answers = {name: answer(name, value, values[name]) for name, value in known.items()}
            rows.append(Row(answers, concluded(scheme, what, known, on)))
    else:
        rows = [Row({name: path.get(name) for name in facts}, end) for path, end in endings(start)]
    return Table(
        what=what,
        facts=facts,
        rows=tuple(rows),
        scheme=scheme.id,
        county=scheme.overlay.id if scheme.overlay else None,
        version=scheme.version,
        on=scheme.on(on),
    )
