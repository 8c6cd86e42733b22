"""W23: everything that tries to be known as somebody else, and every way in which a login can fail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from sqlalchemy import func, select

from bot.channels.wechat import login
from member_store.members import logins
from member_store.tables.sending import login_states
from tests.bot.channels.wechat.hebao import Hebao, Resident
from tests.bot.channels.wechat.pages.browser import EXCHANGE, PUBLIC_URL, Browser, Open, is_known, refused
from tests.standins.wechat import RunningWeChat


def test_w23_a_state_is_good_once(browser: Browser, wechat: RunningWeChat) -> None:
    back = browser.begins()
    secret = browser.client.cookies[login.BROWSER]
    assert browser.get(back).status_code == 303
    browser.client.cookies.set(login.BROWSER, secret, path="/wechat/login")
    again = browser.get(back)
    assert refused(again)
    # Whoever went back in their browser is led on, not through it all again.
    assert 'href="/"' in again.text
    assert wechat.count(EXCHANGE) == 1
    browser.client.cookies.delete("hebao")
    assert "/wechat/login?next=" in browser.get(back).text
    assert wechat.count(EXCHANGE) == 1
    assert not is_known(browser)


def test_w23_a_state_is_bound_to_its_browser(
    open_browser: Open, browser: Browser, resident: Resident, wechat: RunningWeChat
) -> None:
    victim = open_browser()
    # Somebody sends another person the address with a code of their own, who has begun nothing, or something else.
    assert refused(victim.get(browser.begins()))
    victim.begins()
    assert refused(victim.get(browser.begins()))
    assert wechat.count(EXCHANGE) == 0
    assert not is_known(victim)
    # That neither spoils what the victim does, nor what the sender does.
    victim.logs_in()
    assert is_known(victim)


def test_w23_without_the_cookie_nobody_comes_in(browser: Browser, wechat: RunningWeChat) -> None:
    back = browser.begins()
    kept = browser.client.cookies[login.BROWSER]
    browser.client.cookies.delete(login.BROWSER)
    assert refused(browser.get(back))
    for made_up in ("", "x", "é" * 32, kept[:-1], "A" * 32):
        cookie = f"{login.BROWSER}={made_up}".encode()
        answer = browser.client.get(back.removeprefix(PUBLIC_URL), headers={"Cookie": cookie})
        assert refused(answer)
    assert wechat.count(EXCHANGE) == 0


@pytest.mark.parametrize("change", ["state", "code", "next"])
@pytest.mark.parametrize("value", [None, "", "0" * 32, "é", "a b", "%00", "x" * 3000])
def test_w23_what_was_changed_on_the_way_lets_nobody_in(browser: Browser, change: str, value: str | None) -> None:
    parts = urlsplit(browser.begins("/?wanted=1"))
    query = dict(parse_qsl(parts.query))
    query.pop(change)
    if value is not None:
        query[change] = value
    answer = browser.get(f"{parts.path}?{urlencode(query)}")
    assert refused(answer, 400 if change == "next" else 403)
    assert not is_known(browser)


def test_w23_where_a_login_leads_cannot_be_changed_to_another_page_of_ours(browser: Browser) -> None:
    assert refused(browser.get(browser.begins("/").replace("next=%2F", "next=%2Fwechat%2Fnotices")))


def test_w23_a_state_does_not_last(browser: Browser, monkeypatch: pytest.MonkeyPatch, wechat: RunningWeChat) -> None:
    monkeypatch.setattr(logins, "LASTS", timedelta(seconds=-1))
    asked = browser.client.get("/wechat/login")
    state = parse_qs(urlsplit(asked.headers["location"]).query)["state"][0]
    cookie = asked.headers["set-cookie"].partition("=")[2].partition(";")[0]
    answer = browser.client.get(
        "/wechat/login/back",
        params={"next": "/", "state": state, "code": "abc"},
        headers={"Cookie": f"{login.BROWSER}={cookie}"},
    )
    assert refused(answer)
    assert wechat.count(EXCHANGE) == 0


def test_w23_a_code_that_was_used_or_is_too_old_is_refused(browser: Browser, wechat: RunningWeChat) -> None:
    used = parse_qs(urlsplit(browser.begins()).query)["code"][0]
    with_used = browser.begins()
    code = parse_qs(urlsplit(with_used).query)["code"][0]
    wechat.used_codes.add(used)  # 40163
    assert refused(browser.get(with_used.replace(code, used)))
    late = browser.begins()
    wechat.advance(wechat.rules.code_seconds + 1)  # 40029
    assert refused(browser.get(late))
    assert [call["errcode"] for call in wechat.calls if call["endpoint"] == EXCHANGE] == [40163, 40029]
    assert not is_known(browser)


AWAY = [
    "",
    "x",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "https://evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\r\nSet-Cookie: hebao=x",
    "/a@evil.example:x",
    "/wechat/login",
    "/wechat/login/back",
    "/\x00",
    "/é",
    "/" + "a" * 300,
]


@pytest.mark.parametrize("onward", AWAY)
def test_w23_a_login_leads_nowhere_else(browser: Browser, onward: str) -> None:
    answer = browser.client.get("/wechat/login", params={"next": onward})
    assert refused(answer, 400)
    assert "location" not in answer.headers
    answer = browser.client.get("/wechat/login/back", params={"next": onward, "state": "0" * 32, "code": "x"})
    assert refused(answer, 400)
    assert onward not in answer.text or onward in ("", "x")


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"errcode": -1, "times": None}, "连不上微信"),
        ({"errcode": 45011}, "连不上微信"),
        ({"drop": True}, "连不上微信"),
        ({"status": 502}, "连不上微信"),
        ({"body": "<html>"}, "连不上微信"),
        ({"body": '{"openid": 1}'}, "连不上微信"),
        ({"body": '{"openid": "../../x"}'}, "这次登录没有成"),
        ({"errcode": 40125}, "不能从微信登录"),
        ({"errcode": 40164}, "不能从微信登录"),
    ],
)
def test_w23_where_wechat_does_not_answer_a_plain_page_says_so(
    browser: Browser, wechat: RunningWeChat, how: dict[str, object], told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    back = browser.begins()
    wechat.fails(EXCHANGE, **how)
    answer = browser.get(back)
    assert refused(answer, 403 if told.startswith("这次") else 503)
    assert told in answer.text
    assert not is_known(browser)
    # W26
    said = "".join(capfd.readouterr())
    for secret in (*parse_qs(urlsplit(back).query)["code"], *parse_qs(urlsplit(back).query)["state"], wechat.secret):
        assert secret not in said


def test_w23_where_the_store_fails_a_plain_page_says_so(hebao: Hebao, browser: Browser) -> None:
    back = browser.begins()
    with hebao.service.store.records() as records:
        records.connection.exec_driver_sql("alter table login_state rename to gone")
    try:
        assert refused(browser.client.get("/wechat/login"), 503)
        assert refused(browser.get(back), 503)
    finally:
        with hebao.service.store.records() as records:
            records.connection.exec_driver_sql("alter table gone rename to login_state")
    assert browser.get(back).status_code == 303


def test_w23_nobody_can_fill_the_store_with_logins(
    hebao: Hebao, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logins, "MOST", 5)
    oldest = browser.begins()
    newest = [browser.begins() for _ in range(12)][-1]
    with hebao.service.store.reading_records() as records:
        assert records.connection.execute(select(func.count()).select_from(login_states)).scalar() == 5
    assert refused(browser.get(oldest))
    assert browser.get(newest).status_code == 303


def test_w23_nobody_can_log_in_where_it_is_not_set_up(open_hebao: Callable[..., Hebao]) -> None:
    for missing in ({"public_url": ""}, {"wechat_app_secret": "", "public_url": PUBLIC_URL}):
        hebao = open_hebao(**missing)
        assert hebao.client.get("/wechat/login").status_code == 404
        assert hebao.client.get("/wechat/login/back").status_code == 404
        assert hebao.client.get("/").status_code == 200
