"""The packs of 2013 and 2024: every figure stands in the notes on figures, with its document and grade."""

from fractions import Fraction
from typing import Any

import pytest

from policy_engine.estimate import estimate
from policy_engine.loader import load_scheme
from policy_engine.money import exactly
from policy_engine.scheme import Scalar

COUNTIES = ("shibenji", "jiashan", "pinghu", "haiyan", "haining", "tongxiang")
Figure = tuple[Scalar, str, str]
PERCENT = {number: Fraction(number, 100) for number in (10, 15, 35, 40, 45, 50, 55, 60, 65, 75, 80, 90)}

# Section 2.2, the row of 2013 ([M], reprinted on a site that names no source): value or floor, document, article.
OF_2013: dict[str, Figure] = {
    "contribution.total": (560_00, "report-2013", "筹资"),
    "contribution.individual": (224_00, "report-2013", "筹资"),
    "contribution.government": (336_00, "report-2013", "筹资"),
    "inpatient.ratio.township": (PERCENT[80], "report-2013", "住院"),
    "inpatient.ratio.county": (PERCENT[75], "report-2013", "住院"),
    "inpatient.ratio.city": (PERCENT[65], "report-2013", "住院"),
    "inpatient.ratio.provincial": (PERCENT[50], "report-2013", "住院"),
    "inpatient.ratio.out_of_city": (PERCENT[40], "report-2013", "住院"),
    "inpatient.ratio.twelve_diseases.city": (PERCENT[80], "report-2013", "病种"),
    "inpatient.ratio.twelve_diseases.provincial": (PERCENT[60], "report-2013", "病种"),
    "outpatient.ratio.township": (PERCENT[40], "report-2013", "门诊"),
    "outpatient.ratio.county": (PERCENT[15], "report-2013", "门诊"),
    "outpatient.ratio.city": (PERCENT[10], "report-2013", "门诊"),
}
# Section 4: the official row of 2024, and what 4.2 reports without confirmation.
OF_2024: dict[str, Figure] = {
    "contribution.total": (1950_00, "city-website", "筹资"),  # [O]
    "contribution.individual": (680_00, "city-website", "筹资"),  # [O]
    "contribution.government": (1270_00, "city-website", "筹资"),  # [O]
    "contribution.individual.university": (225_00, "city-website", "筹资"),  # [O], not recomputed
    "inpatient.ratio.primary": (PERCENT[90], "city-website", "住院"),  # [O]
    "inpatient.ratio.grade_2": (PERCENT[75], "inpatient-page", "住院"),  # [S]
    "inpatient.ratio.grade_3": (PERCENT[65], "inpatient-page", "住院"),  # [S]
    "inpatient.deductible.grade_1": (300_00, "older-page", "起付线"),  # [S], headed 2023
    "inpatient.deductible.grade_2": (500_00, "older-page", "起付线"),  # [S], headed 2023
    "inpatient.deductible.grade_3": (800_00, "older-page", "起付线"),  # [S], headed 2023
    "inpatient.deductible.counts": ("per_year", "older-page", "起付线"),  # [S], headed 2023
    "outpatient.ratio.chronic": (PERCENT[65], "city-website", "门诊"),  # [O]
    "outpatient.ratio.primary": (PERCENT[55], "outpatient-page", "门诊"),  # [S]
    "outpatient.ratio.grade_2": (PERCENT[45], "outpatient-page", "门诊"),  # [S]
    "outpatient.ratio.other": (PERCENT[35], "outpatient-page", "门诊"),  # [S]
    "ceiling.inpatient": (200_000_00, "older-page", "封顶"),  # [S], headed 2023
    "ceiling.outpatient": (2400_00, "city-website", "门诊"),  # [O]
    "ceiling.outpatient.chronic": (2400_00, "city-website", "门诊"),  # [O], as a floor
}
FIGURES = {"jiaxing-2013": OF_2013, "jiaxing-2024": OF_2024}
GRADES = {
    "report-2013": "press",
    "city-website": "official",
    "notice-repost": "unverified",
    "older-page": "unverified",
    "inpatient-page": "unverified",
    "outpatient-page": "unverified",
}
# What no source has: it stays unset.
SILENT = {
    "jiaxing-2013": {
        "inpatient.deductible.township",
        "inpatient.deductible.county",
        "inpatient.deductible.city",
        "inpatient.deductible.provincial",
        "inpatient.deductible.out_of_city",
        "inpatient.deductible.counts",
        "outpatient.ratio.elsewhere",
        "outpatient.deductible",
        "ceiling",
        "rounding",
    },
    "jiaxing-2024": {
        "contribution.total.university",
        "contribution.government.university",
        "inpatient.ratio.grade_1",
        "inpatient.ratio.out_of_city",  # 4.3
        "inpatient.deductible.out_of_city",  # 4.3
        "outpatient.ratio.out_of_city",  # 4.3
        "outpatient.deductible",
        "second_layer.deductible",  # 4.3
        "second_layer.ratio",  # 4.3
        "rounding",
    },
}
FLOORS = {
    "jiaxing-2013": {"contribution.total", "contribution.government"},
    "jiaxing-2024": {"ceiling.outpatient.chronic"},
}
OLDER = {name for name, (_, document, _) in OF_2024.items() if document == "older-page"}


