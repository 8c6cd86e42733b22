"""What WeChat says to a message, and what whoever sends is told of it; over real HTTP."""

from __future__ import annotations

import logging
import socket
import traceback
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.channels.faults import (
    BadTarget,
    Blocked,
    DeliveryFault,
    Misconfigured,
    NoConsent,
    NotAccepted,
    NoWindow,
    QuotaSpent,
    Unavailable,
    Wait,
)
from bot.channels.wechat.api.advice import advice
from bot.channels.wechat.api.client import WeChatClient
from bot.channels.wechat.api.codes import WeChatMisconfigured
from bot.channels.wechat.api.transport import Transport
from bot.languages import LOCALES, catalogue
from bot.settings import Settings
from member_store.store import Store
from member_store.tokens import Tokens
from tests.standins.wechat import RunningWeChat

SEND = "message/custom/send"
NOTICE = "message/subscribe/bizsend"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
CHINA = timezone(timedelta(hours=8))


@pytest.fixture
def openid(wechat: RunningWeChat) -> str:
    """Somebody who has just written."""
    user = wechat.user()
    wechat.opens(user.openid)
    return user.openid


async def fault_from(call: Awaitable[object]) -> DeliveryFault:
    with pytest.raises(DeliveryFault) as raised:
        await call
    return raised.value


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """What our side logged, at any level: the stand-in runs in this process too, and logs what it is called with."""
    assert any(record.name.startswith("httpcore") for record in caplog.records)
    ours = [record for record in caplog.records if not record.name.startswith("uvicorn")]
    return "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in ours)


async def test_words_arrive_as_they_are(client: WeChatClient, wechat: RunningWeChat, openid: str) -> None:
    await client.send_text(openid, '您好，妈妈😀 ]]></Content> \\u4f60 "引号"')
    assert [each["text"] for each in wechat.seen(openid)] == ['您好，妈妈😀 ]]></Content> \\u4f60 "引号"']


async def test_json_leaves_as_raw_utf8(client: WeChatClient, wechat: RunningWeChat, openid: str) -> None:
    await client.send_text(openid, "能不能参加？")
    assert [call["escaped"] for call in wechat.calls if call["endpoint"] == SEND] == [False]


async def test_half_a_character_does_no_harm(client: WeChatClient, wechat: RunningWeChat, openid: str) -> None:
    await client.send_text(openid, "好\ud83d")
    assert wechat.seen(openid)[0]["text"] == "好?"


async def test_a_question_can_be_sent_with_answers_to_tap(
    client: WeChatClient, wechat: RunningWeChat, openid: str
) -> None:
    await client.send_menu(openid, "哪一种？", [("17_0", "住院"), ("17_1", "门诊")])
    assert wechat.seen(openid)[0]["items"] == [{"id": "17_0", "content": "住院"}, {"id": "17_1", "content": "门诊"}]


async def test_typing_is_shown_to_whoever_has_just_written(
    client: WeChatClient, wechat: RunningWeChat, openid: str
) -> None:
    await client.typing(openid)
    assert wechat.user(openid).typing


async def test_a_picture_is_uploaded_once_and_sent_as_often_as_wanted(
    client: WeChatClient, wechat: RunningWeChat, openid: str
) -> None:
    for _ in range(3):
        await client.send_picture(openid, PNG)
    assert wechat.count("media/upload") == 1
    assert [each["bytes"] for each in wechat.seen(openid)] == [len(PNG)] * 3


async def test_a_picture_whose_days_are_over_is_uploaded_again(
    client: WeChatClient, wechat: RunningWeChat, openid: str
) -> None:
    await client.send_picture(openid, PNG)
    wechat.media.clear()
    await client.send_picture(openid, PNG)
    assert wechat.count("media/upload") == 2
    assert len(wechat.seen(openid)) == 2


async def test_what_is_no_picture_is_refused_for_good(client: WeChatClient, openid: str) -> None:
    assert isinstance(await fault_from(client.send_picture(openid, b"<svg/>")), NotAccepted)


async def test_a_template_message_has_wechats_own_id(client: WeChatClient, wechat: RunningWeChat, openid: str) -> None:
    sent = await client.send_template(openid, "T1", {"thing1": {"value": "交费"}}, "https://hebao.example/")
    assert sent == str(wechat.seen(openid)[0]["message_id"])


# -- W17, W18: windows and agreements, as far as WeChat tells of them -------------------------------------------------


async def test_w17_outside_the_window_is_no_window(client: WeChatClient, wechat: RunningWeChat) -> None:
    silent = wechat.user().openid
    fault = await fault_from(client.send_text(silent, "您好"))
    assert (type(fault), fault.code) == (NoWindow, "45015")


async def test_w17_past_the_count_is_no_window(client: WeChatClient, wechat: RunningWeChat, openid: str) -> None:
    for number in range(5):
        await client.send_text(openid, f"第{number}条")
    fault = await fault_from(client.send_text(openid, "第六条"))
    assert (type(fault), fault.code) == (NoWindow, "45047")
    assert len(wechat.seen(openid)) == 5


