"""Whether a contact can be reached at all: they may have left the account, or blocked it."""

from __future__ import annotations

from member_store.members import deliveries
from member_store.members.delegations import known_contact
from member_store.members.records import Records


def gone(records: Records, channel: str, account: str) -> None:
    """Somebody left or blocked the account: nothing is sent to them any more, and nothing waits for them."""
    contact = known_contact(records, channel, account)
    if contact is not None and contact.gone_at is None:
        contact.gone_at = records.now
        records.add(contact)
        records.record("contact_gone", contact, person_id=None)
    deliveries.refuse_waiting(records, channel, account, "blocked")


def back(records: Records, channel: str, account: str) -> None:
    """They are there again."""
    contact = known_contact(records, channel, account)
    if contact is not None and contact.gone_at is not None:
        contact.gone_at = None
        records.add(contact)
        records.record("contact_back", contact, person_id=None)
