"""The one path that all channels share: a message in, one transaction, the answer out.

Save, then speak: the message is claimed by its id, the conversation and the replies are written, and only after the
commit does anything leave. The same message again gets the same answer and does nothing twice.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import Any, Self

from bot.languages import LOCALES, first_language
from bot.members.acting import Acting, act
from bot.members.standing import standing_of
from bot.settings import Settings
from bot.surroundings import context_of
from dialogs.context import Context
from dialogs.conversation import Conversation, conversation_from_dict
from dialogs.members.codes import read_code
from dialogs.members.effects import Done, Erase
from dialogs.members.outcomes import concluded
from dialogs.members.standing import NOBODY
from dialogs.questions import GOAL
from dialogs.replies import Reply, reply_from_dict, reply_to_dict
from dialogs.respond import Turn, greet, open_question, respond
from dialogs.resuming import Resumed, resumed
from dialogs.understanding import mask_identity_numbers
from member_store.members.delegations import is_known, known_contact
from member_store.members.people import communities
from member_store.members.records import Records
from member_store.store import Store
from member_store.turns import PastTurn, Reduced, StoredTurn
from policy_engine.facts import fact_to_json

HISTORY = 50
"""Turns that a page shows."""


@dataclass(frozen=True)
class Inbound:
    """A message as a channel hands it over.

    `account` is who it is from in that channel's own terms, `message_id` the channel's id of this message. `locale` is
    what is known of the person's language (a tag or an Accept-Language header), used until they choose one.
    """

    channel: str
    account: str
    message_id: str
    text: str
    locale: str | None = None


@dataclass(frozen=True)
class Outbound:
    """The answer.

    `asks` is the fact that is asked for, or None; `state` is what scripts may look at; `said` is the message as it was
    kept, identity numbers taken out.
    """

    replies: tuple[Reply, ...]
    asks: str | None
    locale: str
    large_text: bool
    state: dict[str, Any]
    said: str = ""
    repeated: bool = False


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


class Service:
    """The assistant over one member store. Safe to use from several threads."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def context(self) -> Context:
        """What a turn needs from around it, today."""
        return context_of(self._settings)

    def handle(self, inbound: Inbound, now: datetime.datetime | None = None) -> Outbound:
        """Take one turn and return its answer; all of it is saved when this returns.

        Raises ValueError for a malformed channel, account or message id, StoreError where the store fails.
        """
        context = self.context()
        received = now or datetime.datetime.now(datetime.UTC)
        # Nobody needs an identity number in what was said, so none is kept there, not even encrypted.
        text = mask_identity_numbers(inbound.text.replace("\r\n", "\n"), "〔已隐去〕")

        # The letters of a code are in no language.
        spoken = "" if read_code(text) else text

        def reduce(state: dict[str, Any] | None, records: Records) -> Reduced:
            around = self._around(context, records, inbound.channel, inbound.account)
            if state:
                known = state.get("locale")
                locale = known if known in LOCALES else first_language(spoken, inbound.locale)
                going_on = resumed(state, _away(state, received), around, locale)
            else:
                going_on = Resumed(Conversation(first_language(spoken, inbound.locale), asked=GOAL))
            # What is kept is masked; an enrolment needs the number itself, and keeps it where it belongs.
            turn = respond(going_on.conversation, inbound.text.replace("\r\n", "\n"), around)
            # Whoever begins anew wants to hear nothing of what was before.
            told = going_on.told if turn.conversation.steps or not going_on.conversation.steps else ()
            turn, forgets = self._acted(turn, around, records, inbound)
            return _reduced(replace(turn, replies=(*told, *turn.replies)), received, forgets=forgets)

        stored = self._store.turn(
            inbound.channel, inbound.account, inbound.message_id, text, reduce, received, self._settings.now
        )
        return replace(_outbound(stored), said=text)

    def _around(self, context: Context, records: Records, channel: str, account: str) -> Context:
        """What a turn needs from around it, with how this contact stands."""
        if not is_known(records, channel, account):
            standing = NOBODY
        else:
            year = context.scheme(context.county).on(None, context.today).year
            contact = known_contact(records, channel, account)
            standing = standing_of(records, contact, context.scheme, year)
        return replace(
            context,
            standing=standing,
            communities=lambda county: tuple((each.id or 0, each.name) for each in communities(records, county)),
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
            return _reduced(Turn(chosen, (asked,) if asked else ()), now - _away(state, now))

        return _outbound(self._store.turn(channel, account, message_id, "", reduce, now, self._settings.now))

    def view(self, channel: str, account: str, wanted: str | None = None) -> View:
        """The conversation as a page shows it; for somebody new, the greeting in the language they want.

        Raises as `handle` does.
        """
        state = self._store.conversation(channel, account)
        stored = conversation_from_dict(state) if state else None
        conversation = stored[0] if stored else None
        past = self._store.history(channel, account, HISTORY + 1) if conversation else []
        shown = [exchange for exchange in map(_past, past[-HISTORY:]) if exchange.said or exchange.replies]
        locale = conversation.locale if conversation else first_language("", wanted)
        earlier = len(past) > HISTORY
        greeting = [] if earlier else [Past("", greet(locale, self.context()).replies)]
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
        past = self._store.history(channel, account, last + 1)
        locale = past[-last:][0].outcome["locale"] if past else LOCALES[0]
        asked = [None, *(each.outcome["asks"] for each in past)]
        told = [(each.text, question) for each, question in zip(past, asked, strict=False)]
        return [(text, question) for text, question in told[-last:] if text], locale, len(past) <= last


def _away(state: dict[str, Any] | None, now: datetime.datetime) -> datetime.timedelta:
    """How long ago the person last said something; no time at all where nobody knows."""
    said_at = (state or {}).get("said_at")
    return now - datetime.datetime.fromisoformat(said_at) if isinstance(said_at, str) else datetime.timedelta()


def _reduced(turn: Turn, said_at: datetime.datetime, *, forgets: bool = False) -> Reduced:
    conversation = turn.conversation
    facts = {name: fact_to_json(value) for name, value in conversation.facts().items()}
    return Reduced(
        state={**conversation.to_dict(), "said_at": said_at.isoformat()},
        replies=[reply_to_dict(reply) for reply in turn.replies],
        outcome={
            "asks": conversation.asked,
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
        forgets=forgets,
    )


def _outbound(stored: StoredTurn) -> Outbound:
    outcome = stored.outcome
    return Outbound(
        replies=tuple(reply_from_dict(each) for each in stored.replies),
        asks=outcome["asks"],
        locale=outcome["locale"],
        large_text=outcome["large_text"],
        state=outcome["state"],
        repeated=stored.repeated,
    )


def _past(turn: PastTurn) -> Past:
    return Past(turn.text, tuple(reply_from_dict(each) for each in turn.replies))
