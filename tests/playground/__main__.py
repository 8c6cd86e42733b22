"""`python -m tests.playground`: stand-ins of WeChat and Telegram, and `hebao serve` set up against both.

Its office takes whatever is handed in. Enrol, say 提醒我缴费, and within two minutes the reminder comes. Ctrl-C ends
all of it. Nothing leaves this machine, and the store is thrown away at the end.
"""

from __future__ import annotations

import argparse
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from tests.playground.office import TODAY, office
from tests.servers import HEBAO, environment
from tests.standins.wechat.app import create_app
from tests.standins.wechat.phone import Account
from tests.standins.wechat.platform import APP_ID, APP_SECRET, Platform
from tests.standins.wechat.play import play_routes

TEMPLATE = "pY7cUq2m0hBq3aW1kT9vXs8rLd4eNf6gZjRi5oAuMwE"
NOTICES = f"""\
answer_waiting:
  template: {TEMPLATE}
  fields:
    thing1: '{{what}}'
    thing2: '{{next}}'
    time3: '{{time}}'
"""
SECRET = "a-secret_of-the-webhook"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.playground", description=__doc__)
    parser.add_argument("--port", type=int, default=9001, help="WeChat's; Telegram and the program have the next")
    port = parser.parse_args().port
    _check_free(port, port + 1, port + 2)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # ends like Ctrl-C: nothing is left running
    wechat, server = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 2}"
    account = Account(token="aTokenOfOurOwn", app_id=APP_ID, aes_key=42 * "K" + "A", mode="safe")
    platform = Platform(app_id=APP_ID, secret=APP_SECRET)
    phone = play_routes(platform, account, f"{server}/wechat", TEMPLATE)
    app = Starlette(routes=[*phone, Mount("/", create_app(platform))])
    with ExitStack() as running, tempfile.TemporaryDirectory() as folder:
        running.enter_context(_listening(app, port))
        notices = Path(folder) / "notices.yaml"
        notices.write_text(NOTICES, "utf-8")
        settings = {
            "HEBAO_PORT": str(port + 2),
            "HEBAO_DATABASE_URL": f"sqlite:///{folder}/hebao.db",
            "HEBAO_OFFER_DEMO": "true",
            "HEBAO_PUBLIC_URL": server,
            "HEBAO_WECHAT_TOKEN": account.token,
            "HEBAO_WECHAT_APP_ID": account.app_id,
            "HEBAO_WECHAT_APP_SECRET": APP_SECRET,
            "HEBAO_WECHAT_AES_KEY": account.aes_key,
            "HEBAO_WECHAT_API_BASE": wechat,
            "HEBAO_WECHAT_LOGIN_BASE": wechat,
            "HEBAO_WECHAT_NOTICES": str(notices),
            "HEBAO_WECHAT_HUMANS": "true",
            "HEBAO_TODAY": TODAY,
            "HEBAO_REMINDERS_FROM": "0",
            "HEBAO_REMINDERS_UNTIL": "24",
            **running.enter_context(_telegram(port + 1, server)),
        }
        program = running.enter_context(_program(settings))
        running.enter_context(office(settings))
        push = [*HEBAO, "wechat", "menu", "push"]
        subprocess.run(push, env=environment(**settings), stdout=subprocess.DEVNULL, check=True, timeout=60)
        print(f"WeChat:   {wechat}/phone")
        if "HEBAO_TELEGRAM_TOKEN" in settings:
            print(f"Telegram: http://127.0.0.1:{port + 1}/phone")
        print(
            f"Web page: {server}\nEnrol, say 提醒我缴费: the reminder comes within two minutes.\nCtrl-C ends all of it."
        )
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            program.wait()


def _check_free(*ports: int) -> None:
    for port in ports:
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                raise SystemExit(f"Port {port} is in use. Name another: make playground PORT=9101") from None


@contextmanager
def _listening(app: Starlette, port: int) -> Iterator[None]:
    """The stand-in of WeChat, in a thread."""
    standin = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=standin.run, daemon=True)
    thread.start()
    while not standin.started:
        time.sleep(0.05)
    yield
    standin.should_exit = standin.force_exit = True
    thread.join(10)


@contextmanager
def _telegram(port: int, server: str) -> Iterator[dict[str, str]]:
    """Telegram's stand-in, and the settings that lead to it; nothing without the extra `telegram`."""
    if find_spec("aiogram") is None:
        yield {}
        return
    from tests.standins.telegram import TOKEN, TelegramStandIn

    with TelegramStandIn(port) as telegram:
        telegram.world.webhook.url, telegram.world.webhook.secret = f"{server}/telegram", SECRET
        yield {
            "HEBAO_TELEGRAM_TOKEN": TOKEN,
            "HEBAO_TELEGRAM_SECRET": SECRET,
            "HEBAO_TELEGRAM_API_BASE": telegram.url,
        }


@contextmanager
def _program(settings: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """`hebao serve`, once it listens. Its log goes where ours goes."""
    process = subprocess.Popen(
        [*HEBAO, "serve"], env=environment(**settings), stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert process.stdout is not None
        if not process.stdout.readline():
            raise SystemExit("The program did not start; what it said stands above.")
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=30)


if __name__ == "__main__":
    main()
