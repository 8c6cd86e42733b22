"""A message in, the answer out: what channels hand to the service and get from it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from dialogs.arrivals import Event
from dialogs.going_on import Turn
from dialogs.offers import offer_id, offered
from dialogs.replies import HandOver, Reply, reply_from_dict, reply_to_dict
from member_store.turns import PastTurn, Reduced, StoredTurn
from policy_engine.facts import fact_to_json

HUMAN_SINCE = "human_since"
"""In the stored state: when the conversation was handed over to people."""

GUESSED = "language_guessed"
"""In the stored state: nothing that was said yet tells the person's language."""

SAY = "say."
"""A tap that begins so says its label, as if that had been typed; whatever is asked."""

ABOUT = "about."
"""A tap that begins so goes on from the reminder whose id follows."""


@dataclass(frozen=True)
class Parcel:
    """Something that follows an answer in a message of its own: a `text`, or a `picture` as SVG.

    `taps` are the lines of a text that can be tapped, each with what the tap sends back (`Inbound.tap`).
    """

    kind: str
    body: str = field(repr=False)
    taps: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Outbound:
    """The answer. It has no replies where people have taken the conversation over.

    `asks` is the fact that is asked for, or None; `offer` what the buttons of the question are known by, None where it
    has none; `state` is what scripts may look at; `said` is the message as it was kept, identity numbers taken out.
    `repeated`: the message had been dealt with before; `answered`: and the platform had taken this answer.
    `received_at` is when it was dealt with, in UTC.
    """

    replies: tuple[Reply, ...]
    asks: str | None
    locale: str
    large_text: bool
    state: dict[str, Any]
    said: str = ""
    offer: str | None = None
    repeated: bool = False
    answered: bool = False
    received_at: datetime.datetime | None = None


Follows = Callable[[Outbound], Sequence[Parcel]]
"""What of an answer does not go with the response. Asked within the turn, so that it is saved with it."""


@dataclass(frozen=True)
class Inbound:
    """A message as a channel hands it over.

    `account` is who it is from in that channel's own terms, `message_id` the channel's id of this message. `locale` is
    what is known of the person's language (a tag or an Accept-Language header), used until they choose one. `event` is
    what came, where it is not text; `tap` a button, as `Outbound.offer`, a dot, and the choice's place from 0. `opens`
    is the kind of window for messages that this opens on its platform.
    """

    channel: str
    account: str
    message_id: str
    text: str
    locale: str | None = None
    event: Event = Event.SAID
    tap: str | None = None
    opens: str | None = None
    follows: Follows | None = None


@dataclass(frozen=True)
class Past:
    """One exchange of the past. `said` is empty where the program spoke first."""

    said: str
    replies: tuple[Reply, ...]


@dataclass(frozen=True)
class View:
    """A contact's conversation as it stands: language, type size, the last exchanges, and whether there are earlier."""

    locale: str
    large_text: bool
    new: bool
    exchanges: tuple[Past, ...]
    earlier: bool


def reduced(turn: Turn, said_at: datetime.datetime, **more: Any) -> Reduced:
    """A turn as the store keeps it; `more` as in `Reduced`."""
    conversation = turn.conversation
    facts = {name: fact_to_json(value) for name, value in conversation.facts().items()}
    question = offered(turn.replies)
    state: dict[str, Any] = {**conversation.to_dict(), "said_at": said_at.isoformat()}
    if any(isinstance(reply, HandOver) for reply in turn.replies):
        state[HUMAN_SINCE] = said_at.isoformat()
    return Reduced(
        state=state,
        replies=[reply_to_dict(reply) for reply in turn.replies],
        outcome={
            "asks": conversation.asked,
            "offer": offer_id(question, conversation) if question is not None else None,
            "locale": conversation.locale,
            "large_text": conversation.large_text,
            "state": {
                "subject": conversation.subject,
                "flow": conversation.flows[-1] if conversation.flows else None,
                "flows": list(conversation.flows),
                "facts": facts,
                "unsure": sorted(conversation.unsure()),
                "locale": conversation.locale,
            },
        },
        **more,
    )


def outbound(stored: StoredTurn, said: str = "") -> Outbound:
    """A stored turn as the channels get it; `said` is the message as it was kept."""
    replies = tuple(reply_from_dict(each) for each in stored.replies)
    return _outbound(
        replies,
        stored.outcome,
        said=said,
        repeated=stored.repeated,
        answered=stored.answered,
        received_at=stored.received_at,
    )


def outbound_of(turn: Turn, kept: Reduced, said: str, received_at: datetime.datetime) -> Outbound:
    """The answer that a turn will give, before it is on disk."""
    return _outbound(turn.replies, kept.outcome, said=said, received_at=received_at)


def past(turn: PastTurn) -> Past:
    """A turn of the history as a page shows it."""
    return Past(turn.text, tuple(reply_from_dict(each) for each in turn.replies))


def _outbound(
    replies: tuple[Reply, ...],
    outcome: dict[str, Any],
    *,
    said: str = "",
    repeated: bool = False,
    answered: bool = False,
    received_at: datetime.datetime | None = None,
) -> Outbound:
    return Outbound(
        replies=replies,
        asks=outcome["asks"],
        offer=outcome.get("offer"),
        locale=outcome["locale"],
        large_text=outcome["large_text"],
        state=outcome["state"],
        said=said,
        repeated=repeated,
        answered=answered,
        received_at=received_at,
    )
