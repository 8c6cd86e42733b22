"""The flows of members: each says, from what was said, what it still needs or what is to be done."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from dialogs.context import N_, Case
from dialogs.decisions import decision
from dialogs.members.asking import CONSENT_WORDING, PARTICULARS
from dialogs.members.effects import (
    AskHardship,
    Certificate,
    ChooseNotices,
    Die,
    Effect,
    Enrol,
    Erase,
    Grant,
    LookUp,
    Move,
    Renew,
    Revoke,
    Whom,
    Withdraw,
)
from dialogs.members.identity import IdentityDocument, IdentityKind, read_identity
from dialogs.members.questions import chosen, spoken_of
from dialogs.members.standing import ACT, LOOK, OWN, Member
from dialogs.members.views import household_view, permissions_view, status_view
from dialogs.plans import Ask, Conclude, Do, Plan
from dialogs.questions import ASKING
from dialogs.replies import Text
from policy_engine.contribution import contribution
from policy_engine.eligibility import eligibility
from policy_engine.facts import FACTS, fact_to_json

NON_LOCAL = "residence_permit"
"""The fact on which the enrolment of people from elsewhere rests."""


def document_of(given: str, today: datetime.date) -> IdentityDocument | None:
    """The identity document that was given, as it stands among the particulars: kind and number."""
    kind, _, number = given.partition(":")
    found = read_identity(number, today, IdentityKind(kind))
    return found if isinstance(found, IdentityDocument) else None


def needs(missing: Iterable[str], case: Case) -> Ask | None:
    """The first fact that still decides, that can be asked, and to which nobody has said *I don't know*."""
    return next((Ask(fact) for fact in missing if _can_be_asked(fact, case) and fact not in case.unsure), None)


def _can_be_asked(fact: str, case: Case) -> bool:
    """Whether there is a question with an answer to it: no county, where the scheme has none to choose from."""
    return fact in ASKING and (fact != "county" or bool(case.scheme.counties))


def enrol(case: Case) -> Plan:
    """An application: may they join, what do they pay, and then, with consent, who they are."""
    known = _enrolled(case)
    if known is not None:
        return known
    joining = eligibility(case.scheme, case.facts, today=case.today)
    asked = needs(joining.missing, case)
    if asked is not None:
        return asked
    if joining.outcome != "eligible":
        told = Text(case.words("enrol.undetermined"), "note") if joining.outcome == "undetermined" else None
        return Conclude((decision(joining, case), *([told] if told else [])), joining.interpretations)
    if "county" not in case.facts and case.scheme.counties and case.county is None:
        return Conclude((Text(case.words("enrol.needs_county")),)) if "county" in case.unsure else Ask("county")
    due = contribution(case.scheme, case.facts, today=case.today)
    return needs(due.missing, case) or _particulars(case, joining.category)


def _enrolled(case: Case) -> Conclude | None:
    """What is said to somebody who applies once more for a person whom they have enrolled already."""
    if case.subject == "child" or "name" in case.particulars:
        return None
    year = case.scheme.on(None, case.today).year
    for each in case.standing.related(case.subject):
        found = each.enrolment(year)
        if found is not None and found.live:
            return Conclude((Text(case.words("enrol.already", name=each.name)), *status_view(case, (each,))))
    return None


def _particulars(case: Case, category: str | None) -> Plan:
    given = case.particulars
    if case.standing.worker is not None and "setting" not in given:
        return Ask("setting")
    if "consent" not in given:
        return Ask("consent")
    if given["consent"] != "yes":
        return Conclude((Text(case.words("enrol.no_consent")),))
    wanted = ["name", "identity", "phone"]
    if case.communities(_county(case)) and case.standing.worker is None:
        wanted.append("community")
    if case.facts.get("hardship_certificate", "none") != "none":
        wanted += ["certificate_number", "certificate_until"]
    if case.facts.get("registered_locally") is False and case.facts.get(NON_LOCAL):
        wanted.append("permit_until")
    for name in (*wanted, "confirm"):
        if name not in given and (PARTICULARS[name].needed or name not in case.unsure):
            return Ask(name)
    return _confirmed(case, lambda: _application(case, category))


def _confirmed(case: Case, effect: Callable[[], Effect | None]) -> Plan:
    if case.particulars.get("confirm") != "yes":
        return Conclude((Text(case.words("act.not_done")),)) if "confirm" in case.particulars else Ask("confirm")
    found = effect()
    return Do(found) if found is not None else Ask("identity")