async def test_w18_without_consent_is_no_consent_and_is_not_tried_again(
    client: WeChatClient, wechat: RunningWeChat, openid: str
) -> None:
    wechat.consents(openid, "T1")
    notice = {"thing1": {"value": "居民医保"}}
    await client.send_subscription(openid, "T1", notice)
    fault = await fault_from(client.send_subscription(openid, "T1", notice))
    assert (type(fault), fault.code) == (NoConsent, "43101")
    assert wechat.count(NOTICE) == 2


# -- W19: each error code ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_w19_a_token_that_is_refused_is_refreshed_once(
    client: WeChatClient, wechat: RunningWeChat, openid: str, code: int
) -> None:
    wechat.fails(SEND, code)
    await client.send_text(openid, "您好")
    assert wechat.count(SEND) == 2
    assert len(wechat.seen(openid)) == 1


async def test_w19_a_token_that_somebody_made_invalid_is_replaced(
    client: WeChatClient, wechat: RunningWeChat, openid: str
) -> None:
    await client.send_text(openid, "一")
    wechat.invalidate_tokens()
    await client.send_text(openid, "二")
    assert [each["text"] for each in wechat.seen(openid)] == ["一", "二"]
    assert wechat.count("stable_token") == 2
    assert not wechat.forced


async def test_w19_a_token_that_wechat_gives_out_and_refuses_is_replaced_by_force(
    client: WeChatClient, wechat: RunningWeChat, openid: str
) -> None:
    await client.send_text(openid, "一")
    # Still what is given out to whoever asks, but good for nothing.
    assert wechat.stable is not None
    kept = wechat.tokens[wechat.stable]
    wechat.fails(SEND, 40001)
    await client.send_text(openid, "二")
    assert len(wechat.forced) == 1
    assert kept not in wechat.tokens.values() or len(wechat.tokens) == 1
    assert [each["text"] for each in wechat.seen(openid)] == ["一", "二"]


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_w19_a_token_that_is_refused_twice_needs_somebody(
    client: WeChatClient, wechat: RunningWeChat, openid: str, code: int
) -> None:
    wechat.fails(SEND, code, times=None)
    fault = await fault_from(client.send_text(openid, "您好"))
    assert isinstance(fault, Misconfigured)
    assert fault.code == str(code)
    assert wechat.count(SEND) == 2
    assert wechat.count("stable_token") <= 3


async def test_w19_an_address_that_is_not_on_the_list_needs_somebody_and_is_named(
    client: WeChatClient, wechat: RunningWeChat, openid: str
) -> None:
    wechat.rules.whitelist = ["203.0.113.9"]
    fault = await fault_from(client.send_text(openid, "您好"))
    wechat.rules.whitelist = None
    assert isinstance(fault, WeChatMisconfigured)
    assert (fault.code, fault.address) == ("40164", "127.0.0.1")
    assert wechat.count("stable_token") == 1
    for locale in LOCALES:
        assert "127.0.0.1" in advice(fault, catalogue(locale))


async def test_w19_minus_one_backs_off_and_then_gives_up(
    client: WeChatClient, wechat: RunningWeChat, openid: str
) -> None:
    wechat.fails(SEND, -1, times=2)
    await client.send_text(openid, "您好")
    assert wechat.count(SEND) == 3
    wechat.fails(SEND, -1, times=None)
    fault = await fault_from(client.send_text(openid, "您好"))
    assert isinstance(fault, Unavailable)
    assert not fault.in_doubt
    assert wechat.count(SEND) == 6


async def test_w19_a_spent_quota_stops_this_way_until_midnight_in_china(
    client: WeChatClient, wechat: RunningWeChat, openid: str
) -> None:
    wechat.fails(SEND, 45009)
    fault = await fault_from(client.send_text(openid, "您好"))
    assert isinstance(fault, QuotaSpent)
    until = fault.until.astimezone(CHINA)
    assert (until.hour, until.minute, until.second) == (0, 0, 0)
    assert timedelta() < fault.until - datetime.now(UTC) <= timedelta(days=1)
    assert isinstance(await fault_from(client.send_text(openid, "您好")), QuotaSpent)
    assert wechat.count(SEND) == 1
    # Other ways have quotas of their own.
    wechat.consents(openid, "T1")
    await client.send_subscription(openid, "T1", {"thing1": {"value": "交费"}})


