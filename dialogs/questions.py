"""The questions: how each fact is asked for, and which answers are on offer.

Whether and when a question is asked is not decided here: the policy engine names the facts that still decide.
"""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.context import N_, Case, Context
from dialogs.grades import grade_costs
from dialogs.hospitals import hospital_name
from dialogs.members.asking import PARTICULARS
from dialogs.members.questions import correctable, particular_question, particular_summary
from dialogs.replies import Choice, Question
from dialogs.understanding import Expecting
from policy_engine.facts import FACTS
from policy_engine.scheme import Scheme

UNSURE = "unknown"
"""The choice *I don't know*, on offer with every question about a fact."""

GOAL = "goal"
"""The question what the person wants to know."""

CORRECT = "correct"
"""The question which earlier answer to change."""

MEANT = "meant"
"""The question which of a few passages was meant."""

HOSPITAL = "hospital"
"""The question which of the hospitals of one name is meant."""

RESUME = "resume"
"""The question whether to go on with what was begun long ago."""

ADVICE = ("eligibility", "contribution", "estimate", "compare_hospitals")
"""What one can ask about, in the order in which it is offered."""

GOALS = (*ADVICE, "enrol")
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


_LEVELS = (
    ("township", N_("value.provider_level.township")),
    ("county", N_("value.provider_level.county")),
    ("city", N_("value.provider_level.city")),
    ("provincial", N_("value.provider_level.provincial")),
    ("out_of_city", N_("value.provider_level.out_of_city")),
)
_GRADES = (
    ("primary", N_("value.provider_grade.primary")),
    ("grade_1", N_("value.provider_grade.grade_1")),
    ("grade_2", N_("value.provider_grade.grade_2")),
    ("grade_3", N_("value.provider_grade.grade_3")),
)

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
    "disabled": _yes_no(N_("ask.disabled"), N_("help.disabled"), N_("label.have"), N_("label.have_not")),
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
    "provider_level": Asking(N_("ask.provider_level"), N_("help.provider_level"), _LEVELS),
    "provider_grade": Asking(N_("ask.provider_grade"), N_("help.provider_grade"), _GRADES),
    "provider_place": Asking(
        N_("ask.provider_place"),
        N_("help.provider_place"),
        (
            ("in_county", N_("value.provider_place.in_county")),
            ("in_city", N_("value.provider_place.in_city")),
            ("in_province", N_("value.provider_place.in_province")),
            ("out_of_province", N_("value.provider_place.out_of_province")),
        ),
    ),
    "referred": _yes_no(N_("ask.referred"), N_("help.referred"), N_("label.done"), N_("label.not_done")),
    "transferred_from": Asking(
        N_("ask.transferred_from"),
        N_("help.transferred_from"),
        (("none", N_("value.transferred_from.none")), *_LEVELS),
    ),
    "transferred_from_grade": Asking(
        N_("ask.transferred_from"),
        N_("help.transferred_from_grade"),
        (("none", N_("value.transferred_from.none")), *_GRADES),
    ),
    "treated_at_workplace": _yes_no(
        N_("ask.treated_at_workplace"), N_("help.treated_at_workplace"), N_("label.yes"), N_("label.no")
    ),
    "disease_class": Asking(
        N_("ask.disease_class"),
        N_("help.disease_class"),
        (
            ("ordinary", N_("value.disease_class.ordinary")),
            ("chronic", N_("value.disease_class.chronic")),
            ("serious", N_("value.disease_class.serious")),
        ),
    ),
    "contribution_grade": Asking(
        N_("ask.contribution_grade"),
        N_("help.contribution_grade"),
        (
            ("first", N_("value.contribution_grade.first")),
            ("second", N_("value.contribution_grade.second")),
            ("third", N_("value.contribution_grade.third")),
        ),
    ),
    "bill_total": Asking(N_("ask.bill_total"), N_("help.bill_total")),
    "class_b_cost": Asking(N_("ask.class_b_cost"), N_("help.class_b_cost")),
    "outpatient_paid_this_year": Asking(N_("ask.outpatient_paid_this_year"), N_("help.outpatient_paid_this_year")),
    "reported_this_year": Asking(N_("ask.reported_this_year"), N_("help.reported_this_year")),
    "entered_this_year": Asking(N_("ask.entered_this_year"), N_("help.entered_this_year")),
    "own_share_this_year": Asking(N_("ask.own_share_this_year"), N_("help.own_share_this_year")),
    "county": Asking(N_("ask.county"), N_("help.county")),
}

