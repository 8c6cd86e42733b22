"""Grades of contribution (缴费档次): what each costs, so that somebody can choose, or knows the one they chose."""

from __future__ import annotations

from dialogs.context import Case
from dialogs.notes import known_amount
from policy_engine.contribution import contribution
from policy_engine.facts import FACTS
from policy_engine.scheme import Scheme


def graded(scheme: Scheme) -> bool:
    """Whether what people pay depends on a grade."""
    rules = scheme.contribution
    looked_at = {name for each in rules.amounts for name, _ in each.when.needs()} if rules is not None else set()
    return "contribution_grade" in looked_at


def grade_costs(case: Case) -> list[str]:
    """Each grade with what the person pays a year; empty where contributions have no grades."""
    if not graded(case.scheme):
        return []
    words = case.words
    costs = []
    for grade in FACTS["contribution_grade"].values:
        found = contribution(case.scheme, {**case.facts, "contribution_grade": grade}, today=case.today)
        costs.append(
            words(
                "grade_cost",
                grade=words(f"value.contribution_grade.{grade}"),
                amount=known_amount(found.person_pays, case),
            )
        )
    return costs
