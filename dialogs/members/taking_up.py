"""What somebody answers to a reminder: to go on with one of those of whom it told, later, or never again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dialogs.context import N_, Context
from dialogs.conversation import Conversation
from dialogs.going_on import Turn
from dialogs.members.acts import REMINDERS
from dialogs.members.reminded import LATER, REMINDED, STOP, YES, Reminded
from dialogs.members.taking import Taking
from dialogs.members.years import renewal_year
from dialogs.questions import GOAL
from dialogs.replies import Question, Text


def take_up(conversation: Conversation, reminded: Reminded, context: Context) -> Turn:
    """The turn in which somebody goes on from a reminder with one of those of whom it told."""
    return TakingUp(conversation, context).taken_up(reminded)


def answer_reminder(conversation: Conversation, reminded: Sequence[Reminded], context: Context, *, yes: bool) -> Turn:
    """The turn for a bare yes or no to a reminder of some people: what is open besides it is not what was answered."""
    responder = TakingUp(conversation, context)
    if not yes:
        return responder.not_now()
    if len(reminded) == 1:
        return responder.taken_up(reminded[0])
    responder.conversation = replace(conversation, asked=REMINDED, reminded=tuple(reminded))
    return responder.again()


def ask_reminded(turn: Turn, context: Context) -> Turn:
    """The turn with the question what to do about those of whom a reminder told, unless something else is asked."""
    conversation = turn.conversation
    left = tuple(each for each in conversation.reminded if context.standing.by_key(str(each.key)) is not None)
    if not left or conversation.asked not in (None, GOAL):
        return turn
    told = tuple(each for each in turn.replies if not isinstance(each, Question))
    responder = TakingUp(replace(conversation, asked=REMINDED, reminded=left), context)
    return replace(responder.again(*told), effect=turn.effect)


class TakingUp(Taking):
    """Answers to a reminder."""

    def reminded_picked(self, choice: str) -> Turn:
        """The turn for an answer to the question what is to be done."""
        reminded = self.conversation.reminded
        if choice == LATER:
            return self.not_now()
        if choice == STOP:
            return self.begin_act("unremind", {"reminders": " ".join(("off", *REMINDERS))})
        if choice == YES and len(reminded) > 1:
            return self.again(Text(self.words("reminded.which")))
        picked = next((each for each in reminded if choice in (YES, str(each.key))), None)
        return self.taken_up(picked) if picked is not None else self.not_now()

    def taken_up(self, reminded: Reminded) -> Turn:
        """Go on with somebody of whom a reminder told: whoever can be renewed is, as that is what was offered.

        Who may only look hears whose permission it takes.
        """
        left = tuple(each for each in self.conversation.reminded if each != reminded)
        member = self.context.standing.by_key(str(reminded.key))
        said = {"who": str(reminded.key)}
        if member is not None and reminded.renews and renewal_year(self.case(), member) == reminded.year:
            turn = self.begin_act("renew", {**said, "confirm": "yes"})
        else:
            turn = self.begin_act("status", said)
        return replace(turn, conversation=replace(turn.conversation, reminded=left))

    def not_now(self) -> Turn:
        """Nothing is to be done now. What was asked before the reminder is asked again."""
        told = Text(self.words(N_("reminded.later")))
        goes_on = self.is_in_the_middle()
        if self.conversation.asked not in (None, GOAL, REMINDED):
            return self.again(told)
        self.conversation = replace(self.conversation, asked=None)
        return self.proceed(told) if goes_on else self.turn(told)
