"""The audit: a chain in which each record vouches for the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from member_store.database import Database
from member_store.encryption import Cipher
from member_store.members.actors import Actor
from member_store.tables.conversations import secrets
from member_store.tables.records import Audit

FIRST = "0" * 64
"""What the first record has instead of the hash before it."""

_END = "audit-end"
_PAGE = 5_000
_TABLE = Audit.__table__  # type: ignore[attr-defined]
_LAST = select(_TABLE.c.id, _TABLE.c.hash).order_by(_TABLE.c.id.desc()).limit(1)


def entry(
    actor: Actor,
    at: datetime,
    action: str,
    entity: str,
    entity_id: int | None,
    person_id: int | None,
    changes: dict[str, Any],
    reason: str | None,
) -> dict[str, Any]:
    """One record, not yet in the chain. `changes` is JSON data and must hold nothing personal."""
    return {
        "at": at,
        "actor": actor.kind.value,
        "actor_id": actor.id,
        "person_id": person_id,
        "channel": actor.channel,
        "setting": actor.setting.value if actor.setting else None,
        "action": action,
        "entity": entity,
        "entity_id": entity_id,
        "changes": json.dumps(changes, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")),
        "reason": reason,
    }


def append(database: Database, connection: Connection, entries: list[dict[str, Any]]) -> list[int]:
    """Put the records at the end of the chain, and return their numbers.

    Everybody else who records something waits until this transaction ends, so it is to be the last thing in it.
    """
    database.alone(connection, "audit")
    last = connection.execute(_LAST).first()
    number, previous = (last.id, last.hash) if last else (0, FIRST)
    rows = []
    for each in entries:
        number += 1
        row = {"id": number, **each, "previous": previous}
        previous = row["hash"] = _hash(row)
        rows.append(row)
    connection.execute(_TABLE.insert(), rows)
    return [row["id"] for row in rows]


def keep_end(connection: Connection, cipher: Cipher) -> None:
    """Write down, encrypted, which record is the last, so that none can be cut off the end. Called after `append`."""
    last = connection.execute(_LAST).one()
    end = {"name": _END, "value": cipher.encrypt(json.dumps([last.id, last.hash]))}
    if not connection.execute(secrets.update().where(secrets.c.name == _END), end).rowcount:
        connection.execute(secrets.insert(), end)


def cut_off(connection: Connection, cipher: Cipher) -> Iterator[str]:
    """Whether records are gone from the end, a sentence for what shows it. Raises StoreError if no key fits."""
    token = connection.execute(select(secrets.c.value).where(secrets.c.name == _END)).scalar()
    last = connection.execute(_LAST).first()
    if token is None:
        if last is not None:
            yield "audit: which record is the last is not written down any more"
        return
    number, digest = json.loads(cipher.decrypt(token, "secret audit-end"))
    if last is None or (last.id, last.hash) != (number, digest):
        yield f"audit {number}: is not the last record, as it was"


def broken(connection: Connection) -> Iterator[str]:
    """Where the chain is broken, a sentence each: a record that is gone, was changed, or stands where it should not."""
    expected, previous = 1, FIRST
    while True:
        page = select(_TABLE).where(_TABLE.c.id >= expected).order_by(_TABLE.c.id).limit(_PAGE)
        rows = connection.execute(page).mappings().all()
        for row in rows:
            if row["id"] != expected:
                yield f"audit {expected}: missing"
            if row["previous"] != previous:
                yield f"audit {row['id']}: does not follow the record before it"
            if row["hash"] != _hash(dict(row)):
                yield f"audit {row['id']}: was changed"
            expected, previous = row["id"] + 1, row["hash"]
        if len(rows) < _PAGE:
            return


def _hash(row: dict[str, Any]) -> str:
    told = {name: value for name, value in row.items() if name != "hash"} | {
        "at": row["at"].astimezone(UTC).isoformat()
    }
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