@pytest.mark.parametrize("scheme_id", FIGURES)
@pytest.mark.parametrize("county", [None, *COUNTIES])
def test_every_figure_is_in_the_notes_with_its_document(scheme_id: str, county: str | None) -> None:
    scheme = load_scheme(scheme_id, county)
    found: dict[str, Figure] = {}
    for name, parameter in scheme.parameters.items():
        for setting in parameter.settings:
            assert name not in found, f"{name} has two values in one year"
            document = setting.citation.document
            assert document is not None
            value = setting.at_least if setting.value is None else setting.value
            assert value is not None
            found[name] = value, document.id, setting.citation.article
            assert setting.citation.grade == GRADES[document.id]
            assert (setting.start, setting.end) == (scheme.start, scheme.end)
    assert found == FIGURES[scheme_id]
    assert {name for name, each in scheme.parameters.items() if not each.settings} == SILENT[scheme_id]
    assert {name for name, each in scheme.parameters.items() if each.stated == "floor"} == FLOORS[scheme_id]


@pytest.mark.parametrize("scheme_id", FIGURES)
def test_documents_are_no_better_than_the_notes_have_them(scheme_id: str) -> None:
    for name, document in load_scheme(scheme_id).documents.items():
        assert document.grade == GRADES[name]
        assert document.found_at.startswith("http")


def test_a_figure_from_a_page_of_another_year_says_so_and_can_be_left_out() -> None:
    scheme = load_scheme("jiaxing-2024")
    for name in OLDER:
        (setting,) = scheme.parameters[name].settings
        assert "2023年以前的数" in setting.note
    without = load_scheme("jiaxing-2024", readings=(("figures_of_an_older_page", "open"),))
    for name in OLDER:
        assert all(setting.value is None for setting in without.parameters[name].settings)


def test_the_published_225_is_not_recomputed() -> None:
    """It is 30 % of the 650 without the care insurance, plus that insurance's 30: one more reason not to compute it."""
    own = load_scheme("jiaxing-2024").parameters["contribution.individual.university"].settings[0]
    assert own.value == 225_00 != 680_00 * 30 // 100
    assert not own.same_as


@pytest.mark.parametrize("scheme_id", FIGURES)
def test_no_rule_on_joining_is_carried_over_from_another_year(scheme_id: str) -> None:
    scheme = load_scheme(scheme_id)
    assert scheme.may_join == scheme.cannot_join == ()
    assert "who_may_join" in {each.id for each in scheme.statements if each.kind == "silent"}


@pytest.mark.parametrize("scheme_id", FIGURES)
def test_every_reading_is_relied_on_or_holds_for_the_whole_scheme(scheme_id: str) -> None:
    scheme = load_scheme(scheme_id)
    entries: list[Any] = [*scheme.benefits.entries] if scheme.benefits else []
    entries += scheme.contribution.entries if scheme.contribution else ()
    used = {name for each in entries for name in each.interpretations}
    assert set(scheme.interpretations) - used <= {"no_document_found", "provincial_inside_city"}


def test_while_it_is_open_which_payments_count_the_treatment_is_asked_for() -> None:
    """What was paid for stays uses up the ceiling of stays, what was paid for visits that of visits."""
    said = {
        "bill_total": exactly(1_00),
        "disease_class": "ordinary",
        "provider_grade": "primary",
        "provider_place": "in_province",
        "fund_paid_this_year": exactly(200_000_00),
    }
    scheme = load_scheme("jiaxing-2024", "haiyan")
    assert estimate(scheme, said).missing[0] == "care"
    assert estimate(scheme, {**said, "care": "inpatient"}).fund_pays == exactly(0)
