"""W1 to W4 over HTTP: whose requests are taken, and in which mode they are answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.bot.channels.wechat.hebao import AES_KEY, Hebao, Resident
from tests.standins.wechat.phone import Account, Banner, Mode, Phone

OLD_KEY = 42 * "Q" + "A"


# -- who asks ----------------------------------------------------------------------------------------------------------


def test_w01_the_echo_is_answered_byte_for_byte_as_plain_text(hebao: Hebao, account: Account) -> None:
    for echo in ("4375120948345356249", "a b+c&d", "<b>é</b>"):
        response = hebao.client.get("/wechat", params=account.asks_echo(echo))
        assert (response.status_code, response.content) == (200, echo.encode())
        assert response.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("name", ["signature", "timestamp", "nonce", "echostr"])
@pytest.mark.parametrize("spoilt", ["left out", "empty", "wrong"])
def test_w01_without_the_right_parameters_nothing_is_echoed(
    hebao: Hebao, account: Account, name: str, spoilt: str
) -> None:
    query = account.asks_echo("4375120948345356249")
    if spoilt == "wrong":
        query[name] = "1" + query[name][1:] if query[name][0] != "1" else "2" + query[name][1:]
    elif spoilt == "empty":
        query[name] = ""
    else:
        del query[name]
    response = hebao.client.get("/wechat", params=query)
    if (name, spoilt) == ("echostr", "wrong"):  # it is not signed: whatever it is, it is echoed
        assert response.text == query["echostr"]
        return
    assert response.status_code == 403
    assert "4375120948345356249" not in response.text


def test_w02_a_message_of_another_time_is_refused_and_not_dealt_with(hebao: Hebao, resident: Resident) -> None:
    resident.now = 1_700_000_000
    assert hebao.post(resident.types("能参保吗")).status_code == 403
    assert resident.turns == 0


# -- modes and keys ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
def test_w03_each_mode_is_answered_in_itself(hebao: Hebao, account: Account, mode: Mode) -> None:
    resident = Resident(hebao, replace(account, mode=mode))
    push = resident.types("我妈65岁，能参保吗")
    response = hebao.post(push)
    assert response.headers["content-type"].startswith("text/xml")
    assert (b"<Encrypt>" in response.content) == (mode != "plain")
    assert (b"Content" in response.content) == (mode == "plain"), "an encrypted answer says it in clear as well"
    shown = resident.sees(response.content)
    assert shown is not None
    assert "您母亲" in shown.text
    assert resident.facts["age"] == 65


def test_w03_what_stands_in_clear_beside_an_encrypted_message_counts_for_nothing(
    hebao: Hebao, account: Account
) -> None:
    resident = Resident(hebao, replace(account, mode="compatible"))
    push = resident.types("能参保吗")
    changed = replace(push, body=push.body.replace("能参保吗".encode(), "我要转人工".encode()))
    assert changed.body != push.body
    assert "职工" in resident.told(changed).text
    assert [each.text for each in hebao.turns(resident.openid)] == ["能参保吗"]


@pytest.mark.parametrize(
    "other",
    [
        {"mode": "plain", "token": "anotherToken"},
        {"token": "anotherToken"},
        {"app_id": "wx0000000000000000"},
        {"aes_key": OLD_KEY},
    ],
)
def test_w03_what_another_account_sends_is_refused(hebao: Hebao, account: Account, other: dict[str, Any]) -> None:
    resident = Resident(hebao, replace(account, **other))
    response = hebao.post(resident.types("能参保吗"))
    assert response.status_code == 403
    assert resident.turns == 0


def test_w04_while_a_new_key_spreads_both_are_good_and_each_is_answered_under_itself(
    open_hebao: Callable[..., Hebao], account: Account
) -> None:
    hebao = open_hebao(wechat_aes_key_previous=OLD_KEY)
    for key in (OLD_KEY, AES_KEY, OLD_KEY):
        resident = Resident(hebao, replace(account, aes_key=key))
        # The phone knows no other key, so it could not read an answer under the other one.
        assert "职工" in resident.says("我能参保吗").text
    answer = hebao.post(Phone(replace(account, aes_key=OLD_KEY)).types("你好")).content
    with pytest.raises(Banner):
        account.opens(answer)
