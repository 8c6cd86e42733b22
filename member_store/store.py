"""Save, then speak: a conversation's turn as one transaction, done once however often its message arrives."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, bindparam, select

from member_store import conversation_rows as rows
from member_store.database import Database
from member_store.encryption import Cipher
from member_store.errors import StoreError
from member_store.look_up import keyed_hash, load_key
from member_store.members.actors import SYSTEM, Actor
from member_store.members.records import OFFICE_TIME, Records
from member_store.past import forget, forget_before, turns_of
from member_store.rotation import rotate
from member_store.schema import upgrade
from member_store.tables import conversations as tables
from member_store.tables.columns import CHANNEL_LENGTH
from member_store.turns import PastTurn, Reducer, StoredTurn

MESSAGE_ID_LENGTH = 128
"""The longest message id that is taken, in characters."""

_CHANNEL = re.compile(rf"[a-z][a-z0-9_-]{{0,{CHANNEL_LENGTH - 1}}}")

_conversations, _inbox = tables.conversations.c, tables.inbox.c

_ANSWERED = tables.inbox.update().where(
    _inbox.message == bindparam("of_message"),
    _inbox.conversation_id
    == select(_conversations.id).where(_conversations.contact == bindparam("of_contact")).scalar_subquery(),
)


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
            conversation = rows.locked(connection, self._database, contact)
            if conversation and (known := rows.dealt_with(connection, conversation.id, message)):
                return self._repeat(connection, known)
            records = self._records(connection, received_at, today)
            # Of somebody whose conversation was forgotten, nobody noted that something waits.
            records.waiting = conversation is None or conversation.waiting
            reduced = reduce(self._state(conversation.id, conversation.state) if conversation else None, records)
            records.finish()
            state, outcome = _to_json(reduced.state), _to_json(reduced.outcome)
            payloads = [_to_json(reply) for reply in reduced.replies]
            turn = conversation.turn + 1 if conversation else 1
            seal = self._cipher.encrypt
            saved = rows.Saved(seal(state), turn, received_at, reduced.waits, reduced.opens)
            if conversation:
                conversation_id = conversation.id
                rows.save(connection, conversation_id, saved)
            else:
                conversation_id = rows.add(connection, contact, channel, saved)
            dealt_with = rows.Message(message, seal(message_id), seal(text), seal(outcome))
            rows.add_turn(connection, conversation_id, saved, dealt_with, list(map(seal, payloads)))
            if reduced.forgets:
                forget_before(connection, conversation_id, turn)
        return StoredTurn(payloads, outcome, turn, repeated=False, received_at=received_at)

    @contextmanager
    def together(self) -> Iterator[None]:
        """One transaction for the turns that this thread takes inside: at its end all of them are on disk.

        None of them is where one of them failed, even if that was caught; then take each again by itself. Nothing of
        them may be told to anybody before the end. Must not be nested. Raises StoreError as `turn`, and UndoneError
        where one of them failed.
        """
        with self._database.together():
            yield

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
            row = connection.execute(rows.FIND_CONVERSATION, {"contact": contact}).first()
        return self._state(row.id, row.state) if row else None

    def waits(self, channel: str, account: str) -> bool:
        """Whether something may wait for a contact's next visit. Raises ValueError and StoreError as `turn`."""
        contact = self._contact(channel, account)
        with self._database.reading() as connection:
            row = connection.execute(rows.FIND_CONVERSATION, {"contact": contact}).first()
        return bool(row and row.waiting)

    def history(self, channel: str, account: str, last: int = 50) -> list[PastTurn]:
        """A contact's last turns, at most `last` of them, oldest first; empty for an unknown contact.

        Raises ValueError if `last` is below 1, and otherwise ValueError and StoreError as `turn`.
        """
        contact = self._contact(channel, account)
        if last < 1:
            raise ValueError("A history has at least one turn")
        with self._database.reading() as connection:
            return turns_of(connection, self._cipher, contact, last)

    def answered(self, channel: str, account: str, message_id: str, now: datetime | None = None) -> None:
        """Note that the platform has taken the answer to a message. Raises ValueError and StoreError as `turn`."""
        contact = self._contact(channel, account)
        which = {"of_contact": contact, "of_message": keyed_hash(self._look_up_key, contact, message_id)}
        with self._database.writing() as connection:
            connection.execute(_ANSWERED, {**which, "answered_at": now or datetime.now(UTC)})

    def seal(self, purpose: str, data: Any) -> str:
        """JSON data as a token that nobody else can read or make, for one purpose: to be kept outside of the store."""
        return self._cipher.encrypt(_ENCODER.encode([purpose, data]))

    def unseal(self, purpose: str, token: str) -> Any:
        """What `seal` was given for this purpose. Raises StoreError for any other text, or if no key fits it."""
        where = f"a token for {purpose}"
        text = self._cipher.decrypt(token, where)
        # What this store has encrypted for itself is no such token.
        if not text.startswith(head := _ENCODER.encode([purpose])[:-1] + ","):
            raise StoreError("The token is for another purpose", where, "Give it back to where it came from.")
        return json.loads(f"[{text[len(head) :]}")[0]

    def forget_conversation(self, channel: str, account: str) -> bool:
        """Delete all that was said with a contact. Whether there was anything.

        From within a turn, say `Reduced.forgets` instead. Raises ValueError and StoreError as `turn`.
        """
        contact = self._contact(channel, account)
        with self._database.writing() as connection:
            conversation = rows.locked(connection, self._database, contact)
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

    def _repeat(self, connection: Connection, known: rows.KnownMessage) -> StoredTurn:
        found = rows.replies_to(connection, known.id)
        return StoredTurn(
            [self._cipher.decrypt(payload, f"outbox {key}") for key, payload in found],
            self._cipher.decrypt(known.outcome, f"inbox {known.id}"),
            known.turn,
            repeated=True,
            received_at=known.received_at,
            answered=known.answered_at is not None,
        )

    def _state(self, key: int, token: str) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self._cipher.decrypt(token, f"conversation {key}"))
        return data


# NaN is not JSON, and the channel that gets it would fail long after the turn was saved.
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _to_json(data: dict[str, Any]) -> str:
    return _ENCODER.encode(data)
