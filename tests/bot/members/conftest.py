"""A store that the tests of one file share, on each database; people with real-looking numbers that are nobody's."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import psycopg
import pytest

from dialogs.understanding.resident_number import check_character
from member_store.encryption import generate_key
from member_store.members import people
from member_store.members.records import Records
from member_store.store import Store
from member_store.tables.people import Person

_orders = itertools.count(1)


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


def new_number(born: str = "19400101") -> str:
    """An identity number that no other test has."""
    order = next(_orders)
    body = f"3304{2 + order // 999:02d}{born}{order % 999:03d}"
    return body + check_character(body)


def add_person(records: Records, number: str | None = None, name: str = "张秀英", county: str = "demo") -> Person:
    """Somebody in the demonstration county, whose figures are all set."""
    personal = people.Personal(name, "resident_identity_card", number or new_number())
    return people.add(records, personal, county)
