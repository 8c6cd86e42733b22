"""Answers to the open question: by number, by label, by yes or no, or by the bare value."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from dialogs.understanding.dates import compact_date
from dialogs.understanding.findings import Expecting
from dialogs.understanding.lexicon import Lexicon
from dialogs.understanding.mentions import Mention
from dialogs.understanding.numerals import read_whole
from dialogs.understanding.phrases import command_of, forms, name_of
from dialogs.understanding.text import canonical, fold
from dialogs.understanding.tokens import Sentence
from policy_engine.errors import FactError
from policy_engine.facts import FACTS, Value, parse_fact

_NOTHING = ("none", "no", "false")
WHOLE_LABEL = "answer.label"
"""The reason where an utterance is a choice's label, as a tap sends it: then its words say nothing besides."""

_SHORTEST_PART = 2
"""Characters of a label that are enough to pick it by."""


def typed(fact_id: str, choice: str) -> Value | None:
    """The value of a fact that a choice stands for; None where it stands for none."""
    fact = FACTS.get(fact_id)
    if fact is None:
        return None
    value: object = choice
    if fact.kind == "bool":
        value = {"true": True, "false": False}.get(choice)
    elif fact.kind == "int":
        value = read_whole(choice)
    try:
        return parse_fact(fact_id, value)
    except FactError:
        return None


def is_number_question(expecting: Expecting) -> bool:
    """Whether a bare number answers the question by itself, and not by counting the choices."""
    fact = FACTS.get(expecting.fact)
    return fact is not None and fact.kind in ("int", "money", "date")


def picked(
    text: str, texts: Sequence[str], expecting: Expecting, lexicons: Sequence[Lexicon]
) -> tuple[str, str] | None:
    """(value, reason) of the choice that the whole utterance picks, by its value, its label, its number or its name."""
    values = [value for value, _ in expecting.choices]
    whole = text.strip()
    if not whole:
        return None
    for value, label in expecting.choices:
        if whole in (_folded(value), _folded(label)):
            return value, WHOLE_LABEL
    parts = [_parts(label) for _, label in expecting.choices]
    for form in texts:
        hits = [value for value, own in zip(values, parts, strict=True) if form in own]
        if len(hits) == 1:
            return hits[0], "answer.label_part"
    if not is_number_question(expecting):
        number = _index(whole, texts, lexicons)
        if number is not None and values:
            return (values[number - 1 if number > 0 else -1], "answer.number") if number <= len(values) else None
    name = name_of(texts, lexicons)
    return (name, "answer.name") if name in values and name is not None else None


def contained(sentence: Sentence, texts: Sequence[str], expecting: Expecting) -> tuple[str, str] | None:
    """(value, reason) of the one choice whose label holds the utterance, or a part of whose label stands in it."""
    if any(token.marks & {"neg_be", "neg_have", "unknown", "whether", "question", "or"} for token in sentence.tokens):
        return None
    labels = [(value, canonical(_folded(label)), _parts(label)) for value, label in expecting.choices]
    for form in texts:
        if len(form) >= _SHORTEST_PART and not form.isascii():
            hits = [value for value, label, _ in labels if form in label]
            if len(hits) == 1:
                return hits[0], "answer.part"
    whole = f" {canonical(sentence.text)} "
    hits = [
        value
        for value, _, parts in labels
        if any(len(part) >= _SHORTEST_PART and (f" {part} " if part.isascii() else part) in whole for part in parts)
    ]
    return (hits[0], "answer.part") if len(hits) == 1 else None


# The same few questions are asked again and again.
@lru_cache(maxsize=4096)
def _folded(label: str) -> str:
    return fold(label).strip()


@lru_cache(maxsize=4096)
def _parts(label: str) -> frozenset[str]:
    """A label and what its punctuation parts it into: 农村（农业户口） can be picked by either."""
    folded = fold(label)
    parts, part = {canonical(folded)}, ""
    for char in folded + ",":
        if char.isalnum() or char in " '":
            part += char
        else:
            parts.add(canonical(part))
            part = ""
    return frozenset(parts - {""})


def _index(whole: str, texts: Sequence[str], lexicons: Sequence[Lexicon]) -> int | None:
    """1, 二, 第二个, ②, the second one. -1 is the last; never 0."""
    if whole.startswith("-"):
        return None  # no choice is below the first
    bare = whole.strip(" .,()、。:!")
    if len(bare) == 1 and not bare.isascii() and (digit := int(unicodedata.digit(bare, 0))):
        return digit
    for form in (bare, *texts):
        number = read_whole(form)
        for lexicon in lexicons:
            number = lexicon.ordinals.get(form) if number is None else number
        if number is not None:
            return number or None
    return None


