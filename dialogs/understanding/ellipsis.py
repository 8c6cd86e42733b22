"""我有职工医保，我老婆没有: what is left out because it has just been said."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.understanding.mentions import Mention
from dialogs.understanding.tokens import Sentence
from policy_engine.facts import FACTS, Value


def elliptic(sentence: Sentence, mentions: Sequence[Mention]) -> list[Mention]:
    """What clauses say that name only a person, and whether they have what was spoken of before."""
    found = []
    for index, token in enumerate(sentence.tokens):
        marks = token.marks & {"neg_have", "have"}
        before = sentence.neighbour(index, -1)
        if not marks or before is None or not before.names_somebody or not _ends_clause(sentence, index):
            continue
        if any(_is_thing(mention) and mention.last > index for mention in mentions if mention.first <= index):
            continue
        spoken = [m for m in mentions if m.last < index - 1 and _is_thing(m) and not m.open]
        if spoken and sentence.tokens[spoken[-1].last].clause == token.clause - 1:
            last = spoken[-1]
            value = _held(last) if "have" in marks else _not_held(last)
            if value is not None:
                found.append(Mention(last.fact, value, token.start, token.end, "ellipsis", index, index, firm=True))
    return found


def _held(mention: Mention) -> Value | None:
    """What somebody has who has it too, whether the one before had it or not."""
    if FACTS[mention.fact].kind == "bool":
        return True
    return None if mention.negated or mention.value == "none" else mention.value


def _not_held(mention: Mention) -> Value | None:
    """What is said of somebody who has it not."""
    if FACTS[mention.fact].kind == "bool":
        return False
    return "none" if mention.fact == "hardship_certificate" else None


def _is_thing(mention: Mention) -> bool:
    return mention.fact != "subject" and (FACTS[mention.fact].kind == "bool" or mention.thing)


def _ends_clause(sentence: Sentence, index: int) -> bool:
    """Whether nothing but particles follows in the clause."""
    at = index
    while (token := sentence.neighbour(at, 1)) is not None:
        if "glue" not in token.marks:
            return False
        at += 1
    return True
