"""A statement that goes straight to the driver says and brings back what SQLAlchemy's own way does."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import bindparam, select

from member_store.database import Database
from member_store.errors import StoreError
from member_store.schema import upgrade
from member_store.statements import Statement
from member_store.tables import conversations as tables

_C = tables.conversations.c
NEW = Statement(
    tables.conversations.insert().returning(_C.id),
    ("contact", "channel", "state", "turn", "created_at", "updated_at", "waiting"),
)
FIND = select(_C.contact, _C.turn, _C.updated_at, _C.waiting, _C.window_at).where(_C.contact == bindparam("contact"))
LOCAL = datetime(2026, 11, 29, 8, 30, 1, 250, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture
def database(url):
    opened = Database(url)
    upgrade(opened)
    yield opened
    opened.close()


def row(contact: str, **changes):
    return {
        "contact": contact, "channel": "web", "state": "s", "turn": 1,
        "created_at": LOCAL, "updated_at": LOCAL, "waiting": True, **changes,
    }  # fmt: skip


def test_what_is_written_and_read_is_what_sqlalchemy_writes_and_reads(database):
    with database.writing() as connection:
        connection.execute(tables.conversations.insert(), row("theirs"))
        assert NEW.first(connection, row("ours")) == (2,)
    with database.reading() as connection:
        for contact in ("theirs", "ours"):
            found = {"contact": contact}
            wanted = (contact, 1, LOCAL.astimezone(UTC), True, None)
            assert Statement(FIND).first(connection, found) == wanted
            assert tuple(connection.execute(FIND, found).one()) == wanted
        assert Statement(FIND).first(connection, {"contact": "nobody"}) is None


def test_several_rows_are_written_at_once_and_all_found_ones_come_back(database):
    add = Statement(tables.conversations.insert(), tuple(row("a")))
    everyone = Statement(select(_C.contact).where(_C.turn >= bindparam("least")).order_by(_C.contact))
    with database.writing() as connection:
        add.run_all(connection, [row("b"), row("a", turn=2), row("c", turn=3)])
        assert everyone.all(connection, {"least": 2}) == [("a",), ("c",)]


def test_only_the_columns_that_are_named_change(database):
    change = Statement(tables.conversations.update().where(_C.contact == bindparam("whose")), ("turn", "waiting"))
    with database.writing() as connection:
        NEW.first(connection, row("a"))
        NEW.first(connection, row("b"))
        change.run(connection, {"whose": "a", "turn": 7, "waiting": False})
        assert Statement(FIND).first(connection, {"contact": "a"})[1:4] == (7, LOCAL.astimezone(UTC), False)
        assert Statement(FIND).first(connection, {"contact": "b"})[1] == 1


def test_what_the_driver_refuses_is_an_error_of_the_store_and_nothing_is_kept(database):
    def twice():
        with database.writing() as connection:
            NEW.first(connection, row("a"))
            NEW.first(connection, row("a"))

    with pytest.raises(StoreError, match=r"(?i)unique"):
        twice()
    with database.reading() as connection:
        assert Statement(FIND).first(connection, {"contact": "a"}) is None


def test_a_statement_with_values_of_its_own_is_refused_before_it_can_lose_them(database):
    with database.reading() as connection, pytest.raises(ValueError, match="values of its own"):
        Statement(select(_C.id).where(_C.turn == 1)).first(connection, {})