def _application(case: Case, category: str | None) -> Enrol | None:
    given = case.particulars
    document = document_of(given["identity"], case.today)
    if document is None:
        return None
    day = case.scheme.on(None, case.today)
    community = given.get("community")
    return Enrol(
        relation="other" if case.standing.worker else case.subject,
        name=given["name"],
        document=document,
        phone=given.get("phone"),
        community=int(community) if community else None,
        county=_county(case),
        year=day.year,
        facts=stated(case),
        category=category,
        rules=case.scheme.version,
        rules_on=day,
        wording=CONSENT_WORDING,
        locale=case.words.locale,
        certificates=_certificates(case),
        setting=given.get("setting"),
    )


def stated(case: Case) -> dict[str, Any]:
    """The facts as they are handed in: all but the hospital and the bill, and nothing that only the store knew."""
    about = ("care", "provider", "bill", "referred", "reportable", "transferred", "treated", "class_b", "fund", "stays")
    return {
        name: fact_to_json(value)
        for name, value in case.facts.items()
        if name in FACTS and name not in case.on_record and not name.startswith(about) and name != "subject"
    }


def _certificates(case: Case) -> tuple[Certificate, ...]:
    given = case.particulars
    found = []
    kind = case.facts.get("hardship_certificate", "none")
    if kind != "none":
        found.append(Certificate(str(kind), given.get("certificate_number"), _day(given.get("certificate_until"))))
    if case.facts.get("registered_locally") is False and case.facts.get(NON_LOCAL):
        found.append(Certificate(NON_LOCAL, None, _day(given.get("permit_until"))))
    return tuple(found)


def _day(written: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(written) if written else None


def _county(case: Case) -> str:
    return case.county or str(case.facts.get("county", ""))


# -- acts on a person who is known ------------------------------------------------------------------------------------


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
    return Ask(missing) if missing else _confirmed(case, lambda: effect(whom))


def _status(case: Case) -> Plan:
    if case.standing.worker is not None:
        whom = _client(case)
        return whom if isinstance(whom, Ask | Conclude | Do) else Do(LookUp(whom, case.particulars.get("setting")))
    if not case.standing.members:
        return Conclude((Text(case.words("act.nobody")),))
    named = case.standing.by_key(case.particulars.get("who", ""))
    return Conclude(status_view(case, (named,) if named else spoken_of(case) or case.standing.members))


def _renew(case: Case) -> Plan:
    whom = _whom(case, ACT)
    if isinstance(whom, Ask | Conclude | Do):
        return whom
    year = case.scheme.on(None, case.today).year
    member = next((each for each in case.standing.members if each.key == whom), None)
    latest = member.latest if member else None
    if member is not None and latest is not None and latest.live and latest.year == year:
        return Conclude((Text(case.words("enrol.already", name=member.name)), *status_view(case, (member,))))
    return _confirmed(case, lambda: Renew(whom, year, case.particulars.get("setting")))


def _withdraw(case: Case) -> Plan:
    year = case.scheme.on(None, case.today).year
    member = chosen(case)
    if member is not None and member.applied:
        return _confirmed(case, lambda: Withdraw(member.key, year))
    return _act(case, OWN, (), lambda whom: Withdraw(whom, year, case.particulars.get("setting")))


def _move(case: Case) -> Plan:
    given = case.particulars
    return _act(case, ACT, ("move_to",), lambda whom: Move(whom, given["move_to"], given.get("setting")))


def _death(case: Case) -> Plan:
    given = case.particulars

    def effect(whom: Whom) -> Effect:
        return Die(whom, datetime.date.fromisoformat(given["died_on"]), given.get("setting"))

    return _act(case, LOOK, ("died_on",), effect)


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
    return _confirmed(case, lambda: Revoke(whom, None if which == "all" else int(which)))


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


def _hardship(case: Case) -> Plan:
    year = case.scheme.on(None, case.today).year

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
    return _confirmed(case, Erase)


MEMBER_FLOWS: dict[str, Callable[[Case], Plan]] = {
    "enrol": enrol,
    "status": _status,
    "renew": _renew,
    "withdraw": _withdraw,
    "move": _move,
    "death": _death,
    "grant": _grant,
    "revoke": _revoke,
    "who_may": _who_may,
    "notices": _notices,
    "hardship": _hardship,
    "household": _household,
    "erase": _erase,
}
"""Every goal that has to do with members."""
