"""Copies of an SQLite database that are made while it is in use, and a database out of such a copy."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from member_store.database import sqlite_file
from member_store.errors import StoreError
from member_store.store import Store

_BESIDE = ("", "-wal", "-shm", "-journal")
"""What SQLite keeps beside a database's file; all of it goes where the file goes."""

_IN_USE_SECONDS = 2.0


@dataclass(frozen=True)
class Copy:
    """What a copy holds: how many people and conversations, and when somebody last said something (UTC; None: never).

    `size` is in bytes.
    """

    people: int
    conversations: int
    last_turn_at: datetime | None
    size: int


@dataclass(frozen=True)
class Restored:
    """A database that was put in place. `set_aside` is where the one is now that was there before, None for none."""

    copy: Copy
    set_aside: Path | None


def back_up(url: str, target: Path) -> Copy:
    """Copy the database at `url` into a new file, as it is at one moment, while others go on reading and writing.

    The file is whole and on disk when this returns, or it is not there. It needs the same keys, which are not in it.
    Raises StoreError for PostgreSQL, for a database that there is not or that is damaged, and for a target that is
    there already or cannot be written.
    """
    source = sqlite_file(url)
    if not source.is_file():
        raise StoreError("There is no database to copy", f"SQLite file {source}", "Start hebao once, which makes it.")
    if target.exists():
        raise StoreError("There is such a file already", str(target), "Name another one; nothing is written over.")
    with _draft_of(target) as draft:
        # Not as one that only reads: being the last to leave, it would leave the write-ahead log lying about.
        _copy(source, draft, "rw")
        found = _looked_at(draft)
        _put(draft, target)
    return found


def restore(url: str, keys: str, source: Path) -> Restored:
    """Put a copy where the database at `url` is expected, its schema up to date.

    What is there now is not written over: it gets a name of its own beside it. Raises StoreError, and changes nothing,
    for PostgreSQL, for a file that is no such copy or is damaged, for keys that do not fit it, for a copy by a newer
    program, and while the present database is in use.
    """
    target = sqlite_file(url)
    if not source.is_file():
        raise StoreError("There is no such file", str(source), "Give a file that  hebao backup  has written.")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _not_written(target, error) from error
    with _draft_of(target) as draft:
        _looked_at(source)
        _copy(source, draft, "ro")
        # Opening it brings its schema up to date, and shows whether the keys fit.
        Store.open(f"sqlite:///{draft}", keys).close()
        found = _looked_at(draft)
        aside = _set_aside(target)
        _put(draft, target)
    return Restored(found, aside)


def _copy(source: Path, draft: Path, mode: str) -> None:
    try:
        with _opened(source, mode) as opened, closing(sqlite3.connect(draft)) as copied:
            opened.backup(copied)
            copied.execute("PRAGMA journal_mode=DELETE")  # one file, and nothing beside it
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"It cannot be copied: {error}", str(source), "See that it can be read and that there is room left."
        ) from error
    except sqlite3.DatabaseError as error:
        raise _damaged(source, error) from error


def _looked_at(path: Path) -> Copy:
    """What is in a copy. Raises StoreError for one that is damaged, or none of ours."""
    try:
        with _opened(path, "ro") as opened:
            (state,) = opened.execute("PRAGMA integrity_check(1)").fetchone()
            if state != "ok":
                raise sqlite3.DatabaseError(state)
            tables = {name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not {"alembic_version", "conversation"} <= tables:
                raise StoreError("This is no database of hebao", str(path), "Give the file that  hebao backup  wrote.")
            conversations, last = opened.execute("SELECT count(*), max(updated_at) FROM conversation").fetchone()
            people = opened.execute("SELECT count(*) FROM person").fetchone()[0] if "person" in tables else 0
    except sqlite3.DatabaseError as error:
        raise _damaged(path, error) from error
    at = datetime.fromisoformat(last).replace(tzinfo=UTC) if last else None
    return Copy(people, conversations, at, path.stat().st_size)


def _set_aside(path: Path) -> Path | None:
    """Give the present database another name. Raises StoreError while somebody uses it."""
    if not path.exists():
        return None
    # A damaged one cannot be asked whether it is in use, and goes aside as it is.
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path, timeout=_IN_USE_SECONDS)) as opened:
        try:
            opened.execute("PRAGMA journal_mode=DELETE")  # which SQLite does only for its last user
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise StoreError(
                    "The database is in use", f"SQLite file {path}", "Stop hebao, and whatever else uses it, first."
                ) from error
            raise
    aside = path.with_name(f"{path.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    for beside in _BESIDE:
        if (part := path.with_name(path.name + beside)).exists():
            part.rename(aside.with_name(aside.name + beside))
    return aside


@contextmanager
def _draft_of(target: Path) -> Iterator[Path]:
    """A private file beside the target, gone at the end. Raises StoreError where none can be written."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        yield draft
    except OSError as error:
        raise _not_written(target, error) from error
    finally:
        for beside in _BESIDE:
            draft.with_name(draft.name + beside).unlink(missing_ok=True)


def _put(draft: Path, target: Path) -> None:
    """Let a finished file appear under its name, on disk, and never in place of another."""
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    os.link(draft, target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _opened(path: Path, mode: str) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode={mode}", uri=True))


def _damaged(path: Path, error: sqlite3.Error) -> StoreError:
    return StoreError(f"The file is damaged or no database: {error}", str(path), "Take an older copy; it is of no use.")


def _not_written(target: Path, error: OSError) -> StoreError:
    return StoreError(
        f"The file cannot be written: {error.strerror}",
        str(target),
        "Name a file in a folder that exists, with room left, where the user that runs hebao may write.",
    )
