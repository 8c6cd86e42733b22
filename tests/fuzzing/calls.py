"""Calls: proper ones, the same again, and ones that are wrong in one place, each by a random generator with a seed."""

from __future__ import annotations

import base64
import json
import os
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from tests.fuzzing.spoiling import in_another_encoding, spoil, spoilt_xml
from tests.standins.wechat.phone import Account, Mode, Phone, Push

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
ID_NUMBER = "330499195206011120"
TEXTS = (
    "我妈65岁，能参保吗",
    "没有",
    "在镇卫生院住院花了一万二能报多少",
    "1",
    "重新开始",
    "改一下",
    "大字",
    "帮助",
    "不清楚",
)
MODES: tuple[Mode, ...] = ("plain", "compatible", "safe")


@dataclass(frozen=True)
class Call:
    """One request. `turn` names the turn that it may take at most once, None where it may take none that is counted;
    `proper`: it must be taken. `who` is whose conversation it is for."""

    kind: str
    target: str
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ((b"content-type", b"text/xml"),)
    method: str = "POST"
    who: str = ""
    turn: str | None = None
    proper: bool = False
    whole: bytes | None = None
    """The bytes of the whole request, where they are no proper HTTP."""


class Calls:
    """A stream of calls for one account of WeChat and one bot of Telegram. `mark` is in every text that is sent."""

    def __init__(self, seed: int, account: Account, secret: str, mark: str) -> None:
        self.draw = random.Random(seed)
        self.account, self.secret, self.mark = account, secret, mark
        self._seed = seed
        self._number = 10**15
        self._phones = [f"o{seed}resident{number}" for number in range(24)]
        self._strangers = [f"o{seed}stranger{number}" for number in range(24)]
        self._kept: list[Call] = []
        self._ways: list[Callable[[], Call]] = [
            *[self._message] * 4, *[self._update] * 3, *[self._again] * 5,
            *[self._spoilt_xml] * 6, *[self._spoilt_frame] * 5, *[self._spoilt_cipher] * 4,
            *[self._spoilt_query] * 4, *[self._spoilt_json] * 5, *[self._spoilt_http] * 3, self._noise,
        ]  # fmt: skip

    def next(self) -> Call:
        """The next call; those that are proper may come again later."""
        call = self.draw.choice(self._ways)()
        if call.proper:
            self._kept = [*self._kept[-60:], call]
        return call

    # -- proper ones ---------------------------------------------------------------------------------------------------

    def _said(self) -> str:
        return f"{self.draw.choice(TEXTS)}{self.draw.choice(('', ' ' + self.mark, ID_NUMBER + self.mark))}"

    def _push(self, who: str, mode: Mode | None = None) -> Push:
        """A message or an event with an id of its own."""
        self._number += 1
        phone = Phone(replace(self.account, mode=mode or self.draw.choice(MODES)), who)
        if self.draw.random() < 0.2:
            event = self.draw.choice(("subscribe", "CLICK", "SCAN", "VIEW", "unsubscribe", "LOCATION"))
            return phone.reports(event, EventKey=self.draw.choice(("eligibility", "help", self.mark)) + "")
        kind = self.draw.choice(("text",) * 8 + ("voice", "image", "location", "hologram"))
        fields = {"text": {"Content": self._said()}, "voice": {"Recognition": self._said()}}.get(kind, {"MediaId": "m"})
        return phone._push(phone.writes(kind, **fields, MsgId=str(self._number)))

    def _message(self) -> Call:
        self._number += 1
        phone = Phone(replace(self.account, mode=self.draw.choice(MODES)), self.draw.choice(self._phones))
        push = phone._push(phone.writes("text", Content=self._said(), MsgId=str(self._number)))
        return _posted("a message", push, phone.openid, f"wechat {phone.openid} {self._number}", proper=True)

    def _update(self) -> Call:
        body = self._json()
        who, turn = str(body["message"]["chat"]["id"]), f"telegram {body['update_id']}"
        return self._telegram("an update", json.dumps(body).encode(), who=who, turn=turn, proper=True)

    def _json(self, *, stranger: bool = False) -> dict[str, Any]:
        self._number += 1
        who = 7_000_000 + self._seed % 1000 * 100 + self.draw.randrange(24) + 50 * stranger
        person = {"id": who, "is_bot": False, "first_name": self.mark, "language_code": "zh-hans"}
        chat = {"id": who, "type": "private", "first_name": self.mark}
        message = {"message_id": self._number % 10**9, "date": 1, "chat": chat, "from": person, "text": self._said()}
        return {"update_id": self._number % 10**9, "message": message}

    def _telegram(self, kind: str, body: bytes, **more: Any) -> Call:
        headers = ((b"content-type", b"application/json"), (SECRET_HEADER.encode(), self.secret.encode()))
        return Call(kind, "/telegram", body, headers, **more)

    def _again(self) -> Call:
        if not self._kept:
            return self._message()
        return replace(self.draw.choice(self._kept), kind="a message or an update again")

    # -- wrong in one place --------------------------------------------------------------------------------------------

    def _stranger(self) -> str:
        return self.draw.choice(self._strangers)

    def _spoilt_xml(self) -> Call:
        who = self._stranger()
        push = self._push(who)
        body = push.xml.encode()
        for _ in range(self.draw.randrange(1, 4)):
            body = spoilt_xml(body, self.draw)
        if self.draw.random() < 0.4:
            query = {key: value for key, value in push.query.items() if key in ("signature", "timestamp", "nonce")}
            return _posted("XML", Push(query, body, ""), who)
        return _posted("XML, encrypted", self._sealed(body), who)

    def _sealed(self, inside: bytes, *, framed: bool = False, padded: bool = False) -> Push:
        """Any bytes, encrypted and signed as a message is."""
        whole = inside
        if not framed:
            whole = os.urandom(16) + struct.pack(">I", len(inside)) + inside + self.account.app_id.encode()
        if not padded:
            missing = 32 - len(whole) % 32
            whole += bytes([missing]) * missing
        cipher = self.account._cipher().encryptor()
        return self._signed(base64.b64encode(cipher.update(whole) + cipher.finalize()).decode())

    def _around(self, spoils: Callable[[bytes, random.Random], bytes]) -> Push:
        """A proper cipher text in XML that is spoilt."""
        push = self._push(self._stranger(), "safe")
        return replace(push, body=spoils(push.body, self.draw))

    def _signed(self, encrypted: str) -> Push:
        query = {name: value for name, value in self.account.asks_echo("").items() if name != "echostr"}
        signed = self.account.signs(query["timestamp"], query["nonce"], encrypted)
        query |= {"encrypt_type": "aes", "msg_signature": signed}
        return Push(query, f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode(), "")

    def _spoilt_frame(self) -> Call:
        """A frame of AES that is signed and whose inside is a lie."""
        draw, xml = self.draw, self._push(self._stranger()).xml.encode()
        app_id, length = self.account.app_id.encode(), len(xml)
        lies = (0, 1, length - 1, length + 1, length + len(app_id), 2**31 - 1, 2**31, 2**32 - 1, draw.randrange(2**32))
        framed = os.urandom(16) + struct.pack(">I", draw.choice(lies)) + xml + app_id
        insides = (
            lambda: self._sealed(framed, framed=True),
            lambda: self._sealed(os.urandom(16) + struct.pack(">I", length) + xml + b"wxother", framed=True),
            lambda: self._sealed(framed[: draw.randrange(24)], framed=True),
            lambda: self._sealed(os.urandom(32 * draw.randrange(1, 40)), framed=True, padded=True),
            lambda: self._sealed(framed + bytes([draw.randrange(256)]) * (32 - len(framed) % 32), framed=True,
                                 padded=True),
            lambda: self._sealed(b"", framed=True),
            lambda: self._around(spoilt_xml),
            lambda: self._around(in_another_encoding),
            lambda: replace(self.account, aes_key=42 * "Z" + "A").pushes(xml.decode()),
            lambda: replace(self.account, app_id="wx0000000000000000").pushes(xml.decode()),
        )  # fmt: skip
        return _posted("a frame", draw.choice(insides)(), "")

    def _spoilt_cipher(self) -> Call:
        """A cipher text that is changed; with a signature of its own, or with that of the whole one."""
        draw, push = self.draw, self._push(self._stranger(), "safe")
        encrypted = push.body.partition(b"<Encrypt><![CDATA[")[2].partition(b"]]>")[0].decode()
        place = draw.randrange(len(encrypted))
        changed = draw.choice(
            (
                encrypted[:place],
                encrypted[:place] + draw.choice("AZ09+/") + encrypted[place + 1 :],
                encrypted[:place] + draw.choice("é!\n =<&\x00") + encrypted[place:],
                encrypted * 2,
                encrypted[place:] + encrypted[:place],
                "",
                "A" * draw.randrange(2000),
            )
        )
        if draw.random() < 0.3:
            body = push.body.replace(encrypted.encode(), changed.encode())
            return _posted("a cipher text that is not signed", replace(push, body=body), "")
        return _posted("a cipher text", self._signed(changed), "")

    def _spoilt_query(self) -> Call:
        draw, push = self.draw, self._push(self._stranger())
        query = list(push.query.items())
        for _ in range(draw.randrange(1, 3)):
            place = draw.randrange(len(query)) if query else 0
            name, value = query[place] if query else ("timestamp", "1")
            odd = (
                "",
                "0",
                "-1",
                "9" * 30,
                "１２",
                "\x00",
                "é",
                "a" * 3000,
                "%00",
                "'--",
                value[::-1],
                value + value[:1],
            )
            change = draw.randrange(4)
            if change == 0 and query:
                query.pop(place)
            elif change == 1:
                query.append((name, draw.choice(odd)))
            elif change == 2 and query:
                query[place] = (name, draw.choice(odd))
            else:
                query.append(
                    (draw.choice(("encrypt_type", "echostr", "openid", "x" * 500)), draw.choice(("aes", *odd)))
                )
        method = "GET" if draw.random() < 0.3 else "POST"
        target = f"/wechat?{urlencode(query, quote_via=quote, errors='replace')}"
        return Call("a query", target, push.body if method == "POST" else b"", method=method)

    def _spoilt_json(self) -> Call:
        draw, body = self.draw, self._json(stranger=True)
        for _ in range(draw.randrange(1, 4)):
            spoil(body, draw)
        raw = json.dumps(body).encode()
        if draw.random() < 0.25:
            place = draw.randrange(len(raw))
            raw = draw.choice(
                (raw[:place], raw[:place] + os.urandom(3) + raw[place:], b"[" * 5000, b"", b"null", b"\xff\xfe" + raw)
            )
        return self._telegram("JSON", raw)

    def _spoilt_http(self) -> Call:
        """What holds the message is wrong: headers, methods, lengths."""
        draw = self.draw
        push = self._push(self._stranger())
        odd: tuple[tuple[bytes, bytes], ...] = (
            (
                b"content-type",
                draw.choice((b"", b"application/json", b"multipart/form-data", b"text/xml; charset=gbk")),
            ),
            (b"content-encoding", draw.choice((b"gzip", b"br", b"identity", b"x"))),
            (b"x-forwarded-for", self.mark.encode() + b", 127.0.0.1"),
            (b"cookie", b"hebao=" + self.mark.encode() * draw.randrange(1, 200)),
            (SECRET_HEADER.encode(), draw.choice((b"", b"x" * 5000, self.mark.encode()))),
            (b"expect", b"100-continue"),
            (b"accept-language", b"zh;q=nan, " + self.mark.encode()),
        )
        headers = tuple(draw.sample(odd, draw.randrange(1, 4)))
        if draw.random() < 0.4:
            method = draw.choice(("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE"))
            return Call("a method", draw.choice(("/wechat", "/telegram")), push.body, headers, method)
        if draw.random() < 0.5:
            return Call("a header", "/telegram", json.dumps(self._json(stranger=True)).encode(), headers)
        target = f"/wechat?{urlencode(push.query)}"
        lengths = (b"-1", b"1e3", b"5\r\nContent-Length: 6", b"99999999999", b"\x00")
        lines = draw.choice(
            (*(b"Content-Length: " + each for each in lengths), b"Transfer-Encoding: chunked\r\n\r\nzz")
        )
        head = f"POST {target} HTTP/1.1\r\nHost: a\r\n".encode()
        return Call("HTTP that is none", target, push.body, whole=head + lines + b"\r\n\r\n" + push.body[:200])

    def _noise(self) -> Call:
        path = self.draw.choice(("/wechat", "/telegram", "/wechat/pay", "/wechat/..", "/wechat/%2e%2e/telegram"))
        return Call("noise", f"{path}?{self.mark}", self.draw.randbytes(self.draw.randrange(40_000)))


def _posted(kind: str, push: Push, who: str, turn: str | None = None, *, proper: bool = False) -> Call:
    return Call(kind, f"/wechat?{urlencode(push.query)}", push.body, who=who, turn=turn, proper=proper)
