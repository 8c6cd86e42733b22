"""Who is to be reminded of a contribution, how they stand, and why somebody is not: asked of the rows themselves.

It is one statement for all, so that a whole city is planned in seconds; and the same one is asked about a single person
again at the moment of sending, so that nobody is reminded who has paid meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from member_store.members.agreements import covers
from member_store.members.delegations import in_force
from member_store.members.people import Personal
from member_store.members.records import Records
from member_store.tables.access import Basis, Consent, Contact, Delegation
from member_store.tables.money import Account, Agreement, Contribution, ContributionPart, LedgerPosting
from member_store.tables.people import Enrolment, EnrolmentState, Notices, Person
from member_store.tables.reminders import DEADLINE, LATE, OPENING, Moment, Situation

KINDS = {
    Moment.OPENING: OPENING,
    Moment.HALFWAY: DEADLINE,
    Moment.SEVEN_DAYS: DEADLINE,
    Moment.ONE_DAY: DEADLINE,
    Moment.LAST_DAY: DEADLINE,
    Moment.LATE: LATE,
}
"""The kind of each moment."""

_NOTHING_TO_SAY = {
    Situation.NOT_DUE: "nothing_due",
    Situation.COVERED: "covered",
    Situation.PAID: "already_paid",
    Situation.DEDUCTION: "deduction",
}
"""Why somebody in this situation is not told, where the moment is not for them."""

_NOT_YET = (EnrolmentState.DRAFT, EnrolmentState.SUBMITTED, EnrolmentState.VERIFIED)
_OVER = (EnrolmentState.REJECTED, EnrolmentState.WITHDRAWN)
_INSURED = (EnrolmentState.ACTIVE, EnrolmentState.LAPSED)

# The tables themselves, as the statements here are put together once and never make objects.
PERSON: Any = Person.__table__.c  # type: ignore[attr-defined]
_AGREEMENT: Any = Agreement.__table__.c  # type: ignore[attr-defined]
_PART: Any = ContributionPart.__table__.c  # type: ignore[attr-defined]
_POSTING: Any = LedgerPosting.__table__.c  # type: ignore[attr-defined]
_CONTRIBUTION: Any = Contribution.__table__.c  # type: ignore[attr-defined]
_ENROLMENT: Any = Enrolment.__table__.c  # type: ignore[attr-defined]
DELEGATION: Any = Delegation.__table__.c  # type: ignore[attr-defined]
CONTACT: Any = Contact.__table__.c  # type: ignore[attr-defined]
_CONSENT: Any = Consent.__table__.c  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Occasion:
    """A moment of a county's window: its day, and the last one on which it may still be sent.

    `tells` are the situations of those who are told of it besides whoever owes something.
    """

    county: str
    year: int
    moment: Moment
    due_on: date
    last_on: date
    tells: frozenset[Situation] = frozenset()

    @property
    def kind(self) -> str:
        """To what people have agreed who are told."""
        return KINDS[self.moment]


@dataclass(frozen=True)
class Standing:
    """How somebody stands with an occasion; `reason` is why they are not told, None where they are."""

    person_id: int
    situation: Situation
    reason: str | None
    owed_fen: int


@dataclass(frozen=True)
class Listed:
    """How somebody stands with an occasion, and who it is."""

    standing: Standing
    personal: Personal = field(repr=False)


def statement(occasion: Occasion, today: date, *among: ColumnElement[bool]) -> Select[Any]:
    """Everybody whom the occasion concerns: id, community, situation, reason, what they owe in fen.

    Those are whoever enrolled for the year in this county, and whoever was insured here the year before; `among` are
    conditions on `PERSON`.
    """
    now = aliased(Enrolment, name="now")
    before = aliased(Enrolment, name="before")
    columns_of_now: Any = now
    columns_before: Any = before
    owed = func.coalesce(
        select(func.sum(_POSTING.amount_fen))
        .where(_POSTING.person_id == PERSON.id, _POSTING.year == occasion.year, _POSTING.account == Account.INDIVIDUAL)
        .scalar_subquery(),
        0,
    )
    own = func.coalesce(
        select(func.sum(_PART.amount_fen))
        .where(
            _PART.contribution_id == _CONTRIBUTION.id,
            _CONTRIBUTION.enrolment_id == columns_of_now.id,
            _CONTRIBUTION.replaced_at.is_(None),
            _PART.payer == "individual",
        )
        .scalar_subquery(),
        0,
    )
    deducted = exists().where(_AGREEMENT.person_id == PERSON.id, *covers(occasion.year))
    people = (
        select(
            PERSON.id.label("person_id"),
            PERSON.community_id,
            PERSON.county,
            PERSON.died_on,
            PERSON.notices,
            func.coalesce(columns_of_now.contact_id, columns_before.contact_id).label("applied_by"),
            columns_of_now.state.label("state"),
            case((columns_of_now.id.is_(None), None), else_=owed).label("owed"),
            case((columns_of_now.state.in_(_NOT_YET), None), else_=own).label("own"),
            deducted.label("deducted"),
        )
        .select_from(Person.__table__)  # type: ignore[attr-defined]
        .outerjoin(
            now,
            and_(
                columns_of_now.person_id == PERSON.id,
                columns_of_now.year == occasion.year,
                columns_of_now.state.not_in(_OVER),
            ),
        )
        .outerjoin(
            before,
            and_(
                columns_of_now.id.is_(None),
                columns_before.person_id == PERSON.id,
                columns_before.year == occasion.year - 1,
                columns_before.county == occasion.county,
                columns_before.state.in_(_INSURED),
                # Whoever has taken it back this year was asked already.
                ~exists().where(_ENROLMENT.person_id == PERSON.id, _ENROLMENT.year == occasion.year),
            ),
        )
        .where(
            PERSON.erased_at.is_(None),
            or_(columns_of_now.county == occasion.county, columns_before.id.is_not(None)),
            *among,
        )
        # Else each of its sums would be worked out anew wherever it is asked about.
        .cte("people", nesting=True)
        .prefix_with("MATERIALIZED")
    )
    each = people.c
    situation = case(
        (each.state.is_(None), Situation.RENEW.value),
        (each.state.in_(_NOT_YET), Situation.NOT_DUE.value),
        (and_(each.own == 0, each.owed <= 0), Situation.COVERED.value),
        (each.owed <= 0, Situation.PAID.value),
        (each.deducted, Situation.DEDUCTION.value),
        (each.owed < each.own, Situation.OWES_PART.value),
        else_=Situation.OWES_ALL.value,
    )
    stands = select(people, situation.label("situation")).cte("stands", nesting=True).prefix_with("MATERIALIZED")
    found = stands.c
    silent = [
        (found.situation == which.value, why) for which, why in _NOTHING_TO_SAY.items() if which not in occasion.tells
    ]
    may = helpers(found.person_id, found.notices, found.applied_by, today)
    reason = case(
        (found.died_on.is_not(None), "deceased"),
        (found.county != occasion.county, "moved"),
        *silent,
        # First what most people are: each further question costs a look into an index for everybody left.
        (~exists().where(DELEGATION.person_id == found.person_id), "no_channel"),
        (exists().where(*may, *_reachable(), *agreed(occasion.kind)), None),
        (exists().where(*may, *_reachable()), "no_consent"),
        (exists().where(*may), "blocked"),
        else_="no_channel",
    )
    return select(
        found.person_id,
        found.community_id,
        found.situation,
        reason.label("reason"),
        func.coalesce(found.owed, 0).label("owed"),
        found.notices,
        found.applied_by,
    )


def helpers(person_id: Any, notices: Any, applied_by: Any, today: date) -> tuple[ColumnElement[bool], ...]:
    """The delegations of those who are told what concerns a person: themselves, who helps them, or both, as they want.

    Who only applied for somebody is told of what they applied for.
    """
    himself = DELEGATION.relation == "self"
    return (
        DELEGATION.person_id == person_id,
        DELEGATION.contact_id.is_not(None),
        *in_force(today),
        or_(DELEGATION.basis != Basis.APPLICATION, DELEGATION.contact_id == applied_by),
        or_(notices == Notices.BOTH, himself == (notices == Notices.RESIDENT)),
    )


def applied_by(occasion: Occasion, person_id: Any) -> Any:
    """Who applied for a person, for the year of an occasion or for the one before."""
    theirs = (
        _ENROLMENT.person_id == person_id,
        _ENROLMENT.year.in_((occasion.year, occasion.year - 1)),
        _ENROLMENT.state.not_in(_OVER),
    )
    return select(_ENROLMENT.contact_id).where(*theirs).order_by(_ENROLMENT.year.desc()).limit(1).scalar_subquery()


def can_be_reached() -> tuple[ColumnElement[bool], ...]:
    """That an account is known, and its owner has not left it."""
    return CONTACT.account.is_not(None), CONTACT.gone_at.is_(None)


def _reachable() -> tuple[ColumnElement[bool], ...]:
    """That one of the accounts of a delegation's contact can be reached."""
    return (or_(CONTACT.id == DELEGATION.contact_id, CONTACT.joined_id == DELEGATION.contact_id), *can_be_reached())


