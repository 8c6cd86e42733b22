"""Files of payments and settlements: what is matched is booked, what is doubtful waits, nothing is booked twice."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.languages import catalogue
from bot.members.dues import verify
from bot.members.import_report import Outcome, Report
from bot.members.payment_import import import_payments
from bot.members.settlement_import import import_settlements
from bot.sheets.faults import SheetError
from bot.sheets.writing import write_sheet
from member_store.members import enrolments, files, ledger, people, settlements, staff
from member_store.members.ledger_check import findings
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.store import Store
from member_store.tables.access import Role
from member_store.tables.people import Enrolment, EnrolmentState, Person
from policy_engine.loader import load_scheme
from tests.bot.members.conftest import add_person, new_number

DAY = datetime.date(2008, 3, 1)
RESIDENT = {"registered_locally": True, "registration_kind": "rural", "hardship_certificate": "none"}
PAYMENTS = ("身份证号", "姓名", "金额（元）", "扣款日期", "流水号", "年度")
SETTLEMENTS = ("身份证号", "姓名", "基金支付", "结算日期", "就医类别", "总费用", "结算单号")
Write = Callable[..., Path]


@pytest.fixture
def records(shared_store: Store) -> Iterator[Records]:
    with shared_store.records(today=DAY) as opened:
        yield opened
    with shared_store.reading_records(today=DAY) as reading:
        assert list(findings(reading)) == []


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a table and gives its path; each differs from every other by a title above it."""

    def made(*rows: Sequence[Any], headings: Sequence[str] = PAYMENTS, name: str = "扣款.csv") -> Path:
        path = tmp_path / name
        lines = [[f"{tmp_path} {name}"], list(headings), *rows]
        path.write_text("\n".join(",".join(map(str, line)) for line in lines), "utf-8")
        return path

    return made


def owing(records: Records, number: str, name: str = "张秀英", county: str = "demo") -> tuple[Person, Enrolment]:
    person = add_person(records, number, name, county)
    enrolment = enrolments.submit(
        records, person, 2008, category="rural_resident", rules="v", rules_on=DAY, facts=RESIDENT
    )
    verify(records, enrolment, lambda _: load_scheme("jiaxing-2008", "demo"), DAY)
    return person, enrolment


def paid(records: Records, person: Person) -> int:
    return ledger.balance(records, person.id or 0, 2008).paid_fen


def outcomes(report: Report) -> dict[int, str]:
    return {each.number: each.outcome.value for each in report.rows}


def reasons(report: Report, number: int) -> set[str]:
    return {reason.message for row in report.rows if row.number == number for reason in row.reasons}


def test_a_row_that_pays_what_is_outstanding_is_booked(records: Records, write: Write) -> None:
    number = new_number()
    person, enrolment = owing(records, number)
    report = import_payments(records, write([number, "张秀英", "60.00", "2008-02-28", f"A{number}", 2008]), 2008)
    assert outcomes(report) == {3: "matched"}
    assert (paid(records, person), enrolment.state, report.booked_fen) == (6000, EnrolmentState.ACTIVE, 6000)
    line = ledger.statement(records, person.id or 0)[-1]
    assert (line.on, line.amount_fen) == (datetime.date(2008, 2, 28), -6000)


def test_workbooks_are_read_as_well(records: Records, tmp_path: Path) -> None:
    number = new_number()
    person, _ = owing(records, number)
    path = tmp_path / "扣款.xlsx"
    columns = [("身份证号", "text"), ("金额", "amount"), ("日期", "date")]
    write_sheet(path, columns, [(number, 6000, datetime.date(2008, 2, 28))])
    assert outcomes(import_payments(records, path, 2008)) == {2: "matched"}
    assert paid(records, person) == 6000


@pytest.mark.parametrize(
    ("name", "amount", "reason"),
    [("李秀英", "60", "import.other_name"), ("张秀英", "50", "import.other_amount")],
)
def test_a_doubtful_row_waits_until_somebody_accepts_it(
    records: Records, write: Write, name: str, amount: str, reason: str
) -> None:
    number = new_number()
    person, _ = owing(records, number)
    path = write([number, name, amount, "2008-02-28", "", 2008])
    report = import_payments(records, path, 2008)
    assert (outcomes(report), reasons(report, 3), paid(records, person)) == ({3: "doubtful"}, {reason}, 0)
    later = import_payments(records, path, 2008, accept=[3])
    assert (outcomes(later), later.again) == ({3: "accepted"}, True)
    assert paid(records, person) == int(amount) * 100
    assert outcomes(import_payments(records, path, 2008, accept=[3])) == {3: "already_booked"}
    assert outcomes(import_payments(records, path, 2008)) == {}
    assert paid(records, person) == int(amount) * 100


