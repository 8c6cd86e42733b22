"""`hebao staff` about money, and `hebao ledger check`, as an office uses them."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from bot.cli import app
from bot.commands.money import add_money
from bot.members.dues import verify
from bot.opening import open_store
from bot.settings import read_settings
from member_store.members import enrolments, staff
from member_store.store import Store
from member_store.tables.access import Role
from policy_engine.loader import load_scheme
from tests.bot.members.conftest import add_person, new_number

DAY = datetime.date(2008, 3, 1)
RESIDENT = {"registered_locally": True, "registration_kind": "rural", "hardship_certificate": "none"}


NUMBER = new_number()
"""Somebody who owes 60 yuan."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store and its keys, made once: every test takes a copy."""
    folder = tmp_path_factory.mktemp("prepared")
    settings = read_settings(_env_file=None, database_url=f"sqlite:///{folder}/hebao.db")
    with open_store(settings) as opened, opened.records(today=DAY) as records:
        staff.add(records, "li", "李四", Role.OFFICE, county="demo")
        staff.add(records, "wang", "王五", Role.OFFICE, county="haining")
        staff.add(records, "root", "赵六", Role.ADMINISTRATOR)
        person = add_person(records, NUMBER, "诸葛秀芳")
        enrolment = enrolments.submit(
            records, person, 2008, category="rural_resident", rules="v", rules_on=DAY, facts=RESIDENT
        )
        verify(records, enrolment, lambda _: load_scheme("jiaxing-2008", "demo"), DAY)
    return folder


@pytest.fixture
def store(prepared: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Store]:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(prepared, tmp_path / "var")
    monkeypatch.setenv("HEBAO_DATABASE_URL", f"sqlite:///{tmp_path}/var/hebao.db")
    monkeypatch.setenv("HEBAO_TODAY", DAY.isoformat())
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    with open_store(read_settings()) as opened:
        yield opened


@pytest.fixture
def number(store: Store) -> str:
    return NUMBER


@pytest.fixture
def run(store: Store) -> Callable[..., Any]:
    commands = typer.Typer(rich_markup_mode=None)
    add_money(commands)

    def ran(*arguments: str, stdin: str = "", exits: int = 0, of: typer.Typer = commands) -> Any:
        result = CliRunner().invoke(of, list(arguments), input=stdin)
        assert result.exit_code == exits, result.output
        assert "诸葛" not in result.output
        if exits == 2:
            return result.stderr
        return json.loads(result.stdout) if "--json" in arguments else result.stdout

    return ran


