"""Coming back after a while: one line that says where one was."""

from __future__ import annotations

import datetime

from dialogs.context import Context
from dialogs.conversation import Conversation
from dialogs.going_on import Progress
from dialogs.questions import summary
from dialogs.replies import Text
from policy_engine.facts import FACTS

AWAY = datetime.timedelta(days=1)
"""After so long nobody need remember what they said."""

MOST_RECALLED = 4
"""Answers that are read back; more would be no line any more."""


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
