"""A picture says all that its answer says, fits its paper, and is the same on every machine."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pictures.png import png
from bot.pictures.replies import picture_of
from bot.pictures.sheet import MARGIN, WIDTH, Sheet, width_of, wrapped
from dialogs.replies import Comparison, Receipt, Reply, Text
from dialogs.respond import greet, respond
from tests.bot.test_cli import hebao
from tests.dialogs.conftest import context  # noqa: F401 - a fixture
from tests.dialogs.test_respond import Make

ASKED = {
    "zh_Hans": ("我45岁，在浙一住院花了两万能报多少", "我45岁住院花两万，去哪级医院划算"),
    "en": (
        "I am 45, I spent 20000 yuan at a provincial hospital, inpatient, how much do I get back?",
        "Which hospital is cheapest for 20000, I am 45, inpatient?",
    ),
}


def concluded(locale: str, text: str, around: Make) -> Reply:
    turn = respond(greet(locale, around("demo")).conversation, text, around("demo"))
    return next(each for each in turn.replies if isinstance(each, Receipt | Comparison))


@pytest.mark.parametrize(("locale", "text"), [(locale, text) for locale, texts in ASKED.items() for text in texts])
def test_a_picture_holds_every_word_and_amount_of_the_answer(locale: str, text: str, context: Make) -> None:  # noqa: F811
    reply = concluded(locale, text, context)
    svg = picture_of(reply)
    assert svg is not None
    drawn = re.sub(r"\s", "", "".join(ElementTree.fromstring(svg).itertext()))
    told = [reply.headline, reply.badge, *reply.notes] if isinstance(reply, Receipt | Comparison) else []
    if isinstance(reply, Receipt):
        told += [each for line in reply.lines for each in (line.label, line.amount, *(it.label for it in line.sources))]
    if isinstance(reply, Comparison):
        told += [each for row in reply.rows for each in (row.label, row.fund_pays, row.person_pays)]
    for each in told:
        assert re.sub(r"\s", "", each) in drawn
    assert reply.badge, "made-up figures say so"


@pytest.mark.parametrize("locale", ASKED)
def test_it_is_a_png_as_wide_as_the_paper_and_not_empty(locale: str, context: Make) -> None:  # noqa: F811
    svg = picture_of(concluded(locale, ASKED[locale][0], context))
    found = png(svg or "")
    assert found.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", found[16:24])
    assert width == WIDTH
    assert height > WIDTH
    assert len(found) > 30_000, "without its font it would show no letters"


def test_what_text_says_as_well_has_no_picture() -> None:
    assert picture_of(Text("您好")) is None


@given(st.text(st.sampled_from("一二三四五，。“”（）abc de 1,234.56元W%"), max_size=200), st.sampled_from([28, 44]))
def test_nothing_is_lost_in_wrapping_and_nothing_runs_over(text: str, size: int) -> None:
    room = WIDTH - 2 * MARGIN
    lines = list(wrapped(text, size, room))
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        hanging = line.rstrip("，。”）,.%元")
        assert width_of(hanging, size) <= room + 2 * size


def test_what_people_type_is_no_markup() -> None:
    sheet = Sheet()
    sheet.text('<script>alert("x")</script>&', 28)
    assert ElementTree.fromstring(sheet.svg("<&>")) is not None


def test_the_command_writes_both_kinds(tmp_path: Path) -> None:
    settings = {"HEBAO_DATABASE_URL": f"sqlite:///{tmp_path}/hebao.db", "HEBAO_COUNTY": "demo"}
    ran = hebao("say", ASKED["zh_Hans"][0], "--locale", "zh", "--pictures", str(tmp_path / "drawn"), **settings)
    assert ran.returncode == 0, ran.stderr
    assert sorted(each.name for each in (tmp_path / "drawn").iterdir()) == ["001.png", "001.svg"]
