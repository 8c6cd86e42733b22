"""A turn, as it goes in and as it comes out of the store."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from member_store.members.records import Records


@dataclass(frozen=True)
class Reduced:
    """What a turn made of a conversation, as plain JSON data.

    `state` replaces the conversation's state; `replies` are given in this order; `outcome` is whatever else the caller
    needs to give the same answer again. `forgets`: with this turn everything said and answered before it is deleted.
    `opens` is the kind of window that the message opened on its platform, if any; `waits`: something is left for the
    contact's next visit, unless it can be sent before.
    """

    state: dict[str, Any] = field(repr=False)
    replies: list[dict[str, Any]] = field(repr=False)
    outcome: dict[str, Any] = field(repr=False)
    forgets: bool = False
    opens: str | None = None
    waits: bool = False


@dataclass(frozen=True)
class StoredTurn:
    """A turn that is on disk. `turn` counts from 1; `repeated`: the message had been dealt with before.

    `payloads` and `written` are its replies and its outcome in JSON, word for word as they are stored: read from there,
    the first answer and every repetition of it are alike to the last tuple. `answered`: the platform has taken the
    answer, where it is sent by itself. `received_at` is when the message was dealt with, in UTC.
    """

    payloads: list[str] = field(repr=False)
    written: str = field(repr=False)
    turn: int
    repeated: bool
    received_at: datetime
    answered: bool = False

    @cached_property
    def replies(self) -> list[dict[str, Any]]:
        """The replies, in their order."""
        return [json.loads(each) for each in self.payloads]

    @cached_property
    def outcome(self) -> dict[str, Any]:
        """What `Reduced.outcome` was."""
        found: dict[str, Any] = json.loads(self.written)
        return found


@dataclass(frozen=True)
class PastTurn:
    """A turn of the history. `received_at` is in UTC."""

    message_id: str = field(repr=False)
    text: str = field(repr=False)
    replies: list[dict[str, Any]] = field(repr=False)
    outcome: dict[str, Any] = field(repr=False)
    received_at: datetime


Reducer = Callable[[dict[str, Any] | None, Records], Reduced]
"""From a conversation's state (None for a new contact) to what the turn makes of it.

What it does to the members it does through the records, in the turn's own transaction. Must not use the store.
"""
