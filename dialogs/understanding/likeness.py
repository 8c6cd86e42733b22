"""What can tell what a sentence is after: its words, what it says about facts, and what the grammar made of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dialogs.understanding.judge import NOTHING, Traits
from dialogs.understanding.tokens import Sentence, Token

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z][a-z']*")
_LONGEST_PIECE = 3
"""Characters of a piece of Chinese that is looked up."""
_EACH_END = 120
"""Characters of a long text's beginning and end that are looked at: what is wanted stands in one of them."""


def traits_of(sentence: Sentence, facts: Iterable[str], grammar: str | None) -> Traits:
    """What a sentence has that can speak for a wish.

    `facts` are those spoken of, `grammar` is the wish that the grammar found. What is said about facts is left out of
    the words: 我妈 and 我爸, 海宁 and 平湖 want the same.
    """
    found = {*_pieces(_without_facts(sentence)), *(f"={fact}" for fact in facts), f"?{grammar or NOTHING}"}
    for token in sentence.tokens:
        found |= {f"@{mark}" for mark in token.marks if mark != "glue"}
        if token.entry and token.entry.intent:
            found.add(f"!{token.entry.intent}")
        if token.number or token.date:
            found.add("#")
    return frozenset(found)


def _without_facts(sentence: Sentence) -> str:
    """The text with blanks where something is said about a fact, and where it only looks as if it said something."""
    text, at, parts = sentence.text, 0, []
    for token in sentence.tokens:
        if _is_blank(token):
            parts.append(text[at : token.start])
            at = token.end
    whole = " ".join([*parts, text[at:]])
    return whole if len(whole) <= 2 * _EACH_END else f"{whole[:_EACH_END]} {whole[-_EACH_END:]}"


def _is_blank(token: Token) -> bool:
    entry = token.entry
    return bool(token.number or token.date or (entry and (entry.facts or entry.origin == "ignore")))


def _pieces(text: str) -> Iterator[str]:
    """Chinese in pieces of up to three characters with its edges marked, English in words and pairs of words."""
    before = "^"
    for run in _RUN.findall(text):
        if run.isascii():
            yield run
            yield f"{before} {run}"
            before = run
            continue
        marked = f"^{run}$"
        for size in range(1, _LONGEST_PIECE + 1):
            for start in range(len(marked) - size + 1):
                yield marked[start : start + size]
    if before != "^":
        yield f"{before} $"
