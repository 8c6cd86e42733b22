"""W23: being known to the web page inside WeChat, and everything that tries to be known as somebody else."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import pytest
from sqlalchemy import func, select

from bot.channels.web import sessions
from bot.channels.wechat import login
from member_store.members import deliveries, logins
from member_store.tables.conversations import conversations
from member_store.tables.sending import login_states
from tests.bot.channels.wechat.browser import PUBLIC_URL, Browser
from tests.bot.channels.wechat.hebao import Hebao, Resident, settings_with
from tests.standins.wechat import Rules, RunningWeChat
from tests.standins.wechat.phone import Account

EXCHANGE = "sns/oauth2/access_token"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def hebao(running_wechat: RunningWeChat, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hebao]:
    running_wechat.rules = Rules(everybody_follows=True)
    given = settings_with(running_wechat, tmp_path_factory.mktemp("store"), public_url=PUBLIC_URL, wechat_humans=True)
    with Hebao(given) as running:
        yield running


@pytest.fixture
def open_browser(hebao: Hebao, wechat: RunningWeChat) -> Iterator[Callable[..., Browser]]:
    """Opens browsers, each of somebody new where no openid is given."""
    wechat.rules.everybody_follows = True
    with ExitStack() as opened:

        def make(openid: str | None = None, **more: str) -> Browser:
            someone = openid or f"oBrowser-{next(_numbers):017}x"
            return opened.enter_context(Browser(hebao, wechat, someone, **more))

        yield make


@pytest.fixture
def resident(hebao: Hebao, account: Account, wechat: RunningWeChat) -> Resident:
    wechat.rules.everybody_follows = True
    return Resident(hebao, account)


@pytest.fixture
def browser(open_browser: Callable[..., Browser], resident: Resident) -> Browser:
    """The resident's own."""
    return open_browser(resident.openid)


Open = Callable[..., Browser]


def is_known(browser: Browser) -> bool:
    """Whether the page that a browser gets offers to log out."""
    page = browser.get("/")
    assert page.status_code == 200
    return 'action="/logout"' in page.text


def refused(answer: httpx.Response, status: int = 403) -> bool:
    """Whether this is a plain page that says what to do, and lets nobody in."""
    assert answer.status_code == status, (answer.status_code, answer.text)
    assert "text/html" in answer.headers["content-type"]
    assert 'class="onward"' in answer.text
    assert "no-store" in answer.headers["cache-control"]
    return "hebao=" not in str(answer.headers.get_list("set-cookie"))


# -- whoever may ------------------------------------------------------------------------------------------------------


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
    browser.client.cookies.delete("hebao")
    third = browser.begins()
    assert browser.get(third).status_code == 303
    assert refused(browser.get(second))  # the browser's own secret goes with the login that it was made for


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


def test_w23_whoever_logs_out_is_nobody_again(browser: Browser, resident: Resident) -> None:
    resident.says("我爸七十二岁")
    browser.logs_in()
    assert is_known(browser)
    assert browser.client.post("/logout", headers={"Origin": "https://evil.example"}).status_code == 403
    assert is_known(browser)
    assert browser.client.post("/logout").status_code == 303
    assert not is_known(browser)
    assert "我爸七十二岁" not in browser.get("/").text


# -- whoever may not --------------------------------------------------------------------------------------------------


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


# -- sessions ---------------------------------------------------------------------------------------------------------


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


def test_w23_nobody_can_log_in_where_it_is_not_set_up(open_hebao: Callable[..., Hebao]) -> None:
    for missing in ({"public_url": ""}, {"wechat_app_secret": "", "public_url": PUBLIC_URL}):
        hebao = open_hebao(**missing)
        assert hebao.client.get("/wechat/login").status_code == 404
        assert hebao.client.get("/wechat/login/back").status_code == 404
        assert hebao.client.get("/").status_code == 200
