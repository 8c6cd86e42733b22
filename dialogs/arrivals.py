"""What comes in that is not text, and how it is answered: what can be done instead, and the open question again."""

from __future__ import annotations

from enum import StrEnum

from dialogs.context import N_, Context
from dialogs.conversation import Conversation
from dialogs.going_on import Turn
from dialogs.replies import Text
from dialogs.respond import ask_again, greet
from dialogs.resuming import recalled


class Event(StrEnum):
    """What arrived. `SAID` is text; `VOICE` is speech of which no words were heard."""

    SAID = "said"
    ARRIVED = "arrived"
    PICTURE = "picture"
    VOICE = "voice"
    FILM = "film"
    PLACE = "place"
    LINK = "link"
    OTHER = "other"


_TOLD = {
    Event.PICTURE: N_("event.picture"),
    Event.VOICE: N_("event.voice"),
    Event.FILM: N_("event.film"),
    Event.PLACE: N_("event.place"),
    Event.LINK: N_("event.link"),
    Event.OTHER: N_("event.other"),
}
_TOLD_WHERE_HEARD = {
    Event.VOICE: N_("event.voice.hears"),
    Event.FILM: N_("event.film.hears"),
    Event.OTHER: N_("event.other.hears"),
}
"""What is said instead on a channel that makes words of speech: there one can also say it."""


def attend(conversation: Conversation, event: Event, context: Context) -> Turn:
    """The turn that answers something other than text.

    Somebody who arrives is greeted; whoever had begun already goes on where they were. Raises KeyError for `SAID`.
    """
    words = context.languages(conversation.locale)
    if event is Event.ARRIVED:
        if not conversation.steps:
            return greet(conversation.locale, context)
        line = recalled(conversation, context)
        return ask_again(conversation, context, Text(words("greeting.again")), *([line] if line else []))
    message = (_TOLD_WHERE_HEARD.get(event) if context.hears else None) or _TOLD[event]
    return ask_again(conversation, context, Text(words(message), "note"))


def out_of_date(conversation: Conversation, context: Context) -> Turn:
    """The turn for a button whose question is not the open one any more."""
    words = context.languages(conversation.locale)
    return ask_again(conversation, context, Text(words("tap.old"), "note"))
