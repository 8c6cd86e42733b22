"""What a look at a whole pack finds: each mistake once, with its place, and nothing in the packs as they are."""

from collections.abc import Callable

import pytest

from dialogs.questions import ASKING
from policy_engine.checking.findings import Finding
from policy_engine.checking.review import review
from policy_engine.checking.unreachable import may_join
from policy_engine.conditions import Joined
from policy_engine.loader import load_scheme, scheme_ids
from policy_engine.reading.witnesses import witness
from policy_engine.scheme import Scheme

SCHEME = "jiaxing-2008"
FACTS = tuple(ASKING)

# What is wrong in a pack, in which file `old` has become `new`, and the finding: its severity, kind, id and words.
FOUND = [
    (
        "a rule against joining that nobody can meet",
        "eligibility.yaml",
        "when: {enrolled_elsewhere: true}",
        "when: {all: [{enrolled_elsewhere: true}, {enrolled_elsewhere: false}]}",
        ("fault", "unreachable", "enrolled_elsewhere", "Nobody can meet the rule"),
    ),
    (
        "a bearer that nobody can meet",
        "contribution.yaml",
        "remainder:\n",
        "remainder:\n  - id: nobody\n    when: {all: [{registered_locally: true}, {registered_locally: false}]}\n"
        "    payer: social\n    text: 编的。\n    cite: 十三.3\n",
        ("fault", "unreachable", "nobody", "Nobody can meet the rule"),
    ),
    (
        "a note that nobody can meet",
        "contribution.yaml",
        "        - {disabled: true}\n",
        "        - {disabled: true}\n        - {disabled: false}\n",
        ("fault", "unreachable", "hardship_by_application", "Nobody can meet the rule"),
    ),
    (
        "a note for people of whom none may join",
        "contribution.yaml",
        "        - {disabled: true}\n",
        "        - {disabled: true}\n        - {employee_insured: true}\n",
        ("note", "nobody_who_joins", "hardship_by_application", "Nobody who may join"),
    ),
    (
        "a remainder left to shares that are not given",
        "contribution.yaml",
        "when: {registered_locally: false, works_in_local_enterprise: false, reading: {migrant_pupil_own_part: open}}",
        "when: {registered_locally: true, disabled: true, reading: {migrant_pupil_own_part: same_as_residents}}",
        ("fault", "no_share", "migrant_pupil_open", "where registered_locally = true, disabled = true"),
    ),
    (
        "shares that nobody pays",
        "contribution.yaml",
        "shares: {individual: contribution.migrant_pupil}",
        "shares: {individual: contribution.migrant_pupil, social: contribution.social}",
        ("fault", "share_unused", "migrant_pupil_open", "Shares are given for social"),
    ),
    (
        "a parameter that no rule works with",
        "parameters.yaml",
        "ceiling.general:\n",
        "ceiling.old: {label: 没有用的, unit: yuan, set_by: county, silent: 十四.1}\nceiling.general:\n",
        ("fault", "unused_parameter", "ceiling.old", "No rule works with ceiling.old"),
    ),
    (
        "a reading that nothing relies on",
        "interpretations.yaml",
        "unified_or_delegated:\n",
        "lonely: {question: 编的, choices: {a: 甲, b: 乙}, chosen: a, confirmed_by: 谁, cite: 七}\n"
        "unified_or_delegated:\n",
        ("fault", "unused_reading", "lonely", "Nothing relies on the reading lonely"),
    ),
    (
        "an office for a fact that no rule looks at",
        "offices.yaml",
        "disabled: {name: 残联",
        "treated_at_workplace: {name: 残联",
        ("note", "unused_office", "treated_at_workplace", "残联"),
    ),
    (
        "an article that nothing cites",
        "documents.yaml",
        "    十五: ",
        "    十四.6: 编出来的一项。\n    十五: ",
        ("fault", "uncited_article", "十四.6", "give the reason under not_encoded"),
    ),
    (
        "a reason for an article that something cites",
        "documents.yaml",
        "  articles:\n",
        "  not_encoded: {七: 编的理由}\n  articles:\n",
        ("fault", "explained_article", "七", "Remove it from not_encoded"),
    ),
]


def keys(found: tuple[Finding, ...]) -> set[tuple[str, str, str]]:
    return {(each.severity, each.kind, each.id) for each in found}


