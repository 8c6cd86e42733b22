"""The acts on people who are on record: each says what it still needs, or what is to be done."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from dialogs.context import N_, Case
from dialogs.members import accounts
from dialogs.members.acts import REMINDERS
from dialogs.members.asking import REMINDERS_WORDING
from dialogs.members.effects import (
    AskHardship,
    ChangePhone,
    ChooseNotices,
    ChooseReminders,
    Die,
    Effect,
    Erase,
    Grant,
    LookUp,
    Move,
    Renew,
    Revoke,
    Whom,
    Withdraw,
)
from dialogs.members.enrolling import confirmed, document_of, enrol
from dialogs.members.questions import chosen, not_on_record, spoken_of
from dialogs.members.standing import ACT, LOOK, OWN, Member
from dialogs.members.views import household_view, permissions_view, status_view
from dialogs.members.years import present_year, renewal_year, withdrawal_year
from dialogs.plans import Ask, Conclude, Do, Plan
from dialogs.replies import Text


def _whom(case: Case, scope: str) -> Whom | Plan:
    """The person an act is for: a worker names them by their document, others are asked which of theirs it is."""
    if case.standing.worker is not None:
        return _client(case)
    if not case.standing.members:
        return Conclude((Text(case.words("act.nobody")),))
    member = chosen(case)
    if member is None:
        return Ask("who")
    return _use(member, scope, case)


def _use(member: Member, scope: str, case: Case) -> Whom | Plan:
    if scope in member.scopes:
        return member.key
    soon = member.applied and member.relation in ("self", "child")
    return Conclude((Text(case.words(N_("act.not_verified") if soon else N_("act.only_own"))),))


def _client(case: Case) -> Whom | Plan:
    for name in ("setting", "identity"):
        if name not in case.particulars:
            return Ask(name)
    return document_of(case.particulars["identity"], case.today) or Ask("identity")


def _act(case: Case, scope: str, wanted: tuple[str, ...], effect: Callable[[Whom], Effect]) -> Plan:
    """Whom it is for, what else is needed, whether they are sure; then it is done."""
    whom = _whom(case, scope)
    if isinstance(whom, Ask | Conclude | Do):
        return whom
    missing = next((name for name in wanted if name not in case.particulars), None)
    return Ask(missing) if missing else confirmed(case, lambda: effect(whom))


def _status(case: Case) -> Plan:
    if case.standing.worker is not None:
        whom = _client(case)
        return whom if isinstance(whom, Ask | Conclude | Do) else Do(LookUp(whom, case.particulars.get("setting")))
    if not case.standing.members:
        return Conclude((Text(case.words("act.nobody")),))
    named = case.standing.by_key(case.particulars.get("who", ""))
    meant = (named,) if named else spoken_of(case)
    if meant:
        return Conclude(status_view(case, meant))
    return Conclude((Text(not_on_record(case)), *status_view(case, case.standing.members)))


def _renew(case: Case) -> Plan:
    whom = _whom(case, ACT)
    if isinstance(whom, Ask | Conclude | Do):
        return whom
    member = next((each for each in case.standing.members if each.key == whom), None)
    year = renewal_year(case, member)
    latest = member.latest if member else None
    if member is not None and latest is not None and latest.live and latest.year == year:
        return Conclude((Text(case.words("enrol.already", name=member.name)), *status_view(case, (member,))))
    return confirmed(case, lambda: Renew(whom, year, case.particulars.get("setting")))


def _withdraw(case: Case) -> Plan:
    member = chosen(case)
    year = withdrawal_year(case, member)
    if member is not None and member.applied:
        return confirmed(case, lambda: Withdraw(member.key, year))
    return _act(case, OWN, (), lambda whom: Withdraw(whom, year, case.particulars.get("setting")))


def _move(case: Case) -> Plan:
    given = case.particulars
    return _act(case, ACT, ("move_to",), lambda whom: Move(whom, given["move_to"], given.get("setting")))


def _phone(case: Case) -> Plan:
    given = case.particulars
    return _act(case, ACT, ("new_phone",), lambda whom: ChangePhone(whom, given["new_phone"], given.get("setting")))


def _death(case: Case) -> Plan:
    given = case.particulars

    def effect(whom: Whom) -> Effect:
        return Die(whom, datetime.date.fromisoformat(given["died_on"]), given.get("setting"))

    return _act(case, ACT, ("died_on",), effect)


def _grant(case: Case) -> Plan:
    if case.standing.worker is not None:
        return Conclude((Text(case.words("act.not_for_staff")),))
    given = case.particulars

    def effect(whom: Whom) -> Effect:
        assert isinstance(whom, int)  # noqa: S101 - no worker comes here
        scopes = (LOOK, ACT) if given["scope"] == "act" else (LOOK,)
        return Grant(whom, scopes, int(given["lasts"]))

    return _act(case, OWN, ("scope", "lasts"), effect)


def _revoke(case: Case) -> Plan:
    whom = _whom(case, OWN)
    if not isinstance(whom, int):
        return whom if isinstance(whom, Ask | Conclude | Do) else Conclude((Text(case.words("act.not_for_staff")),))
    member = next(each for each in case.standing.members if each.key == whom)
    if not member.helpers:
        return Conclude((Text(case.words("revoke.nobody")),))
    which = case.particulars.get("which_helper", str(member.helpers[0].key) if len(member.helpers) == 1 else None)
    if which is None:
        return Ask("which_helper")
    return confirmed(case, lambda: Revoke(whom, None if which == "all" else int(which)))


def _who_may(case: Case) -> Plan:
    if not any(OWN in each.scopes for each in case.standing.members):
        return Conclude((Text(case.words(N_("act.only_own") if case.standing.members else N_("act.nobody"))),))
    return Conclude(permissions_view(case))


def _notices(case: Case) -> Plan:
    whom = _whom(case, OWN)
    if not isinstance(whom, int):
        return whom if isinstance(whom, Ask | Conclude | Do) else Conclude((Text(case.words("act.not_for_staff")),))
    if "notices" not in case.particulars:
        return Ask("notices")
    return Do(ChooseNotices(whom, case.particulars["notices"]))


def _reminders(case: Case) -> Plan:
    if case.standing.worker is not None:
        return Conclude((Text(case.words("act.not_for_staff")),))
    if not case.standing.members and not case.standing.reminded:
        return Conclude((Text(case.words("act.nobody")),))
    if "reminders" not in case.particulars:
        return Ask("reminders")
    how, *kinds = case.particulars["reminders"].split()
    named = tuple(kinds)
    more, fewer = {
        "on": (named, ()),
        "off": ((), named),
        "only": (named, tuple(each for each in REMINDERS if each not in named)),
    }[how]
    return Do(ChooseReminders(more, fewer, REMINDERS_WORDING))


def _hardship(case: Case) -> Plan:
    year = present_year(case)

    def effect(whom: Whom) -> Effect:
        assert isinstance(whom, int)  # noqa: S101 - a worker takes it down at the desk
        return AskHardship(whom, year)

    if case.standing.worker is not None:
        return Conclude((Text(case.words("act.not_for_staff")),))
    return _act(case, ACT, (), effect)


def _household(case: Case) -> Plan:
    if case.standing.worker is not None:
        return _status(case)
    return Conclude(household_view(case)) if case.standing.members else Conclude((Text(case.words("act.nobody")),))


def _erase(case: Case) -> Plan:
    return confirmed(case, Erase)


MEMBER_FLOWS: dict[str, Callable[[Case], Plan]] = {
    "enrol": enrol,
    "status": _status,
    "renew": _renew,
    "withdraw": _withdraw,
    "move": _move,
    "phone": _phone,
    "death": _death,
    "grant": _grant,
    "revoke": _revoke,
    "who_may": _who_may,
    "link": accounts.link,
    "join": accounts.join,
    "unlink": accounts.unlink,
    "channels": accounts.channels,
    "notices": _notices,
    "remind": _reminders,
    "unremind": _reminders,
    "hardship": _hardship,
    "household": _household,
    "erase": _erase,
}
"""Every goal that has to do with members."""
