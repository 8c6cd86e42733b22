"""A database by its URL: durable SQLite in a private file, or PostgreSQL; transactions that read and that write."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from member_store.errors import StoreError, UndoneError

_SETTING = "HEBAO_DATABASE_URL"
_WELL_FORMED = "sqlite:///folder/file.db or postgresql://user:password@host/database"
_SQLITE_BUSY_SECONDS = 30.0
_POSTGRESQL_CONNECT_SECONDS = 10
_ROOMY_KIB = 128 * 1024


@dataclass
class _Shared:
    """A transaction in which a thread does several things; `spoilt` once one of them has failed."""

    connection: Connection
    where: str
    spoilt: bool = False

    @contextmanager
    def part(self) -> Iterator[Connection]:
        """One of these things."""
        self.check()
        try:
            yield self.connection
        except BaseException:
            self.spoilt = True
            raise

    def check(self) -> None:
        """Raises UndoneError once one of them has failed."""
        if self.spoilt:
            raise UndoneError(
                "One of several transactions that share one has failed, and so none is kept",
                self.where,
                "Do each again by itself.",
            )


class Database:
    """An open database. Safe to share between threads, and the file or server with other processes."""

    def __init__(self, url: str) -> None:
        """Prepare the database at `url` (SQLite file or PostgreSQL); a missing file and its folder are created.

        Raises StoreError for a URL that cannot be used, a missing driver and a folder that cannot be written. Whether
        a server answers shows in the first transaction.
        """
        address = _address(url)
        self.where = _where(address)
        self._is_sqlite = address.get_backend_name() == "sqlite"
        options: dict[str, Any]
        if self._is_sqlite:
            _create_private_file(Path(address.database or ""), self.where)
            options = {"connect_args": {} if "timeout" in address.query else {"timeout": _SQLITE_BUSY_SECONDS}}
        else:
            limits = {} if "connect_timeout" in address.query else {"connect_timeout": _POSTGRESQL_CONNECT_SECONDS}
            # pre_ping: a server that was restarted must cost nobody a turn.
            options = {"connect_args": limits, "pool_pre_ping": True, "isolation_level": "READ COMMITTED"}
        try:
            engine = create_engine(address, hide_parameters=True, **options)
        except ImportError:
            raise StoreError(
                "The driver for PostgreSQL is not installed", self.where, "Install hebao[postgresql] (psycopg 3)."
            ) from None
        except ValueError:
            raise StoreError("An option in the database URL is malformed", _SETTING, "Correct its value.") from None
        if self._is_sqlite:
            event.listen(engine, "connect", self._configure_sqlite)
        self._engine = engine
        self._failures = (SQLAlchemyError, engine.dialect.loaded_dbapi.Error)
        self._shared = threading.local()
        self._one_writer: AbstractContextManager[Any] = threading.Lock() if self._is_sqlite else nullcontext()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, and on SQLite waits for no writer. Raises StoreError if the database fails."""
        if (shared := self._present()) is not None:
            with shared.part() as connection:
                yield connection
            return
        with self._transaction("BEGIN DEFERRED") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: committed and on disk at the end, rolled back if an exception leaves it.

        On SQLite it has the database to itself from its start. Must not be nested. Raises StoreError if the database
        fails.
        """
        if (shared := self._present()) is not None:
            with shared.part() as connection:
                yield connection
            return
        with self._one_writer, self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """One transaction for all that this thread reads and writes inside; on disk at the end, or none of it.

        None of it also if one of them failed, whoever caught that. Must not be nested. Raises StoreError if the
        database fails; UndoneError for such a failure, and for whatever is begun after it.
        """
        with self._one_writer, self._transaction("BEGIN IMMEDIATE") as connection:
            shared = self._shared.transaction = _Shared(connection, self.where)
            try:
                yield
            finally:
                self._shared.transaction = None
            shared.check()

    def _present(self) -> _Shared | None:
        found: _Shared | None = getattr(self._shared, "transaction", None)
        return found

    def alone(self, connection: Connection, name: str) -> None:
        """Hold everyone else who asks for the same `name` until this writing transaction ends."""
        if not self._is_sqlite:
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))

    def roomy(self, connection: Connection) -> None:
        """Let this transaction of many rows have more memory; PostgreSQL need not compile each of its statements."""
        if self._is_sqlite:
            connection.exec_driver_sql(f"PRAGMA cache_size=-{_ROOMY_KIB}")
        else:
            connection.exec_driver_sql("SET LOCAL jit = off")
            connection.exec_driver_sql(f"SET LOCAL work_mem = {_ROOMY_KIB}")

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, sqlite_begin: str) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                if self._is_sqlite:
                    # sqlite3 would begin late, then upgrade its lock and so fail where it could have waited. SQLAlchemy
                    # has an event for this, but listening to it costs every statement of every turn.
                    connection.exec_driver_sql(sqlite_begin)
                yield connection
        except self._failures as error:
            reason = str(error.orig if isinstance(error, DBAPIError) else error).partition("\n")[0]
            raise StoreError(
                f"The database failed: {reason}",
                self.where,
                "See that it is running, can be reached and written, has room left and is Hébāo's own, then send the "
                "message again: what was saved is not done twice.",
            ) from error

    def _configure_sqlite(self, connection: sqlite3.Connection, _record: object) -> None:
        try:
            connection.isolation_level = None  # no BEGIN but ours
            mode = _switch_to_wal(connection)
            if mode != "wal":
                raise StoreError(
                    f"SQLite cannot keep a write-ahead log here, only {mode!r}",
                    self.where,
                    "Put the file on a local disk, not a network folder, or use PostgreSQL.",
                )
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA foreign_keys=ON")
        except BaseException:
            # The pool forgets a connection that fails here, and would leave the file open.
            connection.close()
            raise


def _switch_to_wal(connection: sqlite3.Connection) -> str:
    # While another process switches the same new file, SQLite says "locked" at once, whatever the busy timeout.
    deadline = time.monotonic() + _SQLITE_BUSY_SECONDS
    while True:
        try:
            return str(connection.execute("PRAGMA journal_mode=WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def sqlite_file(url: str) -> Path:
    """The file of a database in SQLite. Raises StoreError for a URL that cannot be read, and for PostgreSQL."""
    address = _address(url)
    if address.get_backend_name() != "sqlite":
        raise StoreError(
            "The database is no file here", _where(address), "Use PostgreSQL's own tools for it: pg_dump, pg_restore."
        )
    return Path(address.database or "").absolute()


def _address(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # Neither the text nor the cause is shown: a password may stand in it.
        raise StoreError("The database URL cannot be read", _SETTING, f"Write it as {_WELL_FORMED}.") from None
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise StoreError(f"There is no support for {url.drivername!r}", _SETTING, f"Use {_WELL_FORMED}.")
    if not url.database or url.database == ":memory:" or url.database.startswith("file:") or "\0" in url.database:
        raise StoreError("The database URL names no file", _SETTING, "Write it as sqlite:///folder/file.db.")
    if not set(url.query) <= {"timeout"}:
        raise StoreError("The database URL has an unknown option", _SETTING, "SQLite takes ?timeout=seconds only.")
    return url


def _where(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return f"SQLite file {Path(url.database or '').absolute()}"
    return f"PostgreSQL database {url.database or '(default)'} on {url.host or url.query.get('host', 'this machine')}"


def _create_private_file(path: Path, where: str) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Never an existing file: closing one that another connection uses would drop that connection's locks.
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(
            f"The database file cannot be created: {error.strerror}",
            where,
            f"Make its folder writable for the user that runs hebao, or name another in {_SETTING}.",
        ) from error
