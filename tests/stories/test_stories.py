"""Every story: through the service, on SQLite and PostgreSQL, and over HTTP with the staff in another process."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.channels.plain import plain
from bot.cli import app
from bot.languages import catalogue
from bot.opening import open_service
from bot.service import Inbound
from bot.settings import read_settings
from member_store.encryption import generate_key
from policy_engine.loader import PACKS
from tests.servers import Server
from tests.stories.story import Heard, Story, play, stories
from tests.transcripts.test_killed_server import post

ALL = stories()
ALWAYS_ON_POSTGRESQL = ("daughter_enrols_three", "exported_then_deleted", "linked_accounts", "reminders", "hardship")
"""The others are played there by make soak."""

ON_EACH = [
    pytest.param(
        *(database, each),
        id=f"{database}-{each.file}",
        marks=[pytest.mark.long] if database == "postgresql" and each.file not in ALWAYS_ON_POSTGRESQL else [],
    )
    for database in ("sqlite", "postgresql")
    for each in ALL
]


@pytest.fixture
def settings_for(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Story], None]:
    """Sets the environment up for a story: a store of its own, the county and the day."""

    def prepare(story: Story) -> None:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path}/hebao.db"
        else:
            url = request.getfixturevalue("postgresql_url")
            monkeypatch.setenv("HEBAO_KEYS", generate_key())
        monkeypatch.setenv("HEBAO_DATABASE_URL", url)
        if story.county:
            monkeypatch.setenv("HEBAO_COUNTY", story.county)
        monkeypatch.setenv("HEBAO_TODAY", story.today)
        if story.until:
            monkeypatch.setenv("HEBAO_PACKS", str(rules_until(story.until, tmp_path)))

    return prepare


def run(arguments: list[str]) -> Heard:
    ran = CliRunner().invoke(app, arguments)
    told = ran.output
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return Heard(told, failed=ran.exit_code != 0)


@pytest.mark.parametrize(("settings_for", "story"), ON_EACH, indirect=["settings_for"])
def test_a_story_goes_as_written_with_a_restart_before_every_message(
    story: Story, settings_for: Callable[[Story], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings_for(story)

    def say(who: str, text: str) -> Heard:
        with open_service(read_settings(_env_file=None, offer_demo=True)) as service:
            inbound = Inbound("terminal", who, secrets.token_hex(8), text, story.locale)
            answer, again = service.handle(inbound), service.handle(inbound)
            assert again.replies == answer.replies
            assert again.repeated
        words = catalogue(answer.locale)
        return Heard("\n".join(plain(reply, words) for reply in answer.replies), answer.asks)

    play(story, say, run, lambda day: monkeypatch.setenv("HEBAO_TODAY", day))
    nothing_in_clear(story, tmp_path)


def nothing_in_clear(story: Story, folder: Path) -> None:
    """What a hex viewer would find in the database: no name, identity number or telephone of the story."""
    kept = b"".join(path.read_bytes() for path in folder.glob("hebao.db*"))
    for each in story.personal:
        for encoding in ("utf-8", "utf-16-le", "gb18030"):
            assert each.encode(encoding) not in kept, f"{each[:1]}… stands in the database in clear"
    assert all(each.personal for each in ALL)


def rules_until(day: str, folder: Path) -> Path:
    """The packs with the rules of 2008 going on until a later day."""
    packs = folder / "packs"
    for path in [each for name in ("jiaxing-2008", "mohrss-2008") for each in (PACKS / name).rglob("*.yaml")]:
        copy = packs / path.relative_to(PACKS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text("utf-8").replace("2008-12-31", day), "utf-8")
    return packs


@pytest.mark.server
def test_a_story_goes_as_written_over_http_with_the_staff_in_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (story,) = (each for each in ALL if each.file == "worker_three_elders")
    url = f"sqlite:///{tmp_path}/hebao.db"
    settings = {"HEBAO_DATABASE_URL": url, "HEBAO_COUNTY": story.county, "HEBAO_TODAY": story.today}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    accounts: dict[str, str] = {}
    with Server(settings) as server:

        def say(who: str, text: str) -> Heard:
            account = accounts.setdefault(who, secrets.token_hex(16))
            body = {"text": text, "message_id": secrets.token_hex(8), "locale": story.locale}
            answer = post(server, f"/api/v1/conversations/{account}/messages", body)
            replies, asks = answer["replies"], answer["asks"]
            assert isinstance(replies, list)
            return Heard("\n".join(each["plain"] for each in replies), asks if isinstance(asks, str) else None)

        play(story, say, run)
        nothing_in_clear(story, tmp_path)
