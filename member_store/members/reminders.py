"""Reminders: planned in sets, once for each person and moment, and accounted for to the last one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, case, delete, exists, func, literal, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite

from member_store.members.deliveries import REMINDER
from member_store.members.records import Records
from member_store.members.remindable import (
    CONTACT,
    DELEGATION,
    PERSON,
    Occasion,
    agreed,
    applied_by,
    can_be_reached,
    helpers,
    statement,
)
from member_store.tables.conversations import conversations
from member_store.tables.reminders import Moment, reminder_plans, reminders
from member_store.tables.sending import DeliveryState, deliveries

CHUNK = 20_000
"""People planned in one transaction on SQLite: others who write wait for as long as that takes."""

_LARGE_CHUNK = 500_000
"""So many on PostgreSQL, where nobody waits, and every chunk reads whole tables."""

_reminders, _plans, _deliveries, _conversations = reminders.c, reminder_plans.c, deliveries.c, conversations.c

_MESSENGERS = ("wechat", "telegram")
"""Channels on which somebody is told without coming to look."""


@dataclass(frozen=True)
class Planned:
    """What one chunk of a plan came to: how many reminders, and how many messages for them."""

    reminders: int
    messages: int


@dataclass(frozen=True)
class Remembered:
    """A reminder that was planned, with the name of whom it is about."""

    id: int
    person_id: int
    county: str
    year: int
    moment: Moment
    due_on: date
    last_on: date
    name: str = field(repr=False)


@dataclass(frozen=True)
class Account:
    """How many reminders of a moment came to the same: `result` is a state of deliveries, or `not_sent`.

    `delivered`, `in_doubt`, `waiting` (for its time, a quota, a visit) or `not_sent`, with the reason.
    """

    year: int
    moment: Moment
    result: str
    reason: str | None
    count: int


def last_person(records: Records) -> int:
    """The highest id of a person."""
    return int(records.connection.execute(select(func.coalesce(func.max(PERSON.id), 0))).scalar_one())


def plan(records: Records, occasion: Occasion, at: datetime, after: int, to: int) -> Planned:
    """Plan an occasion for people with ids from one to another, the first not included; what is planned stays.

    `at` is when the messages may leave.
    """
    among = (PERSON.id > after, PERSON.id <= to)
    found = statement(occasion, records.today, *among).subquery().c
    new: Select[Any] = select(
        found.person_id,
        found.community_id,
        literal(occasion.county),
        literal(occasion.year),
        literal(occasion.moment.value),
        literal(occasion.due_on),
        literal(occasion.last_on),
        found.situation,
        found.reason,
        literal(records.now, _reminders.planned_at.type),
    )
    names = (
        *("person_id", "community_id", "county", "year", "moment", "due_on", "last_on", "situation", "reason"),
        "planned_at",
    )
    # To look for each row before it is written takes as long as to write it, and there hardly ever is one: of somebody
    # who moved between the plans of two counties. Should they move at this very moment, the next attempt finds them.
    theirs = _of(occasion, _reminders.person_id > after, _reminders.person_id <= to)
    fresh = records.connection.execute(select(_reminders.id).where(*theirs).limit(1)).first() is None
    planned = _put(records, reminders, new, names, fresh=fresh)
    return Planned(planned, _leave(records, occasion, at, after, to, fresh=fresh) if planned else 0)


def plan_next(records: Records, occasion: Occasion, at: datetime, most: int | None = None) -> Planned | None:
    """Plan an occasion for the next so many people; None where it is planned already, or somebody else is at it."""
    if most is None:
        most = _LARGE_CHUNK if records.connection.dialect.name == "postgresql" else CHUNK
    key = (
        _plans.county == occasion.county,
        _plans.year == occasion.year,
        _plans.moment == occasion.moment,
        _plans.due_on == occasion.due_on,
    )
    begun = select(
        literal(occasion.county),
        literal(occasion.year),
        literal(occasion.moment.value),
        literal(occasion.due_on),
        literal(0),
        literal(records.now, _plans.begun_at.type),
    ).where(~exists().where(*key))
    names = ("county", "year", "moment", "due_on", "planned_to", "begun_at")
    _put(records, reminder_plans, begun, names, fresh=False)
    mine = select(_plans.id, _plans.planned_to).where(*key, _plans.finished_at.is_(None))
    row = records.connection.execute(mine.with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    last = last_person(records)
    records.database.roomy(records.connection)
    to = min(row.planned_to + most, last)
    found = plan(records, occasion, at, row.planned_to, to)
    done = {"planned_to": to, "finished_at": records.now if to == last else None}
    records.connection.execute(update(reminder_plans).where(_plans.id == row.id).values(**done))
    return found


def _leave(records: Records, occasion: Occasion, at: datetime, after: int, to: int, *, fresh: bool) -> int:
    """Leave a message for everybody who is told, on the one of their accounts that they used last; `fresh`: none of
    them has one yet.
    """
    here = (_reminders.county == occasion.county, _reminders.reason.is_(None))
    new = _of(occasion, *here, _reminders.person_id > after, _reminders.person_id <= to)
    found = _recipients(records, occasion, *new).c
    rows: Select[Any] = select(
        found.reminder_id,
        found.contact,
        found.channel,
        literal(REMINDER),
        literal(DeliveryState.WAITING.value),
        literal(0),
        literal(records.now, _deliveries.created_at.type),
        literal(records.now, _deliveries.changed_at.type),
        literal(at, _deliveries.try_at.type),
    ).where(found.rank == 1)
    names = ("reminder_id", "contact", "channel", "kind", "state", "attempts", "created_at", "changed_at", "try_at")
    return _put(records, deliveries, rows, names, fresh=fresh)


def _recipients(records: Records, occasion: Occasion, *which: Any) -> Any:
    """Who is told by these reminders, if anybody is told anything, on each of their accounts; `rank` is 1 for the one
    that they used last, messengers before pages.

    A subquery of reminder_id, person_id, contact, channel, relation and rank. It begins with the reminders, of which
    PostgreSQL has no idea how many there are while the transaction that makes them goes on.
    """
    may = helpers(PERSON.id, PERSON.notices, applied_by(occasion, PERSON.id), records.today)

    def through(link: Any) -> Any:
        """By the account that was given the right, or by one that was linked with it: two questions, as no database
        makes good use of an index for either.
        """
        return (
            select(
                _reminders.id.label("reminder_id"),
                _reminders.person_id,
                DELEGATION.contact_id.label("whole_id"),
                DELEGATION.relation,
                CONTACT.id.label("contact_id"),
                CONTACT.contact,
                CONTACT.channel,
            )
            .select_from(reminders)
            .join(PERSON.id.table, PERSON.id == _reminders.person_id)
            .join(DELEGATION.id.table, and_(*may))
            .join(CONTACT.id.table, link == DELEGATION.contact_id)
            .where(*which, *can_be_reached(), exists().where(*agreed(occasion.kind)))
        )

    found = union_all(through(CONTACT.id), through(CONTACT.joined_id)).subquery().c
    heard = select(_conversations.heard_at).where(_conversations.contact == found.contact).scalar_subquery()
    order = (
        case((found.channel.in_(_MESSENGERS), 0), else_=1),
        case((heard.is_(None), 1), else_=0),
        heard.desc(),
        found.contact_id.desc(),
    )
    rank = func.row_number().over(partition_by=(found.reminder_id, found.whole_id), order_by=order)
    named = (found.reminder_id, found.person_id, found.contact, found.channel, found.relation)
    return select(*named, rank.label("rank")).subquery()


def planned(records: Records, ids: Sequence[int]) -> list[Remembered]:
    """The reminders with these ids."""
    wanted: Select[Any] = (
        select(reminders, PERSON.personal)
        .join(PERSON.id.table, PERSON.id == _reminders.person_id)
        .where(_reminders.id.in_(ids))
    )
    return [
        Remembered(
            *(row.id, row.person_id, row.county, row.year, Moment(row.moment), row.due_on, row.last_on),
            str(records.unseal(row.personal, f"person {row.person_id}")["name"]) if row.personal else "",
        )
        for row in records.connection.execute(wanted)
    ]


def audience(records: Records, occasion: Occasion, ids: Sequence[int]) -> dict[tuple[int, str], str]:
    """Who may be told by these reminders of an occasion now: by person and account, who the person is to them."""
    found = _recipients(records, occasion, _reminders.id.in_(ids))
    rows = records.connection.execute(select(found.c.person_id, found.c.contact, found.c.relation)).all()
    # Who it is to them says more than that it is somebody.
    rows = sorted(rows, key=lambda row: row.relation != "other")
    return {(person_id, contact): relation for person_id, contact, relation in rows}


def expire(records: Records) -> int:
    """What could not be sent until its last day will not be: the reason is why it had to wait. Returns how many."""
    over = select(_reminders.id).where(_reminders.last_on < records.today)
    ended = (
        update(deliveries)
        .where(
            _deliveries.kind == REMINDER,
            _deliveries.state == DeliveryState.WAITING,
            _deliveries.reminder_id.in_(over),
        )
        .values(
            state=DeliveryState.REFUSED,
            reason=func.coalesce(_deliveries.reason, "too_late"),
            changed_at=records.now,
            try_at=None,
        )
    )
    return int(records.connection.execute(ended).rowcount)


def planned_before(records: Records, before: datetime, after: int, most: int | None) -> list[int]:
    """The reminders, by id from `after` on, that were planned before a moment; at most so many."""
    old = select(_reminders.id).where(_reminders.planned_at < before, _reminders.id > after)
    return list(records.connection.execute(old.order_by(_reminders.id).limit(most)).scalars())


def forget_ids(records: Records, ids: Sequence[int]) -> int:
    """Delete these; returns how many were there."""
    return int(records.connection.execute(delete(reminders).where(_reminders.id.in_(ids))).rowcount)


def accounts(records: Records, county: str | None = None, year: int | None = None) -> list[Account]:
    """What became of the reminders, of a county and year or of all: each counts once, by the best that its messages
    came to.
    """
    wanted = _results()
    if county is not None:
        wanted = wanted.where(_reminders.county == county)
    if year is not None:
        wanted = wanted.where(_reminders.year == year)
    found = wanted.subquery().c
    alike = found.year, found.moment, found.result, found.reason
    rows = records.connection.execute(select(*alike, func.count()).group_by(*alike).order_by(*alike))
    return [Account(of, Moment(moment), result, reason, int(number)) for of, moment, result, reason, number in rows]


def _results() -> Select[Any]:
    """Each reminder with what became of it, and why."""
    best = {
        "delivered": (DeliveryState.SENT, DeliveryState.GIVEN),
        "in_doubt": (DeliveryState.IN_DOUBT, DeliveryState.SENDING),
        "waiting": (DeliveryState.WAITING,),
    }
    theirs = select(
        _deliveries.reminder_id,
        *(func.max(case((_deliveries.state.in_(states), 1), else_=0)).label(name) for name, states in best.items()),
        func.min(_deliveries.reason).label("reason"),
    )
    of = theirs.where(_deliveries.reminder_id.is_not(None)).group_by(_deliveries.reminder_id).subquery().c
    result = case(*((getattr(of, name) == 1, name) for name in best), else_="not_sent")
    return select(
        _reminders.year,
        _reminders.moment,
        result.label("result"),
        case((result == "delivered", None), else_=func.coalesce(_reminders.reason, of.reason)).label("reason"),
    ).select_from(reminders.outerjoin(of.reminder_id.table, of.reminder_id == _reminders.id))


def _of(occasion: Occasion, *more: Any) -> tuple[Any, ...]:
    return (
        _reminders.year == occasion.year,
        _reminders.moment == occasion.moment,
        _reminders.due_on == occasion.due_on,
        *more,
    )


def _put(records: Records, table: Any, rows: Select[Any], names: Sequence[str], *, fresh: bool) -> int:
    """Insert what is selected, and say how many rows that were; unless all are `fresh`, what is there is left out."""
    dialect = postgresql if records.connection.dialect.name == "postgresql" else sqlite
    # Without a condition SQLite takes ON CONFLICT for the ON of a join.
    new = dialect.insert(table).from_select(names, rows.where(literal(True)))
    once = new if fresh else new.on_conflict_do_nothing()
    return int(records.connection.execute(once.execution_options(preserve_rowcount=True)).rowcount)
