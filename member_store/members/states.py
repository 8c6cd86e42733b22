"""State machines: which state may follow which."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from member_store.members.refusals import Refusal
from member_store.tables.money import HardshipState as Hardship
from member_store.tables.people import EnrolmentState as Enrolment

_State = TypeVar("_State", bound=StrEnum)


class StateMachine(Generic[_State]):
    """The moves that there are; everything else is refused."""

    def __init__(self, what: str, moves: Mapping[_State, frozenset[_State]]) -> None:
        self.what = what
        self.moves = moves

    def check(self, before: _State, after: _State) -> None:
        """Raise Refusal (`no_move`) where `after` cannot follow `before`."""
        if after not in self.moves[before]:
            raise Refusal("no_move", what=self.what, before=before.value, after=after.value)


ENROLMENT: StateMachine[Enrolment] = StateMachine(
    "enrolment",
    {
        Enrolment.DRAFT: frozenset({Enrolment.SUBMITTED, Enrolment.WITHDRAWN}),
        Enrolment.SUBMITTED: frozenset({Enrolment.VERIFIED, Enrolment.REJECTED, Enrolment.WITHDRAWN}),
        Enrolment.VERIFIED: frozenset(
            {Enrolment.AWAITING_PAYMENT, Enrolment.ACTIVE, Enrolment.REJECTED, Enrolment.WITHDRAWN}
        ),
        Enrolment.AWAITING_PAYMENT: frozenset({Enrolment.ACTIVE, Enrolment.LAPSED, Enrolment.WITHDRAWN}),
        # Back to awaiting payment: what had been paid was refunded, or is due after all.
        Enrolment.ACTIVE: frozenset({Enrolment.AWAITING_PAYMENT, Enrolment.LAPSED, Enrolment.WITHDRAWN}),
        Enrolment.LAPSED: frozenset(),
        Enrolment.WITHDRAWN: frozenset(),
        Enrolment.REJECTED: frozenset(),
    },
)
"""draft → submitted → verified → awaiting payment → active → lapsed, withdrawn or rejected."""

LIVE = (
    Enrolment.DRAFT,
    Enrolment.SUBMITTED,
    Enrolment.VERIFIED,
    Enrolment.AWAITING_PAYMENT,
    Enrolment.ACTIVE,
)
"""The states in which an enrolment still goes on."""

HARDSHIP: StateMachine[Hardship] = StateMachine(
    "hardship application",
    {
        Hardship.APPLIED: frozenset({Hardship.UNDER_REVIEW, Hardship.WITHDRAWN}),
        Hardship.UNDER_REVIEW: frozenset({Hardship.PUBLIC_NOTICE, Hardship.REFUSED, Hardship.WITHDRAWN}),
        Hardship.PUBLIC_NOTICE: frozenset({Hardship.APPROVED, Hardship.REFUSED, Hardship.WITHDRAWN}),
        Hardship.APPROVED: frozenset(),
        Hardship.REFUSED: frozenset(),
        Hardship.WITHDRAWN: frozenset(),
    },
)
"""applied → under review → public notice → approved or refused (article 十三 item 3)."""
