"""W23: who is at the page, for how long, and what cannot be made up."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import select

from bot.channels.web import sessions
from member_store.tables.conversations import conversations
from tests.bot.channels.wechat.hebao import Hebao, Resident
from tests.bot.channels.wechat.pages.browser import Browser, Open, is_known
from tests.standins.wechat import RunningWeChat


def test_w23_the_cookie_is_sealed_and_out_of_reach(hebao: Hebao, browser: Browser, resident: Resident) -> None:
    answer = browser.get(browser.begins())
    (cookie,) = (each for each in answer.headers.get_list("set-cookie") if each.startswith("hebao="))
    attributes = cookie.lower()
    assert "httponly" in attributes
    assert "samesite=lax" in attributes
    assert "max-age=" in attributes
    assert resident.openid not in cookie
    for secret in parse_qs(urlsplit(browser.begins()).query)["code"]:
        assert secret not in cookie


def test_w23_cookies_travel_encrypted_only_where_people_reach_us_so(
    open_hebao: Callable[..., Hebao], wechat: RunningWeChat
) -> None:
    secure = open_hebao(public_url="https://hebao.example")
    # What stands before it has taken the encryption off.
    for path in ("/", "/wechat/login"):
        for cookie in secure.client.get(path).headers.get_list("set-cookie"):
            assert "; secure" in cookie.lower(), path


def test_w23_whoever_logs_out_is_nobody_again(browser: Browser, resident: Resident) -> None:
    resident.says("我爸七十二岁")
    browser.logs_in()
    assert is_known(browser)
    assert browser.client.post("/logout", headers={"Origin": "https://evil.example"}).status_code == 403
    assert is_known(browser)
    assert browser.client.post("/logout").status_code == 303
    assert not is_known(browser)
    assert "我爸七十二岁" not in browser.get("/").text


def test_w23_no_cookie_can_be_made_up(hebao: Hebao, browser: Browser, resident: Resident) -> None:
    resident.says("我爸七十二岁")
    browser.logs_in()
    sealed = browser.client.cookies["hebao"]
    with hebao.service.store.reading_records() as records:
        of_the_store = records.connection.execute(select(conversations.c.state).limit(1)).scalar_one()
        with_other_purpose = hebao.service.store.seal("another", ["wechat", resident.openid, 2**40])
    changed = sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:]
    for made_up in (changed, sealed[:-4], sealed + "A", of_the_store, with_other_purpose, "h1.", "h1.x", "x" * 5000):
        # Without its filling, which no cookie may hold.
        page = httpx.get(f"{hebao.url}/", headers={"Cookie": f"hebao={made_up.rstrip('=')}"}, trust_env=False)
        assert page.status_code == 200
        assert "我爸七十二岁" not in page.text
        assert 'action="/logout"' not in page.text
    assert is_known(browser)


def test_w23_a_session_that_has_run_out_is_begun_anew_inside_wechat(
    browser: Browser, open_browser: Open, resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = open_browser(resident.openid, user_agent="Mozilla/5.0 (X11; Linux)")
    monkeypatch.setattr(sessions, "KNOWN_SECONDS", -1)
    for each in (browser, outside):
        back = each.get(each.begins())
        assert back.status_code == 303
        answer = each.says("我爸七十二岁", "webpage1", **{"X-Requested-With": "fetch"})
        assert answer.status_code == 401
        assert "重新打开" in answer.json()["detail"]
        page = each.says("我爸七十二岁", "webpage1")
        assert page.status_code == 401
        assert "我爸七十二岁" in page.text  # still in its field
        assert each.client.post("/settings", data={"large_text": "on"}).headers["location"] == "/"
    assert resident.turns == 0
    assert (browser.get("/").status_code, browser.get("/").headers["location"]) == (303, "/wechat/login")
    assert not is_known(outside)
    assert outside.says("我爸七十二岁", "webpage2").status_code == 303
    assert resident.turns == 0
    monkeypatch.undo()
    browser.logs_in()
    assert is_known(browser)