def test_a_payment_and_a_refund_are_booked_and_told(run: Callable[..., Any], number: str) -> None:
    assert run("pay", number, "50", "--as", "li") == "2008: due 60 yuan, paid 50 yuan, outstanding 10 yuan.\n"
    stands = run("pay", "-", "20", "--as", "li", "--on", "2008-02-28", "--json", stdin=f"{number}\n")
    assert stands == {"year": 2008, "due_fen": 6000, "paid_fen": 7000, "outstanding_fen": -1000, "state": "active"}
    stands = run("refund", number, "10", "--as", "li", "--json")
    assert (stands["outstanding_fen"], stands["state"]) == (0, "active")
    checked = run("ledger", "check", "--json", of=app)
    assert (checked["findings"], checked["sums_fen"]["bank"], checked["sums_fen"]["individual"]) == ([], 6000, 0)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("pay", "NUMBER", "60", "--as", "nobody"), "No active member of staff"),
        (("pay", "NUMBER", "60", "--as", "wang"), "does not live in the place"),
        (("pay", "330402194001010001", "60", "--as", "li"), "identity number is not right"),
        (("pay", "STRANGER", "60", "--as", "li"), "Nobody is on record"),
        (("pay", "NUMBER", "sixty", "--as", "li"), "amount"),
        (("pay", "NUMBER", "0", "--as", "li"), "above nothing"),
        (("pay", "NUMBER", "60", "--as", "li", "--on", "2008-03-02"), "has not come yet"),
        (("pay", "NUMBER", "60", "--as", "li", "--year", "2007"), "no enrolment for 2007"),
        (("refund", "NUMBER", "1", "--as", "li"), "At most"),
        (("settle", "NUMBER", "--as", "li"), "--paid"),
        (("settle", "NUMBER", "--as", "li", "--paid", "1", "--level", "moon"), "township"),
        (("settle", "NUMBER", "--as", "li", "--reverse", "99"), "no such settlement"),
        (("hardship", "review", "NUMBER", "--as", "li"), "no hardship application"),
        (("agreement", "end", "NUMBER", "--as", "li"), "No agreement covers"),
        (("agreement", "sign", "NUMBER", "2010", "2009", "--as", "li"), "wrong way round"),
        (("dues", "--as", "root"), "--county"),
        (("dues", "--as", "li", "--county", "haining"), "does not live in the place"),
        (("import", "payments", "no.csv", "--as", "li"), "no.csv"),
        (("import", "payments", "no.csv", "--as", "li", "--accept-doubtful", "three"), "row numbers"),
    ],
)
def test_bad_input_exits_2_with_a_sentence_that_says_what_to_do(
    run: Callable[..., Any], number: str, arguments: tuple[str, ...], says: str
) -> None:
    given = [{"NUMBER": number, "STRANGER": new_number()}.get(each, each) for each in arguments]
    said = run(*given, exits=2)
    assert says in said
    assert len(said.splitlines()) == 1
    assert number not in said


def test_a_refusal_leaves_nothing_behind(run: Callable[..., Any], number: str) -> None:
    run("pay", number, "60", "--as", "li", "--reference", "R1")
    run("pay", number, "60", "--as", "li", "--reference", "R1", exits=2)
    assert run("ledger", "check", "--json", of=app)["sums_fen"]["bank"] == 6000