@pytest.mark.parametrize("name", scheme_ids())
def test_the_packs_that_come_with_the_program_have_no_fault(name: str) -> None:
    city = load_scheme(name)
    everywhere = [review(city, FACTS), *(review(load_scheme(name, county), FACTS, city) for county in city.counties)]
    assert [str(each.problem) for found in everywhere for each in found if each.severity == "fault"] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"), [each[1:] for each in FOUND], ids=[each[0] for each in FOUND]
)
def test_each_is_found_at_its_place_and_nothing_else(
    edited: Callable[..., Scheme], file: str, old: str, new: str, expected: tuple[str, str, str, str]
) -> None:
    before, after = review(load_scheme(SCHEME), FACTS), review(edited(file, old, new, None), FACTS)
    *key, says = expected
    added = keys(after) - keys(before)
    assert tuple(key) in added
    assert {severity for severity, _, _ in added - {tuple(key)}} <= {"note"}
    (finding,) = (each for each in after if [each.severity, each.kind, each.id] == key)
    assert finding.problem.where.startswith(f"{SCHEME}/{file}:")
    assert says in str(finding.problem)


def test_a_reason_for_what_nothing_cites_is_enough(edited: Callable[..., Scheme]) -> None:
    scheme = edited(
        "documents.yaml",
        "  articles:\n",
        "  not_encoded: {二十: 只是附件。}\n  articles:\n    二十: 附件。\n",
        None,
    )
    assert keys(review(scheme, FACTS)) == keys(review(load_scheme(SCHEME), FACTS))


@pytest.mark.parametrize(
    ("fact", "severity", "says"),
    [
        ("employee_insured", "fault", "Who may join depends on employee_insured"),
        ("hardship_certificate", "note", "Who pays how much depends on hardship_certificate"),
        ("age", "note", "What the fund pays depends on age"),
        ("disabled", "note", "hardship_by_application is told only to who says disabled"),
    ],
)
def test_a_fact_that_decides_and_that_no_question_asks_for(fact: str, severity: str, says: str) -> None:
    found = review(load_scheme(SCHEME), [each for each in FACTS if each != fact])
    unasked = [each for each in found if each.kind == "unasked" and each.id == fact]
    assert severity in {each.severity for each in unasked}
    assert any(says in str(each.problem) for each in unasked)


def test_what_no_longer_decides_need_not_be_asked() -> None:
    """Whether a referral was approved plays a part only where the text is read otherwise."""
    without = [each for each in FACTS if each != "referred"]
    assert ("note", "unasked", "referred") not in keys(review(load_scheme(SCHEME), without))
    otherwise = load_scheme(SCHEME, readings=(("points_without_referral", "only_referred"),))
    assert ("note", "unasked", "referred") in keys(review(otherwise, without))


def test_a_made_up_figure_in_a_county_that_exists(edited: Callable[..., Scheme]) -> None:
    figure = "parameters:\n  rounding: [{from: 2008-01-01, value: half_up, grade: illustrative}]\n"
    city = load_scheme(SCHEME)
    found = review(edited("counties/haining.yaml", "", figure, "haining"), FACTS, city)
    assert keys(found) == {("note", "made_up", "rounding")}
    assert review(load_scheme(SCHEME, "demo"), FACTS, city) == ()


def test_a_countys_own_article_that_nothing_cites(edited: Callable[..., Scheme]) -> None:
    document = (
        "documents:\n  own: {number: 海政1号, title: 办法, issuer: 海宁市, issued: 2007-12-01, grade: official, "
        "found_at: 测试, articles: {一: 编的}}\n"
    )
    found = review(edited("counties/haining.yaml", "", document, "haining"), FACTS, load_scheme(SCHEME))
    assert keys(found) == {("fault", "uncited_article", "一")}


def test_every_case_that_is_named_is_a_case() -> None:
    scheme = load_scheme(SCHEME)
    pairs = {each.id: each.problem.params for each in review(scheme, FACTS) if each.kind == "two_ways_in"}
    assert pairs.keys() == {"migrant_pupil"}
    rules = {rule.id: rule.when for rule in scheme.may_join}
    case = witness((rules["migrant_pupil"], rules["migrant_worker"], *may_join(scheme)))
    assert case is not None
    assert rules["migrant_pupil"].holds(case)
    assert rules["migrant_worker"].holds(case)
    for name in case:
        fewer = {each: value for each, value in case.items() if each != name}
        assert Joined((*may_join(scheme), *(rules[each] for each in rules if "migrant" in each)), decisive=False).holds(
            fewer
        ) in {None, False}


def test_adjustments_that_meet_are_named_with_a_case() -> None:
    found = [each for each in review(load_scheme(SCHEME), FACTS) if each.kind == "together"]
    assert {(each.id, each.problem.params["other"]) for each in found} == {
        ("minor", "city"),
        ("minor", "city_of_shibenji"),
        ("minor", "provincial"),
        ("minor", "out_of_city"),
    }
    assert "provider_level = provincial, age = 17" in str(found[2].problem)


def test_the_json_of_a_finding_has_its_place() -> None:
    found = review(load_scheme(SCHEME), FACTS)[0].to_dict()
    assert found.keys() == {"severity", "kind", "id", "place", "sentence"}
    assert found["place"].startswith("jiaxing-2008/")
