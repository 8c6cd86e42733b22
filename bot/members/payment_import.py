"""Payments from the file of a bank, a utility or a village: matched with people, doubted, or left, row by row."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import bindparam
from sqlmodel import col, select

from bot.members.import_report import Outcome, Report, RowResult
from bot.members.import_rows import IDENTITY, NAME, REFERENCE, Found, Reading, doubts_of, is_elsewhere
from bot.members.import_runs import Run, run
from bot.sheets.faults import Fault
from bot.sheets.reading import Row, Sheet, read_sheet
from member_store.members import booking, files, ledger
from member_store.members.records import Records
from member_store.members.states import LIVE
from member_store.tables.access import StaffUser
from member_store.tables.money import Account, EntryKind, LedgerEntry, LedgerPosting
from member_store.tables.people import Person
from policy_engine.errors import N_
from policy_engine.money import yuan

COLUMNS = {
    "identity": IDENTITY,
    "name": NAME,
    "amount": ("金额", "缴费金额", "扣款金额", "交易金额", "实缴金额", "amount"),
    "date": ("日期", "缴费日期", "扣款日期", "交易日期", "入账日期", "date"),
    "reference": REFERENCE,
    "year": ("年度", "缴费年度", "参保年度", "year"),
}
"""The columns of such a file, with the headings that people give them."""

REQUIRED = ("identity", "amount", "date")

_SAME = (
    select(col(LedgerEntry.reference))
    .join(LedgerPosting, col(LedgerPosting.entry_id) == col(LedgerEntry.id))
    .where(
        col(LedgerEntry.person_id) == bindparam("person"),
        col(LedgerEntry.kind) == EntryKind.PAYMENT,
        col(LedgerEntry.effective_on) == bindparam("on"),
        col(LedgerPosting.account) == Account.BANK,
        col(LedgerPosting.amount_fen) == bindparam("amount"),
    )
)


def import_payments(
    records: Records,
    path: Path,
    year: int,
    *,
    member: StaffUser | None = None,
    accept: Collection[int] = (),
    dry_run: bool = False,
) -> Report:
    """Take in a file of payments, XLSX or CSV; `year` is the contribution year of rows that name none.

    A row is booked where its person is enrolled for the year and pays just what is outstanding; a doubtful one only
    where its number is among `accept`. With `dry_run` everything is done and undone. A file that was taken in before
    changes nothing, except that doubtful rows may be accepted later. Of `member`'s place only, where one is given.

    Raises SheetError for a file that cannot be read as a whole; Refusal `not_doubtful` (rows) where a row in `accept`
    is not doubtful.
    """
    sheet = read_sheet(path, COLUMNS, REQUIRED)
    return run(records, sheet, files.PAYMENTS, _Payments(records, sheet, year, member), accept, dry_run=dry_run)


class _Payments(Run):
    def __init__(self, records: Records, sheet: Sheet, year: int, member: StaffUser | None) -> None:
        self._records, self._sheet, self._year, self._member = records, sheet, year, member
        self._found = Found(records, (), records.today)

    def prepare(self, rows: Sequence[Row]) -> None:
        """Look up the people of the next rows."""
        self._found = Found(self._records, rows, self._records.today)

    def is_booked(self, file_id: int, row: Row) -> bool:
        """Whether a row of this file was booked."""
        wanted = select(col(LedgerEntry.id)).where(LedgerEntry.file_id == file_id, LedgerEntry.row == row.number)
        return self._records.session.exec(wanted).first() is not None

    def take(self, row: Row, file_id: int, *, accept: bool) -> RowResult:
        """Book a row, or say why not."""
        reading = Reading(self._sheet, row, self._records.today)
        document, amount, on = reading.document(), reading.amount("amount"), reading.date("date")
        year = reading.year("year", self._year)
        if amount == 0:
            reading.faults.append(Fault(N_("import.no_amount")))
        if reading.faults or document is None or amount is None or on is None or year is None:
            return RowResult(row.number, Outcome.UNMATCHED, tuple(reading.faults))
        person = self._found.person(document)
        if person is None or is_elsewhere(self._member, person):
            return RowResult(row.number, Outcome.UNMATCHED, (Fault(N_("import.nobody")),))
        return self._of(person, reading, (year, amount, on), file_id, accept=accept)

    def _of(
        self, person: Person, reading: Reading, paid: tuple[int, int, datetime.date], file_id: int, *, accept: bool
    ) -> RowResult:
        records, row = self._records, reading.row
        year, amount, on = paid
        reference = reading.text("reference") or None
        if reference and booking.is_booked(records, booking.reference_hash(records, reference)):
            return RowResult(row.number, Outcome.ALREADY_BOOKED, (Fault(N_("import.booked_before")),))
        enrolment = self._found.enrolment(person, year)
        if enrolment is None:
            return RowResult(row.number, Outcome.UNMATCHED, (Fault(N_("import.not_enrolled"), {"year": year}),))
        doubts = doubts_of(records, person, reading.text("name"))
        if enrolment.state not in LIVE:
            doubts.append(Fault(N_("import.ended"), {"year": year}))
        outstanding = ledger.balance(records, person.id or 0, year).outstanding_fen
        if amount != outstanding:
            doubts.append(Fault(N_("import.other_amount"), {"outstanding": yuan(max(0, outstanding))}))
        if self._maybe_twice(person, amount, on, reference):
            doubts.append(Fault(N_("import.maybe_twice")))
        found = RowResult(row.number, Outcome.DOUBTFUL, tuple(doubts), amount)
        if doubts and not accept:
            return found
        ledger.pay(records, person, year, amount, on, reference, file_id=file_id, row=row.number)
        return replace(found, outcome=Outcome.ACCEPTED if doubts else Outcome.MATCHED)

    def _maybe_twice(self, person: Person, amount: int, on: datetime.date, reference: str | None) -> bool:
        """Whether the same person paid the same on that day, and nothing tells the two payments apart."""
        paid = self._records.connection.execute(_SAME, {"person": person.id, "on": on, "amount": amount})
        return any(reference is None or each.reference is None for each in paid)
