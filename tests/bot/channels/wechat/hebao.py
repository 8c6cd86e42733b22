"""The program in this process, set up as the server of a WeChat account, and people who write to it over real HTTP."""

from __future__ import annotations

import itertools
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import httpx
import uvicorn

from bot.app import create_app
from bot.opening import open_service
from bot.service import Service
from bot.settings import Settings, read_settings
from member_store.members import deliveries
from member_store.turns import PastTurn
from tests.standins.wechat import RunningWeChat
from tests.standins.wechat.phone import Account, Bubble, Mode, Phone, Push

CHANNEL = "wechat"
TOKEN = "aTokenOfOurOwn"
AES_KEY = 42 * "K" + "A"

_people = itertools.count(1)


def account_of(wechat: RunningWeChat, mode: Mode = "safe") -> Account:
    """The account at the stand-in, as WeChat's console knows it."""
    return Account(token=TOKEN, app_id=wechat.app_id, aes_key=AES_KEY, mode=mode)


def settings_with(wechat: RunningWeChat, folder: Path, **given: object) -> Settings:
    return read_settings(
        _env_file=None,
        **{
            "database_url": f"sqlite:///{folder}/hebao.db",
            "offer_demo": True,
            "wechat_token": TOKEN,
            "wechat_aes_key": AES_KEY,
            "wechat_app_id": wechat.app_id,
            "wechat_app_secret": wechat.secret,
            "wechat_api_base": wechat.url,
            "wechat_login_base": wechat.url,
            **given,
        },
    )


class Hebao:
    """The application in a web server in a thread."""

    def __init__(self, settings: Settings) -> None:
        self.service: Service = open_service(settings)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        config = uvicorn.Config(create_app(self.service, settings), log_config=None, access_log=False)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]}, daemon=True)
        self.client = httpx.Client(base_url=self.url, timeout=30, trust_env=False)

    def post(self, push: Push) -> httpx.Response:
        """Deliver a message as WeChat does."""
        return self.client.post("/wechat", params=push.query, content=push.body, headers={"Content-Type": "text/xml"})

    def turns(self, openid: str, most: int = 100) -> list[PastTurn]:
        """What was said and answered, as it is kept."""
        return self.service.store.history(CHANNEL, openid, most)

    def waiting(self, openid: str) -> list[tuple[str, Any]]:
        """What the ledger has still to be sent to somebody: the kind of each, and what it says."""
        with self.service.store.reading_records() as records:
            return [(each.kind, each.payload["body"]) for each in deliveries.waiting(records, CHANNEL, openid)]

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            threading.Event().wait(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self._server.should_exit = True
        self._thread.join(20)
        self._listener.close()


class Resident(Phone):
    """Somebody who follows the account, and whose messages reach our server."""

    def __init__(self, hebao: Hebao, account: Account, openid: str | None = None) -> None:
        super().__init__(account, openid or f"oResident-{next(_people):017}x")
        self.hebao = hebao

    def hears(self, push: Push) -> Bubble | None:
        """What the phone shows in answer to a message; a `Banner` is raised where WeChat could not use the answer."""
        response = self.hebao.post(push)
        assert response.status_code == 200, response.status_code
        return self.sees(response.content)

    def says(self, text: str) -> Bubble:
        """The answer to something typed."""
        return self.told(self.types(text))

    def told(self, push: Push) -> Bubble:
        """The answer to a message that has one."""
        shown = self.hears(push)
        assert shown is not None, "nothing is answered"
        return shown

    @property
    def state(self) -> dict[str, Any]:
        """How the conversation stands."""
        found: dict[str, Any] = self.hebao.turns(self.openid)[-1].outcome
        return found

    @property
    def facts(self) -> dict[str, Any]:
        found: dict[str, Any] = self.state["state"]["facts"]
        return found

    @property
    def turns(self) -> int:
        """How many turns were taken."""
        return len(self.hebao.turns(self.openid))


def at_once(hebao: Hebao, pushes: list[Push]) -> list[httpx.Response]:
    """Deliver messages at the same moment, over connections of their own."""
    ready = threading.Barrier(len(pushes))

    def deliver(push: Push) -> httpx.Response:
        ready.wait()
        return httpx.post(f"{hebao.url}/wechat", params=push.query, content=push.body, timeout=30, trust_env=False)

    with ThreadPoolExecutor(len(pushes)) as pool:
        return list(pool.map(deliver, pushes))
