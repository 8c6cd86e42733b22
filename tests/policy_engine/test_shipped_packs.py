"""The packs that come with the program say what their documents say, and no figure of their own."""

import re
from collections.abc import Iterator
from fractions import Fraction

import pytest
import yaml

from policy_engine.citations import Citation
from policy_engine.loader import PACKS, load_scheme, scheme_ids
from policy_engine.scheme import Scalar, Scheme

COUNTIES = ("shibenji", "jiashan", "pinghu", "haiyan", "haining", "tongxiang")
REPORTED = ("jiaxing-2013", "jiaxing-2024")
EVERY = [
    ("mohrss-2008", None),
    *(("jiaxing-2008", county) for county in (None, "demo", *COUNTIES)),
    *((scheme, county) for scheme in REPORTED for county in (None, *COUNTIES)),
]

# Every figure that has an article behind it, from the table of rules: value or floor, article, rule.
FIGURES: dict[str, tuple[Scalar, str, str]] = {
    "contribution.total": (150_00, "十三.1", "A22"),
    "inpatient.deductible.township": (300_00, "十四.1", "A32"),
    "ceiling.general": (70_000_00, "十四.1", "A33"),
    "ceiling.student": (120_000_00, "十四.1", "A34"),
    "inpatient.points.city": (Fraction(-10, 100), "十四.4", "A37"),
    "inpatient.points.provincial": (Fraction(-15, 100), "十四.4", "A38"),
    "inpatient.points.out_of_city": (Fraction(-15, 100), "十四.4", "A38"),
    "outpatient.guaranteed.township": (Fraction(20, 100), "四", "A08"),
}
# Numbers that may stand in words, by document: those of the rule table, and the years and dates of the documents.
IN_WORDS = {
    "jiaxing-2007-70": {"150", "300", "70000", "120000", "10", "15", "20", "35", "60", "90", "2008", "1"},
    "mohrss-2008-39": {"40", "80", "50", "2007", "2008", "2010"},
    # From the table of neighbouring years, the row of 2013.
    "report-2013": {"2013", "2012", "560", "224", "336", "60", "24", "36"}
    | {"40", "35", "15", "10", "80", "75", "70", "65", "50", "12", "73"},
    # From the table of current policy: the official row, and the 204 that 30 % of 680 would be.
    "city-website": {"2024", "2023", "2022", "2021", "1950", "680", "1270", "10", "30", "225", "204"}
    | {"2300", "2400", "60", "65", "85", "90", "11", "3", "12", "31", "1800"},
    "notice-repost": {"2024", "1"},
    "older-page": {"300", "500", "800", "200000", "2023", "2024"},
    "inpatient-page": {"90", "75", "65", "2400", "12", "1800"},
    "outpatient-page": {"55", "45", "35"},
}
# What the document leaves to the counties in so many words, and what it does not mention at all.
DELEGATED = {
    "contribution.individual",  # A23
    "contribution.collective",  # A24
    "contribution.government",  # A23
    "contribution.social",  # A26
    "inpatient.deductible.county",  # A35
    "inpatient.deductible.city",  # A35
    "inpatient.deductible.provincial",  # A35
    "inpatient.deductible.out_of_city",  # A35
    "inpatient.ratio.county",  # A35
    "inpatient.points.minor",  # A39
    "outpatient.ratio.elsewhere",  # A35
    "outpatient.deductible.elsewhere",  # A35
}
SILENT = {
    "contribution.migrant_pupil",  # 1.3 item 9, only where it is read as open
    "inpatient.ratio.not_referred",  # 1.3 item 2, only where it is read as open
    "inpatient.ratio.township",  # A40
    "inpatient.ratio.transfer_base",  # 1.3 item 2
    "inpatient.deductible.counts",  # 1.3 item 5
    "ceiling.counts_outpatient",  # 1.3 item 6
    "student.includes_preschool",  # 1.3 item 7
    "student.includes_university",  # 1.3 item 7
    "outpatient.ratio.township",  # A08
    "outpatient.deductible.township",  # A08
    "rounding",  # 1.3 item 11
}


def cited(scheme: Scheme) -> Iterator[tuple[str, Citation]]:
    """Every sentence that rests on an article, with that article."""
    for rule in (*scheme.cannot_join, *scheme.may_join, *scheme.statements):
        yield rule.text, rule.citation
    if scheme.contribution:
        for part in (*scheme.contribution.own_part, *scheme.contribution.remainder, *scheme.contribution.notes):
            yield part.text, part.citation
    for each in scheme.interpretations.values():
        yield each.question + "".join(each.choices.values()), each.citation
    for parameter in scheme.parameters.values():
        yield parameter.label, parameter.citation
        yield from (("", setting.citation) for setting in parameter.settings)
    for office in scheme.offices.values():
        yield office.name, office.citation


