"""Of what a contact wants to be reminded: agreed to in words, and taken back as easily."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import col, select

from member_store.members.records import Records
from member_store.tables.access import Consent, Contact
from member_store.tables.reminders import DEADLINE, LATE, OPENING

KINDS = (OPENING, DEADLINE, LATE)
"""Everything that there is to be reminded of."""


def chosen(records: Records, contact: Contact) -> frozenset[str]:
    """The kinds to which a contact has agreed."""
    return frozenset(each.purpose for each in _in_force(records, contact))


def agree(records: Records, contact: Contact, kinds: Iterable[str], wording: str) -> None:
    """Take down that a contact wants these; `wording` is the version of the words that they were shown."""
    have = chosen(records, contact)
    for kind in kinds:
        if kind not in have:
            found = records.add(
                Consent(
                    contact_id=contact.whole_id,
                    purpose=kind,
                    wording=wording,
                    locale=contact.locale,
                    given_as="self",
                    given_at=records.now,
                )
            )
            records.record("reminders_wanted", found, person_id=None, changes={"purpose": kind, "wording": wording})


def decline(records: Records, contact: Contact, kinds: Iterable[str]) -> None:
    """Take down that a contact wants none of these any more."""
    unwanted = set(kinds)
    for each in _in_force(records, contact):
        if each.purpose in unwanted:
            records.change(each, "reminders_declined", person_id=None, withdrawn_at=records.now)


def _in_force(records: Records, contact: Contact) -> list[Consent]:
    wanted = (
        select(Consent)
        .where(
            Consent.contact_id == contact.whole_id,
            col(Consent.person_id).is_(None),
            col(Consent.purpose).in_(KINDS),
            col(Consent.withdrawn_at).is_(None),
        )
        .order_by(col(Consent.id))
    )
    return list(records.session.exec(wanted))
