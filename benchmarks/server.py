"""`hebao serve` as a process of its own that can be watched: its log in a file, its memory read from the kernel."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.material import TODAY
from tests.servers import environment

HEBAO = str(Path(sys.executable).with_name("hebao"))


def settings(folder: Path, **given: str) -> dict[str, str]:
    """The environment of a program on a database in this folder; `given` are settings, by their name there."""
    fixed = {"HEBAO_DATABASE_URL": f"sqlite:///{folder}/hebao.db", "HEBAO_OFFER_DEMO": "true", "HEBAO_TODAY": TODAY}
    return environment(**{**fixed, **given})


def healthy(port: int) -> None:
    """Have the server say that it is well."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
        answer.read()


class Server:
    """The server on a database in `folder`; everything that it logs, over all its lives, stands in `log`.

    `first` asks it something, by its port, and returns when that is answered; `given` are settings.
    """

    def __init__(self, folder: Path, first: Callable[[int], object] = healthy, **given: str) -> None:
        self._folder = folder
        self._first = first
        self._given = given
        self.log = folder / "log"
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> float:
        """Start, on the same port as before; returns the seconds until a first request was answered."""
        begun = time.perf_counter()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [HEBAO, "serve", "--host", "127.0.0.1", "--port", str(self.port)],
                env=settings(self._folder, **self._given),
                cwd=self._folder,  # no .env of the checkout
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if found is None:
            raise RuntimeError(f"The server did not start; see {self.log}")
        self.port = int(found[1])
        self._first(self.port)
        return time.perf_counter() - begun

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop, in an orderly way unless told otherwise."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.communicate(timeout=60)
            self._process = None

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self._process is not None
        return self._process.pid

    def megabytes(self) -> float:
        """Its memory now (RSS)."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
