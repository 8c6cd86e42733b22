"""Save, then speak: a conversation's turn as one transaction, done once however often its message arrives."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Insert, Row, bindparam, select

from member_store.database import Database
from member_store.encryption import Cipher
from member_store.look_up import keyed_hash, load_key
from member_store.members.actors import SYSTEM, Actor
from member_store.members.records import OFFICE_TIME, Records
from member_store.past import forget, forget_before, turns_of
from member_store.rotation import rotate
from member_store.schema import upgrade
from member_store.tables import conversations as tables
from member_store.tables.columns import CHANNEL_LENGTH
from member_store.tables.conversations import OutboxState
from member_store.turns import PastTurn, Reducer, StoredTurn

MESSAGE_ID_LENGTH = 128
"""The longest message id that is taken, in characters."""

_CHANNEL = re.compile(rf"[a-z][a-z0-9_-]{{0,{CHANNEL_LENGTH - 1}}}")

_conversations, _inbox, _outbox = tables.conversations.c, tables.inbox.c, tables.outbox.c

_FIND_CONVERSATION = select(_conversations.id, _conversations.state, _conversations.turn).where(
    _conversations.contact == bindparam("contact")
)
# Orders the turns of one contact on PostgreSQL; SQLite has one writer anyway.
_LOCK_CONVERSATION = _FIND_CONVERSATION.with_for_update()
_FIND_MESSAGE = select(_inbox.id, _inbox.turn, _inbox.outcome).where(
    _inbox.conversation_id == bindparam("conversation_id"), _inbox.message == bindparam("message")
)
_FIND_REPLIES = (
    select(_outbox.id, _outbox.payload).where(_outbox.inbox_id == bindparam("inbox_id")).order_by(_outbox.position)
)
_NEW_CONVERSATION = tables.conversations.insert()
_NEW_MESSAGE, _NEW_REPLIES = tables.inbox.insert(), tables.outbox.insert()
_SAVE_CONVERSATION = tables.conversations.update().where(_conversations.id == bindparam("conversation_id"))


class Store:
    """The member store on one database. Safe to share between threads and, by its database, between processes.

    Use `Store.open`, and close it: `with Store.open(url, keys) as store`.
    """

    def __init__(self, database: Database, cipher: Cipher) -> None:
        """Work on a database whose schema is up to date. Raises StoreError if no key fits it."""
        self._database = database
        self._cipher = cipher
        self._look_up_key = load_key(database, cipher)

    @classmethod
    def open(cls, url: str, keys: str) -> Self:
        """Open the database at `url`, bring its schema up to date and see that `keys` fit.

        `url` is `sqlite:///folder/file.db` or `postgresql://…`; `keys` are Fernet keys, newest first, separated by
        commas. Raises StoreError where any of this cannot be done.
        """
        cipher = Cipher(keys)
        database = Database(url)
        try:
            upgrade(database)
            return cls(database, cipher)
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Close the database's connections."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def turn(
        self,
        channel: str,
        account: str,
        message_id: str,
        text: str,
        reduce: Reducer,
        now: datetime | None = None,
        today: date | None = None,
    ) -> StoredTurn:
        """Take one turn: all of it is on disk when this returns, none of it if it raises.

        A message id that this contact has used before gives the stored answer, and `reduce` is not called; of several
        equal messages at once, one is reduced and the others wait for its answer. `now` (with a time zone) is when the
        message was received, by default this moment; `today` the day for the members, by default that moment's.

        Raises whatever `reduce` raises; ValueError for a malformed channel (lower-case letters, digits, `-`, `_`), an
        empty account, a message id that is empty or longer than `MESSAGE_ID_LENGTH`, or a `now` without a time zone;
        TypeError or ValueError for reduced data that is not JSON; StoreError if the database fails or no key fits.
        """
        contact = self._contact(channel, account)
        if not 0 < len(message_id) <= MESSAGE_ID_LENGTH:
            raise ValueError(f"A message id has 1 to {MESSAGE_ID_LENGTH} characters, not {len(message_id)}")
        received_at = now or datetime.now(UTC)
        if received_at.utcoffset() is None:
            raise ValueError("The time of a turn needs a time zone")
        message = keyed_hash(self._look_up_key, contact, message_id)
        with self._database.writing() as connection:
            conversation = self._lock_conversation(connection, contact)
            if conversation:
                claim = {"conversation_id": conversation.id, "message": message}
                if known := connection.execute(_FIND_MESSAGE, claim).first():
                    return self._repeat(connection, known)
            records = self._records(connection, received_at, today)
            reduced = reduce(self._state(conversation) if conversation else None, records)
            records.finish()
            state, outcome = _to_json(reduced.state), _to_json(reduced.outcome)
            payloads = [_to_json(reply) for reply in reduced.replies]
            turn = conversation.turn + 1 if conversation else 1
            changes = {"state": self._cipher.encrypt(state), "turn": turn, "updated_at": received_at}
            if conversation:
                conversation_id = conversation.id
                connection.execute(_SAVE_CONVERSATION, {"conversation_id": conversation_id, **changes})
            else:
                new = {"contact": contact, "channel": channel, "created_at": received_at, **changes}
                conversation_id = _insert(connection, _NEW_CONVERSATION, new)
            inbox_id = _insert(
                connection,
                _NEW_MESSAGE,
                {
                    "message": message,
                    "message_id": self._cipher.encrypt(message_id),
                    "conversation_id": conversation_id,
                    "turn": turn,
                    "text": self._cipher.encrypt(text),
                    "outcome": self._cipher.encrypt(outcome),
                    "received_at": received_at,
                },
            )
            rows = [
                {
                    "inbox_id": inbox_id,
                    "conversation_id": conversation_id,
                    "position": position,
                    "payload": self._cipher.encrypt(payload),
                    "state": OutboxState.ANSWERED,
                    "created_at": received_at,
                }
                for position, payload in enumerate(payloads)
            ]
            if rows:
                connection.execute(_NEW_REPLIES, rows)
            if reduced.forgets:
                forget_before(connection, conversation_id, turn)
        # Read back from JSON, so that the first answer and every repetition of it are alike to the last tuple.
        return StoredTurn([json.loads(each) for each in payloads], json.loads(outcome), turn, repeated=False)

    @contextmanager
    def records(
        self, actor: Actor = SYSTEM, now: datetime | None = None, today: date | None = None
    ) -> Iterator[Records]:
        """A transaction that changes members: all of it is on disk at the end, none of it if an exception leaves it.

        Must not be nested. Raises StoreError if the database fails.
        """
        with self._database.writing() as connection:
            records = self._records(connection, now or datetime.now(UTC), today)
            records.actor = actor
            yield records
            records.finish()

    @contextmanager
    def reading_records(self, now: datetime | None = None, today: date | None = None) -> Iterator[Records]:
        """A transaction that only reads members, and on SQLite waits for no writer. Raises StoreError as `records`."""
        with self._database.reading() as connection:
            records = self._records(connection, now or datetime.now(UTC), today)
            try:
                yield records
            finally:
                records.session.close()

    def _records(self, connection: Connection, now: datetime, today: date | None) -> Records:
        day = today or now.astimezone(OFFICE_TIME).date()
        return Records(self._database, connection, self._cipher, self._look_up_key, now, day)

    def conversation(self, channel: str, account: str) -> dict[str, Any] | None:
        """The state of a contact's conversation, None if there is none. Raises ValueError and StoreError as `turn`."""
        contact = self._contact(channel, account)
        with self._database.reading() as connection:
            row = connection.execute(_FIND_CONVERSATION, {"contact": contact}).first()
        return self._state(row) if row else None

    def history(self, channel: str, account: str, last: int = 50) -> list[PastTurn]:
        """A contact's last turns, at most `last` of them, oldest first; empty for an unknown contact.

        Raises ValueError if `last` is below 1, and otherwise ValueError and StoreError as `turn`.
        """
        contact = self._contact(channel, account)
        if last < 1:
            raise ValueError("A history has at least one turn")
        with self._database.reading() as connection:
            return turns_of(connection, self._cipher, contact, last)

    def forget_conversation(self, channel: str, account: str) -> bool:
        """Delete all that was said with a contact. Whether there was anything.

        From within a turn, say `Reduced.forgets` instead. Raises ValueError and StoreError as `turn`.
        """
        contact = self._contact(channel, account)
        with self._database.writing() as connection:
            conversation = self._lock_conversation(connection, contact)
            return conversation is not None and forget(connection, [conversation.id]) > 0

    def rotate_keys(self) -> int:
        """Put everything under the newest key; returns how many rows that changed.

        Goes in small transactions while turns go on; after an interruption, run it again. First give the new key, with
        the old ones after it, to every process on this database; drop the old keys when this has returned. Raises
        StoreError for a row that no key fits, naming it.
        """
        return rotate(self._database, self._cipher)

    def _contact(self, channel: str, account: str) -> str:
        if not _CHANNEL.fullmatch(channel):
            raise ValueError(f"A channel's name must match {_CHANNEL.pattern}")
        if not account:
            raise ValueError("An account must not be empty")
        return keyed_hash(self._look_up_key, channel, account)

    def _lock_conversation(self, connection: Connection, contact: str) -> Row[*tuple[Any, ...]] | None:
        find = {"contact": contact}
        row = connection.execute(_LOCK_CONVERSATION, find).first()
        if row is None:
            # A row that is not there cannot be locked; whoever was first may have added it while we waited.
            self._database.alone(connection, contact)
            row = connection.execute(_LOCK_CONVERSATION, find).first()
        return row

    def _repeat(self, connection: Connection, known: Row[*tuple[Any, ...]]) -> StoredTurn:
        rows = connection.execute(_FIND_REPLIES, {"inbox_id": known.id}).all()
        replies = [self._read(row.payload, f"outbox {row.id}") for row in rows]
        return StoredTurn(replies, self._read(known.outcome, f"inbox {known.id}"), known.turn, repeated=True)

    def _state(self, conversation: Row[*tuple[Any, ...]]) -> dict[str, Any]:
        return self._read(conversation.state, f"conversation {conversation.id}")

    def _read(self, token: str, where: str) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self._cipher.decrypt(token, where))
        return data


def _insert(connection: Connection, statement: Insert, row: dict[str, Any]) -> int:
    key = connection.execute(statement, row).inserted_primary_key
    return int(key[0]) if key else 0


def _to_json(data: dict[str, Any]) -> str:
    # NaN is not JSON, and the channel that gets it would fail long after the turn was saved.
    return json.dumps(data, allow_nan=False, separators=(",", ":"))
