"""What leaves unasked, and what sends it: the same for every channel."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from member_store.members.records import Records


@dataclass(frozen=True)
class Message:
    """One message to one account, for one or several rows of the ledger.

    `kind` is that of its rows; `payload` what the channel needs of it: `body` and `taps`. `until` is the last day of
    what a reminder is about. `attempts` is how often it was tried before.
    """

    ids: tuple[int, ...]
    contact: str
    account: str = field(repr=False)
    locale: str
    kind: str
    payload: Any = field(repr=False)
    until: date | None = None
    attempts: int = 0


class Sender(Protocol):
    """A channel's way out. Belongs to one event loop.

    `per_second` is how many messages may leave in a second, `at_once` how many may be under way.
    """

    channel: str
    per_second: float
    at_once: int

    def way(self, records: Records, message: Message) -> str | None:
        """By which of the channel's ways a message can go now, in the transaction that takes it; None for none."""

    async def send(self, message: Message, way: str) -> str | None:
        """Send it; returns the platform's id of it, where it has one. Raises DeliveryFault, and nothing else."""

    def settled(self, records: Records, message: Message, way: str, fault: Exception | None) -> None:
        """Note what else follows from how it went, in the transaction that writes that down."""