ASKABLE = frozenset(ASKING) | frozenset(PARTICULARS)
"""Everything that is asked for while a goal is pursued: facts that rules go by, and particulars."""

_GOAL_LABELS = {
    "eligibility": N_("goal.eligibility"),
    "contribution": N_("goal.contribution"),
    "estimate": N_("goal.estimate"),
    "compare_hospitals": N_("goal.compare_hospitals"),
    "enrol": N_("goal.enrol"),
}


CONFUSED = {"provider_level": "provider_grade", "provider_grade": "provider_level"}
"""Facts that people take for one another: who has said the one is told how the other is meant."""


def question(fact: str, case: Case, context: Context) -> Question:
    """The question for a fact, about the person of the case, with *I don't know* as its last choice or in its hint."""
    if fact in PARTICULARS:
        return particular_question(fact, case)
    asking = ASKING[fact]
    if fact == "county":
        choices = tuple(
            Choice(county, case.words.source(case.scheme.counties[county].name)) for county in context.counties
        )
    else:
        choices = tuple(Choice(value, case.words(label)) for value, label in asking.choices)
    if not choices:  # a number is the answer here, so no choice may have one
        return Question(fact, case.say(asking.ask), hint=case.words("hint.free"))
    choices = (*choices, Choice(UNSURE, case.words("label.unsure")))
    return Question(fact, case.say(asking.ask), choices, _hint(fact, case))


def _hint(fact: str, case: Case) -> str:
    """What somebody has to know to answer: what each grade of contribution costs, or that this is another question."""
    if CONFUSED.get(fact) in case.facts:
        return case.words(ASKING[fact].help)
    costs = grade_costs(case) if fact == "contribution_grade" else []
    return case.words("note.grades", costs=case.words.listed(costs)) if costs else ""


def goal_question(case: Case) -> Question:
    """What would you like to know? On offer is what the scheme has rules on."""
    choices = (Choice(goal, case.words(_GOAL_LABELS[goal])) for goal in goals_of(case.scheme))
    return Question(GOAL, case.words("ask.goal"), tuple(choices))


def goals_of(scheme: Scheme) -> tuple[str, ...]:
    """What a scheme has rules on."""
    there = {
        "eligibility": bool(scheme.may_join),
        "contribution": scheme.contribution is not None,
        "estimate": scheme.benefits is not None,
        "compare_hospitals": scheme.benefits is not None,
        "enrol": bool(scheme.may_join) and scheme.contribution is not None,
    }
    return tuple(goal for goal in GOALS if there[goal])


def resume_question(case: Case) -> Question:
    """Go on with what was begun long ago, or begin anew?"""
    choices = (Choice("yes", case.words("label.go_on")), Choice("no", case.words("label.begin_anew")))
    return Question(RESUME, case.words("ask.resume"), choices)


def correct_question(case: Case) -> Question:
    """Which of the answers so far is to be changed?"""
    choices = [Choice(name, summary(name, case)) for name in case.facts if name in FACTS and name in ASKING]
    if "provider" in case.facts and "provider_level" not in case.facts:
        choices.append(Choice("provider_level", summary("provider", case)))
    choices += [Choice(name, particular_summary(name, case)) for name in correctable(case)]
    return Question(CORRECT, case.words("ask.correct"), tuple(choices))


def summary(fact: str, case: Case) -> str:
    """One answer in a few words: what it is about, and what was said."""
    if fact in PARTICULARS:
        return particular_summary(fact, case)
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
    if kind == "id":
        return words(f"state.{fact}", hospital=hospital_name(str(value), case))
    return words(f"state.{fact}.{str(value).lower()}")


def expecting(asked: Question | None) -> Expecting | None:
    """The open question as `understand` takes it."""
    if asked is None:
        return None
    return Expecting(asked.fact, tuple((choice.value, choice.label) for choice in asked.choices))
