"""Plainer words for those who asked for large type, and for nobody else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.languages import LOCALES, catalogue
from dialogs.plainer import plainer
from dialogs.replies import Question, Text
from tests.dialogs.test_respond import Make, start, walk

LONGEST = {"zh_Hans": 30, "en": 80}
"""Characters of one sentence that is read without losing the thread."""


def plain(locale: str) -> dict[str, str]:
    path = Path("locales") / locale / "LC_MESSAGES/messages.po"
    with path.open("rb") as file:
        messages = {str(each.id): str(each.string) for each in read_po(file) if each.id}
    return {name: text for name, text in messages.items() if name.endswith(".plain")}


def test_large_type_brings_plainer_words_and_normal_type_takes_them_back(context: Make) -> None:
    usual = walk(start(context()), "我能参保吗", context=context()).replies[-1]
    large = walk(start(context()), "大字", "我能参保吗", context=context())
    plain_one = large.replies[-1]
    assert isinstance(usual, Question)
    assert isinstance(plain_one, Question)
    assert usual.text == "您参加了职工医保吗？"
    assert plain_one.text == "您参加单位的医保（职工医保）了吗？"
    assert [each.value for each in usual.choices] == [each.value for each in plain_one.choices]
    assert walk(large.conversation, "标准字", context=context()).replies[-1] == usual


def test_the_variant_for_somebody_else_is_plain_too(context: Make) -> None:
    asked = walk(start(context()), "大字", "我妈能参保吗", context=context()).replies[-1]
    assert isinstance(asked, Question)
    assert asked.text == "您母亲参加单位的医保（职工医保）了吗？"


def test_help_is_plain_too(context: Make) -> None:
    turn = walk(start(context()), "大字", "帮助", context=context())
    assert "想回去，就说“上一步”" in "".join(each.text for each in turn.replies if isinstance(each, Text))


def test_the_same_words_give_the_same_plainer_words() -> None:
    assert plainer(catalogue("zh_Hans")) is plainer(catalogue("zh_Hans"))


@pytest.mark.parametrize("locale", LOCALES)
def test_plain_sentences_are_short(locale: str) -> None:
    for name, text in plain(locale).items():
        for sentence in re.split(r"[。？！?!.:：]", text):
            assert len(sentence.strip()) <= LONGEST[locale], f"{name}: {sentence}"


def test_every_language_has_the_same_plain_messages() -> None:
    assert len({frozenset(plain(locale)) for locale in LOCALES}) == 1
    assert plain(LOCALES[0])
