"""The ledger of what is sent otherwise than as the response to a request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from member_store.members.records import Records
from member_store.tables.conversations import MESSAGE, conversations
from member_store.tables.sending import DeliveryState, deliveries

_columns, _conversations = deliveries.c, conversations.c

TEXT, PICTURE = "text", "picture"
NOTICE = "notice"
"""The way by which a few fields arrive and no words: what it is about is told at the next visit."""

REMINDER = "reminder"
"""The kind of a message whose words are put together when it is sent."""

STALE = timedelta(minutes=2)
"""After so long a platform that was to take a message has not said that it did, and will not any more."""

_OPEN = (DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.IN_DOUBT)
_TO_CONTACT = _columns.contact == bindparam("to")
_WAITING = (
    select(
        _columns.id,
        _columns.kind,
        _columns.payload,
        _columns.state,
        _columns.created_at,
        _columns.changed_at,
        _columns.reminder_id,
        _columns.reason,
    )
    .where(_TO_CONTACT, _columns.state.in_(_OPEN))
    .order_by(_columns.id)
)
_LEAVE = deliveries.insert()
_CHANGE = deliveries.update().where(_columns.id == bindparam("which"))
_CLAIM = _CHANGE.where(_columns.state == DeliveryState.WAITING).values(attempts=_columns.attempts + 1)
_WINDOW = select(_conversations.heard_at, _conversations.window_kind, _conversations.window_at).where(
    _conversations.contact == bindparam("to")
)
_OF_DELIVERY = select(_columns.contact).where(_columns.id == bindparam("which")).scalar_subquery()
_SET_WAITING = conversations.update().values(waiting=True)
_WAITS = _SET_WAITING.where(_conversations.contact == bindparam("to"))
_WAITS_FOR = _SET_WAITING.where(_conversations.contact == _OF_DELIVERY)


@dataclass(frozen=True)
class Waiting:
    """A message that is still to be sent. `payload` is whatever the channel needs to send it, as JSON data.

    `reminder_id` is the reminder whose words it is to have; then there is no payload. `reason` is why it had to wait,
    and `in_doubt` that it may have arrived.
    """

    id: int
    kind: str
    payload: Any = field(repr=False)
    created_at: datetime
    reminder_id: int | None = None
    reason: str | None = None
    in_doubt: bool = False


@dataclass(frozen=True)
class Counted:
    """How many messages of a channel stand alike, and for how many seconds the oldest of them has been there.

    `oldest_seconds` is None for a state that is final.
    """

    channel: str
    state: str
    reason: str | None
    count: int
    oldest_seconds: float | None


@dataclass(frozen=True)
class Window:
    """Something by which a contact opened their platform's window for messages, and when."""

    kind: str
    opened_at: datetime


def leave(records: Records, channel: str, account: str, kind: str, payload: Any, try_at: datetime | None = None) -> int:
    """Write down a message that is to be sent; returns its id.

    `try_at` is when it leaves by itself; without one, whoever left it sends it, or it waits for the next visit.
    """
    row = {
        "contact": records.hash(channel, account),
        "channel": channel,
        "kind": kind,
        "payload": records.seal(payload),
        "state": DeliveryState.WAITING,
        "attempts": 0,
        "created_at": records.now,
        "changed_at": records.now,
        "try_at": try_at,
    }
    key = records.connection.execute(_LEAVE, row).inserted_primary_key
    return int(key[0]) if key else 0


def tell(records: Records, channel: str, account: str, payload: Any) -> None:
    """Leave a text for somebody whose turn it is not: it is sent where it can be, else said at their next visit.

    Nobody waits for a turn that they are in the middle of, else two who tell each other something would wait for ever;
    it is then said once something else waits for them too.
    """
    leave(records, channel, account, TEXT, payload, try_at=records.now)
    theirs = select(_conversations.id).where(_conversations.contact == records.hash(channel, account))
    free = records.connection.execute(theirs.with_for_update(skip_locked=True)).scalars().all()
    records.connection.execute(update(conversations).where(_conversations.id.in_(free)).values(waiting=True))


