"""Repair and control inside longer utterances: "that was wrong" before what is right, and what is asked in passing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dialogs.understanding.findings import Finding
from dialogs.understanding.lexicon import Lexicon
from dialogs.understanding.mentions import Mention
from dialogs.understanding.phrases import forms, name_of
from dialogs.understanding.tokens import Sentence

PERSONAL = frozenset(("subject", "age"))
"""Facts that people put into any sentence: 我八十六岁了，字太小."""
_DENIED = frozenset(("neg_be", "neg_have"))


def control_of(
    sentence: Sentence, mentions: Sequence[Mention], lexicons: Sequence[Lexicon], intent: str | None
) -> tuple[str, str | None] | None:
    """The command, with its argument, that an utterance which is no command as a whole holds; None where none."""
    for index, token in enumerate(sentence.tokens):
        if "correct" not in token.marks:
            continue
        if _opens_clause(sentence, index) and any(m.first > index and not m.open for m in mentions):
            return "correct", None
        named = _named(sentence, index, lexicons)
        if named is not None:
            return "correct", named
    return None if intent else _requested(sentence, mentions)


def _requested(sentence: Sentence, mentions: Sequence[Mention]) -> tuple[str, str | None] | None:
    """What a sentence asks for in passing, where it says nothing that it could be an answer or a wish with."""
    if any(mention.fact not in PERSONAL and not mention.open for mention in mentions):
        return None
    for index, token in enumerate(sentence.tokens):
        if token.entry and token.entry.request and not sentence.mark_beside(index, -1, _DENIED):
            return token.entry.request
    return None


def _opens_clause(sentence: Sentence, index: int) -> bool:
    """Whether nothing but "I" and small words stand before it in its clause."""
    at = index
    while (token := sentence.neighbour(at, -1)) is not None:
        if not token.marks & {"glue", "pronoun", "pronoun_self"} or index - at > 3:
            return False
        at -= 1
    return True


def _named(sentence: Sentence, index: int, lexicons: Sequence[Lexicon]) -> str | None:
    """The fact named beside the word, where the utterance is these two and nothing more: 年龄说错了, 改一下户口."""
    token = sentence.tokens[index]
    if token.start > 24 or len(sentence.text) - token.end > 24:
        return None
    texts = forms(sentence.text[: token.start] + " " + sentence.text[token.end :], lexicons)
    return name_of(texts, lexicons)


def does_not_know(
    sentence: Sentence,
    mentions: Sequence[Mention],
    expected: str | None,
    facts: Mapping[str, Finding],
    intent: str | None,
) -> bool:
    """Whether "I don't know" answers the open question, and is not about something else."""
    if expected is None or expected in facts or intent is not None:
        return False
    if not any("unknown" in token.marks for token in sentence.tokens):
        return False
    unsaid = {mention.fact for mention in mentions if mention.open}
    return not unsaid or expected in unsaid
