"""W5: what comes over HTTP and is no message is refused, and upsets nothing."""

from __future__ import annotations

import os
import struct
from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.channels.wechat.webhook import LARGEST_MESSAGE
from tests.bot.channels.wechat.hebao import Hebao, Resident
from tests.bot.channels.wechat.hostile import HOSTILE, body_for, encrypted, unencrypted
from tests.standins.wechat.phone import Account, Phone


@pytest.mark.parametrize("mode", ["plain", "encrypted"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_w05_a_body_that_is_no_message_is_refused_and_not_dealt_with(
    hebao: Hebao, account: Account, kind: str, mode: str
) -> None:
    resident = Resident(hebao, account)
    body = body_for(resident.openid, HOSTILE[kind])
    push = unencrypted(account, body) if mode == "plain" else encrypted(account, body)
    assert 400 <= hebao.post(push).status_code < 500
    assert resident.turns == 0
    # The next one is answered: nothing has been upset.
    assert "职工" in resident.says("我能参保吗").text


@pytest.mark.parametrize("kind", HOSTILE)
def test_w05_a_frame_that_is_none_is_refused(hebao: Hebao, account: Account, kind: str) -> None:
    push = unencrypted(account, body_for("o1", HOSTILE[kind]))
    query = {**push.query, "encrypt_type": "aes", "msg_signature": push.query["signature"]}
    assert 400 <= hebao.post(replace(push, query=query)).status_code < 500


@pytest.mark.parametrize(
    "inside",
    ["<Encrypt/>", "<Encrypt><a>1</a></Encrypt>", "<Encrypt>A</Encrypt><Encrypt>B</Encrypt>", "<encrypt>A</encrypt>"],
)
def test_w05_a_frame_without_one_cipher_text_is_refused(hebao: Hebao, account: Account, inside: str) -> None:
    push = unencrypted(account, f"<xml><ToUserName>g</ToUserName>{inside}</xml>".encode())
    for signed in ("", "A", "B", "AB"):
        signature = account.signs(push.query["timestamp"], push.query["nonce"], signed)
        query = {**push.query, "encrypt_type": "aes", "msg_signature": signature}
        assert 400 <= hebao.post(replace(push, query=query)).status_code < 500


@pytest.mark.parametrize("length", [0, 1, 2**31 - 1, 2**31, 2**32 - 1, 50])
def test_w05_a_length_that_is_a_lie_is_refused(hebao: Hebao, account: Account, length: int) -> None:
    resident = Resident(hebao, account)
    inside = os.urandom(16) + struct.pack(">I", length) + resident.types("你好").xml.encode() + account.app_id.encode()
    assert 400 <= hebao.post(encrypted(account, inside, raw=True)).status_code < 500
    assert resident.turns == 0


@pytest.mark.parametrize("padding", [b"", b"\0" * 32, b"\x21" * 33, b"\xff" * 255, b"\x10" * 15])
def test_w05_padding_that_is_none_is_refused_or_read_but_never_an_error(
    hebao: Hebao, account: Account, padding: bytes
) -> None:
    xml = Phone(account).types("你好").xml.encode()
    inside = os.urandom(16) + struct.pack(">I", len(xml)) + xml + account.app_id.encode() + padding
    assert hebao.post(encrypted(account, inside, raw=True)).status_code < 500


@pytest.mark.parametrize("kind", ["AES", "Aes", "", "des", "aes,raw", "\0"])
def test_w05_a_way_of_encrypting_that_nobody_knows_is_refused(hebao: Hebao, resident: Resident, kind: str) -> None:
    push = resident.types("能参保吗")
    assert hebao.post(replace(push, query={**push.query, "encrypt_type": kind})).status_code in (400, 403)
    assert resident.turns == 0


def test_w05_a_body_that_is_too_long_is_refused_and_the_longest_that_comes_is_read(
    hebao: Hebao, account: Account
) -> None:
    resident = Resident(hebao, replace(account, mode="compatible"))
    long = resident.types("参" * 682)
    assert resident.hears(long) is not None
    for size in (LARGEST_MESSAGE + 1, 10 * LARGEST_MESSAGE, 3_000_000):
        try:
            response = hebao.post(unencrypted(account, b"<xml>" + b"a" * size))
        except (httpx.WriteError, httpx.RemoteProtocolError):  # it hung up on us, which is its right
            continue
        assert response.status_code == 413
    assert resident.turns == 1


def test_w05_a_sender_who_leaves_in_the_middle_upsets_nobody(hebao: Hebao, resident: Resident) -> None:
    push = resident.types("能参保吗")

    def half() -> Any:
        yield push.body[:20]
        raise httpx.WriteError("gone")

    with pytest.raises(httpx.WriteError):
        hebao.client.post("/wechat", params=push.query, content=half(), headers={"Content-Length": "999"})
    assert resident.turns == 0
    assert "职工" in resident.told(push).text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_w05_other_methods_are_refused(hebao: Hebao, account: Account, method: str) -> None:
    response = hebao.client.request(method, "/wechat", params=account.asks_echo())
    assert response.status_code == 405
