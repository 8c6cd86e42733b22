"""What became of a list of residents, row by row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from bot.sheets.faults import Fault


class Outcome(StrEnum):
    """What became of a row. Only `ADDED`, `CHANGED` and `UNCHANGED` rows count as residents."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DOUBTFUL = "doubtful"
    REFUSED = "refused"


@dataclass(frozen=True)
class RowReport:
    """What became of one row: its number in the file, why, and which fields were changed."""

    row: int
    outcome: Outcome
    faults: tuple[Fault, ...] = ()
    fields: tuple[str, ...] = ()


@dataclass
class ImportReport:
    """What became of a file, row by row; `before` says that the same file had been taken in already."""

    rows: list[RowReport] = field(default_factory=list)
    new_communities: list[str] = field(default_factory=list)
    ignored_columns: tuple[str, ...] = ()
    before: bool = False

    def counts(self) -> dict[Outcome, int]:
        """How many rows came to what."""
        found = Counter(each.outcome for each in self.rows)
        return {outcome: found[outcome] for outcome in Outcome}
