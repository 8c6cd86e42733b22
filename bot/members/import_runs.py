"""One run over the rows of a file: once for each file, as a whole or not at all, and undone where it was only tried."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from bot.members.import_report import Outcome, Report, RowResult, not_doubtful
from bot.sheets.reading import Row, Sheet
from member_store.members import files
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.tables.money import ImportedFile

_TRIED = "dry_run"
_TOGETHER = 500
"""Rows whose people are looked up at once."""


class Run(Protocol):
    """What is done with the rows of one kind of file."""

    def prepare(self, rows: Sequence[Row]) -> None:
        """Look up what the next rows need."""

    def take(self, row: Row, file_id: int, *, accept: bool) -> RowResult:
        """Book a row, or say why not; a doubtful one only with `accept`."""

    def is_booked(self, file_id: int, row: Row) -> bool:
        """Whether a row of this file was booked."""


def run(records: Records, sheet: Sheet, kind: str, rows: Run, accept: Collection[int], *, dry_run: bool) -> Report:
    """Take in a file. Raises Refusal `not_doubtful` (rows) where a row in `accept` is not doubtful."""
    report: Report | None = None
    known = files.known(records, kind, sheet.digest)
    try:
        with records.undoable():
            report = _run(records, sheet, kind, known, rows, accept, dry_run=dry_run)
            if dry_run:
                raise Refusal(_TRIED)
    except Refusal as refusal:
        if refusal.code != _TRIED or report is None:
            raise
    assert report is not None  # noqa: S101 - whatever else was raised has left
    return report


def _run(
    records: Records,
    sheet: Sheet,
    kind: str,
    known: ImportedFile | None,
    rows: Run,
    accept: Collection[int],
    *,
    dry_run: bool,
) -> Report:
    file = known or files.take_in(records, kind, sheet.digest, len(sheet.rows))
    key = file.id or 0
    wanted = [row for row in sheet.rows if known is None or row.number in accept]
    found = []
    for place, row in enumerate(wanted):
        if place % _TOGETHER == 0:
            rows.prepare(wanted[place : place + _TOGETHER])
        if known is not None and rows.is_booked(key, row):
            found.append(RowResult(row.number, Outcome.ALREADY_BOOKED))
        else:
            found.append(rows.take(row, key, accept=row.number in accept))
    if amiss := not_doubtful(accept, found):
        raise Refusal("not_doubtful", rows=", ".join(map(str, amiss)))
    report = Report(sheet.digest, tuple(found), dry_run, known is not None, sheet.ignored)
    if known is None:
        files.report(records, file, report.to_keep())
    elif found:
        files.report(records, file, _with_accepted(file, report))
    return report


def _with_accepted(file: ImportedFile, report: Report) -> dict[str, object]:
    """What was kept of the file's first run, with the rows that were accepted later."""
    kept = files.reported(file)
    later = [each.number for each in report.rows if each.outcome is Outcome.ACCEPTED]
    return {**kept, "accepted_later": sorted({*kept.get("accepted_later", []), *later})}
