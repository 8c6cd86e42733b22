"""What WeChat tells later of notices: agreed to, refused, arrived or not; and what the ledger then has."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from member_store.members import deliveries, notice_consents
from tests.bot.channels.wechat.hebao import CHANNEL, Hebao, Resident

TEMPLATE = "pY7cUq2m0hBq3aW1kT9vXs8rLd4eNf6gZjRi5oAuMwE"

_numbers = iter(range(3_000_001, 4_000_000))


def sent_to(resident: Resident) -> str:
    """A message that WeChat has taken for somebody; its id there."""
    number = str(next(_numbers))
    with resident.hebao.service.store.records() as records:
        delivery = deliveries.leave(records, CHANNEL, resident.openid, "answer_waiting", {})
        assert deliveries.begin(records, delivery, "notice")
        deliveries.sent(records, delivery, number)
    return number


def state_of(hebao: Hebao, number: str) -> tuple[str, str | None]:
    with hebao.service.store.reading_records() as records:
        found = text("SELECT state, reason FROM delivery WHERE platform_id = :number")
        return tuple(records.connection.execute(found, {"number": number}).one())


def may_be_sent(resident: Resident, times: int = 1) -> bool:
    """Whether so many notices may be sent; uses all of them up."""
    with resident.hebao.service.store.records() as records:
        found = []
        for _ in range(times):
            found.append(notice_consents.left(records, CHANNEL, resident.openid, TEMPLATE))
            notice_consents.used(records, CHANNEL, resident.openid, TEMPLATE)
        return all(found) and not notice_consents.left(records, CHANNEL, resident.openid, TEMPLATE)


def told_of_choice(resident: Resident, *choices: str, event: str = "subscribe_msg_popup_event") -> object:
    """What WeChat sends after somebody has chosen, once for each choice."""
    around = "".join(part.title() for part in event.removesuffix("_event").split("_")) + "Event"
    listed = "".join(
        f"<List><TemplateId><![CDATA[{TEMPLATE}]]></TemplateId>"
        f"<SubscribeStatusString><![CDATA[{choice}]]></SubscribeStatusString><PopupScene>1</PopupScene></List>"
        for choice in choices
    )
    xml = resident.writes("event", f"<{around}>{listed}</{around}>", Event=event)
    push = resident.account.pushes(xml)
    assert resident.hears(push) is None
    return push


@pytest.mark.parametrize(
    ("status", "then"),
    [
        ("success", ("sent", None)),
        ("failed:user block", ("refused", "blocked")),
        ("failed: system failed", ("refused", "unavailable")),
        ("failed:something new", ("refused", "failed")),
    ],
)
def test_w21_what_became_of_a_template_message_is_written_down(
    resident: Resident, status: str, then: tuple[str, str | None]
) -> None:
    number = sent_to(resident)
    push = resident.reports("TEMPLATESENDJOBFINISH", MsgID=number, Status=status)
    assert resident.hears(push) is None
    assert state_of(resident.hebao, number) == then
    assert resident.hears(resident.again(push)) is None


def test_w21_what_is_told_of_a_message_that_nobody_knows_changes_nothing(resident: Resident) -> None:
    number = sent_to(resident)
    assert resident.hears(resident.reports("TEMPLATESENDJOBFINISH", MsgID="1", Status="failed:user block")) is None
    assert state_of(resident.hebao, number) == ("sent", None)


@pytest.mark.parametrize(
    ("code", "status", "then"),
    [
        ("0", "success", ("sent", None)),
        ("43101", "failed", ("refused", "no_consent")),
        ("50001", "failed", ("refused", "failed")),
    ],
)
def test_w18_what_became_of_a_subscription_notice_is_written_down(
    resident: Resident, code: str, status: str, then: tuple[str, str | None]
) -> None:
    number = sent_to(resident)
    listed = (
        f"<List><TemplateId><![CDATA[{TEMPLATE}]]></TemplateId><MsgID>{number}</MsgID>"
        f"<ErrorCode>{code}</ErrorCode><ErrorStatus><![CDATA[{status}]]></ErrorStatus></List>"
    )
    xml = resident.writes(
        "event", f"<SubscribeMsgSentEvent>{listed}</SubscribeMsgSentEvent>", Event="subscribe_msg_sent_event"
    )
    assert resident.hears(resident.account.pushes(xml)) is None
    assert state_of(resident.hebao, number) == then


def test_w18_each_agreement_is_one_notice_and_a_copy_of_it_is_none(resident: Resident) -> None:
    push = told_of_choice(resident, "accept", "accept")
    assert resident.hears(resident.again(push)) is None
    assert may_be_sent(resident, 2)


def test_w18_a_refusal_ends_what_was_agreed_to(resident: Resident) -> None:
    told_of_choice(resident, "accept")
    told_of_choice(resident, "reject")
    assert not may_be_sent(resident)


def test_w18_whoever_takes_an_agreement_back_in_the_settings_gets_nothing_more(resident: Resident) -> None:
    told_of_choice(resident, "accept", "accept")
    told_of_choice(resident, "reject", event="subscribe_msg_change_event")
    assert not may_be_sent(resident)


def test_w18_none_of_this_takes_a_turn_that_anybody_sees(resident: Resident) -> None:
    asked = resident.says("我能参保吗")
    told_of_choice(resident, "accept")
    assert resident.facts == {}
    assert resident.says("没参加职工医保").text != asked.text
    assert resident.facts == {"employee_insured": False}