def test_a_hardship_case_from_application_to_decision(
    run: Callable[..., Any], number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied = run("hardship", "apply", number, "--as", "li", "--grounds", "--json", stdin="卧病在床")
    assert (applied["state"], applied["applied_on"]) == ("applied", "2008-03-01")
    assert run("hardship", "review", number, "--as", "li") == "Hardship application for 2008: under review.\n"
    notice = run("hardship", "notice", number, "--as", "li", "--days", "5", "--json")
    assert (notice["notice_from"], notice["notice_until"]) == ("2008-03-01", "2008-03-05")
    listed = run("hardship", "list", "--as", "li", "--json")
    assert [each["name"] for each in listed] == ["诸**芳"]
    assert "诸**芳" in run("hardship", "list", "--as", "root", "--county", "demo")
    assert "March 5, 2008" in run("hardship", "decide", number, "--as", "li", "--approve", exits=2)
    monkeypatch.setenv("HEBAO_TODAY", "2008-03-06")
    assert run("hardship", "decide", number, "--as", "li", "--approve", "--json")["state"] == "approved"
    assert run("hardship", "list", "--as", "li") == "Nothing is on public notice that day.\n"
    assert run("ledger", "check", "--json", of=app)["sums_fen"]["individual"] == 0


def test_a_payment_booked_by_mistake_is_found_in_the_statement_and_taken_back(
    run: Callable[..., Any], number: str
) -> None:
    run("pay", number, "60", "--as", "li")
    lines = run("statement", number, "--as", "li").splitlines()
    assert lines[0].endswith("March 1, 2008, due for 2008: +60.00 yuan")
    payment = run("statement", number, "--as", "li", "--json")[-1]
    assert (payment["kind"], payment["amount_fen"]) == ("payment", -6000)
    left = run("reverse", number, str(payment["entry"]), "--as", "li", "--json")
    assert [each["kind"] for each in left] == ["due", "payment", "reversal"]
    for entry, says in ((payment["entry"], "taken back already"), (1, "by itself"), (99, "no longer there")):
        assert says in run("reverse", number, str(entry), "--as", "li", exits=2)
    assert run("ledger", "check", "--json", of=app)["sums_fen"]["bank"] == 0


def test_settlements_are_entered_and_taken_back(run: Callable[..., Any], number: str) -> None:
    entered = run("settle", number, "--as", "li", "--paid", "3000", "--bill", "5000", "--level", "county", "--json")
    assert (entered["fund_paid_fen"], entered["stays"]) == (300_000, 1)
    taken_back = run("settle", number, "--as", "li", "--reverse", str(entered["settlement"]), "--json")
    assert (taken_back["fund_paid_fen"], taken_back["stays"]) == (0, 0)


def test_an_agreement_is_signed_listed_and_ended(run: Callable[..., Any], number: str) -> None:
    run("agreement", "sign", number, "2008", "2010", "--as", "li", "--account", stdin="6222000011112222\n")
    listed = run("agreement", "list", "--as", "li", "--json")
    assert [each["outstanding_fen"] for each in listed] == [6000]
    assert run("agreement", "end", number, "--as", "li") == "The agreement ended on March 1, 2008.\n"


def test_dues_are_worked_out_again_for_a_county(run: Callable[..., Any], number: str) -> None:
    assert run("dues", "--as", "li", "--json") == {"due": 0, "waiting": 0, "refused": []}


def test_a_file_is_tried_then_booked_and_the_same_file_again_changes_nothing(
    run: Callable[..., Any], number: str, tmp_path: Path
) -> None:
    path = tmp_path / "payments.csv"
    path.write_text(
        f"身份证号,姓名,金额,日期\n{number},诸葛秀芳,50,2008-02-28\n{new_number()},,60,2008-02-28\n", "utf-8"
    )
    tried = run("import", "payments", str(path), "--as", "li", "--dry-run", "--json")
    assert (tried["dry_run"], tried["counts"]["doubtful"], tried["counts"]["unmatched"]) == (True, 1, 1)
    booked = run("import", "payments", str(path), "--as", "li", "--accept-doubtful", "2", "--json")
    assert (booked["counts"]["accepted"], booked["booked_fen"]) == (1, 5000)
    assert booked["rows"][0]["codes"] == ["import.other_amount"]
    again = run("import", "payments", str(path), "--as", "li")
    assert again == (
        "This file was taken in before: nothing was changed but the doubtful rows accepted now.\n"
        "Booked in all: 0 yuan\n"
    )
    assert "Row 3 is not doubtful" in run(
        "import", "payments", str(path), "--as", "li", "--accept-doubtful", "3", exits=2
    )
    assert run("ledger", "check", "--json", of=app)["sums_fen"]["bank"] == 5000


def test_settlements_come_from_a_file_too(run: Callable[..., Any], number: str, tmp_path: Path) -> None:
    path = tmp_path / "settlements.csv"
    path.write_text(f"身份证号,基金支付,结算日期,就医类别\n{number},3000,2008-02-28,住院\n", "utf-8")
    assert run("import", "settlements", str(path), "--as", "root", "--json")["counts"]["matched"] == 1


def test_a_ledger_that_does_not_hold_together_exits_1_and_says_where(
    run: Callable[..., Any], store: Store, number: str
) -> None:
    with store.records(today=DAY) as records:
        records.connection.exec_driver_sql("DROP TRIGGER ledger_posting_update")
        records.connection.exec_driver_sql("UPDATE ledger_posting SET amount_fen = 5999 WHERE account = 'individual'")
    said = run("ledger", "check", of=app, exits=1)
    assert "Entry 1 does not balance, by -0.01 yuan." in said
    assert said.endswith("Book nothing more before it is clear why.\n")
    found = run("ledger", "check", "--json", of=app, exits=1)["findings"]
    assert {each["code"] for each in found} == {"unbalanced", "charge", "changed"}