def clause_answers(
    sentence: Sentence, expecting: Expecting, lexicons: Sequence[Lexicon], bound: set[int]
) -> Iterator[Mention | str]:
    """What each clause that is nothing but an answer says of the fact asked for, or just "yes" or "no"."""
    for first, last in _clauses(sentence):
        tokens = sentence.tokens[first : last + 1]
        lead = 0
        while lead < len(tokens) and tokens[lead].names_somebody:
            lead += 1
        start = tokens[lead].start if lead < len(tokens) else tokens[0].start
        texts = forms(sentence.text[start : tokens[-1].end], lexicons)
        yield from _answer(texts, sentence, expecting, lexicons, first, last)
        opening = tokens[0].marks & {"yes_prefix", "no_prefix"}
        if first == 0 and opening and len(tokens) > 1 and 0 not in bound:
            yield _yes_or_no("yes" if "yes_prefix" in opening else "no", sentence, expecting, 0, 0)


def _answer(
    texts: Sequence[str], sentence: Sentence, expecting: Expecting, lexicons: Sequence[Lexicon], first: int, last: int
) -> Iterator[Mention | str]:
    start, end = sentence.tokens[first].start, sentence.tokens[last].end
    for form in texts:
        for lexicon in lexicons:
            value = lexicon.answers.get((expecting.fact, form))
            if value is not None:
                yield Mention(expecting.fact, value, start, end, "answer:" + form, first, last, firm=True)
                return
    command = command_of(texts, lexicons)
    if command and command[0] in ("yes", "no"):
        yield _yes_or_no(command[0], sentence, expecting, first, last)


def _yes_or_no(word: str, sentence: Sentence, expecting: Expecting, first: int, last: int) -> Mention | str:
    fact = FACTS.get(expecting.fact)
    value: Value | None = None
    if fact is not None and fact.kind == "bool":
        value = word == "yes"
    elif fact is not None and word == "no" and "none" in fact.values:
        value = "none"
    if value is None:
        return word
    start, end = sentence.tokens[first].start, sentence.tokens[last].end
    return Mention(expecting.fact, value, start, end, "answer." + word, first, last, firm=True)


def plain_choice(word: str, expecting: Expecting) -> str | None:
    """The choice that a bare yes or no is, where the choices have one."""
    wanted = ("yes", "true") if word == "yes" else _NOTHING
    return next((value for value, _ in expecting.choices if value in wanted), None)


def bare_number(sentence: Sentence, texts: Sequence[str], expecting: Expecting) -> Mention | None:
    """The one number of the utterance, as the value of a whole-number or date fact that was asked for."""
    fact = FACTS.get(expecting.fact)
    if fact is None or fact.kind not in ("int", "date"):
        return None
    if fact.kind == "date":
        for form in texts:
            if (day := compact_date(form)) is not None:
                return Mention(fact.id, day, 0, len(sentence.text), "date.compact", 0, 0, firm=True)
        return None
    places = [
        (index, token.number)
        for index, token in enumerate(sentence.tokens)
        if token.number and not sentence.mark_beside(index, -1, {"neg_be", "neg_have"})
    ]
    if len(places) != 1:
        return None
    index, number = places[0]
    hedged = sentence.mark_beside(
        index, -1, {"about", "below", "above", "at_least", "at_most"}, 0
    ) or sentence.mark_beside(index, 1, {"about_after", "below_after", "above_after"}, 0)
    after = sentence.neighbour(index, 1)
    timed = fact.id == "stays_this_year" and after is not None and "time" in after.marks
    value = number.whole if number.kind == "number" else None
    if (
        value is None
        or hedged
        or number.currency
        or (after is not None and not after.known)
        or (number.counts and not timed)
    ):
        return None
    if not fact.low <= value <= fact.high:
        return None
    token = sentence.tokens[index]
    return Mention(fact.id, value, token.start, token.end, "answer.value", index, index, firm=True)


def _clauses(sentence: Sentence) -> Iterator[tuple[int, int]]:
    first = 0
    for index, token in enumerate(sentence.tokens):
        if index + 1 == len(sentence.tokens) or sentence.tokens[index + 1].clause != token.clause:
            yield first, index
            first = index + 1
