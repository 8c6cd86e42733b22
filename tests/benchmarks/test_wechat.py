"""What stands for WeChat in the measurements: its requests open in our envelope, and it believes no answer but ours."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest

from benchmarks.wechat_account import AES_KEY, APP_ID, TOKEN, answer, request
from bot.channels.wechat.envelope import Envelope
from bot.channels.wechat.messages import Received, read_message
from bot.channels.wechat.rendering import said
from bot.settings import Settings

Answered = Callable[[str], str]


@pytest.fixture
def envelope(settings: Callable[..., Settings]) -> Envelope:
    return Envelope(settings(wechat_token=TOKEN, wechat_app_id=APP_ID, wechat_aes_key=AES_KEY))


def opened(envelope: Envelope, whole: bytes) -> Received:
    head, _, body = whole.partition(b"\r\n\r\n")
    target = head.decode().split(" ")[1]
    return read_message(envelope.open(dict(parse_qsl(urlsplit(target).query)), body).xml)


@pytest.fixture
def answered(envelope: Envelope) -> Answered:
    """The response to somebody's message."""

    def make(openid: str) -> str:
        head, _, body = request(openid, "算算能报多少").partition(b"\r\n\r\n")
        letter = envelope.open(dict(parse_qsl(urlsplit(head.decode().split(" ")[1]).query)), body)
        reply = said("在哪一级医院？", read_message(letter.xml)).render()
        return f"HTTP/1.1 200 OK\r\n\r\n{envelope.close(letter, reply)}"

    return make


def test_a_request_is_a_message_of_its_person_and_no_two_are_copies(envelope: Envelope) -> None:
    first, second = (opened(envelope, request("o1", "住院花了两万")) for _ in range(2))
    assert (first.account, first.text, first.kind) == ("o1", "住院花了两万", "text")
    assert first.message_id != second.message_id


def test_an_answer_is_read_by_whom_it_is_for_and_nobody_else(answered: Answered) -> None:
    assert answer(answered("o1").encode(), "o1") == "在哪一级医院？"
    assert answer(answered("o1").encode(), "o2") == ""


def test_what_is_not_signed_or_no_answer_at_all_counts_as_none(answered: Answered) -> None:
    right = answered("o1")
    forged = right.replace("<MsgSignature><![CDATA[", "<MsgSignature><![CDATA[0")
    for wrong in (forged, right.replace("200 OK", "503 Unavailable"), "HTTP/1.1 200 OK\r\n\r\nsuccess"):
        assert answer(wrong.encode(), "o1") == ""
