"""`hebao explain`, `hebao what-if`, `--reading` and `hebao policy readings`, and the same over HTTP."""

from __future__ import annotations

import datetime
import json
from typing import Any

import httpx
import pytest

from bot.ask import Question, Rules, ask_what_if, ask_why
from bot.commands.alternatives import AlternativeWords
from bot.commands.explaining import changes_of, explanation
from bot.commands.open_places import open_places
from bot.languages import LOCALES, catalogue
from policy_engine.errors import PolicyError
from policy_engine.explaining.alternatives import Alternatives
from policy_engine.explaining.what_if import WhatIf
from policy_engine.loader import load_scheme
from policy_engine.scheme import Scheme
from tests.bot.test_cli import hebao
from tests.policy_engine.explaining.test_explain import EVERY, EXPLAINS, RULES
from tests.servers import Server

TODAY = datetime.date(2008, 3, 1)
DEMO = Rules("jiaxing-2008", "demo")
STAY = {"care": "inpatient", "provider_level": "city", "bill_total": "12000", "age": 40}
NOBODY: dict[str, Any] = {}


def explained(what: str, facts: dict[str, Any], locale: str, rules: Rules = DEMO) -> str:
    found, asking = ask_why(what, facts, rules, TODAY)
    return explanation(found, asking, catalogue(locale))


# -- in words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("scheme", EVERY, ids=repr)
def test_every_scheme_is_explained_in_every_language(scheme: Scheme, locale: str) -> None:
    words = catalogue(locale)
    asking = Question(Rules(scheme.id), scheme, {}, None)
    for what, explain in EXPLAINS.items():
        if not getattr(scheme, RULES[what]):
            continue
        for facts in ({}, {"care": "inpatient", "age": 70}, {"registered_locally": False, "residence_permit": False}):
            told = explanation(explain(scheme, facts), asking, words)
            for rule in (*scheme.may_join, *scheme.cannot_join) if what == "eligibility" else ():
                assert words.source(rule.text) in told
    told = open_places(scheme.interpretations.values(), scheme, words)
    assert all(words.source(each.question) in told for each in scheme.interpretations.values())


def test_a_no_names_the_clause_that_fails_where_it_stands_and_every_smallest_change() -> None:
    told = explained("eligibility", {"registered_locally": False, "residence_permit": False}, "zh_Hans")
    assert "✗ 没有居住证（要的是：有居住证）" in told
    assert "嘉政发〔2007〕70号第十二条，官方文件" in told
    assert "变成“有居住证”" in told
    assert "变成“户口在嘉兴”" in told


def test_an_estimate_tells_how_its_ratio_is_made_up_and_what_does_not_apply() -> None:
    told = explained("estimate", {**STAY, "school_stage": "none"}, "en")
    assert "a ratio of 40%, made up of: 50%, 10 percentage points less" in told
    assert "✗ better terms for the hospital stays of minors (minor): age 40 (needed: below 18)" in told
    assert "The illustrative county" in told
    assert "● always" in told


def test_a_figure_that_is_not_set_names_who_decides() -> None:
    told = explained("estimate", STAY, "en", Rules("jiaxing-2008", "haining"))
    assert "not set; for Haining to decide" in told


def test_where_nothing_is_paid_it_says_why_and_what_would_change_it() -> None:
    told = explained("estimate", {**STAY, "bill_total": "700"}, "en")
    assert "The bill does not exceed the deductible." in told
    assert "800.02" in told


def test_a_switched_reading_is_marked() -> None:
    rules = Rules("jiaxing-2008", "demo", readings={"points_without_referral": "only_referred"})
    assert "● only_referred" in explained("estimate", {**STAY, "referred": False}, "en", rules)
    assert "(switched to)" in explained("estimate", {**STAY, "referred": False}, "en", rules)


@pytest.mark.parametrize("locale", LOCALES)
def test_what_if_is_told_in_every_language(locale: str) -> None:
    for county in ("demo", "haining"):
        for facts in (
            NOBODY,
            STAY,
            {**STAY, "bill_total": {"low": "8000", "high": "10000"}, "fund_paid_this_year": "69000"},
        ):
            rules = Rules("jiaxing-2008", county)
            found, asking = ask_what_if(facts, {}, rules, TODAY)
            assert isinstance(found, Alternatives)
            told = AlternativeWords(asking.scheme, catalogue(locale)).alternatives(found)
            assert len(told.splitlines()) >= 2 + len(found.found)
            changed, asking = ask_what_if(facts, {"provider_level": "county", "age": None}, rules, TODAY)
            assert isinstance(changed, WhatIf)
            assert AlternativeWords(asking.scheme, catalogue(locale)).what_if(changed)


def test_another_county_is_asked_by_its_own_rules() -> None:
    found, _ = ask_what_if({**STAY, "provider_level": "township"}, {"county": "haining"}, DEMO, TODAY)
    assert isinstance(found, WhatIf)
    assert found.after.provenance.county == "haining"
    assert [each.parameter for each in found.after.unset] == ["inpatient.ratio.township"]


# -- at the command line -----------------------------------------------------------------------------------------------


def test_explain_as_json_holds_the_result_and_its_reasons() -> None:
    facts = json.dumps(STAY)
    found = json.loads(hebao("explain", "estimate", facts, "--county", "demo", "--json").stdout)
    assert found["result"] == json.loads(hebao("estimate", facts, "--county", "demo", "--json").stdout)
    assert (found["what"], found["reason"]["kind"], found["reason"]["amount"]) == ("estimate", "decision", "4480.00")
    assert {each["reading"]: each["choice"] for each in found["readings"]}["order_of_calculation"] == "deductible_first"