def agreed(kind: str) -> tuple[ColumnElement[bool], ...]:
    """That a delegation's contact has agreed to a kind of reminder."""
    return (
        _CONSENT.contact_id == DELEGATION.contact_id,
        _CONSENT.person_id.is_(None),
        _CONSENT.purpose == kind,
        _CONSENT.withdrawn_at.is_(None),
    )


def listed(
    records: Records,
    occasion: Occasion,
    *,
    community_id: int | None = None,
    reasons: Sequence[str] = (),
    situations: Sequence[Situation] = (),
    most: int | None = None,
) -> list[Listed]:
    """Who is told of an occasion and who is not, by person: of one community, for these reasons, in these situations.

    Where none are given, all of them.
    """
    among = [PERSON.community_id == community_id] if community_id is not None else []
    found = statement(occasion, records.today, *among).subquery()
    everybody = found.c
    wanted: Select[Any] = select(found, PERSON.personal).join(PERSON.id.table, PERSON.id == everybody.person_id)
    if reasons:
        wanted = wanted.where(everybody.reason.in_(reasons))
    if situations:
        wanted = wanted.where(everybody.situation.in_([each.value for each in situations]))
    return [
        Listed(
            Standing(row.person_id, Situation(row.situation), row.reason, int(row.owed)),
            Personal.from_dict(records.unseal(row.personal, f"person {row.person_id}")),
        )
        for row in records.connection.execute(wanted.order_by(everybody.person_id).limit(most))
    ]


def standings(records: Records, occasion: Occasion, people: Sequence[int]) -> Iterator[Standing]:
    """How these people stand with an occasion now; nobody whom it does not concern any more."""
    for row in records.connection.execute(statement(occasion, records.today, PERSON.id.in_(people))):
        yield Standing(row.person_id, Situation(row.situation), row.reason, int(row.owed))


def counted(
    records: Records, occasion: Occasion, community_id: int | None = None
) -> list[tuple[Situation, str | None, int]]:
    """How many people, of a community or of all, stand how with an occasion, and how many are not told and why."""
    among = [PERSON.community_id == community_id] if community_id is not None else []
    everybody = statement(occasion, records.today, *among).subquery().c
    alike = everybody.situation, everybody.reason
    wanted = select(*alike, func.count()).group_by(*alike).order_by(*alike)
    rows = records.connection.execute(wanted)
    return [(Situation(situation), reason, int(number)) for situation, reason, number in rows]
