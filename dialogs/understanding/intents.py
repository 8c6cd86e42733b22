"""What a person wants, from the words of a sentence and from what was found in it."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

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
    found |= _wishes(sentence, found)
    if not found & set(_PRECEDENCE[:9]) and (any(mention.asked for mention in mentions) or _asks_term(sentence)):
        found.add("policy_question")
    if (
        "out_of_scope" in found
        and not found & set(_PRECEDENCE[:4])
        and "estimate" not in found
        and _elsewhere(sentence)
    ):
        return "out_of_scope"
    return next((intent for intent in _PRECEDENCE if intent in found), None)


def _asks_to_join(sentence: Sentence) -> bool:
    """Can my baby join: the two words apart, with the person between them."""
    may: set[int] = set()
    joining: set[int] = set()
    for token in sentence.tokens:
        if "may" in token.marks:
            may.add(token.clause)
        elif ("enrol_verb" in token.marks and token.clause in may) or (
            "may_after" in token.marks and token.clause in joining
        ):
            return True
        if "enrol_verb" in token.marks:
            joining.add(token.clause)
    return False


def _wishes(sentence: Sentence, known: AbstractSet[str]) -> set[str]:
    """What the words of one clause together ask for: paying in and how much, which and a hospital, want and enrol."""
    clauses: dict[int, set[str]] = {}
    for token in sentence.tokens:
        marks = clauses.setdefault(token.clause, set())
        if "enrol_verb" in token.marks and marks & {"wish", "marked_subject", "what"}:
            marks.add("enrolling")
        marks |= token.marks
    found: set[str] = set()
    for marks in clauses.values():
        asking = marks & {"how_much", "what", "which", "question", "may_after"}
        back = marks & {"claim", "cue_own"}
        if "why" in marks and marks & {"claim", "cue_own", "hospital", "contribution_cue", "term"}:
            found.add("policy_question")
        elif "which" in marks and "hospital" in marks and (back or marks & {"compare", "cue_total"}):
            found.add("compare_hospitals")
        elif ("papers" in marks and asking) or ("claim" in marks and "what" in marks and "how_much" not in marks):
            found.add("policy_question")
        elif back and "how_much" in marks:
            found.add("estimate")
        elif "contribution_cue" in marks and (asking or "may" in marks):
            found.add("contribution")
        elif "enrolling" in marks and not known:
            found.add("enrol")
    return found


def _elsewhere(sentence: Sentence) -> bool:
    """养老保险怎么交: the first thing asked about is none of ours, and what follows only asks how."""
    named = [token for token in sentence.tokens if token.entry and token.entry.intent]
    return (
        bool(named)
        and named[0].entry is not None
        and named[0].entry.intent == "out_of_scope"
        and (named[-1].clause == named[0].clause)
    )


def _asks_term(sentence: Sentence) -> bool:
    """起付线是什么, 怎么办居住证: a term of the scheme with what is asked about it in the same clause."""
    asked = {token.clause for token in sentence.tokens if token.marks & {"ask_before", "ask_after"}}
    doubted = {token.clause for token in sentence.tokens if token.marks & {"question", "how_much"}}
    return any(
        "term" in token.marks
        and (token.clause in asked or (token.entry and not token.entry.facts and token.clause in doubted))
        for token in sentence.tokens
    )
