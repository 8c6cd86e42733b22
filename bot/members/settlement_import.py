"""Settlements from a file of the fund or of a hospital: what was paid for whom, row by row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from sqlmodel import col, select

from bot.members.import_report import Outcome, Report, RowResult
from bot.members.import_rows import IDENTITY, NAME, REFERENCE, Found, Reading, doubts_of, is_elsewhere
from bot.members.import_runs import Run, run
from bot.sheets.faults import Fault
from bot.sheets.reading import Row, Sheet, read_sheet
from member_store.members import files, settlements
from member_store.members.records import Records
from member_store.tables.access import StaffUser
from member_store.tables.money import Settlement
from policy_engine.errors import N_

COLUMNS = {
    "identity": IDENTITY,
    "name": NAME,
    "paid": ("基金支付", "基金支付金额", "补偿金额", "实补金额", "报销金额", "fund paid"),
    "date": ("结算日期", "日期", "补偿日期", "date"),
    "care": ("就医类别", "医疗类别", "就诊类型", "类别", "care"),
    "level": ("医院级别", "医疗机构级别", "level"),
    "bill": ("总费用", "医疗总费用", "费用总额", "bill"),
    "reference": REFERENCE,
    "year": ("年度", "统筹年度", "year"),
}
"""The columns of such a file, with the headings that people give them."""

REQUIRED = ("identity", "paid", "date", "care")

CARE = {"inpatient": ("住院",), "outpatient": ("门诊", "普通门诊", "特殊门诊")}
LEVELS = {
    "township": ("乡镇", "乡镇级", "镇级", "社区"),
    "county": ("县级", "县", "区级"),
    "city": ("市级", "市"),
    "provincial": ("省级", "省级以上", "省"),
    "out_of_city": ("市外", "外地"),
}


def import_settlements(
    records: Records,
    path: Path,
    *,
    member: StaffUser | None = None,
    accept: Collection[int] = (),
    dry_run: bool = False,
) -> Report:
    """Take in a file of settlements, XLSX or CSV; a row's pooling year is that of its day where it names none.

    Everything else as `payment_import.import_payments`.
    """
    sheet = read_sheet(path, COLUMNS, REQUIRED)
    return run(records, sheet, files.SETTLEMENTS, _Settlements(records, sheet, member), accept, dry_run=dry_run)


class _Settlements(Run):
    def __init__(self, records: Records, sheet: Sheet, member: StaffUser | None) -> None:
        self._records, self._sheet, self._member = records, sheet, member
        self._found = Found(records, (), records.today)

    def prepare(self, rows: Sequence[Row]) -> None:
        """Look up the people of the next rows."""
        self._found = Found(self._records, rows, self._records.today)

    def is_booked(self, file_id: int, row: Row) -> bool:
        """Whether a row of this file was entered."""
        wanted = select(col(Settlement.id)).where(Settlement.file_id == file_id, Settlement.row == row.number)
        return self._records.session.exec(wanted).first() is not None

    def take(self, row: Row, file_id: int, *, accept: bool) -> RowResult:
        """Enter a row, or say why not."""
        records = self._records
        reading = Reading(self._sheet, row, records.today)
        document, paid, on = reading.document(), reading.amount("paid"), reading.date("date")
        care = reading.choice("care", CARE, None)
        if not reading.text("care"):
            reading.faults.append(Fault(N_("import.no_care")))
        level = reading.choice("level", LEVELS, None)
        bill = reading.amount("bill") if reading.text("bill") else None
        year = reading.year("year", on.year if on else None)
        if bill is not None and paid is not None and paid > bill:
            reading.faults.append(Fault(N_("import.more_than_bill")))
        if reading.faults or not document or paid is None or not on or not care or year is None:
            return RowResult(row.number, Outcome.UNMATCHED, tuple(reading.faults))
        person = self._found.person(document)
        if person is None or is_elsewhere(self._member, person):
            return RowResult(row.number, Outcome.UNMATCHED, (Fault(N_("import.nobody")),))
        reference = reading.text("reference") or None
        if reference and settlements.is_entered(records, settlements.reference_hash(records, reference)):
            return RowResult(row.number, Outcome.ALREADY_BOOKED, (Fault(N_("import.booked_before")),))
        if self._found.enrolment(person, year) is None:
            return RowResult(row.number, Outcome.UNMATCHED, (Fault(N_("import.not_enrolled"), {"year": year}),))
        doubts = doubts_of(records, person, reading.text("name"))
        if any(
            (each.settled_on, each.fund_paid_fen, each.care) == (on, paid, care)
            and (reference is None or each.reference is None)
            for each in settlements.of_person(records, person.id or 0, year)
            if each.reversed_at is None
        ):
            doubts.append(Fault(N_("import.maybe_twice")))
        if doubts and not accept:
            return RowResult(row.number, Outcome.DOUBTFUL, tuple(doubts), paid)
        settlements.enter(
            records,
            person,
            year,
            on,
            care,
            paid,
            provider_level=level,
            bill_fen=bill,
            reference=reference,
            file_id=file_id,
            row=row.number,
        )
        return RowResult(row.number, Outcome.ACCEPTED if doubts else Outcome.MATCHED, tuple(doubts), paid)
