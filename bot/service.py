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
    past,
    reduced,
)
from bot.languages import LOCALES, first_language, language_of
from bot.leaving import (
    has_begun,
    is_guess,
    is_more,
    is_with_people,
    is_word,
    leaving,
    unchanged,
    waiting_for,
    with_people,
)
from bot.members.acting import Acting, act
from bot.members.paying import PayAddresses
from bot.members.standing import collection_of, standing_of
from bot.settings import Settings
from bot.surroundings import context_of
from dialogs.arrivals import Event, attend, out_of_date
from dialogs.context import Context
from dialogs.conversation import Conversation, conversation_from_dict
from dialogs.members.codes import read_code
from dialogs.members.effects import Done, Erase
from dialogs.members.outcomes import concluded
from dialogs.members.standing import NOBODY
from dialogs.offers import tapped
from dialogs.questions import GOAL
from dialogs.replies import Reply, Text
from dialogs.respond import Turn, greet, open_question, respond
from dialogs.resuming import Resumed, resumed
from dialogs.understanding import mask_identity_numbers
from member_store.members.collection import current
from member_store.members.delegations import is_known, known_contact
from member_store.members.people import communities
from member_store.members.reach import back, gone
from member_store.members.records import Records
from member_store.store import Store
from member_store.turns import Reduced

__all__ = ["HISTORY", "Follows", "Inbound", "Outbound", "Parcel", "Past", "Service", "View"]

HISTORY = 50
"""Turns that a page shows."""


