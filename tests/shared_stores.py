"""One store for all tests of a file, on each database, where a test asks for people of its own only."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from member_store.encryption import generate_key
from member_store.store import Store


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('members')}/members.db"
    else:
        url = request.getfixturevalue("postgresql_database")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
    with Store.open(url, generate_key()) as opened:
        yield opened
