"""What somebody is shown who looks at their conversation, and what they choose of how they see it."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from bot.exchange import GUESSED, Outbound, Past, View, outbound, past, reduced
from bot.languages import LOCALES, first_language
from bot.leaving import Waited, told_of, waiting_for
from bot.members.paying import PayAddresses
from bot.members.standing import collection_of, standing_of
from bot.settings import Settings
from bot.surroundings import context_of
from dialogs.context import Context
from dialogs.conversation import Conversation, conversation_from_dict
from dialogs.members.reminded import REMINDED
from dialogs.members.standing import NOBODY
from dialogs.questions import GOAL
from dialogs.respond import Turn, greet, open_question
from member_store.members.collection import current
from member_store.members.delegations import is_known, known_contact
from member_store.members.people import communities
from member_store.members.records import Records
from member_store.store import Store
from member_store.turns import Reduced

HISTORY = 50
"""Turns that a page shows."""


class Looking:
    """A conversation as it stands, over one member store."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._contexts: dict[bool, Context] = {}
        self._pay = PayAddresses(store, settings.public_url) if settings.wechat_pay_merchant else None

    @property
    def store(self) -> Store:
        """The store below, for what is no turn of a conversation."""
        return self._store

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

    def around(self, context: Context, records: Records, channel: str, account: str) -> Context:
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

    def visited(self, channel: str, account: str, visit: str) -> None:
        """Somebody has come to look, and said nothing: what has waited for them is told now. Raises as `handle` does.

        `visit` is an id of this visit.
        """

        def reduce(state: dict[str, Any] | None, records: Records) -> Reduced:
            stored = conversation_from_dict(state) if state else None
            conversation = stored[0] if stored else Conversation(LOCALES[0], asked=GOAL)
            who = channel, account, conversation.locale, was_here(state)
            waited = waiting_for(records, *who) if records.waiting else Waited()
            around = self.around(self.context(), records, channel, account)
            turn = told_of(waited, Turn(conversation, ()), around)
            if turn.conversation.asked != REMINDED:
                asked = open_question(conversation, around) if waited.text and conversation.steps else None
                turn = Turn(conversation, (*turn.replies, *([asked] if asked else [])))
            kept = reduced(turn, records.now, waits=waited.more)
            # Nothing was said: the language is not known by it, nor when somebody last wrote.
            unheard: dict[str, Any] = {key: kept.state[key] for key in ("asked", "reminded") if key in kept.state}
            before = dict(state) if state else {**kept.state, GUESSED: True} if waited.reminded else {}
            return replace(kept, state={**before, **unheard} if before else {})

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
            asked = open_question(chosen, self.around(context, records, channel, account)) if again else None
            return reduced(Turn(chosen, (asked,) if asked else ()), now - away(state, now), waits=records.waiting)

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


def was_here(state: dict[str, Any] | None) -> datetime.datetime | None:
    """When the person last said something; None where nobody knows."""
    said_at = (state or {}).get("said_at")
    return datetime.datetime.fromisoformat(said_at) if isinstance(said_at, str) else None


def away(state: dict[str, Any] | None, now: datetime.datetime) -> datetime.timedelta:
    """How long ago the person last said something; no time at all where nobody knows."""
    here = was_here(state)
    return now - here if here is not None else datetime.timedelta()
