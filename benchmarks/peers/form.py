"""A form of five questions, as somebody would write it by hand for a library that leads people through fixed states."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from benchmarks.peers import integer_python

OPENING = "算算能报多少"
"""What somebody says to get the form."""

REFUSAL = "没听懂，请换个说法。"


class Assistant(Protocol):
    """One that holds the form with one person."""

    async def begin(self) -> None:
        """Open a new form, whatever became of the one before; its first question is asked."""

    def message(self, text: str) -> Any:
        """What somebody says, as the library wants it handed in. Made ready outside the clock."""

    async def answer(self, message: Any) -> str:
        """The text that is answered. This is timed."""


@dataclass(frozen=True)
class Asked:
    """One question. `text` asks it, with what is on offer; `read` makes a value of the answer, or raises ValueError."""

    fact: str
    text: str
    read: Callable[[str], Any]


def _choice(fact: str, ask: str, labels: Mapping[str, str]) -> Asked:
    """Answered with a label, or with its number."""
    offered = dict(zip(labels.values(), labels, strict=True))
    offered |= {str(number): value for number, value in enumerate(labels, 1)}

    def read(text: str) -> str:
        if text not in offered:
            raise ValueError(text)
        return offered[text]

    return Asked(
        fact, "\n".join([ask, *(f"  {number}. {label}" for number, label in enumerate(labels.values(), 1))]), read
    )


def _number(fact: str, ask: str, most: int, unit: str) -> Asked:
    """Answered with a whole number up to `most`, with its unit or without."""

    def read(text: str) -> int:
        value = int(text.removesuffix(unit))
        if not 0 <= value <= most:
            raise ValueError(text)
        return value

    return Asked(fact, ask, read)


COUNTIES = {
    "demo": "示例县",
    "shibenji": "嘉兴市本级",
    "jiashan": "嘉善县",
    "pinghu": "平湖市",
    "haiyan": "海盐县",
    "haining": "海宁市",
    "tongxiang": "桐乡市",
}
LEVELS = {
    "township": "乡镇（街道）卫生院、社区",
    "county": "县（区）级医院",
    "city": "嘉兴市级医院",
    "provincial": "省级医院",
    "out_of_city": "外地医院（上海、杭州等）",
}
_IN_SENTENCES = {
    "township": "在乡镇卫生院看的",
    "county": "在县医院住的",
    "city": "去的是嘉兴市级医院",
    "provincial": "是在省级医院住的",
    "out_of_city": "去的是上海的医院",
}
QUESTIONS = (
    _choice("county", "您在哪里参保？", COUNTIES),
    _choice("care", "是住院，还是看门诊？", {"inpatient": "住院", "outpatient": "门诊"}),
    _choice("provider_level", "在哪一级医院？", LEVELS),
    _number("bill_total", "总共花了多少钱？", 10_000_000, "元"),
    _number("age", "看病的人多大年纪？", 130, "岁"),
)
"""In the order in which our own conversation asks them of a stay in hospital."""


def conclusion(said: Mapping[str, Any]) -> str:
    """What a filled form is answered with."""
    if said["county"] != "demo":
        return "这个县的标准还没有。"
    cost = 100 * said["bill_total"]
    fund, person = integer_python.estimate(said["care"], said["provider_level"], said["age"], "none", cost, 0)
    return f"能报{_yuan(fund)}元，自己付{_yuan(person)}元。"


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}" + (f".{fen % 100:02d}" if fen % 100 else "")


@dataclass(frozen=True)
class Stay:
    """What one person fills in: a stay in hospital in the demonstration county."""

    level: str
    bill: int
    age: int

    def answers(self) -> tuple[str, ...]:
        """One bare answer a question: what a form of fixed states can take."""
        return "示例县", "住院", LEVELS[self.level], str(self.bill), str(self.age)

    def sentences(self) -> tuple[str, ...]:
        """The same as people say it."""
        return (
            "我在示例县参加的",
            "医生让我住院了",
            _IN_SENTENCES[self.level],
            f"一共花了{self.bill}块钱",
            f"我今年{self.age}岁了",
        )

    def conclusion(self) -> str:
        """What the form has to end with."""
        facts = {"care": "inpatient", "provider_level": self.level, "age": self.age, "bill_total": self.bill}
        return conclusion({"county": "demo", **facts})


def stays(count: int, seed: int = 2008) -> Sequence[Stay]:
    """People drawn from a seed, whose bills are above every deductible and below every ceiling, so that all are asked
    all five questions.
    """
    draw = random.Random(seed)
    return [Stay(draw.choice(list(LEVELS)), draw.randrange(2_000, 100_000), draw.randrange(96)) for _ in range(count)]
