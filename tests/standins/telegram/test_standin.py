"""The stand-in refuses what the platform refuses."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.standins.telegram import Person, TelegramStandIn, faults, wait_for
from tests.standins.telegram.markup import MarkupError, read_html


@pytest.fixture
def telegram() -> Iterator[TelegramStandIn]:
    with TelegramStandIn() as standin:
        yield standin


@pytest.fixture
def person(telegram: TelegramStandIn) -> Person:
    made = telegram.person()
    made.starts()
    return made


def call(telegram: TelegramStandIn, method: str, **given: Any) -> tuple[int, dict[str, Any]]:
    response = httpx.post(f"{telegram.url}/bot{telegram.world.token}/{method}", data=given)
    return response.status_code, response.json()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<b>ab", 'Can\'t find end tag corresponding to start tag "b"'),
        ("ab</b>", "Unexpected end tag at byte offset 2"),
        ("<b><i>ab</b></i>", "Unmatched end tag"),
        ("<div>ab</div>", 'Unsupported start tag "div"'),
        ("a < b", "Unescaped"),
        ("a & b", "Unescaped"),
        ("a &nbsp; b", "Unsupported entity"),
        ("<span>a</span>", 'Unsupported start tag "span"'),
    ],
)
def test_markup_that_is_wrong_is_refused(source: str, said: str) -> None:
    with pytest.raises(MarkupError, match=said):
        read_html(source)


def test_formats_are_counted_in_utf16_units() -> None:
    found = read_html("😀<b>&lt;合&amp;😀</b>")
    assert found.text == "😀<合&😀"
    assert found.entities == ({"type": "bold", "offset": 2, "length": 5},)


def test_a_text_is_measured_after_its_markup(telegram: TelegramStandIn, person: Person) -> None:
    fits = "<b>" + "&lt;" * 4096 + "</b>"
    assert call(telegram, "sendMessage", chat_id=person.id, text=fits, parse_mode="HTML")[0] == 200
    assert call(telegram, "sendMessage", chat_id=person.id, text="😀" * 2049)[0] == 400
    status, said = call(telegram, "sendMessage", chat_id=person.id, text="<b>x", parse_mode="HTML")
    assert (status, said["error_code"]) == (400, 400)
    assert "can't parse entities" in said["description"]


def test_buttons_hold_64_bytes(telegram: TelegramStandIn, person: Person) -> None:
    def keyboard(data: str) -> str:
        return json.dumps({"inline_keyboard": [[{"text": "a", "callback_data": data}]]})

    for data, status in (("合" * 21, 200), ("合" * 22, 400), ("", 400)):
        assert call(telegram, "sendMessage", chat_id=person.id, text="a", reply_markup=keyboard(data))[0] == status


def test_updates_go_to_a_webhook_with_the_secret_until_they_are_taken_and_polling_is_refused_then(
    telegram: TelegramStandIn,
) -> None:
    from http.server import BaseHTTPRequestHandler, HTTPServer

    got: list[tuple[str | None, dict[str, Any]]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            got.append((self.headers["X-Telegram-Bot-Api-Secret-Token"], body))
            self.send_response(503 if len(got) == 1 else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/"
        assert call(telegram, "setWebhook", url=url, secret_token="a b")[0] == 400
        assert call(telegram, "setWebhook", url=url, secret_token="s")[0] == 200
        update = telegram.person().says("你好")
        wait_for(lambda: len(got) == 2)
        assert got[0] == got[1] == ("s", update)
        assert call(telegram, "getUpdates")[0] == 409
        wait_for(lambda: call(telegram, "getWebhookInfo")[1]["result"]["pending_update_count"] == 0)
        assert "503" in call(telegram, "getWebhookInfo")[1]["result"]["last_error_message"]
    finally:
        server.shutdown()
        server.server_close()


def test_of_two_pollers_the_first_is_sent_away(telegram: TelegramStandIn) -> None:
    statuses = []
    first = threading.Thread(target=lambda: statuses.append(call(telegram, "getUpdates", timeout=4)[0]))
    first.start()
    wait_for(lambda: telegram.world.polls == 1)
    second = threading.Thread(target=lambda: statuses.append(call(telegram, "getUpdates", timeout=1)[0]))
    second.start()
    first.join(5)
    assert statuses == [409]
    second.join(5)
    assert statuses == [409, 200]


def test_long_polling_wakes_up_and_confirms_by_offset(telegram: TelegramStandIn) -> None:
    person = telegram.person()
    threading.Timer(0.1, person.says, ["一"]).start()
    begun = time.monotonic()
    found = call(telegram, "getUpdates", timeout=10)[1]["result"]
    assert time.monotonic() - begun < 5
    assert [each["message"]["text"] for each in found] == ["一"]
    offset = found[0]["update_id"] + 1
    assert call(telegram, "getUpdates", offset=offset)[1]["result"] == []


def test_scripted_faults_are_worded_as_the_platform_does(telegram: TelegramStandIn, person: Person) -> None:
    telegram.world.fails(faults.too_many(1))
    status, said = call(telegram, "sendMessage", chat_id=person.id, text="a")
    assert (status, said["parameters"]) == (429, {"retry_after": 1})
    assert call(telegram, "sendMessage", chat_id=person.id, text="a")[0] == 429, "it was told to wait"
    assert telegram.rates.impatient
    telegram.rates.quiet_until.clear()
    person.blocks()
    assert call(telegram, "sendMessage", chat_id=person.id, text="a")[0] == 403
    assert call(telegram, "sendMessage", chat_id=99, text="a")[1]["description"] == "Bad Request: chat not found"
    assert call(telegram, "sendMessage", chat_id=telegram.person().id, text="a")[0] == 403, "never started"


def test_a_message_that_stays_as_it_is_is_not_modified(telegram: TelegramStandIn, person: Person) -> None:
    sent = call(telegram, "sendMessage", chat_id=person.id, text="a")[1]["result"]
    edit = {"chat_id": person.id, "message_id": sent["message_id"]}
    assert "not modified" in call(telegram, "editMessageText", **edit, text="a")[1]["description"]
    assert call(telegram, "editMessageText", **edit, text="b")[0] == 200
    gone = {**edit, "message_id": 10**6}
    assert "to edit not found" in call(telegram, "editMessageText", **gone, text="b")[1]["description"]


def test_rates_are_enforced_where_they_are_asked_for(telegram: TelegramStandIn, person: Person) -> None:
    telegram.rates.enforce(None, (1, 1.0))
    assert call(telegram, "sendMessage", chat_id=person.id, text="a")[0] == 200
    assert call(telegram, "sendMessage", chat_id=person.id, text="b")[0] == 429


def test_the_phone_can_be_used_over_http(telegram: TelegramStandIn) -> None:
    made = httpx.post(f"{telegram.url}/phone/people", json={"name": "张三", "language_code": "en"}).json()["id"]
    assert httpx.post(f"{telegram.url}/phone/{made}/says", json={"text": "你好 <b>"}).json() == {"ok": True}
    keyboard = json.dumps({"inline_keyboard": [[{"text": "是", "callback_data": "1.0"}]]})
    call(telegram, "sendMessage", chat_id=made, text="<b>您好</b>", parse_mode="HTML", reply_markup=keyboard)
    shown = httpx.get(f"{telegram.url}/phone/{made}").json()["messages"]
    assert [(each["from"], each["text"], each["buttons"]) for each in shown] == [
        ("person", "你好 <b>", []),
        ("bot", "您好", ["是"]),
    ]
    assert httpx.post(f"{telegram.url}/phone/{made}/taps", json={"label": "是"}).status_code == 200
    assert httpx.post(f"{telegram.url}/phone/{made}/taps", json={"label": "否"}).status_code == 422
    page = httpx.get(f"{telegram.url}/phone?as={made}").text
    assert "<b>您好</b>" in page
    assert "你好 &lt;b&gt;" in page
    kinds = [next(key for key in each if key != "update_id") for each in telegram.world.updates]
    assert kinds == ["message", "callback_query"]
