"""A stored conversation becomes a file that can be played again, and nobody can be told from it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.transcribing import impersonal
from tests.bot.test_cli import hebao
from tests.transcripts.transcript import transcripts

SAID = [
    "我叫王小明今年65，农村户口，能参保吗",
    "电话13957312345，身份证330402194303051234",
    "我妈在镇卫生院花了一万二能报多少",
    "住院",
]


@pytest.mark.parametrize(
    ("text", "gone", "instead"),
    [
        ("我叫王小明今年65", "王小明", "我叫张三今年65"),
        ("她叫欧阳秀英，在嘉兴", "欧阳秀英", "她叫张三，在嘉兴"),
        ("My name is Anna Li and I am 40", "Anna", "My name is 张三 and I am 40"),
        ("打我手机13957312345吧", "13957312345", "打我手机"),
        ("座机0573-82081234", "82081234", "座机"),
        ("写信给wang.xm@example.com", "wang.xm", "写信给someone@example.org"),
        ("家住勤俭路12号3单元401室", "401", "某某路1号"),
        ("1943年3月5日生的", "3月5日", "1943年1月1日生的"),
        ("born 1943-03-05", "03-05", "born 1943-01-01"),
        ("身份证330402194303051234", "330402194303051234", "身份证"),
    ],
)
def test_what_could_name_a_person_is_replaced(text: str, gone: str, instead: str) -> None:
    found = impersonal(text)
    assert gone not in found
    assert instead in found


@pytest.mark.parametrize("text", ["我妈65岁，农村户口", "花了一万二能报多少", "他叫救护车送到二院的", "2008年交多少"])
def test_what_names_nobody_stays(text: str) -> None:
    assert impersonal(text) == text or "救护车" in text


def test_a_stored_conversation_is_a_transcript_that_passes(tmp_path: Path) -> None:
    settings = {"HEBAO_DATABASE_URL": f"sqlite:///{tmp_path}/hebao.db", "HEBAO_COUNTY": "demo"}
    hebao("say", *SAID, "--locale", "zh", **settings)
    ran = hebao("repro", "me", "--channel", "terminal", **settings)
    assert ran.returncode == 0, ran.stderr
    assert not any(each in ran.stdout for each in ("王小明", "13957312345", "330402194303051234"))
    (tmp_path / "taken.yaml").write_text(ran.stdout, "utf-8")
    (found,) = transcripts(tmp_path)
    assert [turn.asks for turn in found.turns] == ["employee_insured", "employee_insured", "care", "age"]
    assert found.turns[2].facts["bill_total"] == "12000.00"
    assert yaml.safe_load(ran.stdout)["county"] == "demo"


def test_an_account_that_nobody_knows_exits_2_with_one_sentence(tmp_path: Path) -> None:
    ran = hebao("repro", "nobody", HEBAO_DATABASE_URL=f"sqlite:///{tmp_path}/hebao.db")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "no conversation of this account" in ran.stderr


def test_an_enrolment_is_a_transcript_without_the_person(tmp_path: Path) -> None:
    settings = {"HEBAO_DATABASE_URL": f"sqlite:///{tmp_path}/hebao.db", "HEBAO_COUNTY": "demo"}
    said = [
        "我要参保，农村户口，本地的，没有职工医保，没在别处参保",
        "都没有",
        "同意",
        "诸葛秀英",
        "330421194803153325 13957312345",
    ]
    hebao("say", *said, "对", "没有了", "--locale", "zh", **settings)
    ran = hebao("repro", "me", "--channel", "terminal", **settings)
    assert ran.returncode == 0, ran.stderr
    assert not any(each in ran.stdout for each in ("诸葛秀英", "13957312345", "330421194803153325"))
    (tmp_path / "taken.yaml").write_text(ran.stdout, "utf-8")
    (found,) = transcripts(tmp_path)
    asked = ["hardship_certificate", "consent", "name", "identity", "confirm", "more", "none"]
    assert [turn.asks for turn in found.turns] == asked
