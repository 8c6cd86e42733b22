"""What was said in a conversation: read, and forgotten.

What is deleted was never there in clear; what a database's file still holds of it until it is written over is of no use
to anybody once the keys have been rotated.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from member_store.encryption import Cipher
from member_store.tables import conversations as tables
from member_store.turns import PastTurn

_conversations, _inbox, _outbox = tables.conversations.c, tables.inbox.c, tables.outbox.c

_FIND = select(_conversations.id, _conversations.turn).where(_conversations.contact == bindparam("contact"))
_LATEST = (_inbox.conversation_id == bindparam("conversation_id"), _inbox.turn > bindparam("after"))
_TURNS = (
    select(_inbox.id, _inbox.message_id, _inbox.text, _inbox.outcome, _inbox.received_at)
    .where(*_LATEST)
    .order_by(_inbox.turn)
)
_REPLIES = (
    select(_outbox.id, _outbox.inbox_id, _outbox.payload)
    .join(tables.inbox, _outbox.inbox_id == _inbox.id)
    .where(*_LATEST)
    .order_by(_inbox.turn, _outbox.position)
)


def turns_of(connection: Connection, cipher: Cipher, contact: str, last: int | None = None) -> list[PastTurn]:
    """A contact's last turns, all that are kept if `last` is None, oldest first. `contact` is its keyed hash.

    Raises StoreError if no key fits.
    """
    conversation = connection.execute(_FIND, {"contact": contact}).first()
    if conversation is None:
        return []
    which = {"conversation_id": conversation.id, "after": 0 if last is None else conversation.turn - last}
    # Turns before replies: on PostgreSQL each statement sees what is committed by then, and the replies of a turn that
    # came in between do no harm, where a turn without its replies would be wrong.
    turns = connection.execute(_TURNS, which).all()
    replies: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(_REPLIES, which):
        replies.setdefault(row.inbox_id, []).append(json.loads(cipher.decrypt(row.payload, f"outbox {row.id}")))
    return [
        PastTurn(
            cipher.decrypt(row.message_id, f"inbox {row.id}"),
            cipher.decrypt(row.text, f"inbox {row.id}"),
            replies.get(row.id, []),
            json.loads(cipher.decrypt(row.outcome, f"inbox {row.id}")),
            row.received_at,
        )
        for row in turns
    ]


def forget_before(connection: Connection, conversation_id: int, turn: int) -> None:
    """Delete what was said and answered before a turn; that turn stays, so that its message is not taken twice."""
    earlier = select(_inbox.id).where(_inbox.conversation_id == conversation_id, _inbox.turn < turn)
    connection.execute(delete(tables.outbox).where(_outbox.inbox_id.in_(earlier)))
    connection.execute(delete(tables.inbox).where(_inbox.conversation_id == conversation_id, _inbox.turn < turn))


def unused_since(connection: Connection, before: datetime, after: int, most: int | None) -> list[int]:
    """The conversations, by id from `after` on, in which nothing was said since a moment; at most so many."""
    unused = select(_conversations.id).where(_conversations.updated_at < before, _conversations.id > after)
    return list(connection.execute(unused.order_by(_conversations.id).limit(most)).scalars())


def forget_of(connection: Connection, contact: str) -> None:
    """Delete a contact's whole conversation, unless it is in the middle of a turn. `contact` is its keyed hash."""
    found = connection.execute(_FIND, {"contact": contact}).first()
    if found is not None:
        forget(connection, [found.id])


def forget(connection: Connection, conversation_ids: Collection[int], before: datetime | None = None) -> int:
    """Delete whole conversations, except those that have gone on since `before`. Returns how many are gone."""
    wanted = select(_conversations.id).where(_conversations.id.in_(conversation_ids))
    if before is not None:
        wanted = wanted.where(_conversations.updated_at < before)
    # One that is in the middle of a turn is going on, so it is passed over.
    found = list(connection.execute(wanted.with_for_update(skip_locked=True)).scalars())
    connection.execute(delete(tables.outbox).where(_outbox.conversation_id.in_(found)))
    connection.execute(delete(tables.inbox).where(_inbox.conversation_id.in_(found)))
    connection.execute(delete(tables.conversations).where(_conversations.id.in_(found)))
    return len(found)
