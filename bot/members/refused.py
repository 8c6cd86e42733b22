"""Refusals in words: what the state of things does not allow, and what to do next."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from dialogs.context import Words
from member_store.members.refusals import Refusal
from policy_engine.errors import N_
from policy_engine.money import exactly

REFUSED: Mapping[str, str] = {
    # who may do what
    "gone": N_("refused.gone"),
    "login_taken": N_("refused.login_taken"),
    "no_community": N_("refused.no_community"),
    "no_county": N_("refused.no_county"),
    "no_place": N_("refused.no_place"),
    "no_staff": N_("refused.no_staff"),
    "not_allowed": N_("refused.not_allowed"),
    "not_for_staff": N_("refused.not_for_staff"),
    "not_deceased": N_("refused.not_deceased"),
    "not_your_place": N_("refused.not_your_place"),
    "not_your_role": N_("refused.not_your_role"),
    "other_community": N_("refused.other_community"),
    "other_name": N_("refused.other_name"),
    "own_code": N_("refused.own_code"),
    "account_acts": N_("refused.account_acts"),
    "account_anothers": N_("refused.account_anothers"),
    "codes_closed": N_("refused.codes_closed"),
    "linked_already": N_("refused.linked_already"),
    "not_linked": N_("refused.not_linked"),
    "own_link": N_("refused.own_link"),
    "too_many_accounts": N_("refused.too_many_accounts"),
    "too_many_codes": N_("refused.too_many_codes"),
    "wrong_code": N_("refused.wrong_code"),
    # people and enrolments
    "deceased": N_("refused.deceased"),
    "enrolled": N_("refused.enrolled"),
    "erased": N_("refused.erased"),
    "known": N_("refused.known"),
    "money_open": N_("refused.money_open"),
    "no_areas": N_("refused.no_areas"),
    "no_move": N_("refused.no_move"),
    "no_person": N_("refused.no_person"),
    "not_enrolled": N_("refused.not_enrolled"),
    "people_there": N_("refused.people_there"),
    "still_enrolled": N_("refused.still_enrolled"),
    "add_as_whom": N_("refused.add_as_whom"),
    "decided": N_("refused.decided"),
    "died_before_birth": N_("refused.died_before_birth"),
    "died_in_future": N_("refused.died_in_future"),
    "no_such_community": N_("refused.no_such_community"),
    "nothing_handed_in": N_("refused.nothing_handed_in"),
    "nothing_to_renew": N_("refused.nothing_to_renew"),
    "renewal_changed": N_("refused.renewal_changed"),
    "renewal_expired": N_("refused.renewal_expired"),
    "same_county": N_("refused.same_county"),
    "staff_not_relatives": N_("refused.staff_not_relatives"),
    # money
    "agreed": N_("refused.agreed"),
    "already_booked": N_("refused.already_booked"),
    "charge_stands": N_("refused.charge_stands"),
    "due_unknown": N_("refused.due_unknown"),
    "ended_already": N_("refused.ended_already"),
    "hardship_open": N_("refused.hardship_open"),
    "more_than_bill": N_("refused.more_than_bill"),
    "no_agreement": N_("refused.no_agreement"),
    "no_amount": N_("refused.no_amount"),
    "no_days": N_("refused.no_days"),
    "no_hardship": N_("refused.no_hardship"),
    "figures_for_trials": N_("refused.figures_for_trials"),
    "no_order": N_("refused.no_order"),
    "no_settlement": N_("refused.no_settlement"),
    "not_balanced": N_("refused.not_balanced"),
    "not_doubtful": N_("refused.not_doubtful"),
    "not_payable": N_("refused.not_payable"),
    "not_due": N_("refused.not_due"),
    "nothing_due": N_("refused.nothing_due"),
    "notice_runs": N_("refused.notice_runs"),
    "order_open": N_("refused.order_open"),
    "other_order_amount": N_("refused.other_order_amount"),
    "paid_otherwise": N_("refused.paid_otherwise"),
    "payment_under_way": N_("refused.payment_under_way"),
    "refund_too_large": N_("refused.refund_too_large"),
    "refunded_already": N_("refused.refunded_already"),
    "reversal_stands": N_("refused.reversal_stands"),
    "reversed_already": N_("refused.reversed_already"),
    "rules_refuse": N_("refused.rules_refuse"),
    "wrong_years": N_("refused.wrong_years"),
    "wrong_window": N_("refused.wrong_window"),
    "wrong_pause": N_("refused.wrong_pause"),
    "no_window": N_("refused.no_window"),
}
"""The message of every refusal."""

STATES: Mapping[str, str] = {
    "draft": N_("state_of.draft"),
    "submitted": N_("state_of.submitted"),
    "verified": N_("state_of.verified"),
    "awaiting_payment": N_("state_of.awaiting_payment"),
    "active": N_("state_of.active"),
    "lapsed": N_("state_of.lapsed"),
    "withdrawn": N_("state_of.withdrawn"),
    "rejected": N_("state_of.rejected"),
    "applied": N_("state_of.applied"),
    "under_review": N_("state_of.under_review"),
    "public_notice": N_("state_of.public_notice"),
    "approved": N_("state_of.approved"),
    "refused": N_("state_of.refused"),
}
"""What a state of an enrolment or a hardship application is called."""
_ROLES: Mapping[str, str] = {
    "worker": N_("role.worker"),
    "office": N_("role.office"),
    "administrator": N_("role.administrator"),
}
_FEN = "_fen"


def refused(error: Refusal, words: Words) -> str:
    """A refusal as a sentence or two: what is wrong, and what to do next."""
    return words(REFUSED[error.code], **told(error, words))


def told(error: Refusal, words: Words) -> dict[str, Any]:
    """The details of a refusal as its message needs them, in the reader's language.

    An amount in fen is called what it is called without `_fen`: `most_fen` fills `{most}`.
    """
    found: dict[str, Any] = {}
    for name, value in error.details.items():
        if name.endswith(_FEN):
            found[name.removesuffix(_FEN)] = words.money(exactly(value))
        elif isinstance(value, datetime.date):
            found[name] = words.date(value)
        elif name in ("state", "before", "after"):
            found[name] = state_told(value, words)
        elif name == "role":
            found[name] = words(_ROLES[value]) if value in _ROLES else value
        else:
            found[name] = value
    return found


def state_told(state: str, words: Words) -> str:
    """The state of an enrolment or a hardship application, in a few words."""
    return words(STATES[state]) if state in STATES else state
