"""What a person wants, from the words of a sentence and from what was found in it."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.understanding.mentions import Mention
from dialogs.understanding.tokens import Sentence

_PRECEDENCE = (
    "human",
    "complaint",
    "reminder_settings",
    "compare_hospitals",
    "policy_question",
    "estimate",
    "eligibility",
    "enrol",
    "contribution",
    "out_of_scope",
    "thanks",
    "greeting",
)
"""Where a sentence has cues for several: a wish for a person first, a greeting last."""

_ENOUGH_TO_COMPARE = 3


def intent_of(sentence: Sentence, mentions: Sequence[Mention]) -> str | None:
    """The intent of a sentence; None where nothing hints at one."""
    found = {token.entry.intent for token in sentence.tokens if token.entry and token.entry.intent}
    marks = {mark for token in sentence.tokens for mark in token.marks}
    levels = {mention.value for mention in mentions if mention.fact == "provider_level" and not mention.negated}
    facts = {mention.fact for mention in mentions if not mention.open}
    if len(levels) >= _ENOUGH_TO_COMPARE or (len(levels) >= 2 and "compare" in marks):
        found.add("compare_hospitals")
    if _asks_to_join(sentence):
        found.add("eligibility")
    if "claim" in marks and "bill_total" in facts and facts & {"care", "provider_level"}:
        found.add("estimate")
    if not found & set(_PRECEDENCE[:9]) and (any(mention.asked for mention in mentions) or _asks_term(sentence)):
        found.add("policy_question")
    return next((intent for intent in _PRECEDENCE if intent in found), None)


def _asks_to_join(sentence: Sentence) -> bool:
    """Can my baby join: the two words apart, with the person between them."""
    may: set[int] = set()
    for token in sentence.tokens:
        if "may" in token.marks:
            may.add(token.clause)
        elif "enrol_verb" in token.marks and token.clause in may:
            return True
    return False


def _asks_term(sentence: Sentence) -> bool:
    """起付线是什么, 怎么办居住证: a term of the scheme with what is asked about it in the same clause."""
    asked = {token.clause for token in sentence.tokens if token.marks & {"ask_before", "ask_after"}}
    return any("term" in token.marks and token.clause in asked for token in sentence.tokens)
