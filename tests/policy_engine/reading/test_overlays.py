"""A county's figures as plain data: the same as from a file in every result, and refused for the same reasons."""

import json
import re
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from policy_engine.contribution import contribution
from policy_engine.eligibility import eligibility
from policy_engine.errors import PackError, PolicyError
from policy_engine.estimate import estimate
from policy_engine.facts import FACTS, parse_facts
from policy_engine.loader import PACKS, load_scheme
from policy_engine.reading.overlays import overlaid
from policy_engine.scheme import Scheme

CITY = load_scheme("jiaxing-2008")
DEMO_FILE = yaml.load((PACKS / "jiaxing-2008/counties/demo.yaml").read_text("utf-8"), yaml.BaseLoader)
DOCUMENT = {
    "number": "海政发〔2007〕1号",
    "title": "海宁市实施办法",
    "issuer": "海宁市人民政府",
    "issued": "2007-12-01",
    "grade": "official",
    "found_at": "测试",
    "articles": {"一": "住院补偿百分之五十五。", "二": "起付线五百元。"},
}


def as_json(name: str, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries of a file as JSON has them: its words and dates as text, the rest as it is."""
    kinds = {"true": True, "false": False}
    return [
        {
            key: int(value) if CITY.parameters[name].unit == "yuan" and value.isdigit() else kinds.get(value, value)
            for key, value in each.items()
        }
        for each in entries
    ]


DEMO_VALUES = json.loads(json.dumps({name: as_json(name, each) for name, each in DEMO_FILE["parameters"].items()}))


def haining(values: Mapping[str, Any], **rest: Any) -> Scheme:
    return overlaid(CITY, "haining", "海宁市", values, **rest)


def test_the_demo_county_as_data_is_the_demo_county_of_the_file(demo: Scheme) -> None:
    found = overlaid(CITY, "demo", "示例县", DEMO_VALUES, illustrative=True)
    assert found.version == demo.version
    assert found.overlay == demo.overlay
    assert found.counties == demo.counties
    for name, spec in demo.parameters.items():
        plain = [(each.start, each.end, each.value, each.same_as, each.citation) for each in spec.settings]
        other = found.parameters[name]
        assert [(each.start, each.end, each.value, each.same_as, each.citation) for each in other.settings] == plain


PEOPLE = {
    name: st.sampled_from(fact.values) if fact.values else st.integers(fact.low, min(fact.high, 99))
    for name, fact in FACTS.items()
    if fact.kind in {"enum", "int"} and name not in {"county", "contribution_year"}
} | {name: st.booleans() for name, fact in FACTS.items() if fact.kind == "bool"}


@given(st.fixed_dictionaries({}, optional=PEOPLE), st.none() | st.integers(0, 300_000))
def test_every_result_is_that_of_the_file(person: dict[str, Any], bill: int | None) -> None:
    file, data = load_scheme("jiaxing-2008", "demo"), DEMO_OVERLAY
    facts = parse_facts({**person, **({} if bill is None else {"reportable_cost": bill})})
    for ask in (eligibility, contribution, estimate):
        assert ask(data, facts).to_dict() == ask(file, facts).to_dict()


DEMO_OVERLAY = overlaid(CITY, "demo", "示例县", DEMO_VALUES, illustrative=True)


def test_the_order_of_keys_and_the_form_of_numbers_make_no_other_version() -> None:
    turned = {name: [dict(reversed(each.items())) for each in DEMO_VALUES[name]] for name in reversed(DEMO_VALUES)}
    turned["contribution.individual"] = [{"from": "2008-01-01", "value": "60.00", "grade": "illustrative"}]
    assert overlaid(CITY, "demo", "示例县", turned, illustrative=True).version == DEMO_OVERLAY.version


def test_a_comment_in_a_countys_file_makes_no_other_version(edited: Callable[..., Scheme]) -> None:
    assert edited("counties/demo.yaml", "", "# nothing\n").version == DEMO_OVERLAY.version


def test_another_value_makes_another_version(edited: Callable[..., Scheme]) -> None:
    assert edited("counties/demo.yaml", "value: 25%", "value: 26%").version != DEMO_OVERLAY.version


def test_a_countys_own_document_is_cited_and_covered(edited: Callable[..., Scheme]) -> None:
    cite = {"document": "haining-2008", "article": "一"}
    values = {"inpatient.ratio.county": [{"from": "2008-01-01", "value": "55%", "cite": cite}]}
    found = haining(values, documents={"haining-2008": DOCUMENT})
    (setting,) = found.parameters["inpatient.ratio.county"].settings
    assert setting.citation.document is found.documents["haining-2008"]
    assert setting.citation.gist == "住院补偿百分之五十五。"
    assert CITY.documents.keys() == {"jiaxing-2007-70"}
    dumped = yaml.safe_dump({"documents": {"haining-2008": DOCUMENT}, "parameters": values}, allow_unicode=True)
    file = edited("counties/haining.yaml", "", unquoted(dumped), "haining")
    assert file.version == found.version
    assert file.parameters["inpatient.ratio.county"].settings[0].value == setting.value


def unquoted(text: str) -> str:
    """What PyYAML quotes, dates and percentages, stands bare in a pack."""
    return text.replace("'", "")


def test_values_with_dates_hold_on_their_days() -> None:
    cite = {"cite": "十四.2"}
    values = {
        "inpatient.ratio.county": [
            {"from": "2008-01-01", "to": "2008-06-30", "value": "50%", **cite},
            {"from": "2008-07-01", "value": "55%", **cite},
        ],
        "inpatient.deductible.county": [{"from": "2008-01-01", "value": 0, **cite}],
        "rounding": [{"from": "2008-01-01", "value": "half_up", **cite}],
    }
    facts = parse_facts(
        {"care": "inpatient", "provider_level": "county", "reportable_cost": 1000, "age": 40, "school_stage": "none"}
    )
    paid = [
        estimate(haining(values), {**facts, "admission_date": day}).fund_pays.to_json()
        for day in (parse_facts({"admission_date": text})["admission_date"] for text in ("2008-06-30", "2008-07-01"))
    ]
    assert paid == ["500.00", "550.00"]


def test_the_example_in_the_docs_loads_as_a_file_and_as_data(packs: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "county-figures.md").read_text("utf-8")
    found = re.search(r"```yaml\n(.*?)```", page, re.S)
    assert found is not None
    example = textwrap.dedent(found[1])
    (packs / "jiaxing-2008" / "counties" / "haining.yaml").write_text(example, "utf-8")
    file = load_scheme("jiaxing-2008", "haining", packs)
    data = yaml.load(example, yaml.BaseLoader)
    assert haining(data["parameters"], documents=data["documents"]).version == file.version


RATIO = "inpatient.ratio.county"
CITED = {"from": "2008-01-01", "cite": "十四.2"}


@pytest.mark.parametrize(
    ("values", "where", "says"),
    [
        ({"ceiling.general": [{**CITED, "value": 90000}]}, "ceiling.general", "a county cannot set it"),
        ({"inpatient.ratio.conty": [{**CITED, "value": "55%"}]}, "inpatient.ratio.conty", "Did you mean: inpatient."),
        ({"contribution.total": [{**CITED, "value": 149}]}, "contribution.total", "below the floor"),
        ({"contribution.total": [{**CITED, "at_most": 200}]}, "contribution.total", "Add at_least"),
        ({"contribution.total": [{**CITED, "unset": True}]}, "contribution.total", "Add at_least"),
        (
            {
                "contribution.total": [{**CITED, "same_as": "contribution.individual"}],
                "contribution.individual": [{**CITED, "value": 140}],
            },
            "contribution.total",
            "below the floor",
        ),
        (
            {"contribution.total": [{**CITED, "same_as": "contribution.individual"}]},
            "contribution.total",
            "Add at_least",
        ),
        ({"inpatient.points.minor": [{**CITED, "value": "-5%"}]}, "inpatient.points.minor", "nothing beyond 0%"),
        ({RATIO: [{**CITED, "value": "155%"}]}, RATIO, "between 0% and 100%"),
        ({RATIO: [{**CITED, "value": 0.55}]}, RATIO, "0.55 has decimals"),
        ({RATIO: [{**CITED, "value": None}]}, RATIO, "Here should be words, a number"),
        ({RATIO: [{**CITED, "value": ""}]}, RATIO, "Here should be words, a number"),
        ({RATIO: [{**CITED, "value": 10**40}]}, RATIO, "Here should be words, a number"),
        ({RATIO: [{**CITED, "value": "55"}]}, RATIO, "a percentage such as 60%"),
        ({RATIO: [{"from": "2008-01-01", "value": "55%"}]}, RATIO, "Every value needs its source"),
        ({RATIO: [{"from": "2008-01-01", "value": "55%", "cite": "二十"}]}, RATIO, "has no article '二十'"),
        ({RATIO: [{**CITED, "from": "2008-02-30", "value": "55%"}]}, RATIO, "not a day of the calendar"),
        (
            {RATIO: [{**CITED, "value": "55%"}, {**CITED, "from": "2008-13-01", "value": "55%"}]},
            f"{RATIO} #2",
            "not a day of the calendar",
        ),
        (
            {RATIO: [{**CITED, "value": "55%", "to": "2008-05-31"}, {**CITED, "from": "2008-07-01", "value": "60%"}]},
            f"{RATIO} #2",
            "No value holds on 2008-06-01",
        ),
        ({RATIO: {"value": "55%"}}, RATIO, "should be a list"),
        ({RATIO: []}, RATIO, "at least one entry"),
        ({RATIO: [{**CITED, "valeu": "55%"}]}, RATIO, "no key 'valeu'"),
        ({RATIO: [{5: "55%"}]}, RATIO, "A key is a word"),
        ({RATIO: [[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]}, RATIO, "nested too deeply"),
        ({RATIO: [{**CITED, "same_as": RATIO}]}, RATIO, "from itself"),
        (
            {
                "contribution.total": [{**CITED, "value": 160}],
                **{f"contribution.{payer}": [{**CITED, "value": 50}] for payer in ("individual", "collective")},
                **{f"contribution.{payer}": [{**CITED, "value": 50}] for payer in ("government", "social")},
            },
            "contribution.total",
            "add up to 200.00 yuan",
        ),
    ],
)
def test_what_a_county_may_not_set_is_refused_by_name(values: dict[str, Any], where: str, says: str) -> None:
    with pytest.raises(PackError) as refused:
        haining(values)
    assert refused.value.where == f"county figures of haining: {where}"
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("document", "where", "says"),
    [
        ({"jiaxing-2007-70": DOCUMENT}, "documents jiaxing-2007-70", "already"),
        ({"own": {**DOCUMENT, "issued": "soon"}}, "documents own", "a date such as"),
        ({"own": {**DOCUMENT, "grade": "oficial"}}, "documents own", "official"),
        ({"own": {**DOCUMENT, "articles": {"一": ""}}}, "documents own", "Here should be words"),
        ({"own": {key: each for key, each in DOCUMENT.items() if key != "number"}}, "documents own", "'number'"),
        (["own"], "documents", "keys and values"),
    ],
)
def test_a_document_of_the_county_is_read_like_a_packs(document: Any, where: str, says: str) -> None:
    with pytest.raises(PackError) as refused:
        haining({}, documents=document)
    assert refused.value.where == f"county figures of haining: {where}"
    assert says in str(refused.value)


def test_with_two_documents_a_citation_says_which() -> None:
    with pytest.raises(PackError, match="Say which document"):
        haining({RATIO: [{**CITED, "value": "55%"}]}, documents={"own": DOCUMENT})


@pytest.mark.parametrize(
    ("county", "name", "illustrative", "says"),
    [
        ("hainin", "海宁", False, "no county of this city"),
        ("haining", "", False, "Here should be words"),
        ("haining", 5, False, "Here should be words"),
        ("haining", "海宁", "yes", "true or false"),
    ],
)
def test_the_county_itself_is_checked(county: str, name: Any, illustrative: Any, says: str) -> None:
    with pytest.raises(PackError, match=says):
        overlaid(CITY, county, name, {}, illustrative=illustrative)


@pytest.mark.parametrize("base", [load_scheme("mohrss-2008"), load_scheme("jiaxing-2008", "haining")])
def test_only_a_citys_rules_can_be_overlaid(base: Scheme) -> None:
    with pytest.raises(PolicyError, match="Load the city's"):
        overlaid(base, "haining", "海宁市", {})


@given(
    st.dictionaries(
        st.sampled_from([RATIO, "contribution.total", "rounding", "x"]),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats()
            | st.text()
            | st.just("55%")
            | st.just("2008-01-01"),
            lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["from", "value", "cite", "grade"]), inner),
            max_leaves=12,
        ),
    )
)
def test_no_data_raises_anything_but_a_pack_error(values: dict[str, Any]) -> None:
    refused: PackError | None = None
    try:
        haining(values)
    except PackError as error:
        refused = error
    assert (refused is None) is (values == {})
    assert refused is None or refused.where.startswith("county figures of haining: ")
