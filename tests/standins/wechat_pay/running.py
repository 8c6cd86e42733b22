"""The stand-in in a thread of the test's own process, on a free port."""

from __future__ import annotations

import socket
import threading
from typing import Self

import uvicorn

from tests.standins.wechat_pay.app import create_app
from tests.standins.wechat_pay.platform import PayPlatform


class RunningPay(PayPlatform):
    """A platform that listens: `with RunningPay() as pay: ... pay.url`."""

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        config = uvicorn.Config(create_app(self), log_config=None, access_log=False, lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            threading.Event().wait(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(10)
        self._listener.close()
