"""How an enrolment stands with its money: the contribution that holds, its parts, and the state that follows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, bindparam, func
from sqlmodel import col, select

from member_store.members.balances import balance
from member_store.members.enrolments import move
from member_store.members.records import Records
from member_store.tables.money import Account, Contribution, ContributionPart
from member_store.tables.people import Enrolment, EnrolmentState

PAYABLE = (EnrolmentState.VERIFIED, EnrolmentState.AWAITING_PAYMENT, EnrolmentState.ACTIVE)
"""The states of an enrolment whose contribution is worked out, and may be worked out anew."""


_STANDING = (
    select(col(Enrolment.id), col(Enrolment.state), func.count(col(ContributionPart.id)))
    .select_from(Enrolment)
    .join(
        Contribution,
        and_(col(Contribution.enrolment_id) == col(Enrolment.id), col(Contribution.replaced_at).is_(None)),
    )
    .outerjoin(
        ContributionPart,
        and_(
            col(ContributionPart.contribution_id) == col(Contribution.id),
            col(ContributionPart.payer) == Account.INDIVIDUAL.value,
            col(ContributionPart.amount_fen).is_(None),
        ),
    )
    .where(
        col(Enrolment.person_id) == bindparam("person"),
        col(Enrolment.year) == bindparam("of"),
        col(Enrolment.state).in_(PAYABLE),
    )
    .group_by(col(Enrolment.id), col(Enrolment.state))
)
"""The enrolment of a year that is worked out, with how much of the own part is open. At most one is in such a state."""


def settle(records: Records, person_id: int, year: int) -> None:
    """Bring the enrolment of a year into the state that follows from what is outstanding, once that is known."""
    found = records.connection.execute(_STANDING, {"person": person_id, "of": year}).first()
    if found is None:
        return
    key, state, still_open = found
    if still_open:
        return
    owes = balance(records, person_id, year).outstanding_fen > 0
    to = EnrolmentState.AWAITING_PAYMENT if owes else EnrolmentState.ACTIVE
    if state is not to:
        move(records, records.session.get_one(Enrolment, key), to)


def in_force(records: Records, enrolment: Enrolment) -> Contribution | None:
    """The contribution that holds for an enrolment, if one was worked out."""
    wanted = select(Contribution).where(
        Contribution.enrolment_id == enrolment.id, col(Contribution.replaced_at).is_(None)
    )
    return records.session.exec(wanted).first()


def parts_of(records: Records, contribution: Contribution) -> list[ContributionPart]:
    """Who pays what of a contribution."""
    wanted = select(ContributionPart).where(ContributionPart.contribution_id == contribution.id)
    return list(records.session.exec(wanted.order_by(col(ContributionPart.id))))


def own_part_is_known(parts: Iterable[ContributionPart]) -> bool:
    """Whether it is settled what the person pays themselves, be it nothing."""
    return all(part.amount_fen is not None for part in parts if part.payer == Account.INDIVIDUAL.value)
