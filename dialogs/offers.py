"""The choices of a question as buttons: what a button sends back, and whether its question is still the open one."""

from __future__ import annotations

import hashlib

from dialogs.conversation import Conversation
from dialogs.replies import Question, Reply

_BYTES = 6


def offered(replies: tuple[Reply, ...]) -> Question | None:
    """The question that can be answered by a button: the last one, if it has choices."""
    asked = [reply for reply in replies if isinstance(reply, Question)]
    return asked[-1] if asked and asked[-1].choices else None


def offer_id(question: Question, conversation: Conversation) -> str:
    """What the buttons of a question are known by: the same for the same question asked again, another once it was
    answered, or is about somebody else. Eight letters, digits, `-` or `_`.
    """
    values = "|".join(choice.value for choice in question.choices)
    told = f"{question.fact}|{conversation.subject}|{len(conversation.steps)}|{values}"
    digest = hashlib.blake2b(told.encode(), digest_size=_BYTES).digest()
    return _letters(digest)


def tapped(tap: str, question: Question | None, conversation: Conversation) -> str | None:
    """The label of the choice that a button stands for; None where its question is not open any more."""
    offer, _, place = tap.rpartition(".")
    if question is None or not question.choices or offer != offer_id(question, conversation):
        return None
    if not (place.isascii() and place.isdigit()) or len(place) > 3 or int(place) >= len(question.choices):
        return None
    return question.choices[int(place)].label


def _letters(digest: bytes) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    number = int.from_bytes(digest, "big")
    return "".join(alphabet[(number >> shift) & 63] for shift in range(0, _BYTES * 8, 6))
