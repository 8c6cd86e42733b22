"""The file that says which template of the account is which notice, and what each of its fields says."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.channels.wechat.notices import Notices, read_notices
from bot.languages import LOCALES, catalogue
from bot.settings import SettingsError

TEMPLATE = "pY7cUq2m0hBq3aW1kT9vXs8rLd4eNf6gZjRi5oAuMwE"


def read(tmp_path: Path, *fields: str, template: str = TEMPLATE, name: str = "answer_waiting") -> Notices:
    path = tmp_path / "notices.yaml"
    path.write_text(
        "\n".join([f"{name}:", f"  template: {template}", "  fields:", *(f"    {f}" for f in fields)]), "utf-8"
    )
    return read_notices(path)


def test_without_a_file_there_are_no_notices() -> None:
    assert read_notices(None).templates == ()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_field_is_filled_within_what_wechat_takes(tmp_path: Path, locale: str) -> None:
    notices = read(tmp_path, "thing1: '{what}'", "thing2: '{next}'", "time3: '{time}'", "character_string4: 96-12345")
    notice = notices.named("answer_waiting")
    assert notice is not None
    filled = notice.filled(catalogue(locale), datetime(2008, 3, 1, 16, 5, tzinfo=UTC))
    assert filled["time3"] == {"value": "2008年3月2日 00:05"}
    assert filled["character_string4"] == {"value": "96-12345"}
    assert 0 < len(filled["thing1"]["value"]) <= 20
    assert 0 < len(filled["thing2"]["value"]) <= 20
    assert "…" not in filled["thing1"]["value"] + filled["thing2"]["value"]


def test_only_what_is_agreed_to_for_good_is_standing(tmp_path: Path) -> None:
    assert read(tmp_path, "thing1: '{what}'").standing == frozenset()
    path = tmp_path / "standing.yaml"
    path.write_text(
        f"answer_waiting:\n  template: {TEMPLATE}\n  standing: true\n  fields:\n    thing1: '{{what}}'\n", "utf-8"
    )
    assert read_notices(path).standing == {TEMPLATE}


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (["thing1: '{what}'", "thing1: '{next}'"], "notices.yaml:5"),
        (["first: '{what}'"], "no field that can be filled"),
        (["thing: '{what}'"], "no field that can be filled"),
        (["thing1: '{who}'"], "{what}, {next}"),
        (["phrase1: '{what}'"], "cannot stand in phrase1"),
        (["time1: '{what}'"], "time1: '{time}'"),
        (["thing1: 一二三四五六七八九十一二三四五六七八九十一"], "Shorten it"),
        (["phrase1: 六个字太长了"], "Shorten it"),
        (["character_string1: 中文"], "Shorten it"),
        (["thing1: 5"], "Here should be words"),
        ([], "notices.yaml:3"),
    ],
)
def test_what_wechat_would_refuse_is_refused_at_the_start_with_its_line(
    tmp_path: Path, fields: list[str], problem: str
) -> None:
    with pytest.raises(SettingsError, match="HEBAO_WECHAT_NOTICES") as raised:
        read(tmp_path, *fields)
    assert problem in str(raised.value)


def test_a_notice_or_a_template_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="answer_waiting"):
        read(tmp_path, "thing1: '{what}'", name="answer_waitin")
    with pytest.raises(SettingsError, match="Copy it from WeChat"):
        read(tmp_path, "thing1: '{what}'", template="kurz")
    with pytest.raises(SettingsError, match="HEBAO_WECHAT_NOTICES"):
        read_notices(tmp_path / "none.yaml")