def waiting(records: Records, channel: str, account: str) -> list[Waiting]:
    """What is to be sent to a contact and with nobody at the moment, in the order in which it was left."""
    rows = records.connection.execute(_WAITING, {"to": records.hash(channel, account)}).all()
    return [
        Waiting(row.id, row.kind, records.unseal(row.payload, f"delivery {row.id}"), row.created_at)
        for row in rows
        if row.state is DeliveryState.WAITING and row.kind != REMINDER
    ]


def take(records: Records, channel: str, account: str) -> tuple[list[Waiting], bool]:
    """What a contact has not got yet, to be said now that they are here; from here on it counts as given. And whether
    there is something besides that is on its way at this moment.

    A message of which nobody can say whether it arrived is among it: to read it twice does less harm than never.
    Pictures are not: the words that they go with say the same. Reminders are, before their words are known: say of each
    whether it is `given`, or refuse it.
    """
    taken, more = [], False
    for row in records.connection.execute(_WAITING, {"to": records.hash(channel, account)}).all():
        if row.state is DeliveryState.SENDING and records.now - row.changed_at < STALE:
            more = True
            continue
        told = row.kind in (TEXT, REMINDER)
        if told:
            payload = records.unseal(row.payload, f"delivery {row.id}")
            in_doubt = row.state is not DeliveryState.WAITING
            taken.append(Waiting(row.id, row.kind, payload, row.created_at, row.reminder_id, row.reason, in_doubt))
        if row.kind == TEXT:
            given(records, row.id)
        elif not told:
            refuse(records, row.id, "outlived")
    return taken, more


def reminded_since(
    records: Records, contact: str, since: datetime | None, way: str | None = None
) -> list[tuple[int, int]]:
    """The reminders that a contact (its keyed hash) got, or may have got, in their order: the ids of the message and of
    the reminder. Since a moment and by one way, where these are given.
    """
    got = (DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.IN_DOUBT)
    found = select(_columns.id, _columns.reminder_id).where(
        _columns.contact == contact,
        _columns.kind == REMINDER,
        _columns.reminder_id.is_not(None),
        _columns.state.in_(got),
        *([_columns.changed_at > since] if since is not None else []),
        *([_columns.way == way] if way is not None else []),
    )
    return [(row.id, row.reminder_id) for row in records.connection.execute(found.order_by(_columns.id))]


def tell_at_visit(records: Records, contact: str) -> None:
    """Something waits for the next visit of a contact (its keyed hash)."""
    records.connection.execute(_WAITS, {"to": contact})


def given(records: Records, delivery: int) -> None:
    """It was said at a visit."""
    _change(records, delivery, DeliveryState.GIVEN, payload=None, reason=None, try_at=None)


def begin(records: Records, delivery: int, way: str) -> bool:
    """Hand a waiting message to the platform; False where somebody else already has, or it is not waiting any more."""
    to = {"state": DeliveryState.SENDING, "way": way, "changed_at": records.now}
    return bool(records.connection.execute(_CLAIM, {"which": delivery, **to}).rowcount)


def sent(records: Records, delivery: int, platform_id: str | None = None) -> None:
    """The platform has taken it; `platform_id` is what it will call it when it says how it went on."""
    _change(records, delivery, DeliveryState.SENT, payload=None, platform_id=platform_id, reason=None)


def put_back(records: Records, delivery: int, reason: str, code: str = "", try_at: datetime | None = None) -> None:
    """It could not be sent this way, and waits: until `try_at`, and at the latest for the contact's next visit."""
    _change(records, delivery, DeliveryState.WAITING, reason=reason, code=code or None, way=None, try_at=try_at)
    records.connection.execute(_WAITS_FOR, {"which": delivery})


