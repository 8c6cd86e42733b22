"""W1 to W4: signatures, the modes, keys. The vectors are WeChat's own; see the pages named in envelope.py."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.channels.wechat.envelope import Envelope, NotReadable, NotSigned
from bot.settings import Settings, SettingsError
from tests.standins.wechat.phone import Account, Phone

GOLDEN = Account(token="AAAAA", app_id="wxba5fad812f8e6fb9", aes_key=43 * "A", mode="safe")
OTHER_KEY = 42 * "B" + "A"
ENCRYPTED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8X"
    "GT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIj"
    "df8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)

Make = Callable[..., Settings]


@pytest.fixture
def envelope(settings: Make) -> Callable[..., Envelope]:
    def make(at: float | None = None, **given: Any) -> Envelope:
        known = {"wechat_token": "AAAAA", "wechat_app_id": GOLDEN.app_id, "wechat_aes_key": GOLDEN.aes_key}
        made = settings(**{**known, **given})
        return Envelope(made, lambda: at) if at is not None else Envelope(made)

    return make


def test_w01_the_golden_signature_is_answered_with_the_echo(envelope: Callable[..., Envelope]) -> None:
    query = {
        "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
        "timestamp": "1714036504",
        "nonce": "1514711492",
        "echostr": "4375120948345356249",
    }
    assert envelope(1714036504).echo(query) == "4375120948345356249"
    for name in query:
        with pytest.raises(NotSigned):
            envelope(1714036504).echo({**query, name: ""})
        with pytest.raises(NotSigned):
            envelope(1714036504).echo({key: value for key, value in query.items() if key != name})
    with pytest.raises(NotSigned):
        envelope(1714036504).echo({**query, "signature": query["signature"][:-1] + "7"})


def test_w02_signatures_are_compared_in_constant_time(
    envelope: Callable[..., Envelope], monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", compare)
    plain = replace(GOLDEN, mode="plain").pushes("<xml/>")
    safe = GOLDEN.pushes("<xml/>")
    envelope().open(plain.query, plain.body)
    envelope().open(safe.query, safe.body)
    assert [each[1].decode() for each in compared] == [plain.query["signature"], safe.query["msg_signature"]]


@pytest.mark.parametrize("signature", ["", "é" * 40, "\udcff", "0" * 4000, "F464B24FC39322E44B38AA78F5EDD27BD1441696"])
def test_w02_a_signature_of_any_characters_is_refused(envelope: Callable[..., Envelope], signature: str) -> None:
    with pytest.raises(NotSigned):
        envelope().echo({**GOLDEN.asks_echo(), "signature": signature})


@pytest.mark.parametrize(
    ("minutes", "late", "taken"), [(10, 600, True), (10, 601, False), (1, 60, True), (1, 61, False)]
)
@pytest.mark.parametrize("way", [1, -1])
def test_w02_a_request_of_another_time_is_refused(
    envelope: Callable[..., Envelope], minutes: int, late: int, taken: bool, way: int
) -> None:
    query = GOLDEN.asks_echo("e", seconds=1_700_000_000)
    ours = envelope(1_700_000_000 + way * late, wechat_clock_minutes=minutes)
    if taken:
        assert ours.echo(query) == "e"
    else:
        with pytest.raises(NotSigned):
            ours.echo(query)


@pytest.mark.parametrize("timestamp", ["", "now", "1e9", "-1", "１７００００００００", "1" * 5000, "1700000000 "])
def test_w02_a_time_that_is_none_is_refused_although_signed(envelope: Callable[..., Envelope], timestamp: str) -> None:
    query = {"signature": GOLDEN.signs(timestamp, "n"), "timestamp": timestamp, "nonce": "n", "echostr": "e"}
    with pytest.raises(NotSigned):
        envelope().echo(query)


def test_w03_the_golden_cipher_text_is_decrypted(envelope: Callable[..., Envelope]) -> None:
    query = {
        "signature": "6c5c811b55cc85e0e1b54100749188c20beb3f5d",
        "timestamp": "1714112445",
        "nonce": "415670741",
        "openid": "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
        "encrypt_type": "aes",
        "msg_signature": "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
    }
    body = f"<xml><ToUserName><![CDATA[gh_97417a04a28d]]></ToUserName><Encrypt><![CDATA[{ENCRYPTED}]]></Encrypt></xml>"
    letter = envelope(1714112445).open(query, body.encode())
    assert json.loads(letter.xml) == {
        "ToUserName": "gh_97417a04a28d",
        "FromUserName": "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
        "CreateTime": 1714112445,
        "MsgType": "event",
        "Event": "debug_demo",
        "debug_str": "hello world",
    }


def test_w03_the_golden_answer_is_what_the_stand_in_makes_too() -> None:
    golden = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    assert GOLDEN.encrypts('{"demo_resp":"good luck"}', b"707722b803182950") == golden


def test_w03_in_plain_mode_nothing_is_encrypted(envelope: Callable[..., Envelope]) -> None:
    account = replace(GOLDEN, mode="plain")
    push = Phone(account).types("你好")
    for query in (push.query, {**push.query, "encrypt_type": "raw"}):
        ours = envelope(wechat_aes_key="")
        letter = ours.open(query, push.body)
        assert letter.xml == push.body
        assert ours.close(letter, "<xml>answer</xml>") == "<xml>answer</xml>"


@pytest.mark.parametrize("mode", ["safe", "compatible"])
def test_w03_in_safe_and_compatible_mode_the_answer_is_encrypted(envelope: Callable[..., Envelope], mode: str) -> None:
    account = replace(GOLDEN, mode=mode)
    push = Phone(account).types("你好 ]]> & <b>")
    ours = envelope()
    letter = ours.open(push.query, push.body)
    assert letter.xml == push.xml
    frames = [ours.close(letter, "<xml>回答</xml>") for _ in range(2)]
    assert frames[0] != frames[1], "the random part is no random part"
    assert {account.opens(frame.encode()) for frame in frames} == {"<xml>回答</xml>"}


def test_w03_in_safe_mode_only_the_signature_of_the_message_counts(envelope: Callable[..., Envelope]) -> None:
    push, other = Phone(GOLDEN).types("你好"), Phone(GOLDEN).types("给我")
    assert envelope().open({**push.query, "signature": "x"}, push.body)
    for query in (
        {**push.query, "msg_signature": push.query["signature"]},
        {**push.query, "msg_signature": ""},
        {key: value for key, value in push.query.items() if key != "msg_signature"},
    ):
        with pytest.raises(NotSigned):
            envelope().open(query, push.body)
    with pytest.raises(NotSigned):
        envelope().open(push.query, other.body)


def test_w03_another_account_s_message_is_refused(envelope: Callable[..., Envelope]) -> None:
    push = Phone(replace(GOLDEN, app_id="wx0000000000000000")).types("你好")
    with pytest.raises(NotSigned):
        envelope().open(push.query, push.body)


@pytest.mark.parametrize(
    "encrypted",
    [
        "",
        "AAAA",
        "!" * 44,
        base64.b64encode(b"0" * 32).decode(),
        base64.b64encode(b"0" * 33).decode(),
        "é",
        "A" * 10000,
    ],
)
def test_w03_a_signed_cipher_text_that_is_none_is_refused(envelope: Callable[..., Envelope], encrypted: str) -> None:
    query = GOLDEN.pushes("<xml/>").query
    query["msg_signature"] = GOLDEN.signs(query["timestamp"], query["nonce"], encrypted)
    with pytest.raises((NotSigned, NotReadable)):
        envelope().open(query, f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode())


def test_w03_an_encrypted_message_cannot_be_opened_without_a_key(envelope: Callable[..., Envelope]) -> None:
    push = Phone(GOLDEN).types("你好")
    with pytest.raises(NotSigned):
        envelope(wechat_aes_key="").open(push.query, push.body)


def test_w03_a_plain_message_is_taken_while_an_account_goes_over_to_safe_mode(
    envelope: Callable[..., Envelope],
) -> None:
    push = Phone(replace(GOLDEN, mode="plain")).types("你好")
    assert envelope().open(push.query, push.body).key is None


def test_w04_the_previous_key_is_accepted_and_used_for_the_reply(envelope: Callable[..., Envelope]) -> None:
    old, new = GOLDEN, replace(GOLDEN, aes_key=OTHER_KEY)
    ours = envelope(wechat_aes_key=OTHER_KEY, wechat_aes_key_previous=GOLDEN.aes_key)
    for account in (old, new):
        push = Phone(account).types("你好")
        letter = ours.open(push.query, push.body)
        assert letter.xml == push.xml
        assert account.opens(ours.close(letter, "<xml/>").encode()) == "<xml/>"
    with pytest.raises(NotSigned):
        ours.open(*_of(Phone(replace(GOLDEN, aes_key=42 * "C" + "A")).types("你好")))


def _of(push: Any) -> tuple[dict[str, str], bytes]:
    return push.query, push.body


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"wechat_token": "a"}, "HEBAO_WECHAT_TOKEN"),
        ({"wechat_token": "has blank"}, "HEBAO_WECHAT_TOKEN"),
        ({"wechat_aes_key": 42 * "A"}, "HEBAO_WECHAT_AES_KEY .* 43 .* not 42"),
        ({"wechat_aes_key": 42 * "A" + "="}, "HEBAO_WECHAT_AES_KEY"),
        ({"wechat_aes_key_previous": "short"}, "HEBAO_WECHAT_AES_KEY_PREVIOUS"),
        ({"wechat_aes_key": "", "wechat_aes_key_previous": 43 * "A"}, "HEBAO_WECHAT_AES_KEY"),
        ({"wechat_app_id": ""}, "HEBAO_WECHAT_APP_ID"),
    ],
)
def test_w04_settings_that_cannot_be_used_are_told_at_the_start(
    envelope: Callable[..., Envelope], given: dict[str, str], told: str
) -> None:
    with pytest.raises(SettingsError, match=told) as raised:
        envelope(**given)
    for value in given.values():
        assert len(value) < 10 or value not in str(raised.value), "a secret is told"
