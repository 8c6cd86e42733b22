"""The rows of a turn, as they are looked for and written: the same six statements in every turn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from member_store.database import Database
from member_store.statements import Statement
from member_store.tables import conversations as tables
from member_store.tables.conversations import MESSAGE, OutboxState

_conversations, _inbox, _outbox = tables.conversations.c, tables.inbox.c, tables.outbox.c

FIND_CONVERSATION = select(_conversations.id, _conversations.state, _conversations.turn, _conversations.waiting).where(
    _conversations.contact == bindparam("contact")
)
"""The columns of `KnownConversation`, by the contact's keyed hash."""

# Orders the turns of one contact on PostgreSQL; SQLite has one writer anyway.
_LOCK = Statement(FIND_CONVERSATION.with_for_update())
_FIND_MESSAGE = Statement(
    select(_inbox.id, _inbox.turn, _inbox.outcome, _inbox.received_at, _inbox.answered_at).where(
        _inbox.conversation_id == bindparam("conversation_id"), _inbox.message == bindparam("message")
    )
)
_FIND_REPLIES = Statement(
    select(_outbox.id, _outbox.payload).where(_outbox.inbox_id == bindparam("inbox_id")).order_by(_outbox.position)
)
_CHANGES = ("state", "turn", "updated_at", "waiting")
_HEARD, _WINDOW = ("heard_at",), ("window_kind", "window_at")
_ADD_CONVERSATION = Statement(
    tables.conversations.insert().returning(_conversations.id),
    ("contact", "channel", "created_at", *_CHANGES, *_HEARD, *_WINDOW),
)
_OF_CONVERSATION = tables.conversations.update().where(_conversations.id == bindparam("conversation_id"))
_SAVE: dict[str | None, Statement] = {
    None: Statement(_OF_CONVERSATION, _CHANGES),
    MESSAGE: Statement(_OF_CONVERSATION, (*_CHANGES, *_HEARD)),
}
_SAVE_WITH_WINDOW = Statement(_OF_CONVERSATION, (*_CHANGES, *_WINDOW))
_ADD_MESSAGE = Statement(
    tables.inbox.insert().returning(_inbox.id),
    ("message", "message_id", "conversation_id", "turn", "text", "outcome", "received_at"),
)
_ADD_REPLIES = Statement(
    tables.outbox.insert(), ("inbox_id", "conversation_id", "position", "payload", "state", "created_at")
)


class KnownConversation(NamedTuple):
    """A conversation as it stands; its state is still encrypted."""

    id: int
    state: str
    turn: int
    waiting: bool


class KnownMessage(NamedTuple):
    """A message that was dealt with before; its outcome is still encrypted."""

    id: int
    turn: int
    outcome: str
    received_at: datetime
    answered_at: datetime | None


class Saved(NamedTuple):
    """A conversation after a turn; its state is encrypted. `opens` is the kind of window that the turn opened."""

    state: str
    turn: int
    at: datetime
    waiting: bool
    opens: str | None


class Message(NamedTuple):
    """A message that was dealt with, its id, text and outcome encrypted. `key` is its keyed hash."""

    key: str
    message_id: str
    text: str
    outcome: str


def locked(connection: Connection, database: Database, contact: str) -> KnownConversation | None:
    """The contact's conversation, which nobody else can go on with until this transaction ends; None for none.

    Where there is none, nobody else can begin it either. `contact` is its keyed hash.
    """
    row = _LOCK.first(connection, {"contact": contact})
    if row is None:
        # A row that is not there cannot be locked; whoever was first may have added it while we waited.
        database.alone(connection, contact)
        row = _LOCK.first(connection, {"contact": contact})
    return None if row is None else KnownConversation(*row)


def dealt_with(connection: Connection, conversation_id: int, message: str) -> KnownMessage | None:
    """The message with this keyed hash, if the conversation has had it before."""
    row = _FIND_MESSAGE.first(connection, {"conversation_id": conversation_id, "message": message})
    return None if row is None else KnownMessage(*row)


def replies_to(connection: Connection, inbox_id: int) -> list[tuple[int, str]]:
    """Ids and encrypted payloads of the replies to a message, in their order."""
    return [(key, payload) for key, payload in _FIND_REPLIES.all(connection, {"inbox_id": inbox_id})]


def save(connection: Connection, conversation_id: int, saved: Saved) -> None:
    """Write the conversation as it now stands."""
    statement = _SAVE.get(saved.opens, _SAVE_WITH_WINDOW)
    statement.run(connection, {"conversation_id": conversation_id, **_columns(saved)})


def add(connection: Connection, contact: str, channel: str, saved: Saved) -> int:
    """Write a new conversation. Returns its id."""
    return _key(
        _ADD_CONVERSATION.first(
            connection, {"contact": contact, "channel": channel, "created_at": saved.at, **_columns(saved)}
        )
    )


def add_turn(
    connection: Connection, conversation_id: int, saved: Saved, message: Message, payloads: Sequence[str]
) -> None:
    """Write the message that was dealt with, and the encrypted replies to it."""
    inbox_id = _key(
        _ADD_MESSAGE.first(
            connection,
            {
                "message": message.key,
                "message_id": message.message_id,
                "conversation_id": conversation_id,
                "turn": saved.turn,
                "text": message.text,
                "outcome": message.outcome,
                "received_at": saved.at,
            },
        )
    )
    rows = [
        {
            "inbox_id": inbox_id,
            "conversation_id": conversation_id,
            "position": position,
            "payload": payload,
            "state": OutboxState.ANSWERED,
            "created_at": saved.at,
        }
        for position, payload in enumerate(payloads)
    ]
    if rows:
        _ADD_REPLIES.run_all(connection, rows)


def _columns(saved: Saved) -> dict[str, object]:
    return {
        "state": saved.state,
        "turn": saved.turn,
        "updated_at": saved.at,
        "waiting": saved.waiting,
        "heard_at": saved.at if saved.opens == MESSAGE else None,
        "window_kind": None if saved.opens == MESSAGE else saved.opens,
        "window_at": None if saved.opens in (None, MESSAGE) else saved.at,
    }


def _key(row: tuple[int, ...] | None) -> int:
    assert row is not None  # noqa: S101 - an insert that returns nothing has raised
    return row[0]
