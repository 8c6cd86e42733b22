"""Several accounts of one person, on one channel or on several: linked by a one-time code, and alike from then on.

One of them is the whole: what somebody may do, and what they handed in, is kept by its id (`Contact.whole_id`), and the
others have joined it. Everything that one of them does all of them see.
"""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col, or_, select

from member_store.members import codes, delegations, deliveries, doubts
from member_store.members.delegations import Represented
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.tables.access import Contact, Delegation
from member_store.tables.people import Doubt, DoubtState, Enrolment

CODE_LASTS = timedelta(minutes=15)
"""How long a code waits to be used: one has both telephones, or both apps, at hand."""

MOST = 5
"""Accounts of one person."""

_ALONE = "linked accounts"


def accounts(records: Records, contact: Contact) -> list[Contact]:
    """All accounts of the person behind a contact, this one included, in the order in which they were linked."""
    whole = contact.whole_id
    found = records.session.exec(select(Contact).where(or_(col(Contact.id) == whole, col(Contact.joined_id) == whole)))
    return sorted(
        found.all(), key=lambda each: (each.joined_id is not None, each.joined_at or each.created_at, each.id)
    )


def offer(records: Records, contact: Contact) -> str:
    """A code by which another account is linked to this one; an older one is void. Shown once and not kept.

    Raises Refusal: `not_allowed` where there is nobody for whom this account does anything, `too_many_accounts`.
    """
    _may_be_joined(records, contact)
    code = codes.new_code()
    records.change(
        contact,
        "link_offered",
        person_id=_own(records, contact),
        code=codes.code_hash(records, "link", code),
        code_expires_at=records.now + CODE_LASTS,
    )
    return code


def offered(records: Records, code: str) -> Contact | None:
    """The account that gave a code, if it can still be used."""
    wanted = select(Contact).where(Contact.code == codes.code_hash(records, "link", code))
    found = records.session.exec(wanted.with_for_update().execution_options(populate_existing=True)).first()
    late = found is None or found.code_expires_at is None or found.code_expires_at < records.now
    return None if late else found


def check(records: Records, contact: Contact, giver: Contact) -> None:
    """Raise Refusal where an account cannot be linked to the one that gave the code.

    `own_link`: it is one of them already. `linked_already`: it is linked to others. `account_anothers`: it is that of
    somebody else, who is on record themselves; `account_acts`: it does something for somebody else. Nobody is moved
    silently: what an account may do, it keeps, and nobody else gets it. `too_many_accounts`, `not_allowed` as `offer`.
    """
    if contact.whole_id == giver.whole_id:
        raise Refusal("own_link")
    if len(accounts(records, contact)) > 1 and _serves(records, contact):
        raise Refusal("linked_already")
    _may_be_joined(records, giver)
    theirs = {each.person.id: set(each.scopes) for each in delegations.represented(records, giver)}
    for each in delegations.represented(records, contact):
        if not set(each.scopes) <= theirs.get(each.person.id, set()):
            raise Refusal("account_anothers" if each.delegation.relation == "self" else "account_acts")
    for doubt in doubts.of_contact(records, contact):
        if doubt.state is DoubtState.OPEN and doubt.person_id not in theirs:
            raise Refusal("account_anothers" if doubt.relation == "self" else "account_acts")


def join(records: Records, contact: Contact, code: str) -> Contact:
    """Link an account to the one that gave the code, which this uses up. Returns that one.

    Raises Refusal as `check` does, and `wrong_code`, `too_many_codes`, `codes_closed`.
    """
    codes.may_try(records, contact)
    contact = _alone(records, contact)
    giver = offered(records, code)
    if giver is None:
        raise Refusal("wrong_code")
    check(records, contact, giver)
    codes.was_right(contact)
    owner = _own(records, giver)
    for each in delegations.represented(records, contact):
        delegations.revoke(records, each.delegation, "linked")
    for former in accounts(records, contact):
        # What they had in common has been erased.
        records.change(former, "account_unlinked", person_id=None, joined_id=None, joined_at=None)
    _hand_over(records, contact, giver.whole_id)
    records.change(giver, "link_code_used", person_id=owner, code=None, code_expires_at=None)
    records.change(
        contact,
        "account_linked",
        person_id=owner,
        joined_id=giver.whole_id,
        joined_at=records.now,
        code=None,
        code_expires_at=None,
    )
    return giver


def part(records: Records, contact: Contact, account_id: int) -> Contact:
    """Take one of a person's accounts away from the others: it is nobody's then. Returns it.

    Raises Refusal `not_linked` where it is not one of several accounts of this person.
    """
    contact = _alone(records, contact)
    group = accounts(records, contact)
    leaving = next((each for each in group if each.id == account_id), None)
    staying = [each for each in group if each.id != account_id]
    if leaving is None or not staying:
        raise Refusal("not_linked")
    owner = _own(records, contact)
    if leaving.joined_id is None:
        whole = contact if contact.id != leaving.id else staying[0]
        records.change(whole, "account_whole", person_id=owner, joined_id=None)
        for each in staying:
            if each.id != whole.id:
                records.change(each, "account_whole", person_id=owner, joined_id=whole.id)
        _hand_over(records, leaving, whole.id)
    records.change(
        leaving, "account_unlinked", person_id=owner, joined_id=None, joined_at=None, code=None, code_expires_at=None
    )
    if leaving.account is not None:
        account = records.unseal(leaving.account, f"contact {leaving.id}")
        deliveries.refuse_waiting(records, leaving.channel, account, "unlinked")
    return leaving


def whose(records: Records, contact: Contact) -> list[Represented]:
    """Whose account it is: the person themselves, or else those for whom they do something."""
    found = delegations.represented(records, contact)
    return [each for each in found if each.delegation.relation == "self"] or found


def _may_be_joined(records: Records, contact: Contact) -> None:
    if not _serves(records, contact):
        raise Refusal("not_allowed")
    if len(accounts(records, contact)) >= MOST:
        raise Refusal("too_many_accounts", most=MOST)


def _serves(records: Records, contact: Contact) -> bool:
    """Whether an account does anything for anybody, or has handed something in."""
    return bool(delegations.represented(records, contact) or doubts.of_contact(records, contact))


def _alone(records: Records, contact: Contact) -> Contact:
    """The contact as it is now, while nobody else links or parts anything."""
    records.database.alone(records.connection, _ALONE)
    return records.locked(Contact, contact.id or 0)


def _hand_over(records: Records, contact: Contact, to: int | None) -> None:
    """What an account may do and has handed in belongs to another one of the same person from here on."""
    of_delegations = select(Delegation).where(Delegation.contact_id == contact.id, col(Delegation.revoked_at).is_(None))
    of_doubts = select(Doubt).where(Doubt.contact_id == contact.id)
    of_enrolments = select(Enrolment).where(Enrolment.contact_id == contact.id)
    rows: list[Delegation | Doubt | Enrolment] = [
        *records.session.exec(of_delegations).all(),
        *records.session.exec(of_doubts).all(),
        *records.session.exec(of_enrolments).all(),
    ]
    for row in rows:
        records.change(row, "account_whole", person_id=row.person_id, contact_id=to)


def _own(records: Records, contact: Contact) -> int | None:
    """The person whose own account it is, where they are on record: it stands in their audit."""
    found = delegations.represented(records, contact)
    return next((each.person.id for each in found if each.delegation.relation == "self"), None)
