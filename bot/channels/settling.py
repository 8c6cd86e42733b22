"""What becomes of a message in the ledger, by how the platform took it: the same on every channel."""

from __future__ import annotations

from datetime import datetime

from bot.channels.faults import (
    Blocked,
    DeliveryFault,
    Misconfigured,
    NoConsent,
    NoWindow,
    QuotaSpent,
    Unavailable,
    Wait,
)
from member_store.members import deliveries
from member_store.members.reach import gone
from member_store.members.records import Records
from member_store.tables.sending import DeliveryState


def settle(
    records: Records,
    channel: str,
    account: str,
    delivery: int,
    fault: DeliveryFault | None,
    *,
    try_at: datetime | None = None,
    platform_id: str | None = None,
) -> DeliveryState:
    """Write down how a message that was being sent went; `fault` is None where the platform took it.

    Who has blocked the account gets nothing more. Of what may have arrived nobody sends it again by itself; what failed
    for a reason that will pass waits, and is tried again at `try_at` by whoever sends what is due then. Returns how the
    message now stands.
    """
    match fault:
        case None:
            deliveries.sent(records, delivery, platform_id)
            return DeliveryState.SENT
        case Blocked():
            deliveries.refuse(records, delivery, fault.reason, fault.code)
            gone(records, channel, account)
            return DeliveryState.REFUSED
        case NoConsent() if try_at is not None:
            # There may be another way.
            deliveries.put_back(records, delivery, fault.reason, fault.code, try_at)
            return DeliveryState.WAITING
        case Unavailable(in_doubt=True):
            deliveries.doubt(records, delivery, fault.code)
            return DeliveryState.IN_DOUBT
        case NoWindow() | Wait() | QuotaSpent() | Unavailable() | Misconfigured():
            deliveries.put_back(records, delivery, fault.reason, fault.code, try_at)
            return DeliveryState.WAITING
        case _:
            deliveries.refuse(records, delivery, fault.reason, fault.code)
            return DeliveryState.REFUSED
