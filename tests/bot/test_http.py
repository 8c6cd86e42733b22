"""The server over real HTTP: what hostile or clumsy clients get, and what is never said."""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from member_store.encryption import generate_key
from member_store.store import Store
from member_store.tables.conversations import conversations
from member_store.tables.sending import deliveries
from tests.servers import Server

pytestmark = pytest.mark.server


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, headers={"Accept-Language": "zh-CN"}, trust_env=False) as client:
        yield client


def conversation() -> str:
    return f"/api/v1/conversations/{secrets.token_hex(16)}/messages"


def test_every_response_carries_the_headers_that_keep_a_page_safe(client: httpx.Client) -> None:
    for path in ("/", "/healthz", "/no-such-page", "/static/page.css"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: httpx.Client) -> None:
    cookie = client.get("/").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert re.search(r"hebao=[A-Za-z0-9_-]{32};", cookie)


def test_looking_at_the_page_writes_nothing(tmp_path: Path) -> None:
    with Server({"HEBAO_DATABASE_URL": f"sqlite:///{tmp_path}/hebao.db"}) as server:
        for _ in range(3):
            assert httpx.get(server.url, trust_env=False).status_code == 200
    with sqlite3.connect(tmp_path / "hebao.db") as database:
        assert database.execute("select count(*) from conversation").fetchone() == (0,)
    database.close()


def test_a_form_from_another_site_is_refused(client: httpx.Client) -> None:
    form = {"text": "你好", "message_id": secrets.token_hex(16)}
    assert client.post("/messages", data=form, headers={"Origin": "https://evil.example"}).status_code == 403
    assert (
        client.post("/settings", data={"locale": "en"}, headers={"Origin": "https://evil.example"}).status_code == 403
    )
    same = {"Origin": str(client.base_url).rstrip("/")}
    assert client.post("/messages", data=form, headers=same).status_code == 303


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"text": "你好"}, 422),
        ({"text": "你好", "message_id": "x"}, 422),
        ({"text": "你好", "message_id": "a/../../b" * 3}, 422),
        ({"text": "长" * 5000, "message_id": "a" * 32}, 422),
        ({"text": "长" * 60000, "message_id": "a" * 32}, 413),
        ({"text": "", "message_id": "b" * 32}, 303),
        ({"text": "\x00\u202e😀", "message_id": "c" * 32}, 303),
    ],
)
def test_a_form_that_is_off_is_answered_on_a_page_that_keeps_the_text(
    client: httpx.Client, form: dict[str, str], status: int
) -> None:
    answer = client.post("/messages", data=form)
    assert answer.status_code == status
    if status == 422:
        assert "text/html" in answer.headers["content-type"]
        assert form["text"][:100] in answer.text


