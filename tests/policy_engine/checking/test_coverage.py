"""What became of every article: nothing of a document is lost without being named."""

from collections.abc import Callable

import pytest

from policy_engine.checking.coverage import KINDS, DocumentCoverage, Place, coverage
from policy_engine.loader import load_scheme
from policy_engine.scheme import Scheme

SCHEME = "jiaxing-2008"


def places(scheme: Scheme) -> dict[str, Place]:
    (document,) = coverage(scheme).documents
    return {each.article: each for each in document.places}


@pytest.mark.parametrize(
    ("article", "kinds", "ids"),
    [
        ("一", ("informational",), {"informational": "scheme_form"}),
        ("四", ("encoded", "silent", "ambiguous"), {"encoded": "outpatient.guaranteed.township"}),
        ("十", ("encoded",), {"encoded": "rural_resident"}),
        ("十二", ("encoded", "ambiguous"), {"ambiguous": "own_permit_or_parent", "encoded": "employee_insured"}),
        ("十三.1", ("encoded", "delegated"), {"encoded": "contribution.total", "delegated": "contribution.individual"}),
        ("十三.3", ("encoded", "silent", "ambiguous"), {"encoded": "hardship_by_application"}),
        (
            "十四.2",
            ("delegated", "ambiguous"),
            {"delegated": "inpatient.ratio.county", "ambiguous": "unified_or_delegated"},
        ),
        ("十四.3", ("silent",), {"informational": "outpatient_mainly_local"}),
        ("十五", ("encoded",), {"informational": "school_stage", "encoded": "before_tax"}),
    ],
)
def test_an_article_has_every_kind_that_cites_it(article: str, kinds: tuple[str, ...], ids: dict[str, str]) -> None:
    place = places(load_scheme(SCHEME))[article]
    assert place.kinds == kinds
    for kind, name in ids.items():
        assert name in place.cited_by[kind]


def test_every_article_stands_there_once_in_the_order_of_the_document() -> None:
    for name in (SCHEME, "mohrss-2008"):
        scheme = load_scheme(name)
        found = coverage(scheme).documents
        assert [each.document for each in found] == list(scheme.documents.values())
        for each in found:
            assert [place.article for place in each.places] == list(each.document.articles)
            assert all(place.kinds for place in each.places)


def test_an_article_is_covered_through_its_items() -> None:
    whole = places(load_scheme(SCHEME))["十四"]
    assert whole.through_items
    assert whole.kinds == ("encoded", "delegated", "silent", "ambiguous")
    assert whole.cited_by == {}


def test_an_item_that_nothing_cites_shows_in_its_article(edited: Callable[..., Scheme]) -> None:
    found = places(edited("documents.yaml", "    十五: ", "    十四.6: 编出来的一项。\n    十五: ", None))
    assert found["十四.6"].kinds == ("not_encoded",)
    assert "not_encoded" in found["十四"].kinds


def test_a_value_that_is_set_turns_delegated_into_encoded(edited: Callable[..., Scheme]) -> None:
    scheme = edited(
        "counties/haining.yaml",
        "",
        "parameters:\n  inpatient.points.minor: [{from: 2008-01-01, value: 5%, cite: 十四.5}]\n",
        "haining",
    )
    assert places(scheme)["十四.5"].kinds == ("encoded",)
    assert places(load_scheme(SCHEME))["十四.5"].kinds == ("delegated",)


def test_a_made_up_value_covers_nothing(demo: Scheme) -> None:
    assert places(demo)["十四.5"].kinds == ("not_encoded",)


def test_totals_count_each_kind_and_leave_out_what_stands_through_items() -> None:
    found: DocumentCoverage = coverage(load_scheme(SCHEME)).documents[0]
    assert list(found.totals) == list(KINDS)
    alone = [each for each in found.places if not each.through_items]
    assert sum(found.totals.values()) == sum(len(each.kinds) for each in alone)
    assert found.totals["not_encoded"] == sum(each.kinds == ("not_encoded",) for each in alone)


def test_a_national_floor_that_is_calculated_with_is_encoded() -> None:
    place = places(load_scheme("mohrss-2008"))["三"]
    assert place.kinds == ("encoded",)
    assert place.cited_by["encoded"] == ("subsidy_2008",)


@pytest.mark.parametrize(
    ("article", "kind", "reasons"),
    [
        ("一", "informational", ("fund", "process", "target")),
        ("八", "informational", ("process", "office")),
        ("十四.5", "delegated", ("市本级、各县（市）",)),
        ("十四.3", "silent", ("市本级、各县（市）",)),
        ("七", "ambiguous", ("市城乡居民合作医疗保险工作领导小组办公室",)),
    ],
)
def test_each_kind_has_its_reason(article: str, kind: str, reasons: tuple[str, ...]) -> None:
    assert places(load_scheme(SCHEME))[article].reasons[kind] == reasons


def test_what_nothing_cites_has_the_reason_that_the_pack_gives(edited: Callable[..., Scheme]) -> None:
    found = places(
        edited(
            "documents.yaml",
            "  articles:\n",
            "  not_encoded: {二十: 只是附件。}\n  articles:\n    二十: 附件。\n",
            None,
        )
    )
    assert found["二十"].kinds == ("not_encoded",)
    assert found["二十"].reasons == {"not_encoded": ("只是附件。",)}


def test_a_reading_that_another_choice_brings_makes_its_article_open() -> None:
    assert places(load_scheme(SCHEME))["三"].cited_by["ambiguous"] == ("unified_or_delegated",)


def test_the_json_has_every_kind_and_id() -> None:
    (document,) = coverage(load_scheme(SCHEME)).to_dict()["documents"]
    (place,) = (each for each in document["articles"] if each["article"] == "七")
    assert place["kinds"] == ["ambiguous"]
    assert place["reasons"]["informational"] == ["fund"]
    assert place["cited_by"] == {"ambiguous": ["period_is_2008"], "informational": ["pooled_by_county", "pooling_year"]}
