"""What became of the rows of a file that was taken in: by row number, with reasons, and nobody's name or number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.sheets.faults import Fault
from dialogs.context import Words
from policy_engine.errors import N_


class Outcome(StrEnum):
    """What became of a row. `MATCHED` is booked; `DOUBTFUL` only where somebody accepted it."""

    MATCHED = "matched"
    ACCEPTED = "accepted"
    DOUBTFUL = "doubtful"
    UNMATCHED = "unmatched"
    ALREADY_BOOKED = "already_booked"


BOOKED = (Outcome.MATCHED, Outcome.ACCEPTED)

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.MATCHED: N_("import.matched"),
    Outcome.ACCEPTED: N_("import.accepted"),
    Outcome.DOUBTFUL: N_("import.doubtful"),
    Outcome.UNMATCHED: N_("import.unmatched"),
    Outcome.ALREADY_BOOKED: N_("import.already_booked"),
}


@dataclass(frozen=True)
class RowResult:
    """One row. `reasons` say why it was not simply matched: faults without any cell's content."""

    number: int
    outcome: Outcome
    reasons: tuple[Fault, ...] = ()
    amount_fen: int | None = None


@dataclass(frozen=True)
class Report:
    """What came of a file. `again`: it had been taken in before, so nothing was changed but rows accepted now."""

    digest: str
    rows: tuple[RowResult, ...]
    dry_run: bool
    again: bool = False
    ignored: tuple[str, ...] = field(default=())

    @property
    def counts(self) -> dict[str, int]:
        """How many rows came to what."""
        found = Counter(each.outcome for each in self.rows)
        return {outcome.value: found[outcome] for outcome in Outcome}

    @property
    def booked_fen(self) -> int:
        """The sum of what was booked, or would be."""
        return sum(each.amount_fen or 0 for each in self.rows if each.outcome in BOOKED)

    def to_dict(self, words: Words) -> dict[str, Any]:
        """The same as JSON data, with the reasons in the reader's language."""
        return {
            "dry_run": self.dry_run,
            "again": self.again,
            "counts": self.counts,
            "booked_fen": self.booked_fen,
            "ignored_columns": list(self.ignored),
            "rows": [
                {
                    "row": each.number,
                    "outcome": each.outcome.value,
                    "reasons": [reason.said(words) for reason in each.reasons],
                    "codes": [reason.message for reason in each.reasons],
                }
                for each in self.rows
                if each.outcome is not Outcome.MATCHED
            ],
        }

    def to_keep(self) -> dict[str, Any]:
        """What the store keeps of it: numbers of rows by outcome, and the sum."""
        rows = {
            outcome.value: [each.number for each in self.rows if each.outcome is outcome]
            for outcome in Outcome
            if outcome is not Outcome.MATCHED
        }
        return {"counts": self.counts, "booked_fen": self.booked_fen, "rows": rows}


def not_doubtful(accepted: Collection[int], rows: Collection[RowResult]) -> list[int]:
    """The rows that somebody wanted to accept and that were not doubtful: most likely a slip of the hand.

    Whoever says the same twice has made none, so a row that is booked already counts as well.
    """
    fine = (Outcome.ACCEPTED, Outcome.DOUBTFUL, Outcome.ALREADY_BOOKED)
    return sorted(set(accepted) - {each.number for each in rows if each.outcome in fine})
