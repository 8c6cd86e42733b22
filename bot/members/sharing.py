"""A copy of one's own data, and having them erased: for oneself and for those one decides for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.languages import catalogue
from bot.members.refused import refused
from dialogs.members.effects import Done, Outcome
from member_store.members import delegations, enrolments, erasure, people
from member_store.members.delegations import OWN, Represented
from member_store.members.refusals import Refusal
from member_store.tables.access import Basis, Contact
from member_store.tables.people import EnrolmentState, Person

if TYPE_CHECKING:
    from bot.members.acting import Acting


def export_text(acting: Acting) -> str:
    """All that is kept on a contact and on those for whom it decides, to be read by people."""
    from bot.members.data_file import as_text
    from member_store.members import export

    records, contact = acting.records, acting.contact()
    # Of an application no more than the conversation has: else a stranger could read whom they apply for.
    decided = [each for each in delegations.represented(records, contact) if each.may(OWN)]
    for each in decided:
        records.record("data_exported", each.person, person_id=each.person.id)
    data = {
        "people": [export.everything_about(records, each.person) for each in decided],
        "accounts": export.accounts_of(records, contact),
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
    for each in delegations.represented(records, contact):
        if not each.may(OWN) and not _brought_here(acting, each, contact):
            continue
        key = each.person.id or 0
        name = people.name_of(records, each.person)
        try:
            with records.undoable():
                erasure.erase(records, records.locked(Person, key), "asked")
        except Refusal as refusal:
            held.append((name, refused(refusal, catalogue(acting.locale))))
    contact = acting.contact()
    for each in delegations.represented(records, contact):
        if not each.may(OWN):
            delegations.revoke(records, each.delegation, "asked")
    erasure.erase_contact(records, acting.channel, acting.account, "asked")
    return Done({"held": held})


def _brought_here(acting: Acting, each: Represented, contact: Contact) -> bool:
    """Whether this contact alone put a person on record, and nobody has looked at the application yet."""
    if each.delegation.basis is not Basis.APPLICATION:
        return False
    key = each.person.id or 0
    unseen = (EnrolmentState.SUBMITTED, EnrolmentState.WITHDRAWN)
    found = enrolments.all_of(acting.records, key)
    others = [one for one in delegations.given_by(acting.records, key) if one.contact_id != contact.whole_id]
    return (
        bool(found) and not others and all(one.contact_id == contact.whole_id and one.state in unseen for one in found)
    )