def refuse(records: Records, delivery: int, reason: str, code: str = "") -> None:
    """It will not be sent."""
    _change(records, delivery, DeliveryState.REFUSED, payload=None, reason=reason, code=code or None)


def doubt(records: Records, delivery: int, code: str = "") -> None:
    """Nobody can say whether the platform took it: it is not sent again by itself."""
    _change(records, delivery, DeliveryState.IN_DOUBT, reason="in_doubt", code=code or None, try_at=None)
    records.connection.execute(_WAITS_FOR, {"which": delivery})


def refuse_waiting(records: Records, channel: str, account: str, reason: str) -> int:
    """Nothing that waits for a contact will be sent. Returns how many there were."""
    gone = update(deliveries).where(
        _columns.contact == records.hash(channel, account), _columns.state == DeliveryState.WAITING
    )
    to = {"state": DeliveryState.REFUSED, "payload": None, "reason": reason, "changed_at": records.now}
    return int(records.connection.execute(gone.values(**to)).rowcount)


def forget(records: Records, contact: str) -> None:
    """Delete all that the ledger has on a contact, given as its keyed hash."""
    records.connection.execute(delete(deliveries).where(_columns.contact == contact))


def unchanged_since(records: Records, before: datetime, after: int, most: int | None) -> list[int]:
    """The messages, by id from `after` on, with which nothing happened since a moment; at most so many."""
    old = select(_columns.id).where(_columns.changed_at < before, _columns.id > after)
    return list(records.connection.execute(old.order_by(_columns.id).limit(most)).scalars())


def forget_ids(records: Records, ids: Sequence[int]) -> int:
    """Delete these; returns how many were there."""
    return int(records.connection.execute(delete(deliveries).where(_columns.id.in_(ids))).rowcount)


def reported(records: Records, platform_id: str, reason: str | None) -> bool:
    """What the platform said later of a message that it took: it arrived (None), or why not. Whether it is known."""
    to: dict[str, Any] = {"changed_at": records.now, "reason": reason}
    if reason is not None:
        to["state"] = DeliveryState.REFUSED
    found = update(deliveries).where(_columns.platform_id == platform_id, _columns.state == DeliveryState.SENT)
    return bool(records.connection.execute(found.values(**to)).rowcount)


def counted(records: Records) -> list[Counted]:
    """How the whole ledger stands."""
    alike = _columns.channel, _columns.state, _columns.reason
    rows = records.connection.execute(
        select(*alike, func.count().label("number"), func.min(_columns.created_at).label("oldest"))
        .group_by(*alike)
        .order_by(*alike)
    )
    return [
        Counted(
            row.channel,
            row.state.value,
            row.reason,
            row.number,
            (records.now - row.oldest).total_seconds() if row.state in _OPEN else None,
        )
        for row in rows
    ]


def windows(records: Records, channel: str, account: str) -> list[Window]:
    """The windows that a contact opened last, by a message and by a tap or the like; none where they never did."""
    row = records.connection.execute(_WINDOW, {"to": records.hash(channel, account)}).first()
    if row is None:
        return []
    found = ((MESSAGE, row.heard_at), (row.window_kind, row.window_at))
    return [Window(kind, opened_at) for kind, opened_at in found if opened_at is not None]


def count_since(records: Records, channel: str, account: str, way: str, since: datetime) -> int:
    """How many messages went to a contact by one way since a moment, those in doubt among them."""
    taken = (DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.IN_DOUBT)
    found = select(func.count()).where(
        _columns.contact == records.hash(channel, account),
        _columns.way == way,
        _columns.changed_at >= since,
        _columns.state.in_(taken),
    )
    return int(records.connection.execute(found).scalar_one())


def _change(records: Records, delivery: int, state: DeliveryState, **to: Any) -> None:
    records.connection.execute(_CHANGE, {"which": delivery, "state": state, "changed_at": records.now, **to})