async def test_w19_after_midnight_in_china_the_quota_is_there_again(
    wechat_settings: Callable[..., Settings], store: Store, wechat: RunningWeChat, openid: str
) -> None:
    moment = [datetime(2026, 3, 1, 15, 59, tzinfo=UTC)]
    client = WeChatClient(wechat_settings(), Tokens(store), now=lambda: moment[0])
    wechat.fails(SEND, 45009)
    fault = await fault_from(client.send_text(openid, "您好"))
    assert isinstance(fault, QuotaSpent)
    assert fault.until == datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
    moment[0] = fault.until
    await client.send_text(openid, "您好")
    await client.aclose()


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (45011, Wait),
        (45015, NoWindow),
        (45047, NoWindow),
        (45002, NotAccepted),
        (47003, NotAccepted),
        (43004, Blocked),
        (43101, NoConsent),
        (40003, BadTarget),
        (48001, Misconfigured),
        (40037, Misconfigured),
        (99999, NotAccepted),
    ],
)
async def test_w19_each_code_is_one_fault_and_is_not_tried_again(
    client: WeChatClient, wechat: RunningWeChat, openid: str, code: int, fault: type[DeliveryFault]
) -> None:
    wechat.fails(SEND, code, times=None)
    raised = await fault_from(client.send_text(openid, "您好"))
    assert isinstance(raised, fault)
    assert raised.code == str(code)
    assert wechat.count(SEND) == 1


async def test_w19_a_minute_s_quota_says_how_long_to_wait(
    client: WeChatClient, wechat: RunningWeChat, openid: str
) -> None:
    wechat.fails(SEND, 45011)
    fault = await fault_from(client.send_text(openid, "您好"))
    assert isinstance(fault, Wait)
    assert 1 <= fault.after <= 60


async def test_w19_a_stranger_is_a_bad_target_and_one_who_left_has_blocked(
    client: WeChatClient, wechat: RunningWeChat, openid: str
) -> None:
    assert isinstance(await fault_from(client.send_text("oNobody", "您好")), BadTarget)
    wechat.leaves(openid)
    assert isinstance(await fault_from(client.send_text(openid, "您好")), Blocked)


async def test_w19_a_text_that_is_too_long_is_not_accepted(
    client: WeChatClient, wechat: RunningWeChat, openid: str
) -> None:
    await client.send_text(openid, "字" * 682)
    assert isinstance(await fault_from(client.send_text(openid, "字" * 683)), NotAccepted)


# -- the way to WeChat ------------------------------------------------------------------------------------------------


async def test_w19_no_connection_is_unavailable_and_nothing_is_in_doubt(
    wechat_settings: Callable[..., Settings], store: Store
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = WeChatClient(wechat_settings(wechat_api_base=f"http://127.0.0.1:{port}"), Tokens(store))
    fault = await fault_from(client.send_text("oSomebody", "您好"))
    await client.aclose()
    assert isinstance(fault, Unavailable)
    assert not fault.in_doubt


async def test_w19_an_answer_that_does_not_come_in_time_is_in_doubt(
    wechat_settings: Callable[..., Settings], store: Store, wechat: RunningWeChat, openid: str
) -> None:
    transport = Transport(wechat.url, read_seconds=0.3)
    client = WeChatClient(wechat_settings(), Tokens(store), transport=transport)
    wechat.fails(SEND, 0, delay=0.9, after_acting=True)
    fault = await fault_from(client.send_text(openid, "您好"))
    await client.aclose()
    assert isinstance(fault, Unavailable)
    assert fault.in_doubt
    assert wechat.count(SEND) == 1


@pytest.mark.parametrize("how", [{"drop": True}, {"status": 502}, {"body": "<html>busy</html>"}])
async def test_w19_an_answer_that_breaks_off_or_is_none_is_in_doubt(
    client: WeChatClient, wechat: RunningWeChat, openid: str, how: dict[str, object]
) -> None:
    wechat.fails(SEND, after_acting=True, **how)
    fault = await fault_from(client.send_text(openid, "您好"))
    assert isinstance(fault, Unavailable)
    assert fault.in_doubt
    assert len(wechat.seen(openid)) == 1


# -- W26: what is said of it ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "how",
    [
        {"errcode": 40003},
        {"errcode": 40001, "times": None},
        {"errcode": 48001},
        {"drop": True},
        {"status": 502},
        {"status": 404},
        {"body": "<html>"},
    ],
)
async def test_w26_neither_a_fault_nor_the_log_tells_secrets(
    client: WeChatClient,
    wechat: RunningWeChat,
    openid: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    how: dict[str, object],
) -> None:
    with caplog.at_level(logging.DEBUG):
        await client.send_text(openid, "前一条")
        wechat.fails(SEND, **how)
        fault = await fault_from(client.send_text(openid, "身份证号330402194603120021"))
    told = "".join(traceback.format_exception(fault)) + str(vars(fault)) + repr(client) + logged(caplog)
    told += "".join(capfd.readouterr())
    assert fault.__context__ is None
    assert fault.__cause__ is None
    assert wechat.stable is not None
    for secret in (openid, wechat.secret, wechat.stable, *wechat.tokens, "330402194603120021"):
        assert secret not in told


async def test_w26_a_login_that_fails_tells_neither_code_nor_secret(
    client: WeChatClient, wechat: RunningWeChat, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        wechat.fails("sns/oauth2/access_token", drop=True)
        fault = await fault_from(client.openid_of("aCodeOfSomebodys"))
    told = "".join(traceback.format_exception(fault)) + logged(caplog)
    assert wechat.secret not in told
    assert "aCodeOfSomebodys" not in told
