"""Who may act for whom: by an application, as oneself, as a guardian, or by a code that the resident gave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, bindparam
from sqlalchemy import select as core_select
from sqlmodel import col, or_, select

from member_store.members import codes
from member_store.members.people import is_adult
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.statements import Statement
from member_store.tables.access import Basis, Contact, Delegation
from member_store.tables.people import Person

LOOK = "look"
"""To see where the enrolment stands, and what is due."""

ACT = "act"
"""To renew, correct and pay, and to have estimates with what the fund has paid."""

OWN = "own"
"""What only the person or their guardian does: withdraw, give and take back delegations, export and erase data."""

SCOPES = {
    Basis.APPLICATION: (LOOK,),
    Basis.SELF: (LOOK, ACT, OWN),
    Basis.GUARDIAN: (LOOK, ACT, OWN),
}
"""What goes with each basis; one by code has what the resident gave."""

CODE_LASTS = timedelta(hours=24)
"""How long a code waits to be used."""

_CONTACTS = Contact.__table__  # type: ignore[attr-defined]
_IS_KNOWN = Statement(core_select(_CONTACTS.c.id).where(_CONTACTS.c.contact == bindparam("contact")))


@dataclass(frozen=True)
class Represented:
    """A person for whom a contact may do something, today."""

    person: Person
    delegation: Delegation
    grown_up: bool = False

    @property
    def scopes(self) -> tuple[str, ...]:
        """What it covers. Whoever was the guardian of a minor still sees how things stand once they are grown up."""
        if self.grown_up and self.delegation.basis is Basis.GUARDIAN:
            return (LOOK,)
        return tuple(self.delegation.scopes.split())

    def may(self, scope: str) -> bool:
        """Whether it covers this."""
        return scope in self.scopes


def contact_of(records: Records, channel: str, account: str, locale: str) -> Contact:
    """The contact with this account, added where it is new. `account` is kept encrypted, to send notices to."""
    found = known_contact(records, channel, account)
    if found is None:
        key = records.hash(channel, account)
        # A row that is not there cannot be locked; whoever was first may have added it while we waited.
        records.database.alone(records.connection, key)
        found = known_contact(records, channel, account)
    if found is None:
        found = records.add(
            Contact(contact=key, channel=channel, account=records.seal(account), locale=locale, created_at=records.now)
        )
    elif found.account is None:
        # It was forgotten when it served nobody, and now they are back.
        found.account = records.seal(account)
    # What they are told unasked is told in the language that they speak now.
    found.locale = locale
    return found


def is_known(records: Records, channel: str, account: str) -> bool:
    """Whether the contact has ever done more than ask: looked up before every turn, and so without the session."""
    return _IS_KNOWN.first(records.connection, {"contact": records.hash(channel, account)}) is not None


def known_contact(records: Records, channel: str, account: str) -> Contact | None:
    """The contact with this account, if it has ever done more than ask."""
    return records.session.exec(select(Contact).where(Contact.contact == records.hash(channel, account))).first()


def represented(records: Records, contact: Contact) -> list[Represented]:
    """For whom this contact may act today, in the order in which it began."""
    rows = records.session.exec(
        select(Delegation, Person)
        .join(Person, col(Person.id) == col(Delegation.person_id))
        .where(Delegation.contact_id == contact.whole_id, col(Person.erased_at).is_(None), *in_force(records.today))
        .order_by(col(Delegation.id))
    ).all()
    return [
        Represented(person, delegation, delegation.basis is Basis.GUARDIAN and is_adult(records, person))
        for delegation, person in rows
    ]


def require(records: Records, contact: Contact, person_id: int, scope: str) -> Delegation:
    """The delegation by which a contact may do something for a person. Raises Refusal `not_allowed`."""
    for each in represented(records, contact):
        if each.person.id == person_id and each.may(scope):
            return each.delegation
    raise Refusal("not_allowed")


def link(records: Records, contact: Contact, person: Person, relation: str, basis: Basis) -> Delegation:
    """Let a contact act for a person, on a basis that has its own scopes. One that is in force already stays."""
    for each in represented(records, contact):
        if each.person.id == person.id:
            return each.delegation
    found = records.add(
        Delegation(
            person_id=person.id or 0,
            contact_id=contact.whole_id,
            relation=relation,
            basis=basis,
            scopes=" ".join(SCOPES[basis]),
            created_at=records.now,
        )
    )
    records.record("delegation_begun", found, person_id=person.id, changes={"basis": basis.value, "relation": relation})
    return found


def confirm(records: Records, person_id: int, contact_id: int, minor: bool) -> Delegation | None:
    """After the office has looked at an application: whoever applied for themselves, or for a minor, now may all.

    An adult's relative stays with what they applied for, until the adult gives them more by code.
    """
    found = records.session.exec(
        select(Delegation).where(
            Delegation.person_id == person_id,
            Delegation.contact_id == contact_id,
            Delegation.basis == Basis.APPLICATION,
            *in_force(records.today),
        )
    ).first()
    if found is None:
        return None
    basis = Basis.SELF if found.relation == "self" else Basis.GUARDIAN if minor else None
    if basis is not None:
        scopes = " ".join(SCOPES[basis])
        records.change(found, "delegation_confirmed", person_id=person_id, basis=basis, scopes=scopes)
    return found


def offer(records: Records, person: Person, scopes: tuple[str, ...], expires_on: date) -> str:
    """A code by which somebody the resident trusts may act for them, until the day given, that day included.

    The code is shown once and not kept.
    """
    code = codes.new_code()
    found = records.add(
        Delegation(
            person_id=person.id or 0,
            relation="other",
            basis=Basis.CODE,
            scopes=" ".join(scopes),
            code=codes.code_hash(records, "delegation", code),
            code_expires_at=records.now + CODE_LASTS,
            created_at=records.now,
            expires_on=expires_on,
        )
    )
    changes = {"scopes": list(scopes), "expires_on": expires_on.isoformat()}
    records.record("delegation_offered", found, person_id=person.id, changes=changes)
    return code


def offered(records: Records, code: str) -> Delegation | None:
    """The delegation that a code is for, if it can still be used."""
    wanted = codes.code_hash(records, "delegation", code)
    found = records.session.exec(select(Delegation).where(Delegation.code == wanted).with_for_update()).first()
    if found is None or found.revoked_at is not None or found.contact_id is not None:
        return None
    late = found.code_expires_at is None or found.code_expires_at < records.now
    return None if late or _over(records, found) else found


def redeem(records: Records, contact: Contact, code: str, relation: str) -> Delegation:
    """Begin to act by a resident's code. Raises Refusal: `wrong_code`, `too_many_codes`, `own_code`."""
    codes.may_try(records, contact)
    found = offered(records, code)
    if found is None:
        raise Refusal("wrong_code")
    if any(
        each.person.id == found.person_id and each.delegation.relation == "self"
        for each in represented(records, contact)
    ):
        raise Refusal("own_code")
    codes.was_right(contact)
    records.change(
        found,
        "delegation_begun",
        person_id=found.person_id,
        contact_id=contact.whole_id,
        relation=relation,
        code=None,
        code_expires_at=None,
    )
    return found


