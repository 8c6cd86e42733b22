"""How many notices of a template somebody has agreed to on their platform (订阅通知)."""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlmodel import col, select

from member_store.members.records import Records
from member_store.tables.sending import SubscriptionConsent


def agreed(records: Records, channel: str, account: str, template: str, *, standing: bool = False) -> None:
    """Somebody agreed to one more notice of a template, or (`standing`) to all until they say otherwise."""
    found = _found(records, channel, account, template)
    if found is None:
        contact = records.hash(channel, account)
        found = SubscriptionConsent(contact=contact, template=template, changed_at=records.now)
    found.standing = found.standing or standing
    found.left += 0 if standing else 1
    found.changed_at = records.now
    records.add(found)


def left(records: Records, channel: str, account: str, template: str) -> bool:
    """Whether a notice may be sent."""
    found = _found(records, channel, account, template)
    return found is not None and (found.standing or found.left > 0)


def used(records: Records, channel: str, account: str, template: str) -> None:
    """One notice was sent."""
    mine = (
        SubscriptionConsent.contact == records.hash(channel, account),
        SubscriptionConsent.template == template,
        SubscriptionConsent.left > 0,
    )
    single = update(SubscriptionConsent).where(*mine, col(SubscriptionConsent.standing).is_(False))  # type: ignore[arg-type]
    records.session.exec(single.values(left=SubscriptionConsent.left - 1, changed_at=records.now))


def ended(records: Records, channel: str, account: str, template: str) -> None:
    """Somebody refused, took it back, or the platform says that nothing of it is left."""
    mine = (SubscriptionConsent.contact == records.hash(channel, account), SubscriptionConsent.template == template)
    records.session.exec(delete(SubscriptionConsent).where(*mine))  # type: ignore[arg-type]


def forget(records: Records, contact: str) -> None:
    """Delete all that somebody agreed to; the contact is given as its keyed hash."""
    records.session.exec(delete(SubscriptionConsent).where(SubscriptionConsent.contact == contact))  # type: ignore[arg-type]


def _found(records: Records, channel: str, account: str, template: str) -> SubscriptionConsent | None:
    wanted = select(SubscriptionConsent).where(
        SubscriptionConsent.contact == records.hash(channel, account), SubscriptionConsent.template == template
    )
    return records.session.exec(wanted.with_for_update()).first()
