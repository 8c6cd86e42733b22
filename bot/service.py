"""The one path that all channels share: a message in, one transaction, the answer out.

Save, then speak: the message is claimed by its id, the conversation and the replies are written, and only after the
commit does anything leave. The same message again gets the same answer and does nothing twice.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Self

from bot.exchange import (
    ABOUT,
    GUESSED,
    HUMAN_SINCE,
    SAY,
    Follows,
    Inbound,
    Outbound,
    Parcel,
    Past,
    View,
    outbound,
    outbound_of,
    reduced,
)
from bot.languages import LOCALES, first_language, language_of
from bot.leaving import (
    Waited,
    has_begun,
    is_guess,
    is_more,
    is_with_people,
    is_word,
    leaving,
    told_of,
    unchanged,
    waiting_for,
    with_people,
)
from bot.looking import HISTORY, Looking, away, was_here
from bot.members.acting import Acting, act
from bot.reminded import answered_reminder
from dialogs.arrivals import Event, attend, out_of_date
from dialogs.context import Context
from dialogs.conversation import Conversation
from dialogs.members.codes import read_code
from dialogs.members.effects import Done, Erase
from dialogs.members.outcomes import concluded
from dialogs.offers import tapped
from dialogs.questions import GOAL
from dialogs.replies import Reply
from dialogs.respond import Turn, open_question, respond
from dialogs.resuming import Resumed, resumed
from dialogs.understanding import mask_identity_numbers
from member_store.members.reach import back, gone
from member_store.members.records import Records
from member_store.turns import Reduced

__all__ = ["HISTORY", "Follows", "Inbound", "Outbound", "Parcel", "Past", "Service", "View"]


class Service(Looking):
    """The assistant over one member store. Safe to use from several threads."""

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def handle(self, inbound: Inbound, now: datetime.datetime | None = None) -> Outbound:
        """Take one turn and return its answer; all of it is saved when this returns.

        Raises ValueError for a malformed channel, account or message id, StoreError where the store fails.
        """
        # Whoever writes on a page is out of the reach of the platform's customer service, and nothing spoken is heard
        # there; of the messengers WeChat alone makes words of it.
        context = self.context(in_chat=inbound.channel == "wechat" and inbound.opens is not None)
        received = now or datetime.datetime.now(datetime.UTC)
        # Nobody needs an identity number in what was said, so none is kept there, not even encrypted.
        text = mask_identity_numbers(inbound.text.replace("\r\n", "\n"), "〔已隐去〕")

        # The letters of a code are in no language.
        spoken = "" if read_code(text) else text
        tells = language_of(spoken)

        answer: Outbound | None = None

        def reduce(state: dict[str, Any] | None, records: Records) -> Reduced:
            nonlocal answer
            around = self.around(context, records, inbound.channel, inbound.account)
            language = first_language(spoken, inbound.locale)
            going_on = Resumed(Conversation(language, asked=GOAL))
            if state and has_begun(state):
                known = state.get("locale")
                going_on = resumed(state, away(state, received), around, known if known in LOCALES else language)
                if GUESSED in state and tells:
                    going_on = replace(going_on, conversation=replace(going_on.conversation, locale=tells))
            if state and is_with_people(state, inbound, received, self._settings.wechat_human_minutes):
                return with_people(going_on.conversation, state[HUMAN_SINCE], received, inbound.opens)
            since = was_here(state)
            who = inbound.channel, inbound.account, going_on.conversation.locale, since
            waited = waiting_for(records, *who) if records.waiting else Waited()
            told: tuple[Reply, ...] = ()
            forgets = False
            if waited.text and is_more(text):
                turn = Turn(going_on.conversation, ())
            else:
                comes_back = bool(state and HUMAN_SINCE in state) and is_word("human.back", text)
                turn = answered_reminder(records, inbound, going_on.conversation, around, since) or _answer(
                    inbound, going_on.conversation, around, comes_back=comes_back
                )
                # Whoever begins anew wants to hear nothing of what was before.
                told = going_on.told if turn.conversation.steps or not going_on.conversation.steps else ()
                turn, forgets = self._acted(turn, around, records, inbound)
            turn = told_of(waited, replace(turn, replies=(*told, *turn.replies)), around)
            kept = reduced(turn, received, forgets=forgets, opens=inbound.opens)
            if is_guess(state, tells or inbound.locale):
                kept.state[GUESSED] = True
            answer = outbound_of(turn, kept, text, received)
            return leaving(records, inbound, answer, kept, waited.more)

        stored = self._store.turn(
            inbound.channel, inbound.account, inbound.message_id, text, reduce, received, self._settings.now
        )
        # What was just worked out need not be read again from what was written of it.
        return outbound(stored, text) if answer is None else answer

    def answered(self, channel: str, account: str, message_id: str) -> None:
        """Note that the platform has taken the answer to a message. Raises as `handle` does."""
        self._store.answered(channel, account, message_id)

    def happened(self, channel: str, account: str, message_id: str, what: Callable[[Records], None]) -> bool:
        """Have the members' records changed by something that nobody said; once, however often it is told.

        Whether it was told for the first time. Raises as `handle` does, and whatever `what` raises.
        """

        def reduce(state: dict[str, Any] | None, records: Records) -> Reduced:
            what(records)
            return unchanged(state, records.now, waits=records.waiting)

        stored = self._store.turn(channel, account, message_id, "", reduce, None, self._settings.now)
        return not stored.repeated

    def together(self) -> AbstractContextManager[None]:
        """One transaction for all that this thread does inside; see `Store.together`."""
        return self._store.together()

    def human(self, channel: str, account: str, message_id: str, *, holds: bool) -> None:
        """People on the platform's customer service have taken a conversation over, or given it back."""

        def reduce(state: dict[str, Any] | None, records: Records) -> Reduced:
            kept = unchanged(state, records.now, waits=records.waiting)
            if holds:
                kept.state[HUMAN_SINCE] = records.now.isoformat()
            else:
                kept.state.pop(HUMAN_SINCE, None)
            return kept

        self._store.turn(channel, account, message_id, "", reduce, None, self._settings.now)

    def gone(self, channel: str, account: str, message_id: str) -> None:
        """Somebody left or blocked the account: nothing is sent to them until they come back."""
        self.happened(channel, account, message_id, lambda records: gone(records, channel, account))

    def back(self, channel: str, account: str, message_id: str) -> None:
        """They are there again."""
        self.happened(channel, account, message_id, lambda records: back(records, channel, account))

    def _acted(self, turn: Turn, context: Context, records: Records, inbound: Inbound) -> tuple[Turn, bool]:
        """The turn after what it asks for was done; and whether all that was said before is to be forgotten."""
        # A worker who turns to somebody else keeps nothing of the one before, not in the history either.
        begins_anew = context.standing.worker is not None and not turn.conversation.steps
        if turn.effect is None:
            return turn, begins_anew
        locale = turn.conversation.locale
        acting = Acting(records, inbound.channel, inbound.account, locale, context.scheme, context.today)
        outcome = act(turn.effect, acting)
        around = self.around(context, records, inbound.channel, inbound.account)
        after = concluded(turn.conversation, turn.effect, outcome, around)
        forgets = isinstance(turn.effect, Erase) and isinstance(outcome, Done)
        forgets = forgets or (around.standing.worker is not None and not after.conversation.steps)
        return replace(after, replies=(*turn.replies, *after.replies)), forgets


def _answer(inbound: Inbound, conversation: Conversation, around: Context, *, comes_back: bool) -> Turn:
    """What the conversation makes of a message; `comes_back`: people had it, and it is asked for again."""
    if comes_back:
        return attend(conversation, Event.ARRIVED, around)
    if inbound.event is not Event.SAID:
        return attend(conversation, inbound.event, around)
    # What is kept is masked; an enrolment needs the number itself, and keeps it where it belongs.
    text = inbound.text.replace("\r\n", "\n")
    if inbound.tap is not None and not inbound.tap.startswith((ABOUT, SAY)):
        label = tapped(inbound.tap, open_question(conversation, around), conversation)
        if label is None:
            return out_of_date(conversation, around)
        text = label
    return respond(conversation, text, around)
