"""Whatever is typed: no error, spans inside the text, values that the vocabulary knows, and no time lost."""

import time
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.understanding import Expecting, Findings, Lexicon, understand
from dialogs.understanding.lexicon import COMMANDS, INTENTS
from policy_engine.facts import FACTS, parse_fact
from tests.cases import read_yaml

from .test_cases import CASES, expecting_of

PIECES = [
    "我妈",
    "65",
    "岁",
    "农村户口",
    "不是",
    "没有",
    "居住证",
    "，",
    "。",
    "能参保吗",
    "一万二",
    "12,000",
    "块",
    "五",
    "毛",
    "不知道",
    "在老家",
    "参加了",
    "上海",
    "县里",
    "住院",
    "花了",
    "已经报过",
    "说错了",
    "my",
    "mother",
    "is",
    "not",
    "years",
    "old",
    "residence",
    "permit",
    "no",
    "yes",
    "-",
    "to",
    "and",
    "5",
    "march",
    "1943",
    "thousand",
    "2008年",
    "3月",
    "5日",
    "第",
    "次",
    "？",
    "多",
    "到",
    "不到",
    "左右",
    "十",
    "百",
    "万",
    "零",
]
EXPECTED = st.one_of(
    st.none(),
    st.builds(
        Expecting,
        st.sampled_from([*FACTS, "correct", "consent"]),
        st.sampled_from(
            [(), (("true", "有"), ("false", "没有")), (("rural", "农村"), ("urban", "城镇")), (("x", ""),)]
        ),
    ),
)


def check(text: str, found: Findings) -> None:
    assert found.intent is None or found.intent in INTENTS
    assert found.command is None or found.command in COMMANDS
    assert len({finding.fact for finding in found.facts}) == len(found.facts)
    for finding in found.facts:
        assert 0 <= finding.start < finding.end <= len(text)
        assert finding.reason
        assert parse_fact(finding.fact, finding.value) == finding.value


@given(st.text(), EXPECTED)
def test_any_text(lexicons: list[Lexicon], text: str, expecting: Expecting | None) -> None:
    check(text, understand(text, expecting, lexicons))


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=14), st.sampled_from(["", " "]), EXPECTED)
def test_any_mixture(lexicons: list[Lexicon], words: list[str], glue: str, expecting: Expecting | None) -> None:
    text = glue.join(words)
    found = understand(text, expecting, lexicons)
    check(text, found)
    assert understand(text, expecting, lexicons) == found


def test_offsets_are_those_of_the_typed_text(lexicons: list[Lexicon]) -> None:
    text = "İ 我妈６５岁，农村户口"
    spans = {finding.fact: text[finding.start : finding.end] for finding in understand(text, None, lexicons).facts}
    assert spans == {"subject": "我妈", "age": "６５岁", "registration_kind": "农村户口"}


HOSTILE = (
    *(
        "1",
        "一",
        "十",
        "1,",
        "1,000",
        "万",
        "不",
        "没有",
        "在",
        "我妈",
        "一万到",
        "1-",
        "a",
        " ",
        "twenty ",
        "12 ",
        "-",
        "x",
        "是",
    ),
    *(
        "不是65",
        "我妈65岁不是农村户口",
        "住院花了一万二已经报过",
        "在老家参加",
        "和农村户口",
        "居住证没有",
        "不知道",
        "转到上海",
    ),
    *("5 march ", "第", "¥", "，", "。", "1。", "a,", "1943-03-0", "一九四三年三月", "有没有", "能参加"),
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_ten_thousand_characters_take_no_time(lexicons: list[Lexicon], piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    took = []
    for expecting in (
        None,
        Expecting("bill_total"),
        Expecting("registration_kind", (("rural", "农村"), ("urban", "城镇"))),
    ):
        start = time.process_time()
        understand(text, expecting, lexicons)
        took.append(time.process_time() - start)
    assert min(took) < 0.3


def test_a_sentence_takes_no_time(lexicons: list[Lexicon]) -> None:
    cases = [case for path in CASES for case in read_yaml(path)]
    took = []
    for case in cases:
        expecting = expecting_of(case)
        best = 1.0
        for _ in range(3):
            start = time.perf_counter()
            understand(case["say"], expecting, lexicons)
            best = min(best, time.perf_counter() - start)
        took.append(best)
    print(f"understand: median {median(took) * 1e6:.0f} µs, worst {max(took) * 1e6:.0f} µs, {len(took)} sentences")
    assert median(took) < 0.001
