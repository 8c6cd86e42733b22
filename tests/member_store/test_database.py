import sqlite3
import stat
import sys
import threading
import time

import pytest
from sqlalchemy import text

from member_store.database import Database
from member_store.encryption import generate_key
from member_store.errors import StoreError
from member_store.store import Store
from member_store.turns import Reduced


def test_sqlite_is_durable_enforces_foreign_keys_and_waits_for_locks(sqlite_path):
    database = Database(f"sqlite:///{sqlite_path}")
    for transaction in (database.reading, database.writing):
        with transaction() as connection:
            values = {
                name: connection.execute(text(f"PRAGMA {name}")).scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
        assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}
    database.close()


def test_a_new_sqlite_file_and_its_folder_are_private(sqlite_path, key):
    with Store.open(f"sqlite:///{sqlite_path}", key):
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in sqlite_path.parent.iterdir()}
    assert modes == {"members.db": 0o600, "members.db-wal": 0o600, "members.db-shm": 0o600}
    assert stat.S_IMODE(sqlite_path.parent.stat().st_mode) == 0o700


def test_a_writing_transaction_holds_the_lock_from_its_start_and_readers_go_on(sqlite_path):
    address = f"sqlite:///{sqlite_path}?timeout=0.1"
    database, other = Database(address), Database(address)
    with database.writing():
        with pytest.raises(StoreError, match="locked"), other.writing():
            pytest.fail("two writers at once")
        with other.reading() as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1
    with other.writing() as connection:
        connection.execute(text("CREATE TABLE later (id INTEGER)"))
    database.close()
    other.close()


def test_a_new_file_that_another_process_is_busy_with_is_waited_for(sqlite_path):
    sqlite_path.parent.mkdir()
    other = sqlite3.connect(sqlite_path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    release = threading.Timer(0.3, other.execute, ["ROLLBACK"])
    release.start()
    database = Database(f"sqlite:///{sqlite_path}?timeout=0.01")
    with database.reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    release.join()
    other.close()
    database.close()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "cannot be read"),
        ("members.db", "cannot be read"),
        ("postgresql://hebao:hunter2@host:port/db", "cannot be read"),
        ("mysql://hebao:hunter2@host/db", "no support for 'mysql'"),
        ("postgresql+asyncpg://hebao:hunter2@host/db", "no support for 'postgresql\\+asyncpg'"),
        ("sqlite+aiosqlite:///members.db", "no support"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///file:members.db?uri=true", "names no file"),
        ("sqlite:///mem\0bers.db", "names no file"),
        ("sqlite:////proc/hebao/members.db?mode=ro", "unknown option"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_its_password(address, said):
    with pytest.raises(StoreError, match=said) as refusal:
        Database(address)
    assert "HEBAO_DATABASE_URL" in refusal.value.where
    assert "hunter2" not in str(refusal.value)
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


def test_an_option_with_a_malformed_value_is_refused(tmp_path):
    with pytest.raises(StoreError, match=r"option .* is malformed"):
        Database(f"sqlite:///{tmp_path}/members.db?timeout=soon")


def test_an_option_that_postgresql_does_not_know_is_named():
    with pytest.raises(StoreError, match='invalid connection option "speed"'):
        Store.open("postgresql://127.0.0.1:1/db?speed=high", generate_key())


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"cannot be created.*file/members.db.*writable"):
        Database(f"sqlite:///{tmp_path}/file/members.db")


def test_a_folder_in_place_of_the_file_is_named(tmp_path):
    with pytest.raises(StoreError, match=f"unable to open.*{tmp_path}"):
        Store.open(f"sqlite:///{tmp_path}", generate_key())


def test_a_file_that_is_no_database_is_left_as_it_was(tmp_path):
    file = tmp_path / "members.db"
    file.write_text("a list of members, " * 100)
    with pytest.raises(StoreError, match="not a database"):
        Store.open(f"sqlite:///{file}", generate_key())
    assert file.read_text() == "a list of members, " * 100


def test_a_missing_postgresql_driver_is_named_with_the_extra_that_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"driver.*host.*hebao\[postgresql\]"):
        Database("postgresql://hebao:hunter2@host/db")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_server_that_does_not_answer_is_named_without_the_password(scheme):
    with pytest.raises(StoreError, match=r"PostgreSQL database db on 127\.0\.0\.1.*can be reached") as refusal:
        Store.open(f"{scheme}://hebao:hunter2@127.0.0.1:1/db", generate_key())
    assert "hunter2" not in str(refusal.value)


def test_a_database_that_fails_says_so_and_the_store_goes_on_afterwards(sqlite_path, key):
    def reduce(state, _records):
        return Reduced({}, [], {})

    with Store.open(f"sqlite:///{sqlite_path}?timeout=0.1", key) as store:
        blocker = sqlite3.connect(sqlite_path, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="database is locked"):
            store.turn("web", "zhang", "1", "secret words", reduce)
        blocker.execute("ROLLBACK")
        blocker.close()
        assert not store.turn("web", "zhang", "1", "secret words", reduce).repeated


def test_a_server_that_dropped_its_connections_costs_nobody_a_turn(postgresql_url, key):
    with Store.open(postgresql_url, key) as store, Store.open(postgresql_url, key) as other:
        store.turn("web", "zhang", "1", "hello", lambda state, _records=None: Reduced({}, [], {}))
        with other._database.writing() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid() "
                    "AND backend_type = 'client backend'"
                )
            )
        time.sleep(0.1)
        assert store.turn("web", "zhang", "2", "hello", lambda state, _records=None: Reduced({}, [], {})).turn == 2
