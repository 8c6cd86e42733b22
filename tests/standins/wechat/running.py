"""The stand-in in a thread of the test's own process, on a free port."""

from __future__ import annotations

import socket
import threading
import time
from types import TracebackType
from typing import Self

import uvicorn

from tests.standins.wechat.app import create_app
from tests.standins.wechat.platform import APP_ID, APP_SECRET, Platform, Rules


class RunningWeChat(Platform):
    """A platform that listens: `with RunningWeChat() as wechat: ... wechat.url`."""

    def __init__(self, rules: Rules | None = None, app_id: str = APP_ID, secret: str = APP_SECRET) -> None:
        super().__init__(rules, app_id, secret)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        config = uvicorn.Config(create_app(self), log_config=None, access_log=False, lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started:
            assert time.monotonic() < deadline, "The stand-in did not start"
            time.sleep(0.01)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(10)
        self._listener.close()
