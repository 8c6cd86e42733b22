"""W23, W24: whatever is sent to the login, to the page and to its session, nothing fails, and nobody gets in."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bot.channels.wechat.hebao import Hebao, settings_with
from tests.bot.channels.wechat.pages.browser import INSIDE, PUBLIC_URL
from tests.standins.wechat import Rules, RunningWeChat

PATHS = ["/", "/wechat/login", "/wechat/login/back", "/wechat/notices", "/logout", "/messages", "/settings"]
NAMES = ["next", "state", "code", "text", "message_id", "locale", "large_text", "from"]
NEARLY_RIGHT = [b"0" * 32, b"A" * 32, b"/", b"//evil.example", b"/wechat/notices", b"h1.AAAA", b"h1." + b"A" * 300]

values = st.one_of(
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=40),
    st.sampled_from(NEARLY_RIGHT),
    st.integers(1, 12).map(lambda power: b"x" * 2**power),
)
queries = st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=6).map(
    lambda pairs: "&".join(f"{name}={quote_from_bytes(value)}" for name, value in pairs)
)
cookies = st.lists(st.tuples(st.sampled_from([b"hebao", b"hebao_login", b"x"]), values), max_size=4).map(
    # What no header can hold is left out.
    lambda pairs: b"; ".join(
        name + b"=" + bytes(each for each in value if each > 0x20 and each != 0x7F) for name, value in pairs
    )
)


@pytest.fixture(scope="module")
def hebao(running_wechat: RunningWeChat, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hebao]:
    running_wechat.rules = Rules(everybody_follows=True)
    folder = tmp_path_factory.mktemp("store")
    with Hebao(settings_with(running_wechat, folder, public_url=PUBLIC_URL)) as running:
        yield running


@settings(max_examples=400)
@given(st.sampled_from(PATHS), st.sampled_from(["GET", "POST", "HEAD"]), queries, values, cookies, st.booleans())
def test_w23_nothing_that_can_be_sent_makes_it_fail_or_lets_anybody_in(
    hebao: Hebao, path: str, method: str, query: str, body: bytes, cookie: bytes, inside: bool
) -> None:
    headers = {
        b"Cookie": cookie,
        b"User-Agent": INSIDE.encode() if inside else b"curl",
        b"Content-Type": b"application/x-www-form-urlencoded",
    }
    hebao.client.cookies.clear()
    content = (query.encode() if inside else body) if method == "POST" else None
    answer = hebao.client.request(method, f"{path}?{query}", headers=headers, content=content)
    assert answer.status_code < 500, answer.text
    assert 'action="/logout"' not in answer.text
    assert not any(each.startswith("hebao=h1.") for each in answer.headers.get_list("set-cookie"))
    onward = answer.headers.get("location", "/")
    assert (onward.startswith("/") and not onward.startswith("//")) or "/connect/oauth2/authorize?" in onward
