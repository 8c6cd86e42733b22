"""What is said or tapped to a reminder that came by itself, between two turns."""

from __future__ import annotations

import datetime

from bot.exchange import ABOUT, Inbound
from dialogs.arrivals import Event
from dialogs.context import Context
from dialogs.conversation import Conversation
from dialogs.going_on import Turn
from dialogs.members.reminded import Reminded
from dialogs.members.standing import NOBODY
from dialogs.members.taking_up import answer_reminder, take_up
from dialogs.understanding import understand
from member_store.members import deliveries
from member_store.members.records import Records

_LONGEST = 12
"""Characters of a bare yes or no; whoever says more says what they mean."""


def answered_reminder(
    records: Records, inbound: Inbound, conversation: Conversation, context: Context, since: datetime.datetime | None
) -> Turn | None:
    """The turn that goes on from a reminder; None where the message is no answer to one.

    That is a tap in a reminder, whenever it came; and a bare yes or no, if the last thing that was said to the contact
    was a reminder: `since` is when they were last here, None where nobody knows.
    """
    standing = context.standing
    if standing is NOBODY or standing.worker is not None or inbound.event is not Event.SAID:
        return None
    contact = records.hash(inbound.channel, inbound.account)
    if inbound.tap is not None:
        number = inbound.tap.removeprefix(ABOUT)
        if number == inbound.tap or not (number.isascii() and number.isdigit()):
            return None
        found = _still(records, contact, [(0, int(number))])
        return take_up(conversation, found[0], context) if found else None
    text = inbound.text.strip()
    if not 0 < len(text) <= _LONGEST:
        return None
    command = understand(text, None, context.lexicons(conversation.locale)).command
    if command not in ("yes", "no"):
        return None
    found = _still(records, contact, deliveries.reminded_since(records, contact, since))
    return answer_reminder(conversation, found, context, yes=command == "yes") if found else None


def _still(records: Records, contact: str, asked: list[tuple[int, int]]) -> list[Reminded]:
    """Of whom these reminders still tell this contact, each once."""
    if not asked:
        return []
    # Few turns need it, and most processes never tell any.
    from bot.outreach.telling import Asked, latest, still

    telling, _ = still(records, [Asked(delivery, contact, reminder) for delivery, reminder in asked])
    return [each.reminded for each in latest(telling)]