def given_by(records: Records, person_id: int) -> list[Delegation]:
    """Everything in force by which anybody may act for a person, whoever says to be that person themselves included,
    and codes not yet used. Whoever asks leaves out their own.
    """
    wanted = select(Delegation).where(Delegation.person_id == person_id, *in_force(records.today))
    return list(records.session.exec(wanted.order_by(col(Delegation.id))))


def anybody(records: Records, person_id: int) -> bool:
    """Whether anybody may act for a person, or is to be let to by a code."""
    wanted = select(Delegation.id).where(Delegation.person_id == person_id, *in_force(records.today)).limit(1)
    return records.session.exec(wanted).first() is not None


def revoke(records: Records, delegation: Delegation, reason: str) -> None:
    """End a delegation, or a code that nobody has used yet, at once."""
    to = {"revoked_at": records.now, "code": None}
    records.change(delegation, "delegation_revoked", person_id=delegation.person_id, reason=reason, **to)


def revoke_all(records: Records, person_id: int, reason: str) -> int:
    """End all that anybody may do for a person, themselves included. Returns how many there were."""
    wanted = select(Delegation).where(Delegation.person_id == person_id, col(Delegation.revoked_at).is_(None))
    found = list(records.session.exec(wanted))
    for each in found:
        revoke(records, each, reason)
    return len(found)


def in_force(today: date) -> tuple[ColumnElement[bool], ...]:
    """That a delegation was not taken back and has not expired."""
    lasting = or_(col(Delegation.expires_on).is_(None), col(Delegation.expires_on) >= today)
    return (col(Delegation.revoked_at).is_(None), lasting)


def _over(records: Records, delegation: Delegation) -> bool:
    return delegation.expires_on is not None and delegation.expires_on < records.today
