"""`hebao telegram`, run for real: long polling and a webhook are never there both."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bot.channels.telegram.conftest import SECRET
from tests.servers import HEBAO, environment
from tests.standins.telegram import TOKEN, TelegramStandIn, faults, wait_for

pytestmark = pytest.mark.server

HOOK = "https://hebao.example/telegram"


class Runs:
    """Runs `hebao telegram …` on one store."""

    def __init__(self, telegram: TelegramStandIn, folder: Path) -> None:
        self.known = environment(
            HEBAO_DATABASE_URL=f"sqlite:///{folder}/hebao.db",
            HEBAO_TELEGRAM_TOKEN=TOKEN,
            HEBAO_TELEGRAM_SECRET=SECRET,
            HEBAO_TELEGRAM_API_BASE=telegram.url,
            HEBAO_PUBLIC_URL="https://hebao.example",
        )
        self._started: list[subprocess.Popen[str]] = []

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*HEBAO, "telegram", *words], env=self.known, capture_output=True, text=True, timeout=60)

    def polling(self, *words: str) -> subprocess.Popen[str]:
        """Long polling that has begun."""
        running = subprocess.Popen(
            [*HEBAO, "telegram", *words], env=self.known, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self._started.append(running)
        assert running.stdout is not None
        line = running.stdout.readline()
        assert line == "The Telegram bot answers (Ctrl-C)\n", line or running.communicate()[1]
        return running

    def close(self) -> None:
        for each in self._started:
            each.kill()
            each.communicate()


@pytest.fixture
def runs(telegram: TelegramStandIn, tmp_path: Path) -> Iterator[Runs]:
    telegram.world.webhook.url = ""
    telegram.world.updates.clear()
    made = Runs(telegram, tmp_path)
    yield made
    made.close()
    telegram.world.webhook.url = ""


def test_t19_long_polling_refuses_while_a_webhook_is_set_and_takes_it_down_if_told_to(
    runs: Runs, telegram: TelegramStandIn
) -> None:
    assert runs.command("webhook", "set").stdout.startswith(f"Telegram now sends to {HOOK}.")
    assert telegram.world.webhook.url == HOOK
    refused = runs.command()
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "hebao telegram --remove-webhook" in refused.stderr
    assert telegram.world.webhook.url == HOOK, "nobody takes it down unasked"
    assert not telegram.world.called("getUpdates")
    person = telegram.person()
    waited = person.says("能参保吗")
    running = runs.polling("--remove-webhook")
    assert telegram.world.webhook.url == ""
    person.settles(waited["update_id"])
    assert len(person.sees()) == 1, "what waited is not lost"
    assert len(person.asks("妈妈")) == 1
    running.send_signal(signal.SIGTERM)
    assert running.wait(20) == 0


@pytest.mark.long
def test_t19_a_webhook_that_is_set_ends_long_polling(runs: Runs, telegram: TelegramStandIn) -> None:
    running = runs.polling()
    person = telegram.person()
    assert person.asks("/start")
    assert runs.command("webhook", "set").returncode == 0
    _, errors = running.communicate(timeout=20)
    assert running.returncode == 2
    assert "a webhook was set" in errors
    assert f"address: {HOOK}\nwaiting: 0" in runs.command("webhook", "show").stdout
    assert runs.command("webhook", "remove").returncode == 0
    assert runs.command("webhook", "show").stdout.startswith("address: none\n")


@pytest.mark.long
def test_t19_of_two_that_poll_one_goes_on(runs: Runs, telegram: TelegramStandIn) -> None:
    first = runs.polling()
    second = runs.polling()
    _, errors = first.communicate(timeout=40)
    assert first.returncode == 2
    assert "runs with the same token" in errors
    assert TOKEN not in errors
    person = telegram.person()
    assert person.asks("/start")
    assert second.poll() is None


@pytest.mark.long
def test_t02_polling_that_is_killed_before_it_has_answered_answers_at_the_next_start(
    runs: Runs, telegram: TelegramStandIn
) -> None:
    first = runs.polling()
    person = telegram.person()
    telegram.world.fails(replace(faults.INTERNAL, delay=5), "sendMessage", person.id)
    update = person.says("能参保吗")
    wait_for(lambda: not telegram.world._faults)
    first.kill()
    runs.polling()
    person.settles(update["update_id"], 40)
    # It waits until the first one could not be sending it any more.
    wait_for(person.sees, 20)
    time.sleep(0.5)
    assert len(person.sees()) == 1
    assert len(person.asks("妈妈")) == 1
