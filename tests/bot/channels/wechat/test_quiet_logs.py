"""W26: nothing personal and no secret in the logs."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from tests.bot.channels.wechat.hebao import Hebao, Resident, at_once
from tests.bot.channels.wechat.hostile import HOSTILE, body_for, encrypted
from tests.standins.wechat.phone import Account

OTHERS = {"httpx", "httpcore", "uvicorn"}
"""What this test's own side logs: its requests, and the stand-in."""


def test_w26_nothing_personal_and_no_secret_is_logged_whatever_comes(
    hebao: Hebao,
    account: Account,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    resident = Resident(hebao, account)
    said = "我叫徐阿毛，身份证330499195206011120，电话13905730000"
    real = hebao.service.handle

    def fail(inbound: Any, now: Any = None) -> Any:
        if "失败" in inbound.text:
            raise KeyError(inbound.text, inbound.account)
        return real(inbound, now)

    monkeypatch.setattr(hebao.service, "handle", fail)
    push = resident.types(said)
    at_once(hebao, [push, push, resident.follows("qr-13905730000")])
    failed = resident.told(resident.types(f"失败 {said}"))
    assert "过一会儿" in failed.text
    for changed in (
        {"signature": "x", "msg_signature": "x"},
        {"timestamp": "1"},
        {"encrypt_type": "des"},
    ):
        hebao.post(replace(push, query={**push.query, **changed}))
    for body in HOSTILE.values():
        hebao.post(encrypted(account, body_for(resident.openid, body)))
    err = capfd.readouterr()
    ours = [each.getMessage() + str(each.exc_text) for each in caplog.records if each.name.split(".")[0] not in OTHERS]
    written = "\n".join([err.out, err.err, *ours])
    assert "wechat: turn failed" in written, "nothing was logged at all: this test sees no log"
    query = push.query
    for secret in (
        *("徐阿毛", "330499195206011120", "13905730000", "失败", resident.openid),
        *(account.token, account.aes_key, hebao.service._settings.wechat_app_secret, account.app_id),
        *(query["signature"], query["msg_signature"], query["nonce"]),
    ):
        assert secret not in written
