"""Who acts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """What kind of somebody it is. A `CONTACT` is a resident or a relative, by an account on a channel."""

    CONTACT = "contact"
    WORKER = "worker"
    OFFICE = "office"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


class Setting(StrEnum):
    """Where a community worker was with their client."""

    DOOR_KNOCK = "door_knock"
    PHONE = "phone"
    DESK = "desk"


@dataclass(frozen=True)
class Actor:
    """Who does something, and how: `id` is that of the contact or of the staff user, none for the system.

    `setting` is given where a community worker acts for a resident.
    """

    kind: ActorKind
    id: int | None
    channel: str
    setting: Setting | None = None


SYSTEM = Actor(ActorKind.SYSTEM, None, "system")
"""The program itself, in periodic work."""
