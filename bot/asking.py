"""A question about the policy from outside a conversation: the same for the command line and the API."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.ask import Rules, read_question
from bot.faqs import faqs, originals
from bot.languages import Catalogue
from dialogs.context import Case
from dialogs.policy.answering import Told, ask
from dialogs.policy.index import index_of
from dialogs.replies import Answer, Text
from policy_engine.parameters import Values
from policy_engine.provenance import provenance


@dataclass(frozen=True)
class Replied:
    """What a question came to, with the surroundings that it was answered in.

    `originals` are the official wordings of the places it rests on, as far as their texts are here.
    """

    question: str
    told: Told
    case: Case
    originals: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON: `outcome`, the answer in words, its figures, citations, what is unset, what was meant."""
        scheme, told = self.case.scheme, self.told
        day = scheme.on(None, self.case.today)
        values = Values(scheme, day)
        reply = told.reply
        passage = told.meant[0] if told.citations else None
        return {
            "question": self.question,
            "outcome": told.outcome,
            "answer": reply.headline if isinstance(reply, Answer) else reply.text if isinstance(reply, Text) else None,
            "notes": list(reply.notes) if isinstance(reply, Answer) else [],
            "figures": {name: values.figure(name).to_json() for name in (passage.shown if passage is not None else ())},
            "citations": [each.to_dict() for each in told.citations],
            "original": list(self.originals),
            "unset": [each.to_dict() for each in told.unset],
            "meant": [{"id": each.id, "title": each.title} for each in told.meant],
            "provenance": provenance(scheme, day).to_dict(),
        }


def ask_policy(
    question: str, asked: Rules, today: datetime.date, words: Catalogue, sources: Path | None = None
) -> Replied:
    """The answer to a question in words. Raises PolicyError for a pack, county, reading or day that there is not."""
    found = read_question({}, asked)
    day = found.scheme.on(found.on, today)
    case = Case("self", {}, frozenset(), found.scheme, day, words)
    told = ask(question, case, index_of(found.scheme, faqs(), words))
    wording = originals(sources)
    return Replied(question, told, case, tuple(text for each in told.citations if (text := wording(each)) is not None))
