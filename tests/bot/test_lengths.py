"""A message fits its channel's limit in every language, or the parts of it do."""

from __future__ import annotations

import datetime
import itertools
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pytest
from babel.messages.pofile import read_po

from bot.channels.limits import (
    BUTTON_LABEL,
    TELEGRAM_CALLBACK,
    TELEGRAM_CAPTION,
    TELEGRAM_TEXT,
    WECHAT_TEXT,
    utf8_bytes,
    utf16_units,
)
from bot.channels.parts import split
from bot.channels.plain import plain
from bot.faqs import faqs
from bot.languages import FOLDER, LOCALES, catalogue
from bot.service import Inbound, Service
from dialogs.context import Case
from dialogs.flows import plan
from dialogs.notes import all_readings
from dialogs.plans import Ask, Conclude
from dialogs.policy.answering import answer, not_covered
from dialogs.policy.index import index_of
from dialogs.questions import (
    ASKING,
    CORRECT,
    MEANT,
    correct_question,
    goal_question,
    goals_of,
    question,
    resume_question,
)
from dialogs.replies import Comparison, Question, Receipt, Reply, Text
from policy_engine.facts import FACTS, Value, parse_fact
from policy_engine.loader import load_scheme, scheme_ids
from policy_engine.scheme import Scheme
from tests.dialogs.conftest import surroundings
from tests.transcripts.transcript import Transcript, transcripts

SUBJECTS = ("self", "grandmother")
TODAY = datetime.date(2008, 3, 1)

MESSAGES = 2
"""Of WeChat's for one turn: the reply itself and one sent after it; five may follow a person's words in two days."""

PEOPLE: list[tuple[Callable[[int], bool], int]] = [
    (lambda _: True, 0),
    (lambda _: True, -1),
    (lambda asked: asked % 2 == 0, 0),
    (lambda asked: asked % 2 == 0, -1),
    (lambda _: False, 0),
]
"""Which questions somebody can answer, and with which choice: the first or the last on offer."""

everywhere = pytest.mark.parametrize(("scheme_id", "locale"), [(each, to) for each in scheme_ids() for to in LOCALES])


def schemes(scheme_id: str) -> Iterator[Scheme]:
    """The rules of the city, and of each county."""
    city = load_scheme(scheme_id)
    yield city
    yield from (load_scheme(scheme_id, county) for county in city.counties)


def case_of(scheme: Scheme, locale: str, subject: str = "self", facts: dict[str, Value] | None = None) -> Case:
    return Case(subject, {"subject": subject, **(facts or {})}, frozenset(), scheme, TODAY, catalogue(locale))


def said(fact: str, choice: int) -> Value:
    """The choice of this number to a question; an amount that takes room where one is asked for."""
    if choices := ASKING[fact].choices:
        value = choices[choice][0]
        return parse_fact(fact, {"true": True, "false": False}.get(value, value))
    return parse_fact(fact, 45 if FACTS[fact].kind == "int" else "123456.78")


def concluded(flow: str, case: Case, choice: int, knows: Callable[[int], bool]) -> tuple[Conclude, Case]:
    """What a goal comes to for somebody who gives that choice to the questions they know, by number."""
    for asked in range(len(ASKING) + 1):
        found = plan(flow, case)
        if isinstance(found, Conclude):
            return found, case
        assert isinstance(found, Ask)
        if knows(asked) and found.fact != "county":
            case = replace(case, facts={**case.facts, found.fact: said(found.fact, choice)})
        else:
            case = replace(case, unsure=case.unsure | {found.fact})
    raise AssertionError(f"{flow} asks without end")


def conclusions(scheme_id: str, locale: str) -> Iterator[tuple[Reply, ...]]:
    """The replies of every goal in every county, to people who know everything, every other thing, or nothing."""
    words = catalogue(locale)
    for scheme, subject in itertools.product(schemes(scheme_id), SUBJECTS):
        for flow, (knows, choice) in itertools.product(goals_of(scheme), PEOPLE):
            found, case = concluded(flow, case_of(scheme, locale, subject), choice, knows)
            yield (*found.replies, Text(words(f"next.{flow}")))
            if found.readings:
                yield (Text("\n".join(all_readings(found.readings, case))),)


