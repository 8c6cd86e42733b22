"""What a sentence was understood to say, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dialogs.questions import ASKING
from dialogs.understanding import Expecting, Lexicon, understand
from policy_engine.facts import fact_to_json


def understood(text: str, expecting: str | None, lexicons: Sequence[Lexicon]) -> dict[str, Any]:
    """Intent, command, facts, and the span of text that each fact came from (offsets of characters)."""
    asked = None
    if expecting is not None:
        choices = ASKING[expecting].choices if expecting in ASKING else ()
        asked = Expecting(expecting, tuple((value, value) for value, _ in choices))
    found = understand(text, asked, lexicons)
    return {
        "intent": found.intent,
        "command": found.command,
        "facts": {each.fact: fact_to_json(each.value) for each in found.facts},
        "spans": {
            each.fact: {
                "start": each.start,
                "end": each.end,
                "text": text[each.start : each.end],
                "reason": each.reason,
            }
            for each in found.facts
        },
        "argument": found.argument,
    }
