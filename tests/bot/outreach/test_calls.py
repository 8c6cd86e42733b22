"""Whom their community worker calls: nothing reaches them and they owe something; who needs it most comes first."""

from __future__ import annotations

import itertools
import json
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from bot.cli import app
from bot.opening import open_store
from bot.outreach.calls import calls
from bot.settings import read_settings
from member_store.members import collection, delegations, people, staff
from member_store.members.collection import Days
from member_store.members.contributions import Part
from member_store.members.records import Records
from member_store.store import Store
from member_store.tables.access import Basis, Role
from member_store.tables.people import Community, Person
from member_store.tables.records import Audit
from tests.member_store.members.money import keep, verified

TODAY = date(2008, 3, 3)
_numbers = itertools.count(1)
_OWN = Part("own_part", "individual", 6000)


def resident(
    records: Records, place: Community, name: str, born: int, *, paid: bool = False, certificate: str | None = None
) -> Person:
    number = f"{born:04d}{next(_numbers):014d}"
    personal = people.Personal(name, "resident_identity_card", number, date(born, 1, 1), phone="13800000000")
    person = people.add(records, personal, "demo", community_id=place.id)
    enrolment = verified(records, person)
    enrolment.community_id = place.id
    keep(records, enrolment, Part("own_part", "government", 6000) if paid else _OWN)
    if certificate:
        people.hold_certificate(records, person, certificate)
    return person


def village(records: Records) -> Community:
    place = people.community(records, "demo", "东湖村")
    collection.set_window(records, "demo", 2008, Days(TODAY, date(2008, 4, 30)))
    resident(records, place, "张三十", 1978)
    resident(records, place, "李八十五", 1923)
    resident(records, place, "王七十", 1938)
    resident(records, place, "赵有证", 1975, certificate="hardship_disabled")
    resident(records, place, "陈代缴", 1920, paid=True)
    reached = resident(records, place, "孙有微信", 1921)
    contact = delegations.contact_of(records, "wechat", "o-1", "zh_Hans")
    delegations.link(records, contact, reached, "self", Basis.SELF)
    return place


def test_the_very_old_come_first_then_the_old_and_who_holds_a_certificate_then_the_rest(shared_store: Store) -> None:
    with shared_store.records(today=TODAY) as records:
        found = calls(records, village(records), 2008)
        assert [each.personal.name for each in found] == ["李八十五", "王七十", "赵有证", "张三十"]
        assert [each.age for each in found] == [85, 70, 33, 30]
        assert {each.standing.reason for each in found} == {"no_channel"}
        assert calls(records, people.community(records, "demo", "东湖村"), 2007) == [], "there is no window"


@pytest.fixture
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEBAO_DATABASE_URL", f"sqlite:///{tmp_path}/hebao.db")
    monkeypatch.setenv("HEBAO_COUNTY", "demo")
    monkeypatch.setenv("HEBAO_TODAY", TODAY.isoformat())
    with open_store(read_settings(_env_file=None)) as store, store.records(today=TODAY) as records:
        place = village(records)
        staff.add(records, "worker", "吴", Role.WORKER, county="demo", community=place)
        other = people.community(records, "demo", "西湖村")
        staff.add(records, "stranger", "郑", Role.WORKER, county="demo", community=other)
        staff.add(records, "office", "冯", Role.OFFICE, county="demo")
    return tmp_path


def test_the_worker_of_the_village_takes_the_list_along_and_it_is_put_down_who_did(surroundings: Path) -> None:
    file = surroundings / "calls.csv"
    ran = CliRunner().invoke(app, ["reminders", "calls", str(file), "--as", "worker", "--json"])
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.output)["people"] == 4
    lines = file.read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("姓名,电话")
    assert lines[1].startswith("李八十五,13800000000")
    assert "60.00" in lines[1]
    assert "没有账号" in lines[1]
    with open_store(read_settings(_env_file=None)) as store, store.reading_records() as records:
        taken = select(Audit.changes).where(Audit.action == "list_exported")
        assert [json.loads(each)["staff"] for each in records.session.exec(taken)] == ["worker"]


@pytest.mark.parametrize("who", ["stranger", "nobody"])
def test_who_is_of_another_village_gets_nothing(surroundings: Path, who: str) -> None:
    file = surroundings / "calls.csv"
    ran = CliRunner().invoke(app, ["reminders", "calls", str(file), "--as", who, "--community", "东湖村"])
    assert ran.exit_code == 2
    assert not file.exists()


def test_the_office_may_take_the_list_of_any_of_its_villages(surroundings: Path) -> None:
    file = surroundings / "calls.xlsx"
    ran = CliRunner().invoke(app, ["reminders", "calls", str(file), "--as", "office", "--community", "东湖村"])
    assert ran.exit_code == 0, ran.output
    assert "4" in ran.output
