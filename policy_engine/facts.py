"""The vocabulary: what can be known about a person and a stay, and what values each fact can take.

A fact is known or absent. Absent is *unknown*, never *no* and never 0. The ids are shared by packs, dialogues, the
store, the JSON API and the tests.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from policy_engine.errors import N_, FactError, did_you_mean, shown
from policy_engine.money import NOTHING, Money, exactly, parse_money

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

Value = bool | int | str | datetime.date | Money
Facts = Mapping[str, Value]


@dataclass(frozen=True)
class Fact:
    """One thing that can be known.

    `kind` is its type; `values` are the possible ones of an enum, `low` and `high` the bounds of a whole number.
    `effort` says how much it takes a person to change it, for the smallest change that turns a *no*: 1 something one
    can apply for, 2 something one can arrange, 3 where one is registered; None what nobody can choose.
    """

    id: str
    kind: Literal["bool", "enum", "int", "date", "money", "id"]
    values: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    effort: int | None = None


def _facts(*facts: Fact) -> dict[str, Fact]:
    return {fact.id: fact for fact in facts}


LEVELS = ("township", "county", "city", "provincial", "out_of_city")
"""Hospitals by administrative level and place (article 十四), not by grade."""
GRADES = ("primary", "grade_1", "grade_2", "grade_3")
"""Hospitals by grade (医院等级); `primary` are those at the base (基层) that have none."""

FACTS: dict[str, Fact] = _facts(
    Fact(
        "subject",
        "enum",
        ("self", "mother", "father", "spouse", "child", "grandmother", "grandfather", "sibling", "other"),
    ),
    Fact("county", "enum", ("shibenji", "jiashan", "pinghu", "haiyan", "haining", "tongxiang")),
    Fact("registered_locally", "bool", effort=3),
    Fact("registration_kind", "enum", ("rural", "urban")),
    Fact("residence_permit", "bool", effort=1),
    Fact("works_in_local_enterprise", "bool", effort=2),
    Fact("employee_insured", "bool", effort=2),
    Fact("enrolled_elsewhere", "bool", effort=2),
    Fact("school_stage", "enum", ("none", "preschool", "primary_secondary", "university")),
    Fact("studies_locally", "bool", effort=2),
    Fact("age", "int", low=0, high=130),
    Fact("birth_date", "date"),
    Fact("disabled", "bool"),
    Fact(
        "hardship_certificate",
        "enum",
        ("none", "minimum_living", "social_relief", "hardship_worker", "hardship_disabled"),
    ),
    Fact("care", "enum", ("inpatient", "outpatient")),
    Fact("provider", "id"),
    Fact("provider_level", "enum", LEVELS),
    Fact("provider_grade", "enum", GRADES),
    Fact("provider_place", "enum", ("in_county", "in_city", "in_province", "out_of_province")),
    Fact("referred", "bool"),
    Fact("transferred_from", "enum", ("none", *LEVELS)),
    Fact("transferred_from_grade", "enum", ("none", *GRADES)),
    Fact("treated_at_workplace", "bool"),
    Fact("disease_class", "enum", ("ordinary", "chronic", "serious")),
    Fact("contribution_grade", "enum", ("first", "second", "third")),
    Fact("bill_total", "money"),
    Fact("reportable_cost", "money"),
    Fact("class_b_cost", "money"),
    Fact("fund_paid_this_year", "money"),
    Fact("outpatient_paid_this_year", "money"),
    Fact("stays_this_year", "int", low=1, high=366),
    Fact("reported_this_year", "money"),
    Fact("entered_this_year", "money"),
    Fact("own_share_this_year", "money"),
    Fact("admission_date", "date"),
    Fact("contribution_year", "int", low=1949, high=2200),
)

EARLIER = ("reported_this_year", "entered_this_year", "own_share_this_year")
"""What earlier stays of the pooling year came to: their reportable cost, what was left of it after deductibles, and
what was left to the person. At the first stay of the year each is nothing."""

ASSUMED: dict[str, Value] = {"fund_paid_this_year": NOTHING, "stays_this_year": 1}
"""What is taken for granted where nobody has said it, and then stated with the result. The third such fact,
`reportable_cost`, is taken from `bill_total`. Nothing else is ever assumed."""


def parse_fact(fact_id: str, value: Any) -> Value:
    """One value as the vocabulary types it. Raises FactError that says what the fact accepts."""
    fact = FACTS.get(fact_id)
    if fact is None:
        raise FactError(
            N_("There is no fact called {fact}. Did you mean: {nearest}?"),
            fact=shown(fact_id),
            nearest=did_you_mean(fact_id, FACTS),
        )
    match fact.kind:
        case "bool":
            if isinstance(value, bool):
                return value
            raise FactError(N_("{fact} is true or false, not {value}."), fact=fact_id, value=shown(value))
        case "enum":
            if isinstance(value, str) and value in fact.values:
                return value
            raise FactError(
                N_("{fact} cannot be {value}. It is one of: {values}."),
                fact=fact_id,
                value=shown(value),
                values=", ".join(fact.values),
            )
        case "int":
            if isinstance(value, int) and not isinstance(value, bool) and fact.low <= value <= fact.high:
                return value
            raise FactError(
                N_("{fact} is a whole number from {low} to {high}, not {value}."),
                fact=fact_id,
                low=fact.low,
                high=fact.high,
                value=shown(value),
            )
        case "date":
            return parse_date(value, fact_id)
        case "money":
            return parse_money(value, fact_id)
        case "id":
            if isinstance(value, str) and value:
                return value
            raise FactError(N_("{fact} is a name in quotes, not {value}."), fact=fact_id, value=shown(value))


def parse_facts(values: Mapping[str, Any]) -> dict[str, Value]:
    """Facts from JSON. A null is the same as not saying anything. Raises FactError for the first that is wrong."""
    if not isinstance(values, Mapping):
        raise FactError(
            N_("Facts are names with values, like {example}, not {value}."), example='{"age": 65}', value=shown(values)
        )
    return with_bill({name: parse_fact(name, value) for name, value in values.items() if value is not None})


def stated_facts(stored: Mapping[str, Any]) -> dict[str, Value]:
    """The facts in what was kept of an application, as far as this version knows them.

    Without whom and where it is about: an enrolment says that itself. Raises FactError as `parse_facts`.
    """
    apart = ("subject", "county")
    return parse_facts({name: value for name, value in stored.items() if name in FACTS and name not in apart})


def with_bill(facts: Facts) -> dict[str, Value]:
    """The facts with the ranges of the bill and its reportable part brought to where the part fits into the whole.

    Raises FactError where it cannot.
    """
    settled = dict(facts)
    bill, reportable = settled.get("bill_total"), settled.get("reportable_cost")
    if not isinstance(bill, Money) or not isinstance(reportable, Money):
        return settled
    if bill.exact and reportable.high is not None and reportable.high <= bill.low:
        return settled
    if bill.high is not None:
        if reportable.low > bill.high:
            raise FactError(
                N_(
                    "reportable_cost is a part of bill_total, so it cannot be more. "
                    "Give the whole bill as bill_total and the part on the list as reportable_cost."
                )
            )
        settled["reportable_cost"] = reportable.at_most(exactly(bill.high))
    settled["bill_total"] = bill.at_least(exactly(reportable.low))
    return settled


def parse_date(value: Any, name: str) -> datetime.date:
    """A calendar date from text like 2008-03-01. Raises FactError."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    try:
        return datetime.date.fromisoformat(value if isinstance(value, str) and _DATE.fullmatch(value) else "")
    except ValueError:
        raise FactError(
            N_("{fact}: {value} is not a date. Write year-month-day, for example 2008-03-01."),
            fact=name,
            value=shown(value),
        ) from None


def with_age(facts: Facts, on: datetime.date) -> dict[str, Value]:
    """The facts with the age that a birth date gives, in full years on the day `on`.

    Raises FactError for a birth date after that day, or one that does not fit an age said besides.
    """
    settled = dict(facts)
    born = settled.get("birth_date")
    if not isinstance(born, datetime.date):
        return settled
    if born > on:
        raise FactError(
            N_("birth_date {born} is after {on}, the day that this is worked out for. Check the year of birth."),
            born=born.isoformat(),
            on=on.isoformat(),
        )
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    said = settled.get("age")
    if said is not None and said != age:
        raise FactError(
            N_("age {said} does not fit birth_date {born}, which makes {age} on {on}. Leave one of the two out."),
            said=said,
            born=born.isoformat(),
            age=age,
            on=on.isoformat(),
        )
    if age > FACTS["age"].high:
        raise FactError(
            N_("birth_date {born} would make the person {age} years old. Check the year of birth."),
            born=born.isoformat(),
            age=age,
        )
    settled["age"] = age
    return settled


def fact_to_json(value: Value) -> Any:
    """A value as JSON: money and dates as text."""
    if isinstance(value, Money):
        return value.to_json()
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value
