"""The flow of an enrolment: may they join, what will they pay, do they consent, and only then who they are."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from dialogs.context import Case
from dialogs.decisions import decision
from dialogs.members.asking import CONSENT_WORDING, PARTICULARS
from dialogs.members.effects import Certificate, Effect, Enrol
from dialogs.members.identity import IdentityDocument, IdentityKind, read_identity
from dialogs.members.views import status_view
from dialogs.members.years import present_year
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
    # Of all others there may be another one, or 妈 is the mother of the spouse: the store knows them by their number.
    if case.subject not in ("self", "spouse") or "name" in case.particulars:
        return None
    year = present_year(case)
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
    return confirmed(case, lambda: _application(case, category))


def confirmed(case: Case, effect: Callable[[], Effect | None]) -> Plan:
    """Have it done once they have said that it is right so; ask for the identity number again where it is none."""
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
