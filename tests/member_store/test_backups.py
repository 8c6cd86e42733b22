"""A copy is made while everybody goes on, holds one moment, and is put back without losing what was there."""

from __future__ import annotations

import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from member_store.backups import back_up, restore
from member_store.encryption import generate_key
from member_store.errors import StoreError
from member_store.store import Store
from member_store.turns import Reduced
from tests.member_store.members.filled import ACCOUNT, PERSONAL, fill


def count(state, _records=None) -> Reduced:
    return Reduced({"n": (state or {"n": 0})["n"] + 1}, [{"text": "…"}], {})


@pytest.fixture
def here(sqlite_path: Path) -> str:
    return f"sqlite:///{sqlite_path}"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "copies" / "monday.db"


@pytest.fixture
def made(here: str, key: str, copy: Path) -> Path:
    """A copy of a store with one of everything."""
    with Store.open(here, key) as store:
        fill(store)
    copy.parent.mkdir()
    back_up(here, copy)
    return copy


def test_a_copy_brings_everything_back_on_another_machine(made: Path, key: str, tmp_path: Path) -> None:
    elsewhere = f"sqlite:///{tmp_path}/elsewhere/hebao.db"
    found = restore(elsewhere, key, made)
    assert found.set_aside is None
    assert found.copy.people >= 2
    assert found.copy.conversations == 1
    with Store.open(elsewhere, key) as store:
        assert store.conversation("wechat", ACCOUNT) is not None
        assert store.history("wechat", ACCOUNT)


def test_it_tells_what_it_holds(here: str, key: str, copy: Path) -> None:
    copy.parent.mkdir()
    with Store.open(here, key) as store:
        first = back_up(here, copy.with_name("empty.db"))
        assert (first.people, first.conversations, first.last_turn_at) == (0, 0, None)
        turn = store.turn("web", "zhang", "1", "hello", count)
    found = back_up(here, copy)
    assert (found.people, found.conversations, found.last_turn_at) == (0, 1, turn.received_at)
    assert found.size == copy.stat().st_size


def test_it_is_one_private_file_in_which_nothing_personal_can_be_read(made: Path) -> None:
    assert [each.name for each in made.parent.iterdir()] == [made.name]
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    rollback_journal = b"\x01\x01"
    assert made.read_bytes()[18:20] == rollback_journal, "a write-ahead log would need files beside it to be read"
    inside = made.read_bytes()
    assert not [each for each in PERSONAL if each.encode() in inside]


def test_a_copy_made_while_people_talk_holds_one_moment_and_keeps_nobody_up(here: str, key: str, copy: Path) -> None:
    copy.parent.mkdir()
    stop = threading.Event()
    with Store.open(here, key) as store:
        turns = [0]

        def talk() -> None:
            while not stop.is_set():
                turns[0] = store.turn("web", "zhang", str(turns[0]), "and on", count).turn

        talking = threading.Thread(target=talk)
        talking.start()
        try:
            for number in range(5):
                before = turns[0]
                back_up(here, copy.with_name(f"{number}.db"))
                assert turns[0] >= before
        finally:
            stop.set()
            talking.join()
    assert turns[0] > 5
    last = 0
    for number in range(5):
        other = f"sqlite:///{copy.parent}/back-{number}/hebao.db"
        restore(other, key, copy.with_name(f"{number}.db"))
        with Store.open(other, key) as store:
            state, told = store.conversation("web", "zhang"), store.history("web", "zhang", 10_000)
            said = len(told)
            assert state is None or state["n"] == said
            assert said >= last
            last = said


def test_what_was_there_is_kept_under_another_name(made: Path, here: str, key: str) -> None:
    with Store.open(here, key) as store:
        store.turn("web", "later", "1", "after the copy", count)
    found = restore(here, key, made)
    assert found.set_aside is not None
    with Store.open(here, key) as store:
        assert store.conversation("web", "later") is None
    with Store.open(f"sqlite:///{found.set_aside}", key) as store:
        assert store.conversation("web", "later") == {"n": 1}


