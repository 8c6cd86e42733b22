"""Changing the encryption keys of a database in use.

Nobody waits for it longer than for a page of rows to be written, and it never waits while it holds rows itself, so it
can be in no deadlock with those who change several rows in an order of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, bindparam, select, update

from member_store.database import Database
from member_store.encryption import Cipher
from member_store.tables import TABLES
from member_store.tables.columns import is_encrypted
from member_store.tables.conversations import Secret

_PAGE = 500


@dataclass(frozen=True)
class _Encrypted:
    """A table with encrypted columns."""

    table: Table
    key: str
    columns: tuple[str, ...]

    @property
    def rows(self) -> Select[Any]:
        return select(self.table.c[self.key], *(self.table.c[each] for each in self.columns))

    def renewed(self, cipher: Cipher, row: RowMapping) -> dict[str, Any] | None:
        """The encrypted columns of a row under the newest key, None if they are already."""
        where = f"{self.table.name} {row[self.key]}"
        before = {each: row[each] for each in self.columns}
        after = {each: None if token is None else cipher.renew(token, where) for each, token in before.items()}
        return None if after == before else after

    def write(self, connection: Connection, renewed: dict[Any, dict[str, Any]]) -> None:
        change = update(self.table).where(self.table.c[self.key] == bindparam("changed"))
        if renewed:
            connection.execute(change, [{"changed": key, **columns} for key, columns in renewed.items()])


def encrypted_columns() -> Iterator[tuple[str, str]]:
    """Every column that rotation renews, as table and column."""
    return ((each.table.name, column) for each in _ENCRYPTED for column in each.columns)


def rotate(database: Database, cipher: Cipher) -> int:
    """Put every encrypted column under the newest key, page by page; returns the rows changed.

    Rows under the newest key are left alone, so it can be run again after an interruption. Raises StoreError for a row
    that no key fits.
    """
    return sum(_rotate_table(database, cipher, each) for each in _ENCRYPTED)


def _rotate_table(database: Database, cipher: Cipher, table: _Encrypted) -> int:
    key = table.table.c[table.key]
    page = table.rows.order_by(key).limit(_PAGE)
    changed, busy = 0, []
    last: Any = None
    while True:
        with database.reading() as connection:
            rows = connection.execute(page if last is None else page.where(key > last)).mappings().all()
        if not rows:
            break
        last = rows[-1][table.key]
        # Encrypting is most of the work, and done while everybody else can write.
        found = ((row, table.renewed(cipher, row)) for row in rows)
        old = {row[table.key]: (row, renewed) for row, renewed in found if renewed is not None}
        if old:
            written = _write_unchanged(database, table, old)
            changed += len(written)
            busy += [each for each in old if each not in written]
    return changed + sum(_rotate_row(database, cipher, table, each) for each in busy)


def _write_unchanged(
    database: Database, table: _Encrypted, old: dict[Any, tuple[RowMapping, dict[str, Any]]]
) -> dict[Any, dict[str, Any]]:
    """Write those rows that nobody has changed since they were read, or is changing now. Returns them."""
    key = table.table.c[table.key]
    with database.writing() as connection:
        wanted = table.rows.where(key.in_(list(old))).with_for_update(skip_locked=True)
        free = connection.execute(wanted).mappings().all()
        unchanged = {row[table.key]: old[row[table.key]][1] for row in free if row == old[row[table.key]][0]}
        table.write(connection, unchanged)
    return unchanged


def _rotate_row(database: Database, cipher: Cipher, table: _Encrypted, which: Any) -> int:
    """One row that was busy: waited for, but with no other in hand."""
    with database.writing() as connection:
        wanted = table.rows.where(table.table.c[table.key] == which).with_for_update()
        row = connection.execute(wanted).mappings().first()
        renewed = table.renewed(cipher, row) if row is not None else None
        if renewed is not None:
            table.write(connection, {which: renewed})
    return int(renewed is not None)


_ENCRYPTED = tuple(
    _Encrypted(model.metadata.tables[str(model.__tablename__)], "name" if model is Secret else "id", columns)
    for model in TABLES
    if (columns := tuple(name for name, field in model.model_fields.items() if is_encrypted(field.description)))
)
