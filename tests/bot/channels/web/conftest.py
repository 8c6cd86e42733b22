"""A conversation with every kind of reply, invented, and words that show their ids."""

from collections.abc import Callable

import pytest

from bot.channels.web.page import PageView, TurnView
from dialogs.replies import Choice, Comparison, Decision, Line, Question, Reason, Receipt, Row, Source, Text

ARTICLE = Source(
    "嘉政发〔2007〕70号 第十条", "户口在本地的居民可以参加。", "嘉兴市人民政府的办法，2007年11月", "官方原文"
)
DEMO = Source("示例县 第三条", "乡镇卫生院起付300元，报销60%。", "示例县的办法", "示例")


def choices(*labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(f"value-{at}", label) for at, label in enumerate(labels))


GREETING = TurnView(
    "", (Text("您好。\n想问什么？"), Question("intent", "您想问什么？", choices("参保", "交费", "报销")))
)
WHOM = TurnView("我妈能参加吗", (Question("subject", "问的是谁？", choices("自己", "妈妈"), "点一下就行。"),))
DECISION = TurnView(
    "妈妈",
    (
        Decision(
            "eligible",
            "您母亲可以参加。",
            (
                Reason("户口在本地", True, (ARTICLE, DEMO)),
                Reason("没有职工医保", False),
                Reason("别处没有参加", None),
            ),
            ("带户口簿去社区。",),
        ),
        Text("不能重复参加。", "warning"),
        Text("这是说明。", "note"),
    ),
)
RECEIPT = TurnView(
    "花了一万二",
    (
        Receipt(
            "能报 7,020.00元。",
            (
                Line("总费用", "12,000.00元", "total"),
                Line("起付线", "300.00元", "step", (DEMO,)),
                Line("按60%由基金支付", "7,020.00元", "part", (DEMO, ARTICLE)),
                Line("个人负担", "4,980.00元", "result"),
            ),
            ("按全部费用都在目录里算。",),
            "示例数据",
        ),
    ),
)
COMPARISON = TurnView(
    "比一比",
    (
        Comparison(
            "乡镇最省。",
            "医院",
            "基金支付",
            "个人负担",
            (
                Row("乡镇卫生院", "7,020.00元", "4,980.00元"),
                Row("市外", "0.00元 至 3,850.00元", "8,150.00元 至 12,000.00元", "要先转院"),
            ),
            ("每次都从头算。",),
            (DEMO,),
            "示例数据",
        ),
        Question("care", "住院还是门诊？", choices("住院", "门诊")),
    ),
)


@pytest.fixture
def conversation() -> tuple[TurnView, ...]:
    return (GREETING, WHOM, DECISION, RECEIPT, COMPARISON)


@pytest.fixture
def words() -> Callable[..., str]:
    return lambda message_id, **params: " ".join([message_id, *params.values()])


@pytest.fixture
def view(conversation: tuple[TurnView, ...]) -> PageView:
    return PageView("zh_Hans", False, conversation, "id-of-this-page", False, False)
