"""Real server processes for tests: started on a free port, killed without warning."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

HEBAO = [sys.executable, "-m", "bot.cli"]


def environment(**settings: str) -> dict[str, str]:
    """The test's own surroundings: nothing of the machine's settings, no .env file in the way."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HEBAO_")}
    # As it is installed: compiled once, and not at every start.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**kept, "PYTHONUNBUFFERED": "1", **settings}


class Server:
    """`hebao serve` in a process of its own."""

    def __init__(self, settings: Mapping[str, str], port: int = 0) -> None:
        self._settings = {"HEBAO_OFFER_DEMO": "true", **settings}
        self.port = port
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> float:
        """Start, on the same port as before if there was one; returns the seconds until it listens."""
        begun = time.monotonic()
        self._process = subprocess.Popen(
            [*HEBAO, "serve", "--port", str(self.port)],
            env=environment(**self._settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found = re.search(r"http://[^ ]*:(\d+)", line)
        assert found, f"The server did not start: {line} {self._process.stderr.read() if self._process.stderr else ''}"
        self.port = int(found[1])
        return time.monotonic() - begun

    def unheard(self) -> None:
        """Let nobody hear what it logs from now on: a server whose log nobody reads stands still once that is full."""
        process = self._process
        assert process is not None
        assert process.stderr is not None
        threading.Thread(target=process.stderr.read, daemon=True).start()

    def kill(self) -> None:
        """kill -9: no warning, no clean-up."""
        self._end(signal.SIGKILL)

    def stop(self) -> str:
        """Stop in an orderly way; returns what it wrote to stderr."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> str:
        if self._process is None:
            return ""
        self._process.send_signal(how)
        _, errors = self._process.communicate(timeout=30)
        self._process = None
        return errors

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self.kill()
