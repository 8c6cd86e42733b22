"""`hebao import residents`, `hebao export`, `hebao participation` and `hebao people generate`, as staff meet them."""

from __future__ import annotations

import datetime
import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import text
from typer.testing import CliRunner

from bot.cli import app
from bot.commands.village_words import participation_text
from bot.languages import LOCALES, catalogue
from bot.members.residents_rows import COLUMNS
from bot.members.targets import targets_of
from bot.sheets.reading import read_sheet
from dialogs.understanding.resident_number import check_character
from member_store.encryption import generate_key
from member_store.errors import StoreError
from member_store.members import participation, people, staff
from member_store.members.participation import Count, Participation
from member_store.store import Store
from member_store.tables.access import Role
from policy_engine.loader import load_scheme

Run = Callable[..., Result]
KEY = generate_key()
TODAY = datetime.date(2008, 3, 1)
PEOPLE = 1_200
NUMBER = "33049819700101001" + check_character("33049819700101001")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store with some invented people, a worker, somebody of the office and an administrator."""
    found = f"sqlite:///{tmp_path_factory.mktemp('village')}/hebao.db"
    with pytest.MonkeyPatch.context() as environment:
        prepared(environment, found)
        made = CliRunner().invoke(app, ["people", "generate", str(PEOPLE), "--seed", "3", "--json"])
    assert json.loads(made.stdout)["people"] == PEOPLE
    with Store.open(found, KEY) as store, store.records() as records:
        village = people.communities(records, "demo")[0]
        people.community(records, "demo", "空村")
        staff.add(records, "worker", "王工", Role.WORKER, community=village)
        staff.add(records, "office", "李工", Role.OFFICE, county="demo")
        staff.add(records, "elsewhere", "赵工", Role.OFFICE, county="pinghu")
        staff.add(records, "admin", "张工", Role.ADMINISTRATOR)
    return found


def prepared(environment: pytest.MonkeyPatch, url: str) -> None:
    environment.setenv("HEBAO_DATABASE_URL", url)
    environment.setenv("HEBAO_KEYS", KEY)
    environment.setenv("HEBAO_TODAY", TODAY.isoformat())
    environment.setenv("LANG", "en_GB.UTF-8")
    environment.delenv("LC_ALL", raising=False)


@pytest.fixture
def hebao(url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    prepared(monkeypatch, url)
    return lambda *arguments: CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture
def village(url: str) -> str:
    with Store.open(url, KEY) as store, store.reading_records() as records:
        return next(each.name for each in people.communities(records, "demo") if each.name != "空村")


def audited(url: str) -> list[tuple[Any, ...]]:
    with Store.open(url, KEY) as store, store.reading_records() as records:
        wanted = text("SELECT actor, channel, changes FROM audit WHERE action = 'list_exported' ORDER BY id")
        return [tuple(row) for row in records.connection.execute(wanted)]


def test_a_worker_takes_the_unpaid_of_their_own_community_masked(
    hebao: Run, url: str, village: str, tmp_path: Path
) -> None:
    ran = hebao("export", "unpaid", tmp_path / "unpaid.csv", "--as", "worker", "--json")
    assert ran.exit_code == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert said["community"] == village
    sheet = read_sheet(tmp_path / "unpaid.csv", {**COLUMNS, "owes": ["还要交（元）", "Still to pay (yuan)"]}, ["name"])
    assert len(sheet.rows) == said["people"] > 10
    assert all(each.cells["number"][4:14] == "*" * 10 for each in sheet.rows)
    assert {each.cells["owes"] for each in sheet.rows} == {"60.00", "30.00"}
    assert stat.S_IMODE((tmp_path / "unpaid.csv").stat().st_mode) == 0o600
    actor, channel, changes = audited(url)[-1]
    assert (actor, channel) == ("worker", "command")
    assert json.loads(changes) == {
        "list": "unpaid",
        "people": said["people"],
        "year": 2008,
        "full": False,
        "staff": "worker",
    }


def test_the_office_takes_numbers_in_full_and_that_is_on_record(
    hebao: Run, url: str, village: str, tmp_path: Path
) -> None:
    for which in ("enrolled", "not-enrolled"):
        path = tmp_path / f"{which}.xlsx"
        ran = hebao("export", which, path, "--as", "office", "--community", village, "--full")
        assert ran.exit_code == 0, ran.stderr
        assert all(each.cells["number"].startswith("330499") for each in read_sheet(path, COLUMNS, ["name"]).rows)
    assert json.loads(audited(url)[-1][2])["full"] is True


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--as", "worker", "--full"], "role"),
        (["--as", "worker", "--community", "空村"], "not yours"),
        (["--as", "elsewhere", "--county", "demo", "--community", "空村"], "not yours"),
        (["--as", "office", "--community", "没有的村"], "no such community"),
        (["--as", "office"], "no such community"),
        (["--as", "nobody"], "nobody"),
    ],
)
def test_a_list_that_is_not_for_somebody_is_refused_in_one_sentence_and_no_file_is_left(
    hebao: Run, url: str, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    before = audited(url)
    ran = hebao("export", "enrolled", tmp_path / "list.csv", *arguments)
    assert ran.exit_code == 2
    assert sentence in ran.stderr
    assert not list(tmp_path.iterdir())
    assert audited(url) == before


def test_a_file_that_is_there_already_is_not_overwritten_and_nothing_is_put_down(
    hebao: Run, url: str, tmp_path: Path
) -> None:
    before = audited(url)
    (tmp_path / "list.csv").write_text("mine")
    ran = hebao("export", "doubtful", tmp_path / "list.csv", "--as", "worker")
    assert ran.exit_code == 2
    assert (tmp_path / "list.csv").read_text() == "mine"
    assert audited(url) == before


def test_no_list_is_left_where_it_could_not_be_put_down_who_took_it(
    hebao: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: object) -> None:
        raise StoreError("The database failed: disk full", "here", "Make room.")

    monkeypatch.setattr("member_store.members.audit.append", full)
    ran = hebao("export", "enrolled", tmp_path / "list.csv", "--as", "worker")
    assert isinstance(ran.exception, StoreError)
    assert not list(tmp_path.iterdir())


def test_participation_stands_beside_the_targets_of_the_document(hebao: Run, village: str) -> None:
    said = json.loads(hebao("participation", "--json").stdout)
    assert {kind: each["percent"] for kind, each in said["targets"].items()} == {"rural": 90, "urban": 60}
    assert said["targets"]["rural"]["citation"]["article"] == "一"
    (county,) = said["counties"]
    assert sum(each["residents"] for each in county["kinds"].values()) < PEOPLE
    for place in county["communities"]:
        below = [
            each["enrolled"] * 100 < each["residents"] * said["targets"][kind]["percent"]
            for kind, each in place["kinds"].items()
        ]
        assert (place["name"] in county["below"]) == any(below)
        assert [each["below"] for each in place["kinds"].values()] == below
    text_said = hebao("participation", "--county", "demo").stdout
    assert village in text_said
    assert "(target 90%)" in text_said
    assert "嘉政发〔2007〕70号" in text_said
    assert hebao("participation", "--county", "atlantis").exit_code != 0


@pytest.mark.parametrize("locale", LOCALES)
def test_a_place_is_below_its_target_by_a_single_person(locale: str) -> None:
    targets = targets_of(load_scheme("jiaxing-2008"))
    places = [
        Participation(1, "甲村", {"rural": Count(1000, 899, 800), "urban": Count(10, 6, 1)}),
        Participation(2, "乙村", {"rural": Count(1000, 900, 800), None: Count(3, 0, 0)}),
        Participation(None, None, {"urban": Count(10, 5, 5)}),
    ]
    said = participation_text("海宁市", 2008, places, targets, catalogue(locale))
    *_, below, _first, _second = said.split("\n\n")
    assert "甲村" in below
    assert "乙村" not in below
    assert "89.9%" in said


def test_schemes_whose_documents_set_no_targets_have_none() -> None:
    assert targets_of(load_scheme("jiaxing-2024")) == {}


def test_a_list_is_tried_first_then_taken_in_then_known(hebao: Run, url: str, tmp_path: Path) -> None:
    path = tmp_path / "residents.csv"
    path.write_text(f"姓名,身份证号,备注\n欧阳娜依,{NUMBER},x\n诸葛,123,y\n", "utf-8")
    command = ("import", "residents", path, "--as", "office", "--community", "空村")
    dry = hebao(*command, "--dry-run")
    assert dry.exit_code == 0, dry.stderr
    assert "dry run" in dry.stdout
    first = json.loads(hebao(*command, "--json").stdout)
    assert not first["dry_run"]
    assert first["ignored_columns"] == ["备注"]
    assert [each["outcome"] for each in first["rows"]] == ["added", "refused"]
    again = hebao(*command)
    assert "before" in again.stdout
    for said in (dry.stdout, json.dumps(first, ensure_ascii=False), again.stdout):
        assert "欧阳" not in said
        assert NUMBER not in said


def test_a_worker_takes_in_residents_of_their_own_community_only(hebao: Run, tmp_path: Path) -> None:
    path = tmp_path / "residents.csv"
    path.write_text(f"姓名,身份证号,村\n张三,{NUMBER},空村\n", "utf-8")
    said = json.loads(hebao("import", "residents", path, "--as", "worker", "--dry-run", "--json").stdout)
    assert said["counts"]["refused"] == 1
    assert said["new_communities"] == []
    assert hebao("import", "residents", path, "--as", "worker", "--community", "空村").exit_code == 2
    assert hebao("import", "residents", tmp_path / "none.csv", "--as", "worker").exit_code == 2


def test_people_are_invented_once_unless_more_are_asked_for(hebao: Run, url: str) -> None:
    ran = hebao("people", "generate", 10)
    assert ran.exit_code == 2
    assert "people already" in ran.stderr
    assert hebao("people", "generate", 0).exit_code == 2
    assert hebao("people", "generate", 10**8).exit_code == 2
    assert hebao("people", "generate", 10, "--county", "atlantis").exit_code != 0
    with Store.open(url, KEY) as store, store.reading_records() as records:
        found = participation.of_county(records, "demo", 2008)
        assert PEOPLE * 0.9 < sum(each.all.residents for each in found) < PEOPLE + 10