def test_a_database_that_is_in_use_is_left_alone(made: Path, here: str, key: str, sqlite_path: Path) -> None:
    with Store.open(here, key) as store:
        store.turn("web", "later", "1", "after the copy", count)
        with pytest.raises(StoreError, match=r"in use.*Stop hebao"):
            restore(here, key, made)
        assert store.turn("web", "later", "2", "and on", count).turn == 2
    assert [each.name for each in sqlite_path.parent.iterdir()] == [sqlite_path.name]


def test_a_damaged_database_goes_aside_as_it_is(made: Path, here: str, key: str, sqlite_path: Path) -> None:
    sqlite_path.write_bytes(b"no database at all " * 500)
    found = restore(here, key, made)
    assert found.set_aside is not None
    assert found.set_aside.read_bytes().startswith(b"no database")
    with Store.open(here, key) as store:
        assert store.history("wechat", ACCOUNT)


def test_the_wrong_keys_are_noticed_before_anything_is_moved(made: Path, here: str, key: str) -> None:
    with pytest.raises(StoreError, match="HEBAO_KEYS"):
        restore(here, generate_key(), made)
    with Store.open(here, key) as store:
        assert store.history("wechat", ACCOUNT)


def spoilt(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 4096)


def foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE note (text TEXT)")
    other.close()


def newer(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    other.close()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (spoilt, "damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:5000]), "damaged"),
        (lambda path: path.write_text("dear diary"), "damaged or no database"),
        (lambda path: path.write_bytes(b""), "no database of hebao"),
        (foreign, "no database of hebao"),
        (newer, "9999"),
        (Path.unlink, "no such file"),
    ],
)
def test_what_is_no_whole_copy_is_refused_and_nothing_is_moved(
    made: Path, here: str, key: str, sqlite_path: Path, spoil, said: str
) -> None:
    spoil(made)
    with pytest.raises(StoreError, match=said):
        restore(here, key, made)
    assert [each.name for each in sqlite_path.parent.iterdir()] == [sqlite_path.name]
    with Store.open(here, key) as store:
        assert store.history("wechat", ACCOUNT)


def test_an_older_copy_is_brought_up_to_date(made: Path, here: str, key: str, tmp_path: Path) -> None:
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine

    config = Config()
    config.set_main_option("script_location", "member_store:migrations")
    engine = create_engine(f"sqlite:///{made}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0007")
    engine.dispose()
    restore(here, key, made)
    with Store.open(here, key) as store:
        assert store.history("wechat", ACCOUNT)


def test_nothing_is_written_over_or_left_behind(made: Path, here: str, tmp_path: Path) -> None:
    before = made.read_bytes()
    with pytest.raises(StoreError, match="such a file already"):
        back_up(here, made)
    assert made.read_bytes() == before
    with pytest.raises(StoreError, match="cannot be written"):
        back_up(here, tmp_path / "nowhere" / "copy.db")
    spoilt(Path(here.removeprefix("sqlite:///")))
    with pytest.raises(StoreError, match="damaged"):
        back_up(here, made.with_name("tuesday.db"))
    Path(here.removeprefix("sqlite:///")).write_text("dear diary " * 1000)
    with pytest.raises(StoreError, match="no database"):
        back_up(here, made.with_name("tuesday.db"))
    assert [each.name for each in made.parent.iterdir()] == [made.name]


def test_where_there_is_no_file_it_says_what_to_do(tmp_path: Path, key: str) -> None:
    with pytest.raises(StoreError, match="no database to copy"):
        back_up(f"sqlite:///{tmp_path}/none.db", tmp_path / "copy.db")
    with pytest.raises(StoreError, match="pg_dump"):
        back_up("postgresql://localhost/hebao", tmp_path / "copy.db")
    with pytest.raises(StoreError, match="pg_restore"):
        restore("postgresql://localhost/hebao", key, tmp_path / "copy.db")