def test_these_are_the_shipped_packs() -> None:
    assert scheme_ids() == ("jiaxing-2008", *REPORTED, "mohrss-2008")
    assert tuple(load_scheme("jiaxing-2008").counties) == ("demo", *COUNTIES)
    for scheme in REPORTED:
        assert tuple(load_scheme(scheme).counties) == COUNTIES


@pytest.mark.parametrize(("scheme", "county"), EVERY)
def test_everything_cites_an_article_that_is_there(scheme: str, county: str | None) -> None:
    for text, citation in cited(load_scheme(scheme, county)):
        assert (citation.document and citation.gist) or citation.grade == "illustrative", text


def test_every_figure_with_an_article_is_in_the_rule_table() -> None:
    found = {
        (name, setting.value if setting.value is not None else setting.at_least, setting.citation)
        for name, parameter in load_scheme("jiaxing-2008").parameters.items()
        for setting in parameter.settings
    }
    assert {
        (name, value, citation.article + (f".{citation.item}" if citation.item else ""))
        for name, value, citation in found
    } == {(name, value, article) for name, (value, article, _) in FIGURES.items()}
    assert all(citation.document and citation.document.number == "嘉政发〔2007〕70号" for _, _, citation in found)


@pytest.mark.parametrize("county", [None, *COUNTIES])
def test_what_the_document_leaves_open_stays_open(county: str | None) -> None:
    """No 2008 measure of any county has been found, so none may look as if it had been."""
    parameters = load_scheme("jiaxing-2008", county).parameters
    assert {name for name, each in parameters.items() if not each.settings} == DELEGATED | SILENT
    assert {name for name, each in parameters.items() if each.stated == "delegated"} == DELEGATED
    assert {name for name, each in parameters.items() if each.stated == "silent"} == SILENT


def test_everything_that_the_demo_county_sets_is_illustrative() -> None:
    demo, city = load_scheme("jiaxing-2008", "demo"), load_scheme("jiaxing-2008")
    for name, parameter in demo.parameters.items():
        if parameter.where != city.parameters[name].where:
            assert {each.citation.grade for each in parameter.settings} == {"illustrative"}
    assert demo.overlay is not None
    assert demo.overlay.illustrative


@pytest.mark.parametrize("scheme", ["jiaxing-2008", "mohrss-2008", *REPORTED])
def test_no_number_in_words_is_missing_from_the_rule_table(scheme: str) -> None:
    loaded = load_scheme(scheme)
    texts = [(text, citation.document) for text, citation in cited(loaded) if citation.document]
    texts += [(gist, document) for document in loaded.documents.values() for gist in document.articles.values()]
    for text, document in texts:
        assert set(re.findall("[0-9]+", text)) <= IN_WORDS[document.id], text


def test_the_only_national_floor_is_that_of_pilot_cities() -> None:
    floors = [each for each in load_scheme("mohrss-2008").statements if each.at_least is not None]
    assert [(each.parameter, each.at_least, each.applies_when) for each in floors] == [
        ("contribution.government", 80_00, "pilot_city")  # B09
    ]
    assert load_scheme("jiaxing-2008").pilot_city is None


def test_a_target_is_never_a_parameter() -> None:
    """A03, A04, A07: 90 %, 60 % and 35 % are aims of the city, not anybody's ratio."""
    ratios = {
        setting.value
        for each in load_scheme("jiaxing-2008").parameters.values()
        for setting in each.settings
        if each.unit == "ratio"
    }
    assert ratios == {Fraction(1, 5)}


def test_every_reading_of_an_open_place_is_used_or_holds_for_the_whole_scheme() -> None:
    named = re.findall(r"(?:relies_on: \[|on_transfer: )([\w, ]*)", _text("jiaxing-2008"))
    used = set(re.findall(r"\w+", " ".join(named)))
    # The hospital of a province inside the city stands in the directory of hospitals.
    assert set(load_scheme("jiaxing-2008").interpretations) - used == {"period_is_2008", "provincial_inside_city"}


def _text(scheme: str) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((PACKS / scheme).rglob("*.yaml")))


@pytest.mark.parametrize("path", sorted(PACKS.rglob("*.yaml")), ids=lambda path: path.name)
def test_an_ordinary_yaml_reader_finds_the_same_keys(path: object) -> None:
    """Our strict reading of YAML reads no shipped file otherwise than everybody else does."""
    from policy_engine.reading.source import Node, read_yaml

    def keys(node: Node) -> object:
        if isinstance(node.value, dict):
            return {key: keys(each) for key, each in node.value.items()}
        return [keys(each) for each in node.value] if isinstance(node.value, list) else None

    def plain(value: object) -> object:
        if isinstance(value, dict):
            return {str(key): plain(each) for key, each in value.items()}
        return [plain(each) for each in value] if isinstance(value, list) else None

    text = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    assert keys(read_yaml(path, "x")) == plain(yaml.load(text, Loader=yaml.BaseLoader))  # type: ignore[arg-type]
