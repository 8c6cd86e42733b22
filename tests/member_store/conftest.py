"""One suite, two databases: every test that asks for `url` runs on SQLite and on PostgreSQL."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from member_store.encryption import generate_key
from member_store.store import Store


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "members.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('sqlite_path')}"
    return request.getfixturevalue("postgresql_url")


@pytest.fixture
def key() -> str:
    return generate_key()


@pytest.fixture
def store(url: str, key: str) -> Iterator[Store]:
    with Store.open(url, key) as opened:
        yield opened


class Worker:
    """Another process with the same store: it says `ready`, then obeys line by line."""

    def __init__(self, role: str, url: str, key: str, *arguments: str) -> None:
        script = Path(__file__).with_name("worker.py")
        environment = {**os.environ, "HEBAO_KEYS": key, "PYTHONPATH": str(Path(__file__).parents[2])}
        self.process = subprocess.Popen(
            [sys.executable, str(script), role, url, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def hear(self) -> str:
        return self.process.stdout.readline().strip()

    def tell(self, line: str) -> None:
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture
def start_worker(url: str, key: str) -> Iterator:
    started: list[Worker] = []

    def start(role: str, *arguments: str) -> Worker:
        started.append(Worker(role, url, key, *arguments))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()
