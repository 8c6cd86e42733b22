"""Every repair at every step of every flow, for oneself and for a relative, does what repairs.yaml says."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from dialogs.conversation import Conversation
from dialogs.questions import ADVICE, ASKING, CORRECT, GOAL
from dialogs.replies import Question, Text
from dialogs.respond import Turn, open_question
from tests.cases import read_yaml
from tests.dialogs.test_respond import OPENERS, Make, start, walk

ROOT = Path(__file__).parents[2]
TABLE = read_yaml(Path(__file__).parent / "repairs.yaml")
MESSAGES = {
    str(each.id): str(each.string)
    for each in read_po(StringIO((ROOT / "locales/zh_Hans/LC_MESSAGES/messages.po").read_text("utf-8")))
}
ANSWERS = {"age": "40", "bill_total": "一万二"}


def steps(flow: str, subject: str, context: Make) -> Iterator[tuple[Conversation, Conversation]]:
    """The conversation at each question of a flow, with the one before it."""
    before = walk(start(context()), *([subject] if subject else []), context=context()).conversation
    turn = walk(before, OPENERS[flow], context=context())
    while turn.conversation.asked in ASKING:
        yield before, turn.conversation
        before, asked = turn.conversation, turn.replies[-1]
        assert isinstance(asked, Question)
        answer = asked.choices[0].label if asked.choices else ANSWERS[asked.fact]
        turn = walk(turn.conversation, answer, context=context())


def cases() -> Iterator[Any]:
    for flow in ADVICE:
        for row in TABLE:
            for said in [row["say"]] if row.get("in_turn") else [[each] for each in row["say"]]:
                yield pytest.param(flow, row, said, id=f"{flow}-{'-'.join(said)}")


@pytest.mark.parametrize("subject", ["", "帮我妈问"], ids=["oneself", "mother"])
@pytest.mark.parametrize(("flow", "row", "said"), list(cases()))
def test_n05_a_repair_does_at_every_step_what_the_table_says(
    flow: str, row: dict[str, Any], said: list[str], subject: str, context: Make
) -> None:
    for before, here in steps(flow, subject, context):
        if row.get("in_turn") and not here.facts():
            continue
        turn = walk(here, *said, context=context())
        where = f"{said} at {here.asked}"
        assert_asks(row["asks"], before, here, turn, where)
        if turn.conversation.asked is not None:
            assert turn.replies[-1] == open_question(turn.conversation, context()), where
        assert turn.conversation.facts() == kept(row["keeps"], before, here), where
        assert (turn.conversation.flows == here.flows) == (row["goal"] == "kept") or row["asks"] == "before", where
        assert turn.conversation.locale == row.get("language", "zh_Hans"), where
        assert turn.conversation.large_text == row.get("large", False), where
        assert turn.conversation.subject == ("self" if row["keeps"] == "none" else here.subject), where
        if "says" in row:
            texts = "\n".join(each.text for each in turn.replies if isinstance(each, Text))
            assert any(opening(message) in texts for message in row["says"]), f"{where} says {texts!r}"


def assert_asks(wanted: str, before: Conversation, here: Conversation, turn: Turn, where: str) -> None:
    asked = turn.conversation.asked
    match wanted:
        case "same":
            assert asked == here.asked, where
        case "before":
            assert asked == (before.asked if before.asked in ASKING else GOAL), where
        case "goal":
            assert asked == GOAL, where
        case "which":
            assert asked == (CORRECT if here.facts() else here.asked), where
        case "first":
            assert asked == next(iter(here.facts())), where
        case "on":
            assert asked != here.asked, where
            assert here.asked in turn.conversation.unsure(), where


def opening(message: str) -> str:
    """What a message says before its first placeholder."""
    return MESSAGES[message].split("{")[0]


def kept(wanted: str, before: Conversation, here: Conversation) -> dict[str, Any]:
    match wanted:
        case "but_last":
            return before.facts()
        case "but_first":
            return dict(list(here.facts().items())[1:])
        case "none":
            return {}
    return here.facts()