class Service:
    """The assistant over one member store. Safe to use from several threads."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._contexts: dict[bool, Context] = {}
        self._pay = PayAddresses(store, settings.public_url) if settings.wechat_pay_merchant else None

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    @property
    def store(self) -> Store:
        """The store below, for what is no turn of a conversation."""
        return self._store

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def context(self, *, in_chat: bool = False) -> Context:
        """What a turn needs from around it, today; `in_chat`: on a messenger with people and ears, which is WeChat.

        Raises PolicyError where the settings do not go together.
        """
        context = self._contexts.get(in_chat)
        if context is None or context.today != self._settings.now:
            context = context_of(self._settings)
            if in_chat:
                context = replace(context, humans=self._settings.wechat_humans, hears=True)
            self._contexts[in_chat] = context
        return context

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
            around = self._around(context, records, inbound.channel, inbound.account)
            language = first_language(spoken, inbound.locale)
            going_on = Resumed(Conversation(language, asked=GOAL))
            if state and has_begun(state):
                known = state.get("locale")
                going_on = resumed(state, _away(state, received), around, known if known in LOCALES else language)
                if GUESSED in state and tells:
                    going_on = replace(going_on, conversation=replace(going_on.conversation, locale=tells))
            if state and is_with_people(state, inbound, received, self._settings.wechat_human_minutes):
                return with_people(going_on.conversation, state[HUMAN_SINCE], received, inbound.opens)
            who = inbound.channel, inbound.account
            given, more = waiting_for(records, *who, going_on.conversation.locale) if records.waiting else ("", False)
            told: tuple[Reply, ...] = ()
            forgets = False
            if given and is_more(text):
                turn = Turn(going_on.conversation, ())
            else:
                comes_back = bool(state and HUMAN_SINCE in state) and is_word("human.back", text)
                turn = _answer(inbound, going_on.conversation, around, comes_back=comes_back)
                # Whoever begins anew wants to hear nothing of what was before.
                told = going_on.told if turn.conversation.steps or not going_on.conversation.steps else ()
                turn, forgets = self._acted(turn, around, records, inbound)
            late = (Text(given),) if given else ()
            turn = replace(turn, replies=(*late, *told, *turn.replies))
            kept = reduced(turn, received, forgets=forgets, opens=inbound.opens)
            if is_guess(state, tells or inbound.locale):
                kept.state[GUESSED] = True
            answer = outbound_of(turn, kept, text, received)
            return leaving(records, inbound, answer, kept, more)

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

    def _around(self, context: Context, records: Records, channel: str, account: str) -> Context:
        """What a turn needs from around it, with how this contact stands."""
        if not is_known(records, channel, account):
            standing = NOBODY
        else:
            year = context.scheme(context.county).on(None, context.today).year
            contact = known_contact(records, channel, account)
            standing = standing_of(records, contact, context.scheme, year, self._pay if channel == "wechat" else None)
        return replace(
            context,
            standing=standing,
            communities=lambda county: tuple((each.id or 0, each.name) for each in communities(records, county)),
            collection=lambda county: collection_of(records, current(records, county)),
        )

    def _acted(self, turn: Turn, context: Context, records: Records, inbound: Inbound) -> tuple[Turn, bool]:
        """The turn after what it asks for was done; and whether all that was said before is to be forgotten."""
        # A worker who turns to somebody else keeps nothing of the one before, not in the history either.
        begins_anew = context.standing.worker is not None and not turn.conversation.steps
        if turn.effect is None:
            return turn, begins_anew
        locale = turn.conversation.locale
        acting = Acting(records, inbound.channel, inbound.account, locale, context.scheme, context.today)
        outcome = act(turn.effect, acting)
        around = self._around(context, records, inbound.channel, inbound.account)
        after = concluded(turn.conversation, turn.effect, outcome, around)
        forgets = isinstance(turn.effect, Erase) and isinstance(outcome, Done)
        forgets = forgets or (around.standing.worker is not None and not after.conversation.steps)
        return replace(after, replies=(*turn.replies, *after.replies)), forgets

    def visited(self, channel: str, account: str, visit: str) -> None:
        """Somebody has come to look, and said nothing: what has waited for them is told now. Raises as `handle` does.

        `visit` is an id of this visit.
        """

        def reduce(state: dict[str, Any] | None, records: Records) -> Reduced:
            stored = conversation_from_dict(state) if state else None
            conversation = stored[0] if stored else Conversation(LOCALES[0], asked=GOAL)
            given, more = (
                waiting_for(records, channel, account, conversation.locale) if records.waiting else ("", False)
            )
            around = self._around(self.context(), records, channel, account)
            asked = open_question(conversation, around) if given and conversation.steps else None
            told = ((Text(given),) if given else ()) + ((asked,) if asked else ())
            kept = reduced(Turn(conversation, told), records.now, waits=more)
            # Nothing was said: the language is not known by it, nor when somebody last wrote.
            return replace(kept, state=dict(state or {}))

        self._store.turn(channel, account, visit, "", reduce, None, self._settings.now)

    def choose(
        self,
        channel: str,
        account: str,
        message_id: str,
        *,
        locale: str | None = None,
        large_text: bool | None = None,
        wanted: str | None = None,
    ) -> Outbound:
        """Keep a choice of language or type size; a question that is open is asked again in the new language.

        `wanted` is what is known of the language of somebody new who has chosen none.

        Raises as `handle` does.
        """
        context = self.context()
        now = datetime.datetime.now(datetime.UTC)

        def reduce(state: dict[str, Any] | None, records: Records) -> Reduced:
            stored = conversation_from_dict(state) if state else None
            conversation = stored[0] if stored else Conversation(first_language("", locale, wanted), asked=GOAL)
            chosen = replace(
                conversation,
                locale=locale if locale in LOCALES else conversation.locale,
                large_text=conversation.large_text if large_text is None else large_text,
            )
            # Before anything was said there is only the greeting, which is shown in the new language anyway.
            again = conversation.steps and chosen.locale != conversation.locale
            asked = open_question(chosen, self._around(context, records, channel, account)) if again else None
            return reduced(Turn(chosen, (asked,) if asked else ()), now - _away(state, now), waits=records.waiting)

        return outbound(self._store.turn(channel, account, message_id, "", reduce, now, self._settings.now))

    def view(self, channel: str, account: str, wanted: str | None = None) -> View:
        """The conversation as a page shows it; for somebody new, the greeting in the language they want.

        Raises as `handle` does.
        """
        state = self._store.conversation(channel, account)
        stored = conversation_from_dict(state) if state else None
        conversation = stored[0] if stored else None
        found = self._store.history(channel, account, HISTORY + 1) if conversation else []
        shown = [exchange for exchange in map(past, found[-HISTORY:]) if exchange.said or exchange.replies]
        locale = conversation.locale if conversation else first_language("", wanted)
        earlier = len(found) > HISTORY
        # Whoever came by a messenger may have been greeted there.
        greeted = earlier or (shown and not shown[0].said)
        greeting = [] if greeted else [Past("", greet(locale, self.context()).replies)]
        return View(
            locale=locale,
            large_text=bool(conversation and conversation.large_text),
            new=conversation is None,
            exchanges=(*greeting, *shown),
            earlier=earlier,
        )

    def said(self, channel: str, account: str, last: int) -> tuple[list[tuple[str, str | None]], str, bool]:
        """What a contact said in at most the `last` turns, each with the question that it answered; the language of the
        first, and whether that is all of it.

        Choices made by tapping a setting say nothing and are left out. Raises as `handle` does.
        """
        found = self._store.history(channel, account, last + 1)
        # What happened before the first words was in no language.
        locale = next((each.outcome["locale"] for each in found[-last:] if each.text), LOCALES[0])
        asked = [None, *(each.outcome["asks"] for each in found)]
        told = [(each.text, question) for each, question in zip(found, asked, strict=False)]
        return [(text, question) for text, question in told[-last:] if text], locale, len(found) <= last


def _away(state: dict[str, Any] | None, now: datetime.datetime) -> datetime.timedelta:
    """How long ago the person last said something; no time at all where nobody knows."""
    said_at = (state or {}).get("said_at")
    return now - datetime.datetime.fromisoformat(said_at) if isinstance(said_at, str) else datetime.timedelta()


def _answer(inbound: Inbound, conversation: Conversation, around: Context, *, comes_back: bool) -> Turn:
    """What the conversation makes of a message; `comes_back`: people had it, and it is asked for again."""
    if comes_back:
        return attend(conversation, Event.ARRIVED, around)
    if inbound.event is not Event.SAID:
        return attend(conversation, inbound.event, around)
    # What is kept is masked; an enrolment needs the number itself, and keeps it where it belongs.
    text = inbound.text.replace("\r\n", "\n")
    if inbound.tap is not None and not inbound.tap.startswith(SAY):
        label = tapped(inbound.tap, open_question(conversation, around), conversation)
        if label is None:
            return out_of_date(conversation, around)
        text = label
    return respond(conversation, text, around)