def told(replies: Iterable[Reply], locale: str) -> str:
    """A turn as one text, with a blank line between its replies, as a messenger gets it."""
    return "\n\n".join(plain(reply, catalogue(locale)) for reply in replies)


def assert_fits(replies: Iterable[Reply], locale: str) -> None:
    """A turn is one message on Telegram and few on WeChat; a picture has its headline as a caption."""
    replies = tuple(replies)
    text = told(replies, locale)
    assert utf16_units(text) <= TELEGRAM_TEXT, text
    parts = split(text, WECHAT_TEXT, utf8_bytes)
    assert len(parts) <= MESSAGES, f"{len(parts)} messages:\n{text}"
    assert all(utf8_bytes(part) <= WECHAT_TEXT for part in parts)
    for reply in replies:
        if isinstance(reply, Receipt | Comparison):
            assert utf16_units(reply.headline + reply.badge) < TELEGRAM_CAPTION


def assert_whole(text: str) -> None:
    """One message everywhere."""
    assert utf8_bytes(text) <= WECHAT_TEXT, text
    assert utf16_units(text) <= TELEGRAM_TEXT, text


@pytest.mark.parametrize("transcript", transcripts(), ids=lambda each: each.file)
def test_every_turn_of_every_conversation_fits(transcript: Transcript, open_with: Callable[..., Service]) -> None:
    service = open_with(county=transcript.county)
    for turn in transcript.turns:
        inbound = Inbound("terminal", transcript.file, secrets.token_hex(8), turn.say, transcript.locale)
        answered = service.handle(inbound)
        assert_fits(answered.replies, answered.locale)


@everywhere
def test_every_conclusion_and_its_readings_fit(scheme_id: str, locale: str) -> None:
    for replies in conclusions(scheme_id, locale):
        assert_fits(replies, locale)


@everywhere
def test_every_answer_to_a_question_about_the_policy_is_one_message(scheme_id: str, locale: str) -> None:
    words = catalogue(locale)
    for scheme in schemes(scheme_id):
        case = case_of(scheme, locale)
        assert_whole(not_covered(case))
        for passage in index_of(scheme, faqs(), words).passages.values():
            reply = answer(passage, case).reply
            assert reply is not None
            assert_whole(plain(reply, words))


def questions(scheme_id: str, locale: str) -> Iterator[Question]:
    """Every question, about oneself and about somebody else, where nothing is known and where everything is."""
    scheme = load_scheme(scheme_id)
    context = replace(surroundings(), counties=tuple(scheme.counties))
    all_facts = {fact: said(fact, 0) for fact in ASKING if fact != "county"}
    for subject in SUBJECTS:
        for facts in ({}, all_facts):
            case = case_of(scheme, locale, subject, facts)
            yield from (question(fact, case, context) for fact in ASKING)
            yield from (goal_question(case), resume_question(case), correct_question(case))


@everywhere
def test_every_question_is_one_message(scheme_id: str, locale: str) -> None:
    for asked in questions(scheme_id, locale):
        assert_whole(plain(asked, catalogue(locale)))


@everywhere
def test_every_choice_fits_a_button(scheme_id: str, locale: str) -> None:
    for asked in questions(scheme_id, locale):
        for choice in asked.choices:
            # With its question before it, so that a button of an earlier question can be told from one of this.
            assert 1 <= utf8_bytes(f"{asked.fact}:{choice.value}") <= TELEGRAM_CALLBACK
            # What is offered for correction are whole statements with amounts: those stand in the text, numbered.
            assert asked.fact == CORRECT or utf8_bytes(choice.label) <= BUTTON_LABEL, choice.label
    for passage in index_of(load_scheme(scheme_id), faqs(), catalogue(locale)).passages:
        assert utf8_bytes(f"{MEANT}:{passage}") <= TELEGRAM_CALLBACK


@pytest.mark.parametrize("locale", LOCALES)
def test_every_help_text_and_every_other_message_of_the_catalogue_is_one_message(locale: str) -> None:
    path = FOLDER / locale / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        found = {str(each.id): str(each.string) for each in read_po(file, locale=locale) if each.id}
    assert {asking.help for asking in ASKING.values()} <= found.keys()
    repair = found["help.repair"]
    for name, text in found.items():
        assert_whole(f"{text}\n\n{repair}" if name.startswith("help.") else text)
