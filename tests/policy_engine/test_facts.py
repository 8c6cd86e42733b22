"""Facts are read strictly: what is not in the vocabulary is refused in one short sentence, whatever it is."""

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_engine.compare import compare
from policy_engine.contribution import contribution
from policy_engine.eligibility import eligibility
from policy_engine.errors import FactError, PolicyError
from policy_engine.estimate import estimate
from policy_engine.facts import FACTS, fact_to_json, parse_date, parse_fact, parse_facts, with_age
from policy_engine.scheme import Scheme

JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["12000", "2008-03-01", "city"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.sampled_from(["low", "high"]), inner),
    max_leaves=6,
)
NAMES = st.sampled_from([*FACTS]) | st.text()


@given(st.dictionaries(NAMES, JUNK, max_size=5) | JUNK)
def test_junk_raises_nothing_but_our_own_errors(demo: Scheme, haining: Scheme, junk: object) -> None:
    for scheme in (demo, haining):
        for ask in (eligibility, contribution, estimate, compare):
            refusal = ""
            try:
                json.dumps(ask(scheme, parse_facts(junk)).to_dict())  # type: ignore[arg-type, operator]
            except PolicyError as error:
                refusal = str(error)
            assert len(refusal) < 700


@pytest.mark.parametrize("depth", [10, 900])
def test_deeply_nested_junk_is_refused_briefly(depth: int) -> None:
    with pytest.raises(FactError) as refused:
        parse_facts({"bill_total": json.loads('{"low":' * depth + "1" + "}" * depth)})
    assert len(str(refused.value)) < 500


def test_a_very_long_name_is_not_repeated_in_full() -> None:
    with pytest.raises(FactError) as refused:
        parse_facts({"employee_insured" * 10_000: True})
    assert len(str(refused.value)) < 1000


@pytest.mark.parametrize("value", [[], "age", 5, None])
def test_facts_are_names_with_values(value: object) -> None:
    with pytest.raises(FactError, match="Facts are names with values"):
        parse_facts(value)  # type: ignore[arg-type]


def test_a_misspelt_fact_is_refused_with_the_nearest() -> None:
    with pytest.raises(FactError, match=r"no fact called 'residense_permit'\. Did you mean: residence_permit"):
        parse_facts({"residense_permit": True})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("employee_insured", "yes"),
        ("employee_insured", 1),
        ("school_stage", "kindergarten"),
        ("age", -1),
        ("age", 131),
        ("age", 40.0),
        ("age", True),
        ("age", "40"),
        ("stays_this_year", 0),
        ("birth_date", "2008-02-30"),
        ("birth_date", "2008-W01-1"),
        ("birth_date", "20080301"),
        ("birth_date", "２００８-01-01"),
        ("birth_date", datetime.datetime(2008, 1, 1)),
        ("provider", ""),
        ("county", "demo"),
    ],
)
def test_a_value_that_a_fact_cannot_have_is_refused(name: str, value: object) -> None:
    with pytest.raises(FactError, match=name):
        parse_fact(name, value)


@pytest.mark.parametrize("fact", FACTS.values(), ids=FACTS)
def test_every_fact_survives_json(fact: object) -> None:
    examples = {"bool": [True, False], "int": [fact.low, fact.high], "date": ["2008-02-29"], "id": ["hospital-1"]}  # type: ignore[attr-defined]
    examples |= {"enum": list(fact.values), "money": ["12000.00", {"low": "1.00", "high": None}]}  # type: ignore[attr-defined]
    for value in examples[fact.kind]:  # type: ignore[attr-defined]
        assert fact_to_json(parse_fact(fact.id, value)) == value  # type: ignore[attr-defined]


DATES = st.dates(datetime.date(1880, 1, 1), datetime.date(2008, 12, 31))


@given(DATES, DATES)
def test_age_is_the_number_of_birthdays_that_have_been(one: datetime.date, other: datetime.date) -> None:
    born, on = sorted((one, other))
    age = with_age({"birth_date": born}, on)["age"]
    birthdays = [
        year
        for year in range(born.year + 1, on.year + 1)
        if (born.month, born.day) <= (on.month, on.day) or year < on.year
    ]
    assert age == len(birthdays)


def test_a_date_is_only_a_date() -> None:
    assert parse_date("2008-02-29", "on") == datetime.date(2008, 2, 29)
    with pytest.raises(FactError, match="on: '2007-02-29' is not a date"):
        parse_date("2007-02-29", "on")
