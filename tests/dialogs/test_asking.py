"""Every question can be asked, explained, answered in every way, taken back, and read back in plain words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.languages import LOCALES, catalogue
from dialogs.context import Context
from dialogs.conversation import Conversation, Step
from dialogs.questions import ASKING, UNSURE
from dialogs.replies import Question
from dialogs.respond import open_question, respond
from policy_engine.conditions import PARAMETER
from policy_engine.facts import ASSUMED, FACTS, Value, parse_fact
from policy_engine.loader import load_scheme, scheme_ids
from policy_engine.money import exactly
from policy_engine.scheme import Scheme

Make = Callable[..., Context]

SOMEBODY = {"self": "", "mother": "您母亲"}
AMOUNTS = [fact for fact in ASKING if FACTS[fact].kind == "money"]


def asked(fact: str, locale: str, subject: str = "self") -> Conversation:
    """A conversation in which this question is open."""
    step = Step(subject, ("estimate",), {"bill_total": exactly(50_000_00)})
    return Conversation(locale, asked=fact).with_step(step)


def question_of(fact: str, locale: str, context: Context, subject: str = "self") -> Question:
    question = open_question(asked(fact, locale, subject), context)
    assert question is not None
    return question


def values_of(fact: str) -> list[Value]:
    return [True, False] if FACTS[fact].kind == "bool" else list(FACTS[fact].values)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("fact", ASKING)
def test_a_question_is_worded_for_oneself_and_for_another_with_something_to_explain_it(
    fact: str, locale: str, context: Make
) -> None:
    for subject, who in SOMEBODY.items():
        question = question_of(fact, locale, context(), subject)
        assert question.text
        assert "{" not in question.text
        assert locale != "zh_Hans" or subject == "self" or "您" not in question.text or who in question.text
    assert catalogue(locale)(ASKING[fact].help)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("fact", [fact for fact in ASKING if fact != "county" and ASKING[fact].choices])
def test_a_choice_is_taken_by_number_and_by_label_and_read_back(fact: str, locale: str, context: Make) -> None:
    question = question_of(fact, locale, context("demo"))
    assert [choice.value for choice in question.choices[:-1]] == [str(each).lower() for each in values_of(fact)]
    assert len({choice.label for choice in question.choices}) == len(question.choices)
    for number, choice in enumerate(question.choices, 1):
        by_number, by_label = (
            respond(asked(fact, locale), text, context("demo")).conversation for text in (str(number), choice.label)
        )
        assert by_number.facts() == by_label.facts(), choice.label
        if choice.value == UNSURE:
            assert fact in by_number.unsure()
        else:
            assert by_number.facts()[fact] == values_of(fact)[number - 1]
            assert catalogue(locale)(f"state.{fact}.{choice.value}")


DIGITS = "〇一二三四五六七八九"
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def ways(number: int, label: str, locale: str) -> list[str]:
    """How people name the choice with this number."""
    own = {"zh_Hans": [DIGITS[number], f"第{DIGITS[number]}个", f"第{number}项", f"选{number}"],
           "en": [f"the {ORDINALS[number - 1]} one", f"number {number}", label.upper()]}[locale]  # fmt: skip
    wide = label.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    return [str(number), f" {number} ", f"{number}.", f"({number})", chr(0xFF10 + number), chr(0x2460 + number - 1),
            label, f"{label}。", wide, *own]  # fmt: skip


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("fact", [fact for fact in ASKING if ASKING[fact].choices])
def test_n06_a_choice_is_taken_by_number_in_any_script_and_by_label_in_any_width(
    fact: str, locale: str, context: Make
) -> None:
    question = question_of(fact, locale, context())
    for number, choice in enumerate(question.choices, 1):
        taken = respond(asked(fact, locale), choice.label, context()).conversation
        for text in ways(number, choice.label, locale):
            other = respond(asked(fact, locale), text, context()).conversation
            assert other.facts().get(fact) == taken.facts().get(fact), f"{fact}: {text}"
            assert other.unsure() == taken.unsure(), f"{fact}: {text}"


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        ("employee_insured", "参加了的", True),
        ("employee_insured", "没有参加过", False),
        ("employee_insured", "没", False),
        ("care", "住院了", "inpatient"),
        ("care", "看门诊", "outpatient"),
        ("provider_level", "卫生院", "township"),
        ("provider_level", "县医院", "county"),
        ("registration_kind", "农村的", "rural"),
        ("registration_kind", "农业户口", "rural"),
        ("registration_kind", "城里户口", "urban"),
    ],
)
def test_n06_a_choice_is_taken_by_what_people_call_it(fact: str, text: str, value: Value, context: Make) -> None:
    assert respond(asked(fact, "zh_Hans"), text, context()).conversation.facts()[fact] == value


@pytest.mark.parametrize("fact", AMOUNTS)
def test_an_amount_is_taken_as_people_say_it(fact: str, context: Make) -> None:
    for locale, said, amount in [
        ("zh_Hans", "三千", "3000"),
        ("zh_Hans", "1200.5", "1200.50"),
        ("zh_Hans", "三千多", {"low": "3000", "high": "3999.99"}),
        ("en", "3000 yuan", "3000"),
        ("en", "3,000", "3000"),
    ]:
        told = respond(asked(fact, locale), said, context("demo")).conversation
        assert told.facts()[fact] == parse_fact(fact, amount), said


@pytest.mark.parametrize("fact", [fact for fact in AMOUNTS if fact != "bill_total"])
def test_none_at_all_is_an_amount(fact: str, context: Make) -> None:
    for locale, said in [("zh_Hans", "没有"), ("zh_Hans", "零"), ("en", "none"), ("en", "nothing")]:
        told = respond(asked(fact, locale), said, context("demo")).conversation
        assert told.facts()[fact] == exactly(0), said


@pytest.mark.parametrize("fact", [fact for fact in ASKING if fact not in {"county", "bill_total"}])
def test_not_knowing_and_asking_what_is_meant_never_lose_the_bill(fact: str, context: Make) -> None:
    for said in ("不清楚", "什么意思"):
        told = respond(asked(fact, "zh_Hans"), said, context("demo")).conversation
        assert told.facts() == {"bill_total": exactly(50_000_00)}


def looked_at(scheme: Scheme) -> set[str]:
    """The facts that a condition of the scheme looks at."""
    conditions = [rule.when for rule in (*scheme.may_join, *scheme.cannot_join)]
    conditions += [entry.when for entry in scheme.contribution.entries] if scheme.contribution else []
    if scheme.benefits is not None:
        rules = scheme.benefits
        listed = (rules.schedules, rules.adjustments, rules.ceilings, rules.cost_ceilings, rules.layers)
        conditions += [entry.when for entries in listed for entry in entries]
    names = {name for condition in conditions for name, _ in condition.needs()}
    return {name for name in names if not name.startswith(PARAMETER)}


@pytest.mark.parametrize("scheme", scheme_ids())
def test_whatever_the_rules_of_a_shipped_scheme_look_at_can_be_asked_for(scheme: str) -> None:
    assert looked_at(load_scheme(scheme)) <= ASKING.keys() | ASSUMED.keys()
