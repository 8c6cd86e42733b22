"""Consent to the processing of personal data: given in certain words, and withdrawn as easily."""

from __future__ import annotations

from sqlmodel import col, select

from member_store.members.records import Records
from member_store.tables.access import Consent, Contact
from member_store.tables.people import Person

ENROLMENT = "enrolment"
"""The purpose of what enrolment asks for."""


def give(
    records: Records, contact: Contact | None, person: Person, purpose: str, wording: str, locale: str, given_as: str
) -> Consent:
    """Take down that consent was given. `wording` is the version of what was shown; `given_as` on what ground."""
    found = records.add(
        Consent(
            person_id=person.id,
            contact_id=contact.id if contact else None,
            purpose=purpose,
            wording=wording,
            locale=locale,
            given_as=given_as,
            given_at=records.now,
        )
    )
    changes = {"purpose": purpose, "wording": wording, "as": given_as}
    records.record("consent_given", found, person_id=person.id, changes=changes)
    return found


def of_person(records: Records, person_id: int) -> list[Consent]:
    """Every consent that was ever given for a person, oldest first."""
    return list(records.session.exec(select(Consent).where(Consent.person_id == person_id).order_by(col(Consent.id))))


def withdraw_all(records: Records, person_id: int) -> int:
    """Withdraw every consent in force. Returns how many there were."""
    found = [each for each in of_person(records, person_id) if each.withdrawn_at is None]
    for each in found:
        records.change(each, "consent_withdrawn", person_id=person_id, withdrawn_at=records.now)
    return len(found)
