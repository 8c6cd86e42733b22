"""Which language somebody reads, and how it writes amounts."""

from __future__ import annotations

import datetime
import io
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import languages
from bot.languages import LOCALES, catalogue, first_language, negotiate
from locales.catalogues import extract_code, extract_pack
from policy_engine.money import Money, exactly


@pytest.mark.parametrize(
    ("wanted", "locale"),
    [
        ("zh", "zh_Hans"),
        ("zh-CN", "zh_Hans"),
        ("zh-hans", "zh_Hans"),
        ("zh_Hans_CN", "zh_Hans"),
        ("zh-Hans", "zh_Hans"),
        ("zh-Hant", "zh_Hans"),
        ("zh-TW", "zh_Hans"),
        ("en", "en"),
        ("en-GB", "en"),
        ("en_US", "en"),
        ("EN-us", "en"),
        ("fr", "zh_Hans"),
        ("", "zh_Hans"),
        (None, "zh_Hans"),
        ("x-klingon", "zh_Hans"),
        ("../../etc/passwd", "zh_Hans"),
        ("english", "zh_Hans"),
        ("fr-FR, en;q=0.8, zh;q=0.5", "en"),
        ("en;q=0.2, zh-CN;q=0.9", "zh_Hans"),
        ("en;q=0, zh", "zh_Hans"),
        ("en;q=banana, fr", "zh_Hans"),
    ],
)
def test_a_wish_in_any_spelling_finds_its_language(wanted: str | None, locale: str) -> None:
    assert negotiate(wanted) == locale


@given(st.text(max_size=600))
def test_no_wish_however_strange_is_an_error(wanted: str) -> None:
    assert negotiate(wanted) in LOCALES


@pytest.mark.parametrize(
    ("text", "wanted", "locale"),
    [
        ("我妈65岁", "en-GB", "zh_Hans"),
        ("hello", "zh-CN", "zh_Hans"),
        ("hello", None, "en"),
        ("65", None, "zh_Hans"),
        ("", "en", "en"),
    ],
)
def test_somebody_new_is_answered_in_the_language_of_their_words(text: str, wanted: str | None, locale: str) -> None:
    assert first_language(text, wanted) == locale


@pytest.mark.parametrize(
    ("amount", "chinese", "english"),
    [
        (exactly(702000), "7,020元", "7,020 yuan"),
        (exactly(5), "0.05元", "0.05 yuan"),
        (exactly(123456789), "1,234,567.89元", "1,234,567.89 yuan"),
        (Money(0, 1170000), "0到11,700元", "0 to 11,700 yuan"),
        (Money(15000, None), "150元以上", "150 yuan or more"),
    ],
)
def test_amounts_are_written_to_the_fen(amount: Money, chinese: str, english: str) -> None:
    assert catalogue("zh_Hans").money(amount) == chinese
    assert catalogue("en").money(amount) == english


def test_rates_and_dates_are_written_in_each_language() -> None:
    assert catalogue("en").percent(Fraction(3, 5), Fraction(3, 5)) == "60%"
    assert catalogue("zh_Hans").percent(Fraction(0), Fraction(3, 8)) == "0%到37.5%"
    assert catalogue("zh_Hans").date(datetime.date(2008, 1, 1)) == "2008年1月1日"


def test_a_message_that_is_not_there_is_an_error_and_not_shown_as_its_id() -> None:
    with pytest.raises(KeyError, match=r"no\.such\.message"):
        catalogue("en")("no.such.message")


def test_a_sentence_of_a_pack_may_hold_braces() -> None:
    assert catalogue("en").source("起付线{甲}见附表") == "起付线{甲}见附表"
    assert catalogue("zh_Hans").source("{fact} is true or false, not {value}.", fact="age", value="1").startswith("age")


PACK = """
order:
  question: 先减什么，文件没有写。
  choices:
    first: 先减起付线。
    same:
      text: 各级一样。
      parameters: {deductible: [{from: 2008-01-01, same_as: other, cite: 三}]}
  chosen: first
  cite: 十四
rounding: {label: 分以下怎么取舍, choices: [up, down]}
document:
  articles: {十四: 讲起付线。}
  not_encoded: {十四: 只作介绍。}
"""


def test_the_sentences_of_a_pack_are_to_be_translated_and_its_article_numbers_are_not() -> None:
    found = [message for _, _, message, _ in extract_pack(io.BytesIO(PACK.encode()))]
    assert found == [
        "先减什么，文件没有写。",
        "先减起付线。",
        "各级一样。",
        "分以下怎么取舍",
        "讲起付线。",
        "只作介绍。",
    ]


def test_messages_are_found_wherever_code_asks_for_them() -> None:
    code = """
print(f"{pack}: {self.words('a.id', count=1)}")
template = N_(
    "One {thing} "
    "in two lines."
)
other("no.message"); words(name)
"""
    found = [message for _, _, message, _ in extract_code(io.BytesIO(code.encode()), ("N_", "words"))]
    assert sorted(found) == ["One {thing} in two lines.", "a.id"]


def test_words_are_read_once_though_several_threads_need_them_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[tuple[str, str]] = []
    real = languages.read_data

    def counting(locale: str, name: str) -> object:
        read.append((locale, name))
        return real(locale, name)

    monkeypatch.setattr(languages, "read_data", counting)
    for each in (languages.lexicons, languages._grammar, languages._judge):
        each.cache_clear()
    with ThreadPoolExecutor(3) as threads:
        found = list(threads.map(languages.lexicons, [languages.SOURCE] * 3))
    assert sorted(read) == [(locale, "lexicon.yaml") for locale in sorted(languages.LOCALES)]
    assert found[0][0].judge is found[1][1].judge


def test_what_is_not_compiled_is_named_so_that_no_server_starts_without_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot import languages, server
    from bot.settings import SettingsError, read_settings

    assert languages.not_compiled() is None
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    missing = languages.not_compiled()
    assert missing is not None
    assert missing.name == "messages.mo"
    with pytest.raises(SettingsError, match=r"messages\.mo is missing.*make locales/\.compiled"):
        server.run(read_settings(_env_file=None, database_url=f"sqlite:///{tmp_path}/hebao.db"))
