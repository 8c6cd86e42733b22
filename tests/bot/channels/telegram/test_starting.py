"""Settings that cannot be used are refused in plain words; and nobody imports a library that they do not need."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from bot.app import create_app
from bot.channels.telegram.checking import check_secret, check_token, webhook_address
from bot.opening import open_service
from bot.settings import Settings, SettingsError
from tests.bot.channels.telegram.conftest import SECRET, settings_without_store
from tests.servers import environment
from tests.standins.telegram import TOKEN, TelegramStandIn

HEAVY = {"aiogram", "aiohttp", "telegram", "httpx", "wechatpy"}


@pytest.mark.parametrize(
    "token",
    ["x", "123", ":abc", "123:short", f" {TOKEN}", f"{TOKEN} ", f"'{TOKEN}'", f"bot{TOKEN}", TOKEN.replace(":", "："),
     f"{TOKEN}/../x", f"{TOKEN}\n", "１２３:" + "A" * 35],
)  # fmt: skip
def test_a_token_that_is_none_is_refused(telegram: TelegramStandIn, token: str) -> None:
    with pytest.raises(SettingsError, match="HEBAO_TELEGRAM_TOKEN") as caught:
        check_token(settings_without_store(telegram, telegram_token=token))
    assert "@BotFather" in str(caught.value)
    assert token.strip() not in str(caught.value) or len(token) < 4, "it may be half right, and is shown to nobody"


@pytest.mark.parametrize("secret", ["", "a b", "密码", "a.b", "a" * 257, "a\n", "a/b", "ä"])
def test_t01_a_secret_that_telegram_does_not_take_is_refused(telegram: TelegramStandIn, secret: str) -> None:
    with pytest.raises(SettingsError, match="HEBAO_TELEGRAM_SECRET") as caught:
        check_secret(settings_without_store(telegram, telegram_secret=secret))
    assert "openssl rand -hex 32" in str(caught.value)
    assert not secret.strip() or secret not in str(caught.value).replace("a-z", "").split()


@pytest.mark.parametrize("secret", ["a", "A-Z_09", "x" * 256])
def test_t01_a_secret_that_telegram_takes_is_taken(telegram: TelegramStandIn, secret: str) -> None:
    assert check_secret(settings_without_store(telegram, telegram_secret=secret)) == secret


@pytest.mark.parametrize("base", ["api.telegram.org", "ftp://x", "https://", "/bot"])
def test_an_address_of_the_api_that_is_none_is_refused(telegram: TelegramStandIn, base: str) -> None:
    with pytest.raises(SettingsError, match="HEBAO_TELEGRAM_API_BASE"):
        check_token(settings_without_store(telegram, telegram_api_base=base))


@pytest.mark.parametrize("public_url", ["", "hebao.example", "ftp://hebao.example"])
def test_a_webhook_needs_an_address_of_ours(telegram: TelegramStandIn, public_url: str) -> None:
    with pytest.raises(SettingsError, match="HEBAO_PUBLIC_URL") as caught:
        webhook_address(settings_without_store(telegram, public_url=public_url))
    assert "hebao telegram" in str(caught.value)
    found = settings_without_store(telegram, public_url="https://hebao.example/")
    assert webhook_address(found) == "https://hebao.example/telegram"


@pytest.mark.parametrize("given", [{"telegram_token": "1:x"}, {"telegram_secret": "a b"}])
def test_the_server_does_not_start_with_settings_that_cannot_be_used(
    telegram_settings: Callable[..., Settings], given: dict[str, str]
) -> None:
    settings = telegram_settings(**given)
    with open_service(settings) as service, pytest.raises(SettingsError, match="HEBAO_TELEGRAM_"):
        create_app(service, settings)


def run(code: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], env=environment(**settings), capture_output=True, text=True, timeout=120
    )


@pytest.mark.server
@pytest.mark.parametrize(
    ("words", "missing"),
    [
        (["serve"], "aiogram"),
        (["telegram"], "aiogram"),
        (["telegram", "webhook", "show"], "aiogram"),
        (["telegram", "send"], "telegram"),
        (["telegram", "send"], "aiolimiter"),
    ],
)
def test_where_the_libraries_are_not_installed_it_says_how_to_install_them(
    words: list[str], missing: str, tmp_path: Path
) -> None:
    code = f"import sys; sys.modules[{missing!r}] = None; sys.argv[1:] = {words!r}; from bot.cli import main; main()"
    known = {"HEBAO_TELEGRAM_TOKEN": TOKEN, "HEBAO_TELEGRAM_SECRET": SECRET, "HEBAO_PORT": "0"}
    refused = run(code, HEBAO_DATABASE_URL=f"sqlite:///{tmp_path}/hebao.db", **known)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("hebao: HEBAO_TELEGRAM_TOKEN is set, and what Telegram needs is not installed.")
    assert "pip install 'hebao[telegram]'" in refused.stderr
    assert "Traceback" not in refused.stderr


def imported(command: list[str], folder: Path, known: dict[str, str], listens: bool = True) -> set[str]:
    """The libraries that a process of ours imports, until it has answered a request or ended."""
    told = folder / "imports"  # a pipe would be full before anybody reads it
    with told.open("w") as errors:
        running = subprocess.Popen(
            [sys.executable, "-X", "importtime", "-m", "bot.cli", *command],
            env=environment(HEBAO_DATABASE_URL=f"sqlite:///{folder}/hebao.db", **known),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        assert running.stdout is not None
        if listens:
            found = re.search(r"http://[^ ]*:\d+", running.stdout.readline())
            assert found
            assert httpx.get(f"{found[0]}/healthz", timeout=60).status_code == 200
            running.send_signal(signal.SIGTERM)
        running.communicate(timeout=60)
    finally:
        running.kill()
    names = re.findall(r"^import time:.*\| +([\w.]+)$", told.read_text(), re.MULTILINE)
    assert "typer" in names
    return {name.split(".")[0] for name in names} & HEAVY


@pytest.mark.server
@pytest.mark.parametrize("token", ["", TOKEN])
def test_a_server_without_telegram_imports_nothing_of_it(tmp_path: Path, token: str) -> None:
    """Long polling is done by another process: the token alone is no reason."""
    assert imported(["serve", "--port", "0"], tmp_path, {"HEBAO_TELEGRAM_TOKEN": token}) == set()


@pytest.mark.server
def test_the_webhook_imports_aiogram_and_python_telegram_bot_is_not_imported_before_something_is_due(
    telegram: TelegramStandIn, tmp_path: Path
) -> None:
    known = {
        "HEBAO_TELEGRAM_TOKEN": TOKEN,
        "HEBAO_TELEGRAM_SECRET": SECRET,
        "HEBAO_TELEGRAM_API_BASE": telegram.url,
    }
    assert imported(["serve", "--port", "0"], tmp_path, known) == {"aiogram", "aiohttp"}
    assert imported(["telegram", "send"], tmp_path, known, listens=False) == set()
