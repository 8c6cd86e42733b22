"""What a turn leaves for later: what follows in messages of its own, and what waits for the next visit."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import Any

from bot.exchange import GUESSED, HUMAN_SINCE, Inbound, Outbound, reduced
from bot.languages import LOCALES, SOURCE, catalogue
from dialogs.arrivals import Event
from dialogs.context import N_, Context
from dialogs.conversation import Conversation, conversation_from_dict
from dialogs.going_on import Turn
from dialogs.members.reminded import REMINDED, Reminded
from dialogs.members.taking_up import ask_reminded
from dialogs.questions import GOAL
from dialogs.replies import Text
from dialogs.understanding.text import fold
from member_store.members import deliveries
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


@dataclass(frozen=True)
class Waited:
    """What has waited for a contact's visit: as one text, of whom it reminds, and whether something still waits.

    `onward` is how to go on from it by words, where the question what to do is not asked.
    """

    text: str = ""
    reminded: tuple[Reminded, ...] = ()
    onward: str = ""
    more: bool = False


def waiting_for(records: Records, channel: str, account: str, locale: str, since: datetime.datetime | None) -> Waited:
    """What has waited for a contact's visit; `since` is when they were last here, None where nobody knows."""
    taken, more = deliveries.take(records, channel, account)
    texts = [each.payload["body"] for each in taken if each.reminder_id is None]
    contact = records.hash(channel, account)
    ids = [(each.id, each.reminder_id) for each in taken if each.reminder_id is not None]
    # A notice has room for a few fields; what it is about is told here.
    ids += deliveries.reminded_since(records, contact, since, deliveries.NOTICE)
    if not ids:
        return Waited("\n\n".join(texts), more=more)
    # Few turns find one, and most processes never tell any.
    from bot.outreach.telling import Asked, latest, onward, still, told

    telling, silent = still(records, [Asked(delivery, contact, reminder) for delivery, reminder in ids])
    for each in taken:
        if each.id in telling:
            deliveries.given(records, each.id)
        # What may have arrived remains in doubt once there is nothing to say any more.
        elif each.id in silent and not each.in_doubt:
            reason = silent[each.id]
            deliveries.refuse(records, each.id, (each.reason or reason) if reason == "too_late" else reason)
    if not telling:
        return Waited("\n\n".join(texts), more=more)
    words, to_tell = catalogue(locale), latest(telling)
    texts.append(told(to_tell, records.today, words))
    return Waited("\n\n".join(texts), tuple(each.reminded for each in to_tell), onward(to_tell, words), more)


def told_of(waited: Waited, turn: Turn, around: Context) -> Turn:
    """The turn with what has waited told first, and the question what to do of it last, unless another one is open."""
    if waited.reminded:
        conversation = turn.conversation
        # What was asked of an earlier reminder is asked of this one.
        asked = None if conversation.asked == REMINDED else conversation.asked
        turn = replace(turn, conversation=replace(conversation, asked=asked, reminded=waited.reminded))
    after = ask_reminded(turn, around) if turn.conversation.reminded else turn
    if not waited.text:
        return after
    asks = after.conversation.asked == REMINDED
    late = waited.text if asks or not waited.onward else f"{waited.text}\n{waited.onward}"
    return replace(after, replies=(Text(late), *after.replies))


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
