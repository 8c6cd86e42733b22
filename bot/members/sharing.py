"""A copy of one's own data, and having them erased: for oneself and for those one decides for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.languages import catalogue
from bot.members.leaving import name_of
from bot.members.refused import refused
from dialogs.members.effects import Done, Outcome
from member_store.members import delegations, doubts, enrolments, erasure
from member_store.members.delegations import OWN, Represented
from member_store.members.refusals import Refusal
from member_store.tables.access import Basis, Contact
from member_store.tables.people import Person

if TYPE_CHECKING:
    from bot.members.acting import Acting


def export_text(acting: Acting) -> str:
    """All that is kept on a contact and on those for whom it decides, to be read by people."""
    from bot.members.data_file import as_text
    from member_store.members import export

    records, contact = acting.records, acting.contact()
    people = [export.everything_about(records, each.person) for each in _decided_for(acting, contact)]
    for each in _decided_for(acting, contact):
        records.record("data_exported", each.person, person_id=each.person.id)
    data = {
        "people": people,
        "conversation": export.conversation_of(records, acting.channel, acting.account),
    }
    words = catalogue(acting.locale)
    counties = acting.scheme_for(None).counties
    return as_text(data, words, {name: words.source(each.name) for name, each in counties.items()})


def export_data(acting: Acting) -> Outcome:
    """Give the copy."""
    return Done({"text": export_text(acting)})


def erase(acting: Acting) -> Outcome:
    """Erase what can be erased; what cannot yet is named, each with what has to be done first."""
    records, contact = acting.records, acting.contact()
    held: list[tuple[str, str]] = []
    for each in _decided_for(acting, contact):
        key = each.person.id or 0
        name = name_of(acting, each.person)
        try:
            with records.undoable():
                erasure.erase(records, records.locked(Person, key), "asked")
        except Refusal as refusal:
            held.append((name, refused(refusal, catalogue(acting.locale))))
    contact = acting.contact()
    for doubt in doubts.of_contact(records, contact):
        records.change(doubt, "doubt_taken_back", person_id=doubt.person_id, stated=None)
    for each in delegations.represented(records, contact):
        if not each.may(OWN):
            delegations.revoke(records, each.delegation, "asked")
    erasure.erase_contact(records, acting.channel, acting.account, "asked")
    return Done({"held": held})


def _decided_for(acting: Acting, contact: Contact) -> list[Represented]:
    """Those for whom a contact decides, and those whom it alone brought here and nobody has looked at."""
    found = delegations.represented(acting.records, contact)
    return [each for each in found if each.may(OWN) or _brought_here(acting, each, contact)]


def _brought_here(acting: Acting, each: Represented, contact: Contact) -> bool:
    if each.delegation.basis is not Basis.APPLICATION:
        return False
    found = enrolments.all_of(acting.records, each.person.id or 0)
    return bool(found) and all(one.contact_id == contact.id for one in found)