def test_whoever_died_or_withdrew_makes_a_row_doubtful(records: Records, write: Write) -> None:
    dead, gone = new_number(), new_number()
    died, _ = owing(records, dead)
    records.change(died, "person_died", person_id=died.id, died_on=DAY)
    _, enrolment = owing(records, gone)
    enrolments.move(records, enrolment, EnrolmentState.WITHDRAWN, reason="moved")
    report = import_payments(
        records, write([dead, "", "60", "2008-02-28", "", ""], [gone, "", "60", "2008-02-28", "", ""]), 2008
    )
    assert outcomes(report) == {3: "doubtful", 4: "doubtful"}
    assert reasons(report, 3) == {"import.deceased"}
    assert reasons(report, 4) == {"import.ended"}


def test_the_same_payment_without_a_reference_is_doubted_and_with_another_one_it_is_not(
    records: Records, write: Write
) -> None:
    number = new_number()
    person, _ = owing(records, number)
    ledger.pay(records, person, 2008, 3000, DAY, f"B{number}")
    path = write([number, "", "30", "2008-03-01", "", ""], [number, "", "30", "2008-03-01", f"C{number}", ""])
    report = import_payments(records, path, 2008)
    assert outcomes(report) == {3: "doubtful", 4: "matched"}
    assert reasons(report, 3) == {"import.maybe_twice"}


def test_a_reference_is_booked_once_whatever_the_file(records: Records, write: Write) -> None:
    number = new_number()
    person, _ = owing(records, number)
    row = [number, "张秀英", "60", "2008-02-28", f"D{number}", 2008]
    report = import_payments(records, write(row, row), 2008)
    assert outcomes(report) == {3: "matched", 4: "already_booked"}
    report = import_payments(records, write(row, name="再次.csv"), 2008)
    assert outcomes(report) == {3: "already_booked"}
    assert paid(records, person) == 6000


def test_what_cannot_be_matched_is_told_by_row_with_what_to_do(records: Records, write: Write) -> None:
    stranger, unenrolled, known = new_number(), new_number(), new_number()
    add_person(records, unenrolled)
    owing(records, known)
    report = import_payments(
        records,
        write(
            [stranger, "", "60", "2008-02-28", "", ""],
            [unenrolled, "", "60", "2008-02-28", "", ""],
            [known[:-1] + ("0" if known[-1] != "0" else "1"), "", "60", "2008-02-28", "", ""],
            [known, "", "六十", "2008-02-28", "", ""],
            [known, "", "60", "2008-02-30", "", ""],
            [known, "", "60", "2008-03-02", "", ""],
            [known, "", "60", "2008-02-28", "", "08年"],
            [known, "", "0", "2008-02-28", "", ""],
            [known, "", "60", "2008-02-28", "", "2009年度"],
        ),
        2008,
    )
    assert set(outcomes(report).values()) == {"unmatched"}
    assert [next(iter(reasons(report, row))) for row in range(3, 12)] == [
        "import.nobody",
        "import.not_enrolled",
        "import.no_identity",
        "sheet.amount.unreadable",
        "sheet.date.impossible",
        "import.in_future",
        "import.no_year",
        "import.no_amount",
        "import.not_enrolled",
    ]


def test_a_dry_run_says_all_and_changes_nothing(records: Records, write: Write) -> None:
    number = new_number()
    person, _ = owing(records, number)
    person_id = person.id or 0
    path = write([number, "", "60", "2008-02-28", "", ""], [number, "", "60", "2008-02-27", "", ""])
    tried = import_payments(records, path, 2008, dry_run=True)
    assert outcomes(tried) == {3: "matched", 4: "doubtful"}
    assert ledger.balance(records, person_id, 2008).paid_fen == 0
    assert files.known(records, files.PAYMENTS, tried.digest) is None
    done = import_payments(records, path, 2008, accept=[4])
    assert outcomes(done) == {3: "matched", 4: "accepted"}
    assert ledger.balance(records, person_id, 2008).credit_fen == 6000


def test_accepting_a_row_that_is_not_doubtful_books_nothing_at_all(records: Records, write: Write) -> None:
    number = new_number()
    person, _ = owing(records, number)
    person_id = person.id or 0
    with pytest.raises(Refusal, match="not_doubtful"):
        import_payments(records, write([number, "", "60", "2008-02-28", "", ""]), 2008, accept=[3])
    assert ledger.balance(records, person_id, 2008).paid_fen == 0