def test_what_if_takes_changes_from_the_command_line() -> None:
    ran = hebao("what-if", json.dumps(STAY), "--county", "demo", "--change", "provider_level=county", "--json")
    found = json.loads(ran.stdout)
    assert found["changes"] == [{"fact": "provider_level", "to": "county"}]
    assert found["difference"] == {"fund_pays": "1270.00", "person_pays": "-1270.00", "taken": "exact"}
    assert (
        "1,270 yuan more"
        in hebao("what-if", json.dumps(STAY), "--county", "demo", "--change", "provider_level=county").stdout
    )


@pytest.mark.parametrize(
    ("given", "changes"),
    [
        (["bill_total=12000.50", "age=", "referred=true"], {"bill_total": "12000.50", "age": None, "referred": True}),
        (['bill_total={"low": "1"}'], {"bill_total": {"low": "1"}}),
        (["age=17", "provider=市一医院"], {"age": 17, "provider": "市一医院"}),
        (["age=old"], {"age": "old"}),
    ],
)
def test_a_change_is_read_as_its_fact_is_typed(given: list[str], changes: dict[str, Any]) -> None:
    assert changes_of(given) == changes


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["explain", "estimate", "{"], ["JSON object"]),
        (["what-if", "{}", "--change", "age"], ["age", "provider_level=county"]),
        (["what-if", "{}", "--change", "age=1", "--change", "age=2"], ["age", "twice"]),
        (["what-if", "{}", "--change", "agee="], ["agee", "age"]),
        (["what-if", "{}", "--change", "age=old"], ["age", "whole number"]),
        (["estimate", "{}", "--reading", "points_add_up"], ["points_add_up", "="]),
        (["estimate", "{}", "--reading", "a=b", "--reading", "a=c"], ["a", "twice"]),
        (["estimate", "{}", "--reading", "points_ad_up=both"], ["points_ad_up", "points_add_up"]),
        (["compare", "{}", "--reading", "points_add_up=neither"], ["points_add_up", "neither", "both"]),
    ],
)
def test_what_cannot_be_used_exits_2_with_one_sentence(arguments: list[str], says: list[str]) -> None:
    ran = hebao(*arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert all(each in ran.stderr for each in says), ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_reading_changes_every_question_and_is_told_with_the_result() -> None:
    switched = ["--county", "demo", "--reading", "points_without_referral=only_referred", "--json"]
    facts = json.dumps({**STAY, "referred": False})
    estimate = json.loads(hebao("estimate", facts, *switched).stdout)
    assert (estimate["fund_pays"], estimate["readings"]) == ("5600.00", {"points_without_referral": "only_referred"})
    compared = json.loads(hebao("compare", facts, *switched).stdout)
    assert compared["levels"]["city"]["fund_pays"] == "5600.00"


def test_the_open_places_of_a_scheme_can_be_listed() -> None:
    found = json.loads(hebao("policy", "readings", "jiaxing-2008", "--json").stdout)
    scheme = load_scheme("jiaxing-2008")
    assert [each["reading"] for each in found] == list(scheme.interpretations)
    assert all(each["choice"] == each["default"] and each["confirmed_by"] and each["citation"] for each in found)
    told = hebao("policy", "readings", "jiaxing-2008").stdout
    assert told.count("●") == len(scheme.interpretations)


# -- over HTTP ---------------------------------------------------------------------------------------------------------


@pytest.mark.server
def test_the_api_answers_as_the_command_line(server: Server) -> None:
    with httpx.Client(base_url=server.url, trust_env=False) as client:

        def asked(path: str, **body: Any) -> Any:
            return client.post(f"/api/v1/{path}", json={"county": "demo", **body})

        readings = {"points_without_referral": "only_referred"}
        found = asked("estimate", facts={**STAY, "referred": False}, readings=readings).json()
        assert (found["fund_pays"], found["readings"]) == ("5600.00", readings)
        why = asked("explain", what="estimate", facts=STAY).json()
        assert why["result"]["fund_pays"] == "4480.00"
        assert why["reason"]["parts"][0]["id"] == "schedules"
        changed = asked("what-if", facts=STAY, changes={"provider_level": "county"}).json()
        assert changed["difference"]["fund_pays"] == "1270.00"
        alternatives = asked("what-if", facts=STAY).json()
        assert alternatives["before"]["fund_pays"] == "4480.00"
        assert {"place", "referral", "next_year", "larger_bill", "reading"} <= {
            each["kind"] for each in alternatives["alternatives"]
        }
        for path, body, said in (
            ("explain", {"facts": STAY}, "what"),
            ("explain", {"what": "estimates"}, "what"),
            ("estimate", {"readings": {"nothing": "x"}}, "nothing"),
            ("what-if", {"changes": {"agee": 1}}, "agee"),
        ):
            refused = asked(path, **body)
            assert refused.status_code == 422
            assert refused.headers["content-type"] == "application/problem+json"
            assert said in refused.json()["detail"]


def test_a_document_without_such_rules_is_refused() -> None:
    with pytest.raises(PolicyError):
        ask_why("estimate", {"care": "inpatient"}, Rules("mohrss-2008"), TODAY)
