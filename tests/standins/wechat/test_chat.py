"""The phone of the playground shows what WeChat would."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.bot.channels.wechat.hebao import Hebao, account_of, settings_with
from tests.standins.wechat import RunningWeChat
from tests.standins.wechat.chat import FAILURE, Chat
from tests.standins.wechat.play import play_routes

TEMPLATE = "pY7cUq2m0hBq3aW1kT9vXs8rLd4eNf6gZjRi5oAuMwE"


@pytest.fixture(scope="module")
def wechat() -> Iterator[RunningWeChat]:
    with RunningWeChat() as running:
        yield running


@pytest.fixture(scope="module")
def hebao(wechat: RunningWeChat, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hebao]:
    with Hebao(settings_with(wechat, tmp_path_factory.mktemp("store"), wechat_humans=True)) as running:
        yield running


@pytest.fixture
def chat(hebao: Hebao, wechat: RunningWeChat) -> Chat:
    return Chat(wechat, account_of(wechat), f"{hebao.url}/wechat", wechat.user().openid)


def told(chat: Chat) -> list[tuple[str, str]]:
    return [(each["by"], each["text"]) for each in chat.shown()]


async def test_one_types_taps_and_is_answered(chat: Chat) -> None:
    await chat.does("follows", {})
    assert told(chat)[0] == ("system", "你关注了公众号")
    assert "我是合保" in told(chat)[1][1]
    await chat.does("types", {"text": "我能参保吗"})
    choice = next(each for each in chat.shown()[-1]["choices"] if "没有" in each["shown"])
    await chat.does("taps", {"text": choice["content"], "id": choice["id"]})
    assert told(chat)[-2] == ("me", "没有参加")
    assert told(chat)[-1][0] == "account"


async def test_what_is_sent_besides_the_answers_is_in_its_place(chat: Chat, wechat: RunningWeChat) -> None:
    await chat.does("types", {"text": "你好"})
    sent = {"to": chat.openid, "at": wechat.now(), "message_id": 1}
    wechat.user(chat.openid).seen += [
        {**sent, "way": "service", "kind": "text", "text": "后面的"},
        {**sent, "way": "service", "kind": "image", "media_id": "m1", "bytes": 1},
        {**sent, "way": "notice", "template": TEMPLATE, "page": None, "fields": {"thing1": "有答复"}},
    ]
    await chat.does("types", {"text": "谢谢"})
    shown = chat.shown()
    assert [each["by"] for each in shown] == ["me", "account", "account", "account", "account", "me", "account"]
    assert shown[2]["text"] == "后面的"
    assert shown[3]["picture"] == "m1"
    assert shown[4]["card"]["fields"] == {"thing1": "有答复"}


async def test_staff_takes_over_and_gives_back(chat: Chat) -> None:
    await chat.does("types", {"text": "转人工"})
    assert ("system", "消息已转给人工客服") in told(chat)
    await chat.does("staff_says", {"text": "您好"})
    assert told(chat)[-1] == ("account", "您好")
    await chat.does("types", {"text": "我能参保吗"})
    assert told(chat)[-1] == ("system", "消息已转给人工客服")
    await chat.does("staff_ends", {})
    await chat.does("types", {"text": "我能参保吗"})
    assert "职工" in told(chat)[-1][1]


async def test_an_agreement_reaches_the_account(chat: Chat, wechat: RunningWeChat) -> None:
    await chat.does("types", {"text": "你好"})
    await chat.does("agrees", {"template": TEMPLATE})
    assert wechat.user(chat.openid).consents == {TEMPLATE: 1}
    await chat.does("refuses", {"template": TEMPLATE})
    assert ("system", FAILURE) not in told(chat)


@pytest.mark.parametrize("what", ["speaks", "photographs", "films", "places", "links", "scans", "clicks", "views"])
async def test_whatever_one_does_is_answered_and_is_no_failure(chat: Chat, what: str) -> None:
    await chat.does(what, {"text": "", "scene": "county-haining", "key": "help", "url": "https://hebao.example"})
    assert ("system", FAILURE) not in told(chat)
    assert (told(chat) == []) == (what == "views")


async def test_a_server_that_is_not_there_is_the_banner(wechat: RunningWeChat) -> None:
    chat = Chat(wechat, account_of(wechat), "http://127.0.0.1:9/wechat", wechat.user().openid)
    await chat.does("types", {"text": "你好"})
    assert told(chat)[-1] == ("system", FAILURE)


async def test_an_answer_that_wechat_cannot_use_is_the_banner(wechat: RunningWeChat) -> None:
    async def answers(_: Request) -> Response:
        return Response("hello")

    config = uvicorn.Config(Starlette(routes=[Route("/wechat", answers, methods=["POST"])]), port=0, log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        threading.Event().wait(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    chat = Chat(wechat, account_of(wechat), f"http://127.0.0.1:{port}/wechat", wechat.user().openid)
    await chat.does("types", {"text": "你好"})
    server.should_exit = True
    thread.join()
    assert told(chat)[-1] == ("system", FAILURE)


async def test_the_page_and_its_addresses(hebao: Hebao, wechat: RunningWeChat) -> None:
    app = Starlette(routes=play_routes(wechat, account_of(wechat), f"{hebao.url}/wechat", TEMPLATE))
    wechat.media["m1"] = (b"PNG", "image/png", wechat.now() + 60)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://phone") as browser:
        page = await browser.get("/phone", follow_redirects=True)
        assert "微信" in page.text
        openid = page.url.params["as"]
        assert (await browser.post(f"/phone/{openid}", json={"do": "types", "text": "你好"})).status_code == 200
        shown = (await browser.get(f"/phone/{openid}")).json()
        assert [each["by"] for each in shown["messages"]] == ["me", "account"]
        assert (await browser.post(f"/phone/{openid}", json={"do": "flies"})).status_code == 422
        assert (await browser.get("/phone/picture/m1")).content == b"PNG"