def test_an_office_books_for_its_own_county_only_and_hears_nothing_of_others(records: Records, write: Write) -> None:
    number = new_number()
    owing(records, number)
    member = staff.add(records, f"li{number}", "李四", Role.OFFICE, county="haining")
    report = import_payments(records, write([number, "", "60", "2008-02-28", "", ""]), 2008, member=member)
    assert reasons(report, 3) == {"import.nobody"}


def test_reports_and_logs_hold_nobodys_name_or_number(
    records: Records, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    number = new_number()
    owing(records, number, "诸葛秀芳")
    with caplog.at_level(logging.DEBUG):
        path = write([number, "诸葛秀", "60", "2008-02-28", "T778899", ""], [number[:-2], "诸葛秀芳", "x", "y", "", ""])
        report = import_payments(records, path, 2008)
    told = repr([report.to_dict(catalogue(locale)) for locale in ("zh_Hans", "en")]) + repr(report.to_keep())
    told += "".join(record.getMessage() for record in caplog.records if not record.name.startswith("sqlalchemy"))
    for personal in (number, number[:-2], "诸葛", "T778899"):
        assert personal not in told


def test_a_file_without_the_columns_that_are_needed_is_refused_as_a_whole(records: Records, write: Write) -> None:
    with pytest.raises(SheetError):
        import_payments(records, write(["1", "2"], headings=("身份证号", "姓名")), 2008)


def test_many_rows_are_booked_in_good_time(shared_store: Store, write: Write) -> None:
    with shared_store.records(today=DAY) as records:
        numbers = [new_number() for _ in range(20)]
        for number in numbers:
            owing(records, number)
        rows = [[number, "张秀英", "60", "2008-02-28", f"M{number}", ""] for number in numbers]
        report = import_payments(records, write(*rows), 2008)
    assert report.counts[Outcome.MATCHED.value] == len(numbers)


# -- settlements ------------------------------------------------------------------------------------------------------


def test_settlements_are_entered_once(records: Records, write: Write) -> None:
    number = new_number()
    person, _ = owing(records, number)
    key = person.id or 0
    rows = [
        [number, "张秀英", "3000.00", "2008-02-20", "住院", "5000", f"S{number}"],
        [number, "张秀英", "20.50", "2008-02-21", "门诊", "", ""],
        [number, "李秀英", "20.50", "2008-02-22", "门诊", "", ""],
        [number, "张秀英", "20.50", "2008-02-21", "门诊", "", ""],
        [number, "张秀英", "10", "2008-02-21", "体检", "", ""],
        [number, "张秀英", "10", "2008-02-21", "门诊", "5", ""],
        [number, "张秀英", "10", "2008-02-21", "", "", ""],
        [number, "张秀英", "3000.00", "2008-02-20", "住院", "5000", f"S{number}"],
    ]
    path = write(*rows, headings=SETTLEMENTS)
    report = import_settlements(records, path)
    assert outcomes(report) == {
        3: "matched",
        4: "matched",
        5: "doubtful",
        6: "doubtful",
        7: "unmatched",
        8: "unmatched",
        9: "unmatched",
        10: "already_booked",
    }
    assert (settlements.paid_this_year(records, key, 2008), settlements.stays_this_year(records, key, 2008)) == (
        302_050,
        1,
    )
    again = import_settlements(records, path, accept=[5])
    assert (again.again, outcomes(again)) == (True, {5: "accepted"})
    assert settlements.paid_this_year(records, key, 2008) == 304_100


def test_a_dry_run_of_settlements_enters_nothing(records: Records, write: Write) -> None:
    number = new_number()
    person, _ = owing(records, number)
    key = person.id or 0
    row = [number, "", "3000.00", "2008-02-20", "住院", "", ""]
    report = import_settlements(records, write(row, headings=SETTLEMENTS), dry_run=True)
    assert (outcomes(report), report.dry_run) == ({3: "matched"}, True)
    assert settlements.paid_this_year(records, key, 2008) == 0


def test_names_are_compared_as_they_are_read_not_as_they_are_typed(records: Records, write: Write) -> None:
    number = new_number()
    owing(records, number, "古丽·买买提")
    assert people.find(records, "resident_identity_card", number) is not None
    report = import_payments(records, write([number, "古丽．买买提", "60", "2008-02-28", "", ""]), 2008)
    assert outcomes(report) == {3: "matched"}
