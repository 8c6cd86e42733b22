"""A village's list of residents: what becomes of each row, and that a dry run and a second time change nothing."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import func, select

from bot.members.invented import invented_households
from bot.members.residents_import import Place, import_residents, place_of
from bot.members.residents_report import ImportReport, Outcome
from bot.members.residents_rows import COLUMNS, REQUIRED
from bot.sheets.reading import Sheet, read_sheet
from bot.sheets.writing import write_sheet
from dialogs.understanding.resident_number import check_character
from member_store.encryption import generate_key
from member_store.members import people, staff
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.store import Store
from member_store.tables.access import Role, StaffUser
from member_store.tables.money import ImportedFile
from member_store.tables.people import Enrolment, Person
from member_store.tables.records import Audit

TODAY = datetime.date(2008, 3, 1)
HEADINGS = ("户号", "姓名", "身份证号码", "与户主关系", "户口性质", "联系电话", "家庭住址", "村（社区）")
PLACE = Place("haining", "斜桥村")


def number(order: int, born: str = "19700101") -> str:
    body = f"330498{born}{order:03d}"
    return body + check_character(body)


def row(order: int, name: str = "张三", household: str = "1", relation: str = "", **given: str) -> tuple[str, ...]:
    fixed = {"kind": "农村", "phone": "154 0000 0001", "address": "一组1号", "community": "", **given}
    return (household, name, fixed.get("number", number(order)), relation, *list(fixed.values())[:4])


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/hebao.db" if sqlite else request.getfixturevalue("postgresql_url")
    with Store.open(url, generate_key()) as opened:
        yield opened


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Sheet]:
    def make(*rows: Sequence[str], headings: Sequence[str] = HEADINGS) -> Sheet:
        path = tmp_path / "residents.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([headings, *rows])
        return read_sheet(path, COLUMNS, REQUIRED)

    return make


def take_in(store: Store, sheet: Sheet, place: Place = PLACE, role: Role = Role.OFFICE) -> ImportReport:
    with store.records(today=TODAY) as records:
        return import_residents(records, StaffUser(login="li", role=role, created_at=records.now), sheet, place)


def outcomes(report: ImportReport) -> list[tuple[int, str, list[str]]]:
    return [
        (each.row, each.outcome.value, [*(fault.message for fault in each.faults), *each.fields])
        for each in report.rows
    ]


def persons(records: Records) -> list[Person]:
    return list(records.session.exec(select(Person).order_by(Person.id)))


def count(store: Store, model: Any) -> int:
    with store.reading_records() as records:
        return records.session.exec(select(func.count()).select_from(model)).one()


def test_good_rows_become_residents_of_one_household_whom_nobody_has_enrolled(store: Store, sheet: Any) -> None:
    found = take_in(
        store, sheet(row(1, relation="户主"), row(2, "李四", relation="配偶"), row(3, "王五", household="2"))
    )
    assert outcomes(found) == [(2, "added", []), (3, "added", []), (4, "added", [])]
    assert found.new_communities == ["斜桥村"]
    with store.reading_records() as records:
        first, second, third = persons(records)
        assert first.household_id == second.household_id != third.household_id
        assert {each.community_id for each in (first, second, third)} == {people.communities(records, "haining")[0].id}
        personal = people.personal_of(records, first)
        assert personal == people.Personal(
            "张三",
            "resident_identity_card",
            number(1),
            datetime.date(1970, 1, 1),
            "male",
            "15400000001",
            "一组1号",
        )
        assert first.registration_kind == "rural"
    assert count(store, Enrolment) == 0


def test_the_same_file_again_changes_nothing(store: Store, sheet: Any) -> None:
    take_in(store, sheet(row(1)))
    before = count(store, Audit)
    found = take_in(store, sheet(row(1)))
    assert found.before
    assert found.rows == []
    assert count(store, Audit) == before
    assert count(store, ImportedFile) == 1


def test_the_same_rows_in_another_file_are_unchanged(store: Store, sheet: Any) -> None:
    take_in(store, sheet(row(1), row(2, "李四")))
    found = take_in(store, sheet(row(2, "李四"), row(1), row(3, "王五")))
    assert [each.outcome for each in found.rows] == [Outcome.UNCHANGED, Outcome.UNCHANGED, Outcome.ADDED]


def test_a_dry_run_says_the_same_and_leaves_nothing(store: Store, sheet: Any) -> None:
    read = sheet(row(1), row(2, ""), row(3, "李四", kind="?"))
    with suppress(ZeroDivisionError), store.records(today=TODAY) as records:
        member = StaffUser(login="li", role=Role.OFFICE, created_at=records.now)
        dry = outcomes(import_residents(records, member, read, PLACE))
        raise ZeroDivisionError
    assert (count(store, Person), count(store, Audit), count(store, ImportedFile)) == (0, 0, 0)
    assert outcomes(take_in(store, read)) == dry


def test_what_changed_is_named_and_what_a_row_leaves_out_stays(store: Store, sheet: Any) -> None:
    take_in(store, sheet(row(1)))
    changed = take_in(store, sheet(row(1, phone="15400000002", address="", kind="城镇")))
    assert outcomes(changed) == [(2, "changed", ["phone", "registration_kind"])]
    with store.reading_records() as records:
        personal = people.personal_of(records, persons(records)[0])
        assert personal is not None
        assert (personal.phone, personal.address) == ("15400000002", "一组1号")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"name": ""}, "residents.name.missing"),
        ({"name": "张三，李四"}, "residents.name.unreadable"),
        ({"number": ""}, "residents.number.missing"),
        ({"number": "33049819700101"}, "residents.number.length"),
        ({"number": number(1)[:-1] + ("0" if number(1)[-1] != "0" else "1")}, "residents.number.check"),
        ({"number": "H12345678"}, "residents.number.not_accepted"),
        ({"number": number(1, "19700231")}, "residents.number.date"),
        ({"number": number(1, "20080302")}, "residents.number.future"),
        ({"number": "3.30498E+17"}, "sheet.cell.digits_lost"),
        ({"kind": "火星"}, "residents.registration_kind"),
        ({"phone": "隔壁"}, "residents.phone"),
        ({"address": "路" * 201}, "residents.too_long"),
        ({"community": "别村"}, "residents.community.other"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_its_number_and_the_reason(
    tmp_path: Path, sheet: Any, given: dict[str, str], reason: str
) -> None:
    with Store.open(f"sqlite:///{tmp_path}/hebao.db", generate_key()) as store:
        found = take_in(store, sheet(row(7, "王五"), row(1, **{"name": "张三", **given})))
        assert outcomes(found) == [(2, "added", []), (3, "refused", [reason])]
        assert count(store, Person) == 1


def test_everything_that_is_wrong_with_a_row_is_said_at_once(store: Store, sheet: Any) -> None:
    found = take_in(store, sheet(row(1, "", number="12", kind="x")))
    assert outcomes(found)[0][2] == [
        "residents.name.missing",
        "residents.number.length",
        "residents.registration_kind",
    ]


def test_a_row_that_names_no_community_takes_that_of_the_list_or_is_refused(store: Store, sheet: Any) -> None:
    found = take_in(store, sheet(row(1), row(2, "李四", community="二村")), Place("haining"))
    assert outcomes(found) == [(2, "refused", ["residents.community.missing"]), (3, "added", [])]


def test_a_number_in_two_rows_is_doubtful_in_both_however_it_is_written(store: Store, sheet: Any) -> None:
    old = number(1)[:6] + number(1)[8:17]
    found = take_in(store, sheet(row(1), row(2, "李四"), row(0, "张三", number=old)))
    assert outcomes(found) == [
        (2, "doubtful", ["residents.doubt.twice"]),
        (3, "added", []),
        (4, "doubtful", ["residents.doubt.twice"]),
    ]


def test_somebody_known_with_another_name_or_elsewhere_or_dead_is_doubtful_and_left_alone(
    store: Store, sheet: Any
) -> None:
    take_in(store, sheet(row(1), row(2, "李四", "2"), row(3, "王五", "3")))
    take_in(store, sheet(row(4, "赵六", "4")), Place("pinghu", "斜桥村"))
    take_in(store, sheet(row(5, "孙七", "5")), Place("haining", "二村"))
    with store.records() as records:
        dead = persons(records)[2]
        records.change(dead, "person_died", person_id=dead.id, died_on=TODAY)
    before = count(store, Audit)
    people_again = [row(1, "张大"), row(2, "李四", "2"), row(3, "王五", "3"), row(4, "赵六", "4"), row(5, "孙七", "5")]
    found = take_in(store, sheet(*people_again))
    assert outcomes(found) == [
        (2, "doubtful", ["residents.doubt.name"]),
        (3, "unchanged", []),
        (4, "doubtful", ["residents.doubt.deceased"]),
        (5, "doubtful", ["residents.doubt.elsewhere"]),
        (6, "doubtful", ["residents.doubt.elsewhere"]),
    ]
    assert count(store, Audit) == before + 1  # the file


def test_somebody_whose_community_was_not_known_gets_it(store: Store, sheet: Any) -> None:
    with store.records() as records:
        personal = people.Personal("张三", "resident_identity_card", number(1))
        people.add(records, personal, "haining")
    found = take_in(store, sheet(row(1, phone="", address="")))
    assert outcomes(found) == [(2, "changed", ["registration_kind", "community", "household"])]


def test_households_that_do_not_fit_are_doubtful(store: Store, sheet: Any) -> None:
    take_in(store, sheet(row(1, household="1"), row(2, "李四", household="2")))
    found = take_in(store, sheet(row(1, household="9"), row(2, "李四", household="9"), row(3, "王五", household="9")))
    assert {each.faults[0].message for each in found.rows} == {"residents.doubt.household"}
    heads = take_in(store, sheet(row(5, "赵六", "7", "户主"), row(6, "孙七", "7", "户主"), row(7, "周八", "7", "子")))
    assert outcomes(heads) == [
        (2, "doubtful", ["residents.doubt.two_heads"]),
        (3, "doubtful", ["residents.doubt.two_heads"]),
        (4, "added", []),
    ]


def test_certificates_and_permits_are_recorded_with_their_validity(store: Store, sheet: Any) -> None:
    headings = ("姓名", "身份证", "困难证件", "困难证件号码", "证件有效期至", "居住证")
    rows = [("张三", number(1), "低保", "A-1", "2008年12月31日", "无"), ("李四", number(2), "无", "", "", "浙J0001")]
    take_in(store, sheet(*rows, headings=headings))
    with store.reading_records() as records:
        first, second = persons(records)
        (held,) = people.certificates(records, first)
        assert (held.kind, held.valid_until) == ("minimum_living", datetime.date(2008, 12, 31))
        assert records.unseal(held.number, "") == "A-1"
        (permit,) = people.certificates(records, second)
        assert (permit.kind, records.unseal(permit.number, "")) == ("residence_permit", "浙J0001")
    later = [("张三", number(1), "低保", "A-1", "2009-12-31", ""), ("李四", number(2), "", "", "", "有")]
    found = take_in(store, sheet(*later, headings=headings))
    assert outcomes(found) == [(2, "changed", ["certificate"]), (3, "unchanged", [])]


def test_a_merged_cell_of_a_household_holds_for_every_row_it_covers(tmp_path: Path) -> None:
    from xlsxwriter import Workbook

    book = Workbook(tmp_path / "merged.xlsx")
    page = book.add_worksheet()
    page.write_row(0, 0, ("户号", "姓名", "身份证号"))
    page.merge_range(1, 0, 2, 0, "12")
    for place, name in enumerate(("张三", "李四"), 1):
        page.write_row(place, 1, (name, number(place)))
    book.close()
    with Store.open(f"sqlite:///{tmp_path}/hebao.db", generate_key()) as store:
        found = take_in(store, read_sheet(tmp_path / "merged.xlsx", COLUMNS, REQUIRED))
        assert outcomes(found) == [(2, "added", []), (3, "added", [])]
        with store.reading_records() as records:
            assert len({each.household_id for each in persons(records)}) == 1


def test_what_is_kept_of_a_file_holds_nothing_personal(store: Store, sheet: Any) -> None:
    take_in(store, sheet(row(1, "欧阳娜依"), row(2, "诸葛")))
    with store.reading_records() as records:
        kept = records.session.exec(select(ImportedFile)).one()
        assert kept.rows == 2
        said = kept.report + "".join(each.changes for each in records.session.exec(select(Audit)))
    for secret in ("欧阳", "诸葛", number(1), "15400000001", "一组"):
        assert secret not in said


def test_staff_take_in_residents_of_their_own_place_only(store: Store) -> None:
    with store.records() as records:
        village = people.community(records, "haining", "斜桥村")
        worker = staff.add(records, "w", "王", Role.WORKER, community=village)
        office = staff.add(records, "o", "李", Role.OFFICE, county="haining")
        administrator = staff.add(records, "a", "张", Role.ADMINISTRATOR)
        assert place_of(records, worker, None, None) == PLACE
        assert place_of(records, office, None, "二村") == Place("haining", "二村")
        assert place_of(records, administrator, "pinghu", None) == Place("pinghu")
        for member, county, community in ((worker, None, "二村"), (worker, "pinghu", None), (office, "pinghu", None)):
            with pytest.raises(Refusal, match="other_community"):
                place_of(records, member, county, community)
        with pytest.raises(Refusal, match="no_county"):
            place_of(records, administrator, None, None)


def test_five_hundred_rows_of_invented_people_go_in_and_come_out_alike(tmp_path: Path) -> None:
    kinds = {"rural": "农村", "urban": "城镇"}
    rows = [
        [
            str(place),
            each.name,
            each.number,
            each.relation,
            kinds[each.registration_kind],
            each.phone,
            each.address,
            "村",
        ]
        for place, household in enumerate(invented_households(500, 3, ["demo"], 2008))
        for each in household.people
    ]
    path = tmp_path / "village.xlsx"
    write_sheet(path, [(heading, "text") for heading in HEADINGS], rows)
    with Store.open(f"sqlite:///{tmp_path}/hebao.db", generate_key()) as store:
        found = take_in(store, read_sheet(path, COLUMNS, REQUIRED), Place("haining"))
        assert found.counts()[Outcome.ADDED] == 500
        assert count(store, Person) == 500
