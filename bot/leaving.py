"""What a turn leaves for later: what follows in messages of its own, and what waits for the next visit."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.exchange import GUESSED, HUMAN_SINCE, Inbound, Outbound, reduced
from bot.languages import LOCALES, SOURCE, catalogue
from dialogs.arrivals import Event
from dialogs.context import N_
from dialogs.conversation import Conversation, conversation_from_dict
from dialogs.going_on import Turn
from dialogs.questions import GOAL
from dialogs.understanding.text import fold
from member_store.members import deliveries
from member_store.members.deliveries import Waiting
from member_store.members.records import Records
from member_store.turns import Reduced


def leaving(records: Records, inbound: Inbound, answer: Outbound, kept: Reduced, more: bool) -> Reduced:
    """The turn with what of its answer has to follow written down; `more`: something else waits already."""
    parcels = inbound.follows(answer) if inbound.follows is not None else ()
    for parcel in parcels:
        payload = {"body": parcel.body, "taps": parcel.taps}
        deliveries.leave(records, inbound.channel, inbound.account, parcel.kind, payload)
    waits = more or bool(parcels)
    return replace(kept, waits=True) if waits else kept


def waiting_for(records: Records, channel: str, account: str, locale: str) -> tuple[str, bool]:
    """What has waited for a contact's visit, as one text; and whether something still does."""
    taken, more = deliveries.take(records, channel, account)
    told = [each.payload["body"] for each in taken if each.reminder_id is None]
    reminded = reminded_of(records, records.hash(channel, account), taken, locale) if len(told) < len(taken) else ""
    return "\n\n".join([*told, *([reminded] if reminded else [])]), more


def reminded_of(records: Records, contact: str, taken: Sequence[Waiting], locale: str) -> str:
    """The reminders among what was taken by a contact (its keyed hash), as far as they still hold."""
    # Few turns find one, and most processes never tell any.
    from bot.outreach.telling import Asked, body, still

    asked = [Asked(each.id, contact, each.reminder_id) for each in taken if each.reminder_id is not None]
    telling, silent = still(records, asked)
    for each in taken:
        if each.id in telling:
            deliveries.given(records, each.id)
        # What may have arrived remains in doubt once there is nothing to say any more.
        elif each.id in silent and not each.in_doubt:
            reason = silent[each.id]
            deliveries.refuse(records, each.id, (each.reason or reason) if reason == "too_late" else reason)
    return body(telling.values(), records.today, catalogue(locale))[0] if telling else ""


def with_people(conversation: Conversation, since: str, now: datetime.datetime, opens: str | None) -> Reduced:
    """The turn of a message that is for others: nothing is answered."""
    kept = reduced(Turn(conversation, ()), now, opens=opens)
    kept.state[HUMAN_SINCE] = since
    return kept


def is_with_people(state: dict[str, Any], inbound: Inbound, now: datetime.datetime, minutes: int) -> bool:
    """Whether people answer at the moment, and not the program: for so many minutes at the most."""
    since = state.get(HUMAN_SINCE)
    # A page is no messenger: what is typed there reaches nobody else.
    if not isinstance(since, str) or inbound.opens is None or inbound.event is Event.ARRIVED:
        return False
    lasts = datetime.timedelta(minutes=minutes)
    return now - datetime.datetime.fromisoformat(since) < lasts and not is_word("human.back", inbound.text)


def unchanged(state: dict[str, Any] | None, now: datetime.datetime, *, waits: bool) -> Reduced:
    """A turn in which nothing was said. Of somebody who never said anything it keeps no language: nobody knows it."""
    stored = conversation_from_dict(state) if state else None
    conversation = stored[0] if stored else Conversation(SOURCE, asked=GOAL)
    return replace(reduced(Turn(conversation, ()), now, waits=waits), state=dict(state or {}))


def has_begun(state: dict[str, Any] | None) -> bool:
    """Whether somebody has ever said anything; people may have had their conversation before."""
    return bool(state and state.keys() - {HUMAN_SINCE})


def is_guess(state: dict[str, Any] | None, tells: str | None) -> bool:
    """Whether nobody knows yet which language somebody speaks; `tells` is what they say it by, if anything."""
    return not tells and (not has_begun(state) or GUESSED in (state or {}))


def is_more(text: str) -> bool:
    """Whether somebody asks for the rest of an answer."""
    return is_word(N_("more.word"), text)


def is_word(message_id: str, text: str) -> bool:
    """Whether a text is the word that a message names, in any language."""
    said = fold(text).strip(" 。.!！")
    return any(said == fold(catalogue(locale)(message_id)) for locale in LOCALES)
