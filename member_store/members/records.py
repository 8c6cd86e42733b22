"""The work of one transaction on members: who acts, what they change, and the record of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete
from sqlmodel import Session, SQLModel, col

from member_store.database import Database
from member_store.encryption import Cipher
from member_store.look_up import keyed_hash
from member_store.members import audit
from member_store.members.actors import SYSTEM, Actor
from member_store.members.refusals import Refusal
from member_store.tables.columns import is_encrypted
from member_store.tables.records import History

OFFICE_TIME = ZoneInfo("Asia/Shanghai")
"""Days are counted where the offices are."""

_Row = TypeVar("_Row", bound=SQLModel)


@dataclass
class Records:
    """One transaction's view of the members. Made by the store; must not outlive the transaction.

    `actor` is who acts, for the audit; `now` the moment of it; `today` the day, where the office is; `waiting` whether
    something may wait for the next visit of the contact whose turn it is.
    """

    database: Database = field(repr=False)
    connection: Connection = field(repr=False)
    cipher: Cipher = field(repr=False)
    look_up_key: bytes = field(repr=False)
    now: datetime
    today: date
    actor: Actor = SYSTEM
    waiting: bool = False
    _entries: list[dict[str, Any]] = field(default_factory=list, repr=False)
    _before: list[tuple[int, dict[str, Any]]] = field(default_factory=list, repr=False)

    @cached_property
    def session(self) -> Session:
        """The rows of this transaction as objects."""
        # Its own savepoint would be in the way of those of `undoable`.
        return Session(bind=self.connection, expire_on_commit=False, join_transaction_mode="rollback_only")

    def hash(self, *parts: str) -> str:
        """What stands for a secret in a look-up: see `look_up.keyed_hash`."""
        return keyed_hash(self.look_up_key, *parts)

    def seal(self, data: Any) -> str:
        """JSON data, encrypted."""
        return self.cipher.encrypt(json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")))

    def unseal(self, token: str | None, where: str) -> Any:
        """What `seal` was given; None for nothing. Raises StoreError if no key fits."""
        return None if token is None else json.loads(self.cipher.decrypt(token, where))

    def add(self, row: _Row) -> _Row:
        """A new row, with its id."""
        self.session.add(row)
        self.session.flush()
        return row

    def locked(self, model: type[_Row], key: int) -> _Row:
        """The row as it is now, which nobody else can change until this transaction ends. Raises Refusal: `gone`."""
        row = self.session.get(model, key, with_for_update=True, populate_existing=True)
        if row is None:
            raise Refusal("gone", what=str(model.__tablename__), id=key)
        return row

    def change(
        self, row: SQLModel, action: str, *, person_id: int | None, reason: str | None = None, **to: Any
    ) -> bool:
        """Change some columns of a row; what stood there is kept, and the change recorded. Whether anything changed.

        The audit tells the new values of columns that are not encrypted, and only the names of those that are. `reason`
        is an id, for the audit and for the row's own column of that name, where it has one.
        """
        fields = type(row).model_fields
        if reason is not None and "reason" in fields:
            to["reason"] = reason
        before = {name: getattr(row, name) for name, value in to.items() if getattr(row, name) != value}
        if not before:
            return False
        told = {
            name: None if is_encrypted(fields[name].description) or name in _SECRET else [_plain(old), _plain(to[name])]
            for name, old in before.items()
        }
        for name in before:
            setattr(row, name, to[name])
        self.session.flush()
        self._before.append(
            (
                self.record(action, row, person_id=person_id, changes=told, reason=reason),
                {
                    "entity": str(row.__tablename__),
                    "entity_id": getattr(row, "id"),  # noqa: B009 - every table but one has it
                    "person_id": person_id,
                    "before": self.seal({name: self._readable(row, name, value) for name, value in before.items()}),
                    "changed_at": self.now,
                },
            )
        )
        return True

    def record(
        self,
        action: str,
        row: SQLModel,
        *,
        person_id: int | None,
        changes: dict[str, Any] | None = None,
        reason: str | None = None,
    ) -> int:
        """Put into the audit what was done to a row. Returns the place in this transaction's records."""
        entity, key = str(row.__tablename__), getattr(row, "id", None)
        self._entries.append(audit.entry(self.actor, self.now, action, entity, key, person_id, changes or {}, reason))
        return len(self._entries) - 1

    def _readable(self, row: SQLModel, name: str, value: Any) -> Any:
        # Not the token itself: key rotation renews the outer encryption, and could not see another one inside of it.
        if isinstance(value, str) and is_encrypted(type(row).model_fields[name].description):
            return self.unseal(value, f"{row.__tablename__} {getattr(row, 'id', None)}")
        return _plain(value)

    def forget_history(self, **which: Any) -> int:
        """Delete what is kept of former values, where columns of the history are so. Returns how many were kept."""
        kept = [each for each in self._before if not which.items() <= each[1].items()]
        pending = len(self._before) - len(kept)
        self._before = kept
        wanted = [col(getattr(History, name)) == value for name, value in which.items()]
        return pending + self.connection.execute(delete(History).where(*wanted)).rowcount

    @contextmanager
    def undoable(self) -> Iterator[None]:
        """A part of the work that a Refusal undoes, and nothing before it. The refusal goes on to the caller."""
        entries, before = len(self._entries), len(self._before)
        self.session.flush()
        savepoint = self.connection.begin_nested()
        try:
            yield
            self.session.flush()
        except Refusal:
            savepoint.rollback()
            self.session.expunge_all()
            del self._entries[entries:], self._before[before:]
            raise
        savepoint.commit()

    def finish(self) -> None:
        """Write what is still to be written; the store calls it, at the end of the transaction."""
        if "session" in self.__dict__:
            self.session.flush()
        if self._entries:
            numbers = audit.append(self.database, self.connection, self._entries)
            audit.keep_end(self.connection, self.cipher)
            if self._before:
                rows = [{**before, "audit_id": numbers[place]} for place, before in self._before]
                self.connection.execute(History.__table__.insert(), rows)  # type: ignore[attr-defined]
            self._entries, self._before = [], []
        if "session" in self.__dict__:
            self.session.close()


_SECRET = frozenset({"identity", "code", "payment"})
"""Hashes: they look up a person or let one in, and say nothing to a reader."""


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
