"""Settings that cannot be used are refused with a sentence that says what to do."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.opening import open_store
from bot.settings import Settings, SettingsError, read_settings, settings_page
from member_store.errors import StoreError

Make = Callable[..., Settings]
DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"port": "many"}, "HEBAO_PORT"),
        ({"port": 70000}, "HEBAO_PORT"),
        ({"today": "yesterday"}, "HEBAO_TODAY"),
        ({"today": "2024-01-01"}, "2008-01-01"),
        ({"county": "hainng"}, "haining"),
        ({"scheme": "jiaxing-1999"}, "Did you mean: jiaxing-20"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(given: dict[str, object], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        read_settings(_env_file=None, **given)


def test_trial_keys_are_made_once_and_only_their_owner_can_read_them(settings: Make, tmp_path: Path) -> None:
    with open_store(settings()):
        pass
    keys = tmp_path / "var" / "keys"
    first = keys.read_text()
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    with open_store(settings()):
        pass
    assert keys.read_text() == first
    assert [path.name for path in keys.parent.iterdir() if path.name.startswith("keys")] == ["keys"]


def test_postgresql_without_keys_is_refused_before_anything_is_opened(settings: Make) -> None:
    with pytest.raises(SettingsError, match="HEBAO_KEYS"):
        open_store(settings(database_url="postgresql://nobody@127.0.0.1:1/nothing"))


def test_a_folder_that_cannot_be_made_is_named(settings: Make, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((SettingsError, StoreError), match="file"):
        open_store(settings(database_url=f"sqlite:///{tmp_path}/file/hebao.db"))


def test_the_page_of_settings_is_up_to_date() -> None:
    assert (DOCS / "settings.md").read_text("utf-8") == settings_page(), "run  hebao settings > docs/settings.md"
