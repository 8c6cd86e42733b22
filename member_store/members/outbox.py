"""What is to be sent unasked now: taken in small sets, so that several senders never take the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update

from member_store.members.deliveries import REMINDER, STALE
from member_store.members.records import Records
from member_store.tables.access import Contact
from member_store.tables.conversations import conversations
from member_store.tables.sending import DeliveryState, deliveries

_columns, _conversations = deliveries.c, conversations.c
_contacts: Any = Contact.__table__.c  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Due:
    """A message that is due. `account` is None where nobody knows any more where its contact is reached."""

    id: int
    contact: str
    account: str | None = field(repr=False)
    locale: str
    kind: str
    payload: Any = field(repr=False)
    reminder_id: int | None
    attempts: int
    gone: bool


def due(records: Records, channel: str, most: int, *, reminders: bool = True) -> list[list[Due]]:
    """What is due on a channel for at most so many contacts, whoever has waited longest first; locked until the end of
    the transaction.

    Of each contact the first message, or all their reminders that are due, which make one. Without `reminders` these
    wait.
    """
    mine = _due_now(records, channel, reminders=reminders)
    first = select(_columns.contact).where(*mine).order_by(_columns.try_at, _columns.id).limit(most)
    contacts = list(dict.fromkeys(records.connection.execute(first).scalars()))
    if not contacts:
        return []
    hold(records, contacts)
    wanted = (
        select(
            _columns.id,
            _columns.contact,
            _contacts.id.label("contact_id"),
            _contacts.account,
            _contacts.locale,
            _contacts.gone_at,
            _columns.kind,
            _columns.payload,
            _columns.reminder_id,
            _columns.attempts,
        )
        .join(_contacts.id.table, _contacts.contact == _columns.contact, isouter=True)
        .where(_columns.contact.in_(contacts), *mine)
        .order_by(_columns.id)
        .with_for_update(of=deliveries, skip_locked=True)
    )
    found: dict[str, list[Due]] = {each: [] for each in contacts}
    for row in records.connection.execute(wanted):
        theirs = found[row.contact]
        if not theirs or (row.kind == REMINDER and theirs[0].kind == REMINDER):
            theirs.append(_due(records, row))
    return [each for each in found.values() if each]


def _due(records: Records, row: Any) -> Due:
    account = records.unseal(row.account, f"contact {row.contact_id}")
    payload = records.unseal(row.payload, f"delivery {row.id}")
    return Due(
        *(row.id, row.contact, account, row.locale or "", row.kind, payload),
        *(row.reminder_id, row.attempts, row.gone_at is not None),
    )


def is_due(records: Records, channel: str, *, reminders: bool = True) -> bool:
    """Whether anything is."""
    wanted = select(_columns.id).where(*_due_now(records, channel, reminders=reminders)).limit(1)
    return records.connection.execute(wanted).first() is not None


def _due_now(records: Records, channel: str, *, reminders: bool) -> tuple[ColumnElement[bool], ...]:
    mine = (
        _columns.channel == channel,
        _columns.state == DeliveryState.WAITING,
        _columns.try_at <= records.now,
    )
    return mine if reminders else (*mine, _columns.kind != REMINDER)


def hold(records: Records, contacts: Iterable[str]) -> None:
    """Wait until nobody of these is in a turn, and let none begin before the transaction ends.

    A turn holds its conversation before it takes what waits; whoever is to change both keeps to the same order.
    """
    if records.connection.dialect.name == "postgresql":
        theirs = select(_conversations.id).where(_conversations.contact.in_(list(contacts)))
        records.connection.execute(theirs.order_by(_conversations.id).with_for_update())


def put_off(records: Records, channel: str, until: datetime, reason: str) -> int:
    """Nothing that is due on a channel leaves before `until`. Returns how many messages wait for that."""
    mine = _due_now(records, channel, reminders=True)
    return int(records.connection.execute(update(deliveries).where(*mine).values(try_at=until, reason=reason)).rowcount)


def still_sending(records: Records, ids: Sequence[int]) -> None:
    """Whoever has these in hand is alive, and at it."""
    theirs = (_columns.id.in_(ids), _columns.state == DeliveryState.SENDING)
    records.connection.execute(update(deliveries).where(*theirs).values(changed_at=records.now))


def keep_order(records: Records, contact: str, until: datetime) -> None:
    """What else is due for a contact waits as well, since what comes before it has to."""
    theirs = (_columns.contact == contact, _columns.state == DeliveryState.WAITING, _columns.try_at < until)
    records.connection.execute(update(deliveries).where(*theirs).values(try_at=until))


def doubt_stale(records: Records) -> int:
    """What was handed to a platform by a sender that is no more: nobody knows whether it arrived. Returns how many."""
    stale = (_columns.state == DeliveryState.SENDING, _columns.changed_at < records.now - STALE)
    contacts = sorted(set(records.connection.execute(select(_columns.contact).where(*stale)).scalars()))
    if not contacts:
        return 0
    hold(records, contacts)
    to = {"state": DeliveryState.IN_DOUBT, "reason": "in_doubt", "changed_at": records.now, "try_at": None}
    doubtful = update(deliveries).where(*stale, _columns.contact.in_(contacts)).values(**to)
    count = int(records.connection.execute(doubtful).rowcount)
    _wait(records, contacts)
    return count


def _wait(records: Records, contacts: Sequence[str]) -> None:
    records.connection.execute(update(conversations).where(_conversations.contact.in_(contacts)).values(waiting=True))


def leave_for_visits(records: Records, senders: Sequence[str], most: int) -> int:
    """What is due on a channel that nobody sends on waits for the next visit. Returns how many messages; at most
    `most`, so call it again until there are none.
    """
    mine = (_columns.state == DeliveryState.WAITING, _columns.try_at <= records.now, _columns.channel.not_in(senders))
    found = records.connection.execute(select(_columns.id, _columns.contact).where(*mine).limit(most)).all()
    contacts = sorted({row.contact for row in found})
    if not contacts:
        return 0
    hold(records, contacts)
    ids = [row.id for row in found]
    still = update(deliveries).where(_columns.id.in_(ids), _columns.state == DeliveryState.WAITING)
    count = int(records.connection.execute(still.values(try_at=None, reason="next_visit")).rowcount)
    _wait(records, contacts)
    return count
