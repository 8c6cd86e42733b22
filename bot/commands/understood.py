"""What a sentence was understood to say, as JSON."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from dialogs.questions import ASKING
from dialogs.understanding import Expecting, Finding, Lexicon, understand
from policy_engine.facts import fact_to_json


def understood(text: str, expecting: str | None, lexicons: Sequence[Lexicon], today: datetime.date) -> dict[str, Any]:
    """Intent, command, facts, and the span of text that each fact came from (offsets of characters); also what was said
    of other people, and what spoke for a wish that no rule of the grammar names."""
    asked = None
    if expecting is not None:
        choices = ASKING[expecting].choices if expecting in ASKING else ()
        asked = Expecting(expecting, tuple((value, value) for value, _ in choices))
    found = understand(text, asked, lexicons, today)
    return {
        "intent": found.intent,
        "command": found.command,
        **_facts(found.facts, text),
        "argument": found.argument,
        "others": [{"subject": other.subject, **_facts(other.facts, text)} for other in found.others],
        "because": list(found.because),
    }


def _facts(findings: Sequence[Finding], text: str) -> dict[str, Any]:
    return {
        "facts": {each.fact: fact_to_json(each.value) for each in findings},
        "spans": {
            each.fact: {
                "start": each.start,
                "end": each.end,
                "text": text[each.start : each.end],
                "reason": each.reason,
            }
            for each in findings
        },
    }
