"""Wishes judged by likeness: what is learnt, what it decides, and what it must leave alone."""

from __future__ import annotations

import json

import pytest

from bot.languages import grammars, lexicons
from dialogs.understanding import Expecting, understand
from dialogs.understanding.judge import Judge
from dialogs.understanding.learning import learn
from dialogs.understanding.reading import sample

EXAMPLES = [
    *[("enrol", text) for text in ("把我弄进去", "帮她弄进合作医疗", "我妈也要弄一个", "替我爸弄进来")],
    *[("none", text) for text in ("昨天吃了面", "买了两斤菜", "路上堵车", "面还没吃")],
]


def learnt() -> Judge:
    return learn([(wish, sample(text, grammars("zh_Hans"))) for wish, text in EXAMPLES])


def test_what_is_like_the_examples_is_judged_like_them() -> None:
    judged = learnt().judge(sample("帮我老婆弄进去", grammars("zh_Hans")))
    assert judged.wish == "enrol"
    assert judged.lead() > 0
    assert any("弄" in trait for trait in judged.because)


def test_the_same_examples_teach_the_same_and_are_read_back_from_json() -> None:
    judge = learnt()
    assert judge.to_data() == learnt().to_data()
    again = Judge.from_data(json.loads(json.dumps(judge.to_data())))
    for _, text in EXAMPLES:
        traits = sample(text, grammars("zh_Hans"))
        assert again.judge(traits) == judge.judge(traits)


def test_whom_it_is_about_where_and_how_much_make_no_difference() -> None:
    words = grammars("zh_Hans")
    mother = sample("我妈在海宁，三千块，弄得进去不", words)
    father = sample("我爸在平湖，五万二，弄得进去不", words)
    assert mother == father


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("这笔医药费能给我退几个子儿", "estimate"),
        ("我这种情况你们收不收的", "eligibility"),
        ("帮我婆婆弄进合作医疗里头", "enrol"),
        ("到了交钱的时候你喊我一声", "reminder_settings"),
        ("is there any chance of getting some of that money back", "estimate"),
    ],
)
def test_wishes_that_no_rule_names_are_understood_and_say_why(text: str, intent: str) -> None:
    found = understand(text, None, lexicons("zh_Hans"))
    assert found.intent == intent
    assert found.because


@pytest.mark.parametrize("text", ["取消了低保以后", "帮助中心旁边的卫生院", "后退休了", "下一个月才满六十"])
def test_an_answer_that_says_something_steers_nothing(text: str) -> None:
    for asked in ("hardship_certificate", "provider_level", "age"):
        assert understand(text, Expecting(asked), lexicons("zh_Hans")).command in (None, "unknown")


def test_the_examples_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    from locales import examples

    given = {wish: [f"{wish} {number}" for number in range(examples.FEWEST)] for wish in examples.WISHES}
    given["yes"] = ["嗯"]
    given["no"] = [*given["no"], "enrol 1", "，。"]
    given["enroll"] = ["me"]
    monkeypatch.setattr(examples, "read_data", lambda _locale, _name: given)
    monkeypatch.setattr(examples, "LOCALES", ("zh_Hans",))
    found = "\n".join(examples.problems())
    assert "enroll is no wish. Did you mean: enrol" in found
    assert "yes has 1 examples" in found
    assert "'enrol 1' is both" in found
    assert "'，。' is no sentence" in found
