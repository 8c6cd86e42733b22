"""Going on with a conversation that was put away: after days, after months, or after an upgrade."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dialogs.context import Context
from dialogs.conversation import Conversation, conversation_from_dict
from dialogs.flows import FLOWS
from dialogs.going_on import Progress
from dialogs.members.reminded import REMINDED
from dialogs.questions import ASKABLE, CORRECT, GOAL, HOSPITAL, MEANT, RESUME, summary
from dialogs.replies import Reply, Text
from policy_engine.facts import FACTS

AWAY = datetime.timedelta(days=1)
"""After so long nobody need remember what they said."""

EXPIRES = datetime.timedelta(days=30)
"""After so long a question is no longer open: what is said next is no answer to it. What was said before is kept."""

MOST_RECALLED = 4
"""Answers that are read back; more would be no line any more."""


@dataclass(frozen=True)
class Resumed:
    """The conversation as it goes on, and what the person is to be told before anything else."""

    conversation: Conversation
    told: tuple[Reply, ...] = ()


def resumed(state: Mapping[str, Any], away: datetime.timedelta, context: Context, locale: str) -> Resumed:
    """The stored conversation after `away`. One that cannot be read begins anew, in `locale`, and says so."""
    stored = conversation_from_dict(state)
    if stored is None:
        words = context.languages(locale)
        return Resumed(Conversation(locale, asked=GOAL), (Text(words("upgraded"), "note"),))
    conversation, lost = stored
    conversation, moved = _known_goals(conversation)
    told: list[Reply] = []
    progress = Progress(conversation, context)
    if lost or moved:
        told.append(Text(progress.words("upgraded.part"), "note"))
    elif conversation.flows and _changed(conversation, progress):
        told.append(Text(progress.words("upgraded.rules"), "note"))
    if away >= AWAY:
        line = recalled(conversation, context)
        told += [line] if line else []
    if away >= EXPIRES:
        conversation = replace(conversation, asked=RESUME if conversation.flows else GOAL, misses=0, aside=None)
    return Resumed(conversation, tuple(told))


def recalled(conversation: Conversation, context: Context) -> Text | None:
    """What the person had asked, and the last few things they said; None where there is nothing to recall."""
    case = Progress(conversation, context).case()
    known = [summary(name, case) for name in case.facts if name in FACTS and name != "subject"][-MOST_RECALLED:]
    flow = case.words(f"flow.{conversation.flows[-1]}") if conversation.flows else ""
    if flow and known:
        return Text(case.say("resumed.both", flow=flow, facts=case.words.listed(known)), "note")
    if known:
        return Text(case.say("resumed.facts", facts=case.words.listed(known)), "note")
    return Text(case.say("resumed.flow", flow=flow), "note") if flow else None


def _changed(conversation: Conversation, progress: Progress) -> bool:
    """Whether other rules hold than when something was last answered."""
    return conversation.rules not in (None, progress.rules(conversation.facts().get("county")).version)


def _known_goals(conversation: Conversation) -> tuple[Conversation, bool]:
    """The conversation without goals and questions that this version does not have; and whether there were any."""
    asked = conversation.asked
    known = asked is None or asked in ASKABLE or asked in (GOAL, CORRECT, HOSPITAL, MEANT, RESUME, REMINDED)
    if known and all(flow in FLOWS for step in conversation.steps for flow in step.flows):
        return conversation, False
    steps = tuple(
        replace(step, flows=tuple(flow for flow in step.flows if flow in FLOWS)) for step in conversation.steps
    )
    # Nobody is asked to answer what is no question any more: what is still needed is asked anew.
    return replace(conversation, steps=steps, asked=asked if known else None), True
