"""Changing the encryption keys of a database in use."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, bindparam, select, update

from member_store.database import Database
from member_store.encryption import Cipher
from member_store.tables import TABLES
from member_store.tables.columns import is_encrypted
from member_store.tables.conversations import Secret

_BATCH = 200
_ENCRYPTED: tuple[tuple[Table, str, tuple[str, ...]], ...] = tuple(
    (model.metadata.tables[str(model.__tablename__)], "name" if model is Secret else "id", columns)
    for model in TABLES
    if (columns := tuple(name for name, field in model.model_fields.items() if is_encrypted(field.description)))
)


def rotate(database: Database, cipher: Cipher) -> int:
    """Put every encrypted column under the newest key, a bounded batch a transaction; returns the rows changed.

    Rows under the newest key are left alone, so it can be run again after an interruption. Raises StoreError for a row
    that no key fits.
    """
    return sum(_rotate_table(database, cipher, *each) for each in _ENCRYPTED)


def _rotate_table(database: Database, cipher: Cipher, table: Table, key: str, columns: tuple[str, ...]) -> int:
    page = select(table.c[key], *(table.c[each] for each in columns)).order_by(table.c[key]).limit(_BATCH)
    change = update(table).where(table.c[key] == bindparam("changed"))
    changed = 0
    last: Any = None
    while True:
        with database.writing() as connection:
            following = page if last is None else page.where(table.c[key] > last)
            rows = connection.execute(following.with_for_update()).mappings().all()
            if not rows:
                return changed
            last = rows[-1][key]
            changes = []
            for row in rows:
                kept = [each for each in columns if row[each] is not None]
                renewed = {each: cipher.renew(row[each], f"{table.name} {row[key]}") for each in kept}
                if any(renewed[each] != row[each] for each in kept):
                    changes.append({"changed": row[key], **{each: row[each] for each in columns}, **renewed})
            if changes:
                connection.execute(change, changes)
            changed += len(changes)
