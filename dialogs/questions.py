"""The questions: how each fact is asked for, and which answers are on offer.

Whether and when a question is asked is not decided here: the policy engine names the facts that still decide.
"""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.context import N_, Case, Context, Words
from dialogs.replies import Choice, Question
from dialogs.understanding import Expecting
from policy_engine.facts import FACTS

UNSURE = "unknown"
"""The choice *I don't know*, on offer with every question about a fact."""

GOAL = "goal"
"""The question what the person wants to know."""

CORRECT = "correct"
"""The question which earlier answer to change."""

GOALS = ("eligibility", "contribution", "estimate", "compare_hospitals")
"""What one can come for, in the order in which it is offered."""


@dataclass(frozen=True)
class Asking:
    """How one fact is asked for.

    `ask` has a variant `.self` and one `.other` where a language needs both. `choices` pairs each value with the
    message that labels it. `help` explains what is meant.
    """

    ask: str
    help: str
    choices: tuple[tuple[str, str], ...] = ()


def _yes_no(ask: str, explain: str, yes: str, no: str) -> Asking:
    return Asking(ask, explain, (("true", yes), ("false", no)))


ASKING: dict[str, Asking] = {
    "registered_locally": _yes_no(
        N_("ask.registered_locally"), N_("help.registered_locally"), N_("label.registered"), N_("label.not_registered")
    ),
    "registration_kind": Asking(
        N_("ask.registration_kind"),
        N_("help.registration_kind"),
        (("rural", N_("value.registration_kind.rural")), ("urban", N_("value.registration_kind.urban"))),
    ),
    "residence_permit": _yes_no(
        N_("ask.residence_permit"), N_("help.residence_permit"), N_("label.have"), N_("label.have_not")
    ),
    "works_in_local_enterprise": _yes_no(
        N_("ask.works_in_local_enterprise"), N_("help.works_in_local_enterprise"), N_("label.yes"), N_("label.no")
    ),
    "employee_insured": _yes_no(
        N_("ask.employee_insured"), N_("help.employee_insured"), N_("label.joined"), N_("label.not_joined")
    ),
    "enrolled_elsewhere": _yes_no(
        N_("ask.enrolled_elsewhere"), N_("help.enrolled_elsewhere"), N_("label.joined"), N_("label.not_joined")
    ),
    "school_stage": Asking(
        N_("ask.school_stage"),
        N_("help.school_stage"),
        (
            ("none", N_("value.school_stage.none")),
            ("preschool", N_("value.school_stage.preschool")),
            ("primary_secondary", N_("value.school_stage.primary_secondary")),
            ("university", N_("value.school_stage.university")),
        ),
    ),
    "studies_locally": _yes_no(
        N_("ask.studies_locally"), N_("help.studies_locally"), N_("label.here"), N_("label.not_here")
    ),
    "age": Asking(N_("ask.age"), N_("help.age")),
    "hardship_certificate": Asking(
        N_("ask.hardship_certificate"),
        N_("help.hardship_certificate"),
        (
            ("none", N_("value.hardship_certificate.none")),
            ("minimum_living", N_("value.hardship_certificate.minimum_living")),
            ("social_relief", N_("value.hardship_certificate.social_relief")),
            ("hardship_worker", N_("value.hardship_certificate.hardship_worker")),
            ("hardship_disabled", N_("value.hardship_certificate.hardship_disabled")),
        ),
    ),
    "care": Asking(
        N_("ask.care"),
        N_("help.care"),
        (("inpatient", N_("value.care.inpatient")), ("outpatient", N_("value.care.outpatient"))),
    ),
    "provider_level": Asking(
        N_("ask.provider_level"),
        N_("help.provider_level"),
        (
            ("township", N_("value.provider_level.township")),
            ("county", N_("value.provider_level.county")),
            ("city", N_("value.provider_level.city")),
            ("provincial", N_("value.provider_level.provincial")),
            ("out_of_city", N_("value.provider_level.out_of_city")),
        ),
    ),
    "bill_total": Asking(N_("ask.bill_total"), N_("help.bill_total")),
    "county": Asking(N_("ask.county"), N_("help.county")),
}

_GOAL_LABELS = {
    "eligibility": N_("goal.eligibility"),
    "contribution": N_("goal.contribution"),
    "estimate": N_("goal.estimate"),
    "compare_hospitals": N_("goal.compare_hospitals"),
}


def question(fact: str, case: Case, context: Context) -> Question:
    """The question for a fact, about the person of the case, with *I don't know* as its last choice or in its hint."""
    asking = ASKING[fact]
    if fact == "county":
        choices = tuple(
            Choice(county, case.words.source(case.scheme.counties[county].name)) for county in context.counties
        )
    else:
        choices = tuple(Choice(value, case.words(label)) for value, label in asking.choices)
    if not choices:  # a number is the answer here, so no choice may have one
        return Question(fact, case.say(asking.ask), hint=case.words("hint.free"))
    return Question(fact, case.say(asking.ask), (*choices, Choice(UNSURE, case.words("label.unsure"))))


def goal_question(words: Words) -> Question:
    """What would you like to know?"""
    return Question(GOAL, words("ask.goal"), tuple(Choice(goal, words(_GOAL_LABELS[goal])) for goal in GOALS))


def correct_question(case: Case) -> Question:
    """Which of the answers so far is to be changed?"""
    choices = tuple(Choice(name, summary(name, case)) for name in case.facts if name in FACTS and name in ASKING)
    return Question(CORRECT, case.words("ask.correct"), choices)


def summary(fact: str, case: Case) -> str:
    """One answer in a few words: what it is about, and what was said."""
    value = case.facts[fact]
    words = case.words
    if fact == "county":
        return words.source(case.scheme.counties[str(value)].name)
    if fact == "age":
        return words("state.age", age=value)
    kind = FACTS[fact].kind
    if kind == "money":
        return words(f"state.{fact}", amount=words.money(value))  # type: ignore[arg-type]
    if kind == "date":
        return words(f"state.{fact}", date=words.date(value))  # type: ignore[arg-type]
    if kind == "int":
        return words(f"state.{fact}", number=value)
    return words(f"state.{fact}.{str(value).lower()}")


def expecting(asked: Question | None) -> Expecting | None:
    """The open question as `understand` takes it."""
    if asked is None:
        return None
    return Expecting(asked.fact, tuple((choice.value, choice.label) for choice in asked.choices))
