"""Puts it together: one utterance in, everything that was understood of it out."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from dialogs.understanding import answers
from dialogs.understanding.amounts import amounts
from dialogs.understanding.control import PERSONAL, does_not_know
from dialogs.understanding.ellipsis import elliptic
from dialogs.understanding.findings import Expecting, Finding, Findings, Person
from dialogs.understanding.identity import hide_numbers
from dialogs.understanding.judge import Traits
from dialogs.understanding.lexicon import Lexicon
from dialogs.understanding.likeness import traits_of
from dialogs.understanding.meaning import settle
from dialogs.understanding.mentions import Mention, collect, weigh
from dialogs.understanding.people import apart
from dialogs.understanding.phrases import forms
from dialogs.understanding.quantities import ages, dates, stays, year_paid_for
from dialogs.understanding.text import fold, head
from dialogs.understanding.tokens import Sentence, cut
from dialogs.understanding.wishes import grammatical, spoken_of, wished

_HOSPITAL_FACTS = frozenset(
    (
        "provider_level", "provider_grade", "care", "bill_total", "reportable_cost", "class_b_cost", "referred",
        "transferred_from", "transferred_from_grade", "treated_at_workplace", "disease_class",
    )
)  # fmt: skip
_CAME_FROM = {"transferred_from": "provider_level", "transferred_from_grade": "provider_grade"}
"""Questions about the hospital before a transfer, and the fact that its words speak of anywhere else."""
_HOSPITAL_INTENTS = frozenset(("estimate", "compare_hospitals"))


def understand(
    text: str, expecting: Expecting | None, lexicons: Sequence[Lexicon], today: datetime.date | None = None
) -> Findings:
    """What the person said: facts with their spans, an intent, a command, and which of the choices was picked.

    Never raises; of a text longer than anybody types only the first 2,000 characters are read. The first lexicon is the
    one of the conversation's language. `today` is what 下个月3号 is counted from; without it such days say nothing.
    """
    folded = _folded(text, lexicons)
    texts = forms(folded, lexicons)
    sentence = cut(folded, lexicons, today)
    expected = expecting.fact if expecting else None
    choice = answers.picked(folded, texts, expecting, lexicons) if expecting else None
    mentions = _mentions(sentence, expecting, lexicons, texts)
    word = ""
    if expecting:
        for answer in answers.clause_answers(sentence, expecting, lexicons, _bound(sentence, mentions)):
            if isinstance(answer, Mention):
                mentions.append(answer)
            else:
                word = answer
        mentions.sort(key=lambda mention: mention.start)
    stay = _speaks_of_stay(sentence, mentions, expected)
    wish = wished(sentence, texts, mentions, lexicons, expected, choice is not None)
    intent, control = wish.intent, wish.control
    corrected = control is not None and control[0] == "correct"
    if intent == "contribution" and not any(mention.fact == "contribution_year" for mention in mentions):
        year = year_paid_for(sentence)
        mentions += [year] if year else []
    facts, others = _settled(sentence, mentions, expected, stay, lexicons, corrected=corrected)
    if intent == "compare_hospitals" and any("or" in token.marks for token in sentence.tokens):
        facts.pop("provider_level", None)  # 镇上还是上海: the one that is named is not the one that was chosen
    judged = bool(wish.because)
    if expecting and choice is None and not control and (intent is None or judged) and not facts.keys() - PERSONAL:
        choice = answers.contained(sentence, texts, expecting)
        # 我在示例县参保 names a choice; what it is like counts for less.
        intent = None if choice else intent
    if expecting and choice is not None:
        value = answers.typed(expecting.fact, choice[0])
        if value is not None:
            if choice[1] == answers.WHOLE_LABEL:
                facts.clear()
            facts[expecting.fact] = Finding(expecting.fact, value, *_trimmed(text), choice[1])
    command, argument = control or (None, None)
    if expecting and command in ("yes", "no"):
        picked = choice[0] if choice else answers.plain_choice(command, expecting)
        choice = (picked, "answer." + command) if picked else None
        command = None if expected in facts else command
    elif expecting and command is None and word and choice is None:
        picked = answers.plain_choice(word, expecting)
        choice = (picked, "answer." + word) if picked else None
    if command is None and does_not_know(sentence, mentions, expected, facts, intent):
        command = "unknown"
    return Findings(
        intent, command, tuple(sorted(facts.values(), key=lambda found: (found.start, found.fact))), argument,
        _choice(expecting, choice, facts), others, wish.because,
    )  # fmt: skip


def _settled(
    sentence: Sentence,
    mentions: list[Mention],
    expected: str | None,
    stay: bool,
    lexicons: Sequence[Lexicon],
    *,
    corrected: bool,
) -> tuple[dict[str, Finding], tuple[Person, ...]]:
    """What is said of the person that the sentence is about, and of others besides."""
    facts = settle(sentence, mentions, expected, stay, corrected)
    subject = facts.get("subject")
    denied = any(mention.fact == "subject" and mention.negated for mention in mentions)
    if subject is None or corrected or denied:
        return facts, ()
    groups = apart(sentence, mentions, str(subject.value), lexicons)
    if len(groups) < 2:
        return facts, ()
    settled = {person: settle(sentence, said, expected, stay, corrected) for person, said in groups.items()}
    main = settled.pop(str(subject.value))
    others = tuple(Person(person, tuple(found.values())) for person, found in settled.items() if found)
    return {"subject": subject, **main}, others


def sample(text: str, lexicons: Sequence[Lexicon]) -> Traits:
    """The traits of a sentence said to no question, as its wish is judged by: what `learning.py` learns from."""
    sentence = cut(_folded(text, lexicons), lexicons)
    mentions = _mentions(sentence, None, lexicons, ())
    return traits_of(sentence, spoken_of(mentions), grammatical(sentence, mentions, lexicons)[0])


def _folded(text: str, lexicons: Sequence[Lexicon]) -> str:
    """As much of the text as is read, in one form, identity numbers hidden, as it was meant and not as it sounds."""
    folded = head(hide_numbers(fold(text)))
    for lexicon in lexicons:
        folded = lexicon.heard(folded)
    return folded


def _mentions(
    sentence: Sentence, expecting: Expecting | None, lexicons: Sequence[Lexicon], texts: Sequence[str]
) -> list[Mention]:
    """Every mention, weighed: words and pairs first, then numbers, whose reading depends on what else is said."""
    expected = expecting.fact if expecting else None
    mentions = collect(sentence, lexicons)
    if expected in _CAME_FROM:
        _name_former_hospital(sentence, mentions, expected)
    if any(token.number or token.date for token in sentence.tokens):
        numbers = [*ages(sentence), *dates(sentence, expected), *stays(sentence, expected)]
        asked = {number.fact for number in numbers}
        if expecting and expected not in asked and not any(mention.fact == expected for mention in mentions):
            bare = answers.bare_number(sentence, texts, expecting)
            numbers += [bare] if bare else []
        used = {at for number in numbers for at in range(number.first, number.last + 1)}
        counted = expecting is not None and bool(expecting.choices) and not answers.is_number_question(expecting)
        stay = _speaks_of_stay(sentence, mentions, None if counted else expected)
        mentions += [*numbers, *amounts(sentence, used, expected, stay)]
        mentions.sort(key=lambda mention: (mention.start, mention.end))
    elif expecting:
        bare = answers.bare_number(sentence, texts, expecting)
        mentions += [bare] if bare and sentence.tokens else []
    weigh(sentence, mentions)
    mentions += elliptic(sentence, mentions)
    return mentions


def _name_former_hospital(sentence: Sentence, mentions: Sequence[Mention], expected: str) -> None:
    """Where it was asked from where somebody was transferred: what is said of the hospital, unless of the new one."""
    moves = [index for index, token in enumerate(sentence.tokens) if "transfer" in token.marks]
    for mention in mentions:
        if moves and mention.last > moves[0]:
            continue
        if mention.fact == _CAME_FROM[expected]:
            mention.fact = expected
        elif mention.fact in _CAME_FROM.values():
            mention.open = True


def _speaks_of_stay(sentence: Sentence, mentions: Sequence[Mention], expected: str | None) -> bool:
    """Whether hospitals or money back are the topic, so that 镇上 is a hospital's level and 上海 a place of care."""
    if expected in _HOSPITAL_FACTS:
        return True
    levels = {mention.value for mention in mentions if mention.fact == "provider_level"}
    if len(levels) > 1 or any(m.fact in _HOSPITAL_FACTS and not m.needs_stay for m in mentions):
        return True
    return any(
        token.marks & {"claim", "hospital", "compare", "correct"}
        or (token.entry and token.entry.intent in _HOSPITAL_INTENTS)
        for token in sentence.tokens
    )


def _bound(sentence: Sentence, mentions: Sequence[Mention]) -> set[int]:
    """Whether the first word denies something later in its clause, and so is no answer by itself."""
    return (
        {0} if any(m.negated and 0 < m.first <= 4 and sentence.tokens[m.first].clause == 0 for m in mentions) else set()
    )


def _trimmed(text: str) -> tuple[int, int]:
    start = len(text) - len(text.lstrip())
    return start, max(start, len(text.rstrip()))


def _choice(expecting: Expecting | None, choice: tuple[str, str] | None, facts: dict[str, Finding]) -> str | None:
    """The choice picked, also where it was said in free words."""
    if expecting is None:
        return None
    if choice is not None:
        return choice[0]
    found = facts.get(expecting.fact)
    if found is None:
        return None
    return next((value for value, _ in expecting.choices if answers.typed(expecting.fact, value) == found.value), None)
