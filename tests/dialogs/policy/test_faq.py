"""The loader of the FAQ refuses figures and what the scheme does not have; the FAQ of the program passes."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from bot.faqs import faqs
from dialogs.policy.faq import FaqError, check_faq, read_faq
from policy_engine.loader import load_scheme, scheme_ids

GOOD: dict[str, Any] = {
    "terms": {"deductible": ["起付线"]},
    "entries": {
        "deductible": {
            "title": "起付线",
            "asks": ["起付线是多少"],
            "answers": {"jiaxing-2008": {"says": "是{inpatient.deductible.township}。", "cite": "十四.1"}},
        }
    },
}


def changed(**answer: Any) -> dict[str, Any]:
    data = copy.deepcopy(GOOD)
    data["entries"]["deductible"]["answers"]["jiaxing-2008"].update(answer)
    return data


@pytest.mark.parametrize("scheme", scheme_ids())
def test_the_faq_goes_with_every_scheme(scheme: str) -> None:
    for faq in faqs().by_locale.values():
        check_faq(faq, load_scheme(scheme))


@pytest.mark.parametrize(
    "says",
    [
        "是300元。",
        "是３００元。",
        "是三百元。",
        "降十五个百分点。",
        "报两成。",
        "百分之八十",
        "It is three hundred.",
        "at most 20 %",
    ],
)
def test_a_figure_is_refused(says: str) -> None:
    with pytest.raises(FaqError, match=r"deductible\.jiaxing-2008.*figure"):
        read_faq(changed(says=says))


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        ({"says": "是{inpatient.deductible.village}。"}, "inpatient.deductible.village"),
        ({"figures": ["ceiling.nobody"]}, "ceiling.nobody"),
        ({"cite": "二十"}, "二十"),
        ({"cite": "another-document/十四"}, "another-document"),
    ],
)
def test_what_the_scheme_does_not_have_is_named(answer: dict[str, Any], named: str) -> None:
    faq = read_faq(changed(**answer))
    with pytest.raises(FaqError, match=named):
        check_faq(faq, load_scheme("jiaxing-2008"))


@pytest.mark.parametrize(
    "data",
    [[], {"entry": {}}, changed(sayz="x"), changed(cite=""), changed(says="是{"), {"entries": {"a": {"asks": ["x"]}}}],
)
def test_a_form_that_is_none_is_refused(data: Any) -> None:
    with pytest.raises(FaqError):
        read_faq(data)


def test_every_entry_of_one_language_is_there_in_the_other_or_answers_from_the_article() -> None:
    chinese = faqs().of("zh_Hans").entries
    for name, entry in faqs().of("en").entries.items():
        assert name in chinese, name
        for scheme, answer in entry.answers.items():
            assert set(answer.cite) <= set(chinese[name].answers[scheme].cite), f"{name} {scheme}"
