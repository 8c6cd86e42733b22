"""A table as its file holds it, before anybody has asked which column is which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.sheets.faults import Fault
from policy_engine.errors import N_

ROWS = 100_000
"""Rows below the headings."""
COLUMNS = 200
MERGED = N_("sheet.cell.merged")
"""The fault of a cell that is empty only because another one covers it."""


@dataclass(frozen=True)
class Table:
    """Records with the row number that a person sees at each, and cells as `texts.seen` takes them.

    `faults` are ids of messages about single cells, by row number and index of the column. `ragged` says that every
    record has as many cells as were written, so that one too many means something.
    """

    name: str
    records: Iterable[tuple[int, Sequence[object]]]
    ragged: bool
    faults: Mapping[tuple[int, int], str] = field(default_factory=dict)


class Refused(Exception):  # noqa: N818 - refused, not failed
    """The file holds no table that can be read; whoever knows its name makes a SheetError of it."""

    def __init__(self, message: str, row: int | None = None, column: str | None = None, /, **params: object) -> None:
        super().__init__(message)
        self.fault = Fault(message, params, row, column)
