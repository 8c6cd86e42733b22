"""Several accounts of one person: a code for another one, whose it is, and telling the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.languages import catalogue
from dialogs.members.effects import Done, Link, Outcome, Unlink
from dialogs.members.names import mask_name
from dialogs.members.standing import Account
from member_store.members import deliveries, doubts, links, people
from member_store.members.records import OFFICE_TIME, Records
from member_store.tables.access import Contact

if TYPE_CHECKING:
    from bot.members.acting import Acting

_MOST_NAMES = 3
"""Names that are enough to know whose account it is."""


def offer(acting: Acting) -> Outcome:
    """A code for another account of the same person."""
    code = links.offer(acting.records, acting.contact())
    minutes = int(links.CODE_LASTS.total_seconds() // 60)
    return Done({"code": f"{code[:4]}-{code[4:]}", "minutes": minutes})


def look_at(acting: Acting, code: str) -> Outcome | None:
    """Whose account gave a code, as they are called before strangers; None where it is no code of this kind.

    Raises Refusal where the accounts cannot be linked.
    """
    giver = links.offered(acting.records, code)
    if giver is None:
        return None
    links.check(acting.records, acting.contact(), giver)
    return Done({"link_code": code, "link_whose": _whose(acting, giver)})


def link(acting: Acting, effect: Link) -> Outcome:
    """Link the account that asks to the one that gave the code; the others are told."""
    records, contact = acting.records, acting.contact()
    giver = links.join(records, contact, effect.code)
    for each in links.accounts(records, contact):
        if each.id != contact.id:
            words = catalogue(each.locale)
            _tell(records, each, words("link.notice", channel=words(f"export.channel.{acting.channel}")))
    return Done({"whose": _whose(acting, giver)})


def unlink(acting: Acting, effect: Unlink) -> Outcome:
    """Take one of the accounts away from the others; whoever is at that one is told."""
    records, contact = acting.records, acting.contact()
    gone = links.part(records, contact, effect.account)
    here = gone.id == contact.id
    if not here:
        words = catalogue(gone.locale)
        _tell(records, gone, words("link.notice_parted"))
    return Done({"here": here})


def accounts_of(records: Records, contact: Contact) -> tuple[Account, ...]:
    """The accounts of whoever this contact is, as the dialogues see them."""
    return tuple(
        Account(
            each.id or 0,
            each.channel,
            (each.joined_at or each.created_at).astimezone(OFFICE_TIME).date(),
            here=each.id == contact.id,
        )
        for each in links.accounts(records, contact)
    )


def _whose(acting: Acting, giver: Contact) -> str:
    records = acting.records
    names = [people.name_of(records, each.person) for each in links.whose(records, giver)]
    names = names or [
        str(doubts.stated_in(records, each).get("name", "")) for each in doubts.of_contact(records, giver)
    ]
    return catalogue(acting.locale).listed([mask_name(each) for each in names[:_MOST_NAMES]])


def _tell(records: Records, contact: Contact, text: str) -> None:
    if contact.account is not None:
        account = records.unseal(contact.account, f"contact {contact.id}")
        deliveries.tell(records, contact.channel, account, {"body": text, "taps": ()})