def test_a_script_gets_a_problem_document_in_place_of_a_page(client: httpx.Client) -> None:
    answer = client.post("/messages", data={"text": "你好"}, headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"facts": 1}', b'{"factz": {}}', b'{"facts": {"agee": 1}}', b"\xff\xfe"]
)
def test_a_body_that_is_off_is_a_problem_document(client: httpx.Client, body: bytes) -> None:
    answer = client.post("/api/v1/eligibility", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 422
    assert answer.json()["detail"]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large_is_refused_as_such(client: httpx.Client, chunked: bool) -> None:
    body = json.dumps({"text": "x" * 70_000}).encode()
    sent = iter([body[:1000], body[1000:]]) if chunked else body
    answer = client.post(conversation(), content=sent, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert "65536" in answer.json()["detail"]


def test_the_engine_answers_as_on_the_command_line(client: httpx.Client) -> None:
    facts = {"care": "inpatient", "provider_level": "city", "reportable_cost": "12000", "age": 40}
    found = client.post("/api/v1/estimate", json={"county": "demo", "facts": facts}).json()
    assert (found["fund_pays"], found["person_pays"]) == ("4480.00", "7520.00")
    assert (
        client.post("/api/v1/eligibility", json={"facts": {"employee_insured": True}}).json()["outcome"] == "ineligible"
    )
    assert client.post("/api/v1/contribution", json={"county": "demo"}).json()["total"] == "150.00"
    assert set(client.post("/api/v1/compare", json={"facts": {"bill_total": "10000"}}).json()["levels"]) == {
        "township",
        "county",
        "city",
        "provincial",
        "out_of_city",
    }
    refused = client.post("/api/v1/estimate", json={"on": "2024-01-01"})
    assert refused.status_code == 422
    assert "2008-12-31" in refused.json()["detail"]


def test_the_same_message_three_times_at_once_makes_one_turn(client: httpx.Client) -> None:
    path, body = conversation(), {"text": "我能参保吗", "message_id": "one"}
    with ThreadPoolExecutor(3) as threads:
        turns = [each.json() for each in threads.map(lambda _: client.post(path, json=body), range(3))]
    assert sorted(turn.pop("repeated") for turn in turns) == [False, True, True]
    assert turns[0] == turns[1] == turns[2]


def test_the_same_page_sent_twice_is_one_turn_but_another_text_under_its_id_is_new(client: httpx.Client) -> None:
    client.get("/")
    form = {"text": "我妈65岁，农村户口，能参保吗", "message_id": secrets.token_hex(16)}
    for _ in range(2):
        client.post("/messages", data=form)
    assert client.get("/").text.count("65岁、农村户口") == 1
    client.post("/messages", data={**form, "text": "没有"})
    assert "别的县" in client.get("/").text


def test_an_unknown_page_or_method_is_a_problem_document(client: httpx.Client) -> None:
    assert client.get("/nothing").status_code == 404
    assert client.put("/messages").status_code == 405
    assert client.get("/nothing").headers["content-type"] == "application/problem+json"
    assert client.get("/static/../settings.py").status_code == 404


def test_health_says_whether_the_store_can_be_read(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_files_whose_address_changes_with_them_may_be_kept(client: httpx.Client) -> None:
    found = re.search(r'href="(/static/page\.css\?v=[0-9a-f]+)"', client.get("/").text)
    assert found
    assert "immutable" in client.get(found[1]).headers["cache-control"]
    assert client.get("/").headers["cache-control"] == "no-store"


def test_nothing_that_was_said_reaches_the_log_or_the_disk(tmp_path: Path) -> None:
    with Server({"HEBAO_DATABASE_URL": f"sqlite:///{tmp_path}/hebao.db"}) as server:
        with httpx.Client(base_url=server.url, trust_env=False) as client:
            path = conversation()
            client.post(path, json={"text": "标记阿三今年七十七岁农村户口能参保吗", "message_id": "m"})
            client.post(path, json={"text": "标记阿三" * 2000})
            client.post("/api/v1/eligibility", json={"facts": {"标记阿三": 1}})
            client.post("/messages", data={"text": "标记阿三", "message_id": "?"})
            client.get("/标记阿三")
        log = server.stop()
    assert "阿三" not in log
    assert path.split("/")[4] not in log
    stored = b"".join(each.read_bytes() for each in tmp_path.glob("hebao.db*"))
    assert "阿三".encode() not in stored
    assert "农村户口".encode() not in stored
    assert path.split("/")[4].encode() not in stored


def test_a_store_that_fails_is_said_politely_and_nothing_is_lost(tmp_path: Path) -> None:
    with Server({"HEBAO_DATABASE_URL": f"sqlite:///{tmp_path}/hebao.db"}) as server:
        with httpx.Client(
            base_url=server.url, headers={"Accept-Language": "zh-CN"}, trust_env=False, timeout=30
        ) as client:
            path = conversation()
            client.post(path, json={"text": "我能参保吗", "message_id": "1"})
            with sqlite3.connect(tmp_path / "hebao.db") as database:
                database.execute("alter table inbox rename to gone")
            database.close()
            failed = client.post(path, json={"text": "没有", "message_id": "2"})
            assert failed.status_code == 503
            assert failed.headers["retry-after"]
            assert "再发一次" in failed.json()["detail"]
            page = client.post("/messages", data={"text": "我妈65岁", "message_id": secrets.token_hex(16)})
            assert page.status_code == 503
            assert "我妈65岁" in page.text
            with sqlite3.connect(tmp_path / "hebao.db") as database:
                database.execute("alter table gone rename to inbox")
            database.close()
            again = client.post(path, json={"text": "没有", "message_id": "2"}).json()
            assert again["repeated"] is False
            assert again["asks"] == "enrolled_elsewhere"
        log = server.stop()
    assert "store unavailable" in log
    assert json.loads(log.splitlines()[0])["event"]


def test_a_port_that_is_taken_is_said_in_one_sentence(server: Server, tmp_path: Path) -> None:
    import subprocess

    from tests.servers import HEBAO, environment

    ran = subprocess.run(
        [*HEBAO, "serve", "--port", str(server.port)],
        env=environment(HEBAO_DATABASE_URL=f"sqlite:///{tmp_path}/hebao.db"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 2
    assert str(server.port) in ran.stderr
    assert "HEBAO_PORT" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_server_that_is_told_to_stop_finishes_in_good_order(tmp_path: Path) -> None:
    server = Server({"HEBAO_DATABASE_URL": f"sqlite:///{tmp_path}/hebao.db"})
    server.start()
    assert httpx.get(server.url + "/healthz", trust_env=False).status_code == 200
    assert "Traceback" not in server.stop()


def test_a_second_start_serves_within_three_seconds(tmp_path: Path) -> None:
    server = Server({"HEBAO_DATABASE_URL": f"sqlite:///{tmp_path}/hebao.db"})
    server.start()
    server.kill()
    assert server.start() < 3
    server.kill()


def test_what_has_waited_for_somebody_is_on_the_page_when_they_open_it_and_once(tmp_path: Path) -> None:
    url, key = f"sqlite:///{tmp_path}/hebao.db", generate_key()
    with (
        Server({"HEBAO_DATABASE_URL": url, "HEBAO_KEYS": key}) as server,
        httpx.Client(base_url=server.url, headers={"Accept-Language": "zh-CN"}, trust_env=False) as client,
    ):
        client.get("/")
        client.post("/messages", data={"text": "能参保吗", "message_id": secrets.token_hex(16)})
        with Store.open(url, key) as store, store.records() as records:
            (contact,) = records.connection.execute(select(conversations.c.contact)).scalars()
            left = {"contact": contact, "channel": "web", "kind": "text", "state": "waiting", "attempts": 0}
            payload = records.seal({"body": "您女儿绑定好了。"})
            records.connection.execute(
                deliveries.insert().values(**left, payload=payload, created_at=records.now, changed_at=records.now)
            )
            records.connection.execute(conversations.update().values(waiting=True))
        pages = [client.get("/").text for _ in range(2)]
        assert [each.count("您女儿绑定好了。") for each in pages] == [1, 1]
        assert pages[1].count('<form class="reply question"') == 1, "what was asked is still there"
        answer = client.post("/messages", data={"text": "我自己", "message_id": secrets.token_hex(16)})
        assert answer.status_code == 303
        assert client.get("/").text.count("您女儿绑定好了。") == 1
