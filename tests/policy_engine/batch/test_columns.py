"""What a table may look like, and what is said of one that may not."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from policy_engine.batch import RowError, Run, contributions, decisions, estimates, only_of
from policy_engine.batch.columns import HIGH, LOW, read_people
from policy_engine.errors import DateError, FactError, PolicyError
from policy_engine.estimate import estimate
from policy_engine.facts import FACTS
from policy_engine.loader import load_scheme
from policy_engine.money import Money
from policy_engine.scheme import Scheme
from tests.cases import read_yaml
from tests.policy_engine.batch.crowd import crowd, table

REFUSALS = read_yaml(Path(__file__).parent / "refusals.yaml")


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case["it"])
def test_a_table_that_cannot_be_is_refused(demo: Scheme, case: dict[str, Any]) -> None:
    with pytest.raises(FactError) as refused:
        estimates(demo, pl.DataFrame(case["columns"]))
    for part in case["says"]:
        assert part in str(refused.value)


def test_the_same_facts_in_any_type_give_the_same(demo: Scheme) -> None:
    typed = table(crowd(300, 1, 0.8))
    text = typed.with_columns(
        pl.col(name).cast(pl.String) if FACTS[name].kind != "money" else in_yuan(name) for name in typed.columns
    )
    money = [name for name in typed.columns if FACTS[name].kind == "money"]
    decimal = text.with_columns(pl.col(money).cast(pl.Decimal(18, 2)))
    words = [name for name in typed.columns if FACTS[name].kind == "enum"]
    others = typed.with_columns(
        *(pl.col(name).cast(pl.String).cast(pl.Categorical) for name in words), pl.col("age").cast(pl.UInt8)
    )
    backwards = typed.with_columns(
        pl.col(name).cast(pl.String).cast(pl.Enum(tuple(reversed(FACTS[name].values)))) for name in words
    )
    for answer in (estimates, decisions, contributions):
        for other in (text, decimal, others, backwards):
            assert_frame_equal(answer(demo, other), answer(demo, typed))


def in_yuan(name: str) -> pl.Expr:
    """Fen as yuan in text, a value at a time."""
    return pl.col(name).map_elements(lambda fen: f"{Decimal(fen) / 100:.2f}", return_dtype=pl.String)


def test_amounts_in_yuan_may_have_no_one_or_two_decimals() -> None:
    frame = pl.DataFrame({"bill_total": ["7", "7.5", "7.05", None, "999999999999.99"]})
    assert read_people(frame).frame["bill_total" + LOW].to_list() == [700, 750, 705, None, 99_999_999_999_999]


def test_a_range_may_be_open_at_either_end_and_stand_beside_exact_amounts() -> None:
    people = read_people(
        pl.DataFrame(
            {
                "bill_total": [None, None, None, "9", None],
                "bill_total_low": ["5", "5", None, None, None],
                "bill_total_high": ["7", None, "7", None, None],
            }
        )
    )
    assert people.frame["bill_total" + LOW].to_list() == [500, 500, 0, 900, None]
    assert people.frame["bill_total" + HIGH].to_list() == [700, None, 700, 900, None]
    assert people.ranges == {"bill_total"}


def test_columns_to_keep_are_not_looked_at_and_rows_without_facts_are_rows(demo: Scheme) -> None:
    frame = pl.DataFrame({"id": ["a", "b", "c"]})
    assert estimates(demo, frame, keep=["id"]).height == 3
    assert decisions(demo, frame, keep=["id"])["outcome"].to_list() == ["undetermined"] * 3
    assert contributions(demo, frame, keep=["id"]).height == 3


@pytest.mark.parametrize("answer", [estimates, decisions, contributions])
def test_a_table_without_rows_has_an_answer_without_rows(demo: Scheme, answer: Any) -> None:
    empty = answer(demo, pl.DataFrame(schema={"age": pl.Int64, "bill_total": pl.String}))
    assert empty.height == 0
    assert empty.schema == answer(demo, pl.DataFrame({"age": [40]})).schema


@pytest.mark.parametrize("answer", [estimates, decisions, contributions])
def test_a_document_without_rules_and_a_day_outside_are_refused_as_for_one(demo: Scheme, answer: Any) -> None:
    with pytest.raises(PolicyError, match="has no rules on"):
        answer(load_scheme("mohrss-2008"), pl.DataFrame({"age": [40]}))
    with pytest.raises(DateError):
        answer(demo, pl.DataFrame({"age": [40]}), demo.end.replace(year=2009))


def test_rows_are_counted_through_a_table_that_comes_in_pieces(demo: Scheme) -> None:
    run = Run(demo, "estimate")
    run.answer(pl.DataFrame({"age": ["1", "2", "3"]}))
    with pytest.raises(RowError, match="Row 5, column age"):
        run.answer(pl.DataFrame({"age": ["4", "x"]}))


def test_pieces_give_what_the_whole_gives(haining: Scheme) -> None:
    whole = table(crowd(200, 2, 0.7, 0.3))
    run = Run(haining, "estimate")
    pieces = [run.answer(whole.slice(start, 30)) for start in range(0, 200, 30)]
    assert_frame_equal(pl.concat(pieces), estimates(haining, whole))
    assert run.rows == 200


def test_what_only_the_scalar_engine_can_say_is_counted(haining: Scheme) -> None:
    exact = {"care": "inpatient", "provider_level": "city", "school_stage": "none", "bill_total": "5000"}
    run = Run(haining, "estimate")
    run.answer(pl.DataFrame([exact]))
    assert run.singly == 0
    ranged = {"bill_total_low": ["100", "100"], "bill_total_high": ["90000", "90000"], "school_stage": [None, None]}
    run.answer(pl.DataFrame(ranged))
    assert run.singly == 2
    without = Run(haining, "estimate", ask=False)
    assert without.answer(pl.DataFrame(ranged))["first_missing"].to_list() == [None, None]
    assert without.singly == 0


def test_the_scalar_engine_is_asked_once_for_rows_that_differ_in_nothing_it_looks_at(
    haining: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def counting(*question: Any) -> Any:
        asked.append(question)
        return estimate(*question)

    monkeypatch.setattr("policy_engine.batch.singly.estimate", counting)
    people = {"bill_total_low": ["100"] * 3, "bill_total_high": ["900", "900", "901"], "disabled": [True, False, True]}
    missing = estimate(haining, {"bill_total": Money(100_00, 900_00)}).missing
    assert estimates(haining, pl.DataFrame(people))["first_missing"].to_list() == [missing[0]] * 3
    assert len(asked) == 2


def test_more_kinds_than_can_be_listed_are_sorted_with_the_same_result(
    haining: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = table(crowd(300, 4, 0.7, 0.1))
    listed = [answer(haining, people) for answer in (estimates, decisions, contributions)]
    monkeypatch.setattr("policy_engine.batch.kinds._MOST_LISTED", 1)
    for answer, before in zip((estimates, decisions, contributions), listed, strict=True):
        assert_frame_equal(answer(haining, people), before)


def test_each_row_goes_by_the_rules_of_its_county_where_it_names_one() -> None:
    def rules(county: str | None) -> Scheme:
        return load_scheme("jiaxing-2008", county)

    people = crowd(60, 3, 0.8, 0.2)
    run = Run(rules, "estimate").answer(table(people))
    for county in {person.get("county") for person in people}:
        of_county = [place for place, person in enumerate(people) if person.get("county") == county]
        expected = estimates(rules(county), table([people[place] for place in of_county]))
        assert_frame_equal(run[of_county], expected)


def test_a_county_that_there_is_not_is_refused_with_its_row() -> None:
    def rules(county: str | None) -> Scheme:
        return load_scheme("jiaxing-2008", county)

    frame = pl.DataFrame({"county": ["haining", "nowhere"], "age": ["3", "4"]})
    with pytest.raises(RowError, match="Row 2, column county: county cannot be 'nowhere'"):
        Run(rules, "estimate").answer(frame)
    with pytest.raises(RowError, match="Row 2, column age"):
        Run(rules, "estimate").answer(pl.DataFrame({"county": [None, "haining"], "age": ["3", "x"]}))
    with pytest.raises(RowError, match="Row 1, column county: The facts say county haining, but pinghu was asked for"):
        Run(only_of("pinghu", rules), "estimate").answer(frame)


def test_a_refusal_is_said_in_another_language_with_what_is_wrong_in_it(demo: Scheme) -> None:
    with pytest.raises(RowError) as refused:
        estimates(demo, pl.DataFrame({"age": ["x"]}))

    def loud(template: str, **params: object) -> str:
        return template.upper().replace("{FAULT}", str(params.get("fault")))

    assert refused.value.said(loud).endswith("{FACT} IS A WHOLE NUMBER FROM {LOW} TO {HIGH}, NOT {VALUE}.")
