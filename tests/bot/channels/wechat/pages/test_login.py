"""W23: being known to the web page inside WeChat."""

from __future__ import annotations

from urllib.parse import parse_qs, parse_qsl, urlsplit

from member_store.members import deliveries
from tests.bot.channels.wechat.hebao import Hebao, Resident
from tests.bot.channels.wechat.pages.browser import PUBLIC_URL, Browser
from tests.standins.wechat import RunningWeChat


def test_w23_the_page_inside_wechat_goes_on_with_the_conversation(
    hebao: Hebao, browser: Browser, resident: Resident
) -> None:
    resident.says("我爸七十二岁，能参保吗")
    page = browser.logs_in()
    assert "我爸七十二岁，能参保吗" in page.text
    answer = browser.says("没参加职工医保", "webpage1", **{"X-Requested-With": "fetch"})
    assert answer.status_code == 200
    assert hebao.turns(resident.openid)[-1].text == "没参加职工医保"
    assert hebao.turns(resident.openid)[-1].outcome["state"]["facts"]["employee_insured"] is False
    assert "没参加职工医保" in browser.get("/").text


def test_w23_what_is_asked_of_wechat_is_what_it_wants_in_its_order(browser: Browser, wechat: RunningWeChat) -> None:
    asked = browser.client.get("/wechat/login", params={"next": "/?a=1#latest"}).headers["location"]
    parts = urlsplit(asked)
    query = dict(parse_qsl(parts.query))
    assert f"{parts.scheme}://{parts.netloc}" == wechat.url
    assert parts.path == "/connect/oauth2/authorize"
    assert list(query) == ["appid", "redirect_uri", "response_type", "scope", "state"]
    assert parts.fragment == "wechat_redirect"
    assert (query["response_type"], query["scope"]) == ("code", "snsapi_base")
    assert len(query["state"]) == 32
    assert query["state"].isalnum()
    back = urlsplit(query["redirect_uri"])
    assert query["redirect_uri"].startswith(f"{PUBLIC_URL}/wechat/login/back?")
    assert parse_qs(back.query) == {"next": ["/?a=1#latest"]}


def test_w23_no_two_states_are_alike(browser: Browser) -> None:
    states = {parse_qs(urlsplit(browser.begins()).query)["state"][0] for _ in range(20)}
    assert len(states) == 20


def test_w23_a_login_leads_to_where_it_was_wanted(browser: Browser) -> None:
    back = browser.get(browser.begins("/?from=menu#latest"))
    assert (back.status_code, back.headers["location"]) == (303, "/?from=menu#latest")
    # A fragment of its own, or browsers would keep WeChat's.
    assert browser.get(browser.begins("/?from=menu")).headers["location"] == "/?from=menu#"


def test_w23_two_pages_of_one_browser_can_log_in_at_once(browser: Browser) -> None:
    first, second = browser.begins(), browser.begins("/?b=1")
    assert browser.get(first).status_code == 303
    assert browser.get(second).status_code == 303


def test_w23_a_message_on_the_page_opens_no_window(hebao: Hebao, browser: Browser, resident: Resident) -> None:
    browser.logs_in()
    browser.says("我能参保吗", "webpage1")
    with hebao.service.store.reading_records() as records:
        assert deliveries.windows(records, "wechat", resident.openid) == []
    resident.says("没有")
    with hebao.service.store.reading_records() as records:
        before = deliveries.windows(records, "wechat", resident.openid)
    assert len(before) == 1
    browser.says("农村户口", "webpage2")
    with hebao.service.store.reading_records() as records:
        assert deliveries.windows(records, "wechat", resident.openid) == before


def test_w23_the_page_hands_nobody_over_to_people_who_do_not_see_it(browser: Browser, resident: Resident) -> None:
    browser.logs_in()
    assert browser.says("转人工", "webpage1", **{"X-Requested-With": "fetch"}).status_code == 200
    assert resident.says("我能参保吗").kind != "transfer_customer_service"
