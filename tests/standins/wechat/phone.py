"""What WeChat does between a phone and an official account's server: messages out, signed and encrypted; replies in.

It knows nothing of our program, only what WeChat's pages say. It sends nothing itself: it makes the request (`Push`)
and reads the response, so that the same phone serves tests over HTTP, tests inside one process, and benchmarks:

    account = Account(token="AAAAA", app_id="wx1", aes_key=43 * "A")
    phone = Phone(account)
    push = phone.types("我妈能参保吗")
    response = client.post("/wechat", params=push.query, content=push.body)
    shown = phone.sees(response.content)      # a `Bubble`, or None where WeChat shows nothing
    push = phone.taps(shown, "能不能参保")     # a choice of the text
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
import secrets
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

Mode = Literal["plain", "compatible", "safe"]

LONGEST_TEXT = 2048
"""Bytes of a passive reply's text; a longer one shows the failure banner."""

_CANNOT_BE_SENT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINK = re.compile(r'<a\s+href="([^"]*)"\s*>(.*?)</a>', re.DOTALL)
_MESSAGE_IDS = itertools.count(24_000_000_000_000_001)


class Banner(AssertionError):  # noqa: N818 - what the phone shows
    """The phone shows 该公众号暂时无法提供服务，请稍后再试: the account's server answered what WeChat cannot use."""


@dataclass(frozen=True)
class Push:
    """One request to the account's server: POST with this query and body. `xml` is what it says, not encrypted."""

    query: dict[str, str]
    body: bytes
    xml: str

    @property
    def target(self) -> str:
        """The query as it stands in an address."""
        return "&".join(f"{name}={value}" for name, value in self.query.items())


@dataclass(frozen=True)
class Choice:
    """A link in a text that says something: what it shows, what is sent when it is tapped, and the id beside that."""

    shown: str
    content: str
    menu_id: str


@dataclass(frozen=True)
class Bubble:
    """A reply as the phone shows it. `kind` is its MsgType; `text` has its links as plain text, `choices` are those."""

    kind: str
    text: str = ""
    choices: tuple[Choice, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Account:
    """An official account as WeChat's console knows it. `name` is its own id among users (gh_…)."""

    token: str = "AAAAA"
    app_id: str = "wxba5fad812f8e6fb9"
    aes_key: str = 43 * "A"
    mode: Mode = "safe"
    name: str = "gh_97417a04a28d"

    def asks_echo(self, echo: str = "4375120948345356249", seconds: int | None = None) -> dict[str, str]:
        """The query of the GET that asks whether a server is the account's."""
        query = self._signed(seconds, None)
        return {**query, "echostr": echo}

    def pushes(self, xml: str, seconds: int | None = None, nonce: str | None = None) -> Push:
        """A message on its way, in the account's mode; `seconds` is when it is sent, by WeChat's clock."""
        query = self._signed(seconds, nonce)
        openid = re.search(r"<FromUserName><!\[CDATA\[(.*?)\]\]>", xml)
        query["openid"] = openid[1] if openid else ""
        if self.mode == "plain":
            return Push(query, xml.encode(), xml)
        encrypted = self.encrypts(xml)
        query["encrypt_type"] = "aes"
        query["msg_signature"] = self.signs(query["timestamp"], query["nonce"], encrypted)
        inner = (
            xml.removeprefix("<xml>").removesuffix("</xml>")
            if self.mode == "compatible"
            else (f"<ToUserName><![CDATA[{self.name}]]></ToUserName>")
        )
        return Push(query, f"<xml>{inner}<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode(), xml)

    def opens(self, body: bytes) -> str:
        """The XML of a reply. Raises Banner where WeChat would not take it."""
        if self.mode == "plain":
            return body.decode()
        frame = _fields(body)
        try:
            encrypted, seconds, nonce = frame["Encrypt"], frame["TimeStamp"], frame["Nonce"]
            if frame["MsgSignature"] != self.signs(seconds, nonce, encrypted):
                raise Banner("The reply's signature is wrong")
            return self.decrypts(encrypted)
        except (KeyError, ValueError) as error:
            raise Banner("The reply is not encrypted, or not so that it can be read") from error

    def signs(self, *parts: str) -> str:
        """WeChat's signature: of the token and whatever else, sorted and joined."""
        return hashlib.sha1("".join(sorted([self.token, *parts])).encode()).hexdigest()

    def encrypts(self, text: str, random: bytes | None = None) -> str:
        """Cipher text: 16 random bytes, the length, the text, the AppID, padded to 32 bytes; AES-256-CBC; base64."""
        message = text.encode()
        whole = (random or secrets.token_hex(8).encode()) + struct.pack(">I", len(message)) + message
        whole += self.app_id.encode()
        padding = 32 - len(whole) % 32
        cipher = self._cipher().encryptor()
        return base64.b64encode(cipher.update(whole + bytes([padding]) * padding) + cipher.finalize()).decode()

    def decrypts(self, encrypted: str) -> str:
        """The text of a cipher text. Raises ValueError where it is none of this account's."""
        cipher = self._cipher().decryptor()
        whole = cipher.update(base64.b64decode(encrypted, validate=True)) + cipher.finalize()
        if not 1 <= whole[-1] <= 32 or whole[-whole[-1] :] != bytes([whole[-1]]) * whole[-1]:
            raise ValueError("not padded as it should be")
        whole = whole[16 : -whole[-1]]
        length = struct.unpack(">I", whole[:4])[0]
        if whole[4 + length :] != self.app_id.encode():
            raise ValueError("for another account")
        return whole[4 : 4 + length].decode()

    def _cipher(self) -> Cipher[modes.CBC]:
        key = base64.b64decode(self.aes_key + "=")
        return Cipher(algorithms.AES(key), modes.CBC(key[:16]))

    def _signed(self, seconds: int | None, nonce: str | None) -> dict[str, str]:
        when, nonce = str(int(time.time()) if seconds is None else seconds), nonce or str(secrets.randbelow(10**10))
        return {"signature": self.signs(when, nonce), "timestamp": when, "nonce": nonce}


class Phone:
    """One user's phone, in the account's chat. Each method makes a new message; a copy is the same `Push` again, or
    `again` with a new signature."""

    def __init__(self, account: Account, openid: str = "o9AgO5Kd5ggOC-bXrbNODIiE3bGY") -> None:
        self.account = account
        self.openid = openid
        self.now: int | None = None
        """The time by WeChat's clock in seconds; the real time where it is None."""

    def types(self, text: str) -> Push:
        return self.sends("text", Content=typed(text))

    def taps(self, bubble: Bubble, shown: str) -> Push:
        """Tap the choice whose text holds `shown`: it is sent like something typed, with its id beside it."""
        choice = next(each for each in bubble.choices if shown in each.shown)
        return self.sends("text", Content=choice.content, bizmsgmenuid=choice.menu_id)

    def speaks(self, heard: str | None = None) -> Push:
        """A voice message; `heard` is what WeChat makes of it, None where the account has no speech recognition."""
        recognition = {} if heard is None else {"Recognition": heard}
        return self.sends("voice", MediaId="m1", Format="amr", **recognition)

    def photographs(self) -> Push:
        return self.sends("image", PicUrl="http://mmbiz.qpic.cn/x/0", MediaId="m1")

    def films(self, kind: Literal["video", "shortvideo"] = "video") -> Push:
        return self.sends(kind, MediaId="m1", ThumbMediaId="m2")

    def shares_place(self, latitude: float = 30.75, longitude: float = 120.75, label: str = "嘉兴市") -> Push:
        return self.sends("location", Location_X=str(latitude), Location_Y=str(longitude), Scale="16", Label=label)

    def shares_link(self, title: str = "新闻", url: str = "https://example.com") -> Push:
        return self.sends("link", Title=title, Description="", Url=url)

    def follows(self, scene: str | None = None) -> Push:
        """Follow the account, by a QR code that carries `scene` or by another way."""
        if scene is None:
            return self.reports("subscribe", EventKey="")
        return self.reports("subscribe", EventKey=f"qrscene_{scene}", Ticket="t1")

    def leaves(self) -> Push:
        return self.reports("unsubscribe", EventKey="")

    def scans(self, scene: str) -> Push:
        """Scan one of the account's QR codes as somebody who follows it already."""
        return self.reports("SCAN", EventKey=scene, Ticket="t1")

    def clicks(self, key: str) -> Push:
        return self.reports("CLICK", EventKey=key)

    def views(self, url: str) -> Push:
        return self.reports("VIEW", EventKey=url, MenuId="1")

    def sends(self, kind: str, **fields: str) -> Push:
        """A message of any kind, with a MsgId of its own."""
        return self._push(self.writes(kind, **fields, MsgId=str(next(_MESSAGE_IDS))))

    def reports(self, event: str, **fields: str) -> Push:
        """An event of any kind: it has no MsgId."""
        return self._push(self.writes("event", Event=event, **fields))

    def writes(self, kind: str, inside: str = "", **fields: str) -> str:
        """The XML of a message; `inside` is XML that comes after the fields."""
        parts = {
            "ToUserName": self.account.name,
            "FromUserName": self.openid,
            "CreateTime": str(self._seconds()),
            "MsgType": kind,
            **fields,
        }
        return f"<xml>{''.join(_element(name, value) for name, value in parts.items())}{inside}</xml>"

    def again(self, push: Push) -> Push:
        """The same message as WeChat sends it once more: another time and nonce in the address."""
        return self._push(push.xml)

    def sees(self, body: bytes) -> Bubble | None:
        """What the phone shows of a response: None for nothing. Raises Banner for what WeChat cannot use."""
        if body in (b"", b"success"):
            return None
        found = _fields(self.account.opens(body).encode())
        if found.get("ToUserName") != self.openid or found.get("FromUserName") != self.account.name:
            raise Banner("The reply goes to somebody else")
        if not re.fullmatch(r"[0-9]+", found.get("CreateTime", "")):
            raise Banner("CreateTime is no whole number")
        kind = found.get("MsgType", "")
        if kind == "transfer_customer_service":
            return Bubble(kind, fields=found)
        if kind != "text" or not found.get("Content"):
            raise Banner("The reply says nothing")
        if len(found["Content"].encode()) > LONGEST_TEXT:
            raise Banner("The reply is too long")
        return replace(bubble_of(found["Content"]), fields=found)

    def _push(self, xml: str) -> Push:
        return self.account.pushes(xml, self._seconds())

    def _seconds(self) -> int:
        return int(time.time()) if self.now is None else self.now


def typed(text: str) -> str:
    """What of a text reaches the account's server: XML has no way to hold some characters."""
    return _CANNOT_BE_SENT.sub("", text)


def bubble_of(content: str) -> Bubble:
    """A text as the app shows it, from a passive reply or a service message: its links can be tapped."""
    choices = []
    for address, shown in _LINK.findall(content):
        parts = urlsplit(address)
        if (parts.scheme, parts.netloc) == ("weixin", "bizmsgmenu"):
            query = parse_qs(parts.query)
            choices.append(Choice(shown, query["msgmenucontent"][0], query["msgmenuid"][0]))
    return Bubble("text", _LINK.sub(lambda link: link[2], content), tuple(choices))


def _element(name: str, value: str) -> str:
    if name in ("CreateTime", "MsgId"):
        return f"<{name}>{value}</{name}>"
    return f"<{name}><![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]></{name}>"


def _fields(body: bytes) -> dict[str, str]:
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise Banner("The reply is no XML") from error
    if root.tag != "xml" or any(len(child) for child in root):
        raise Banner("The reply is not as WeChat's pages say")
    fields = [(child.tag, child.text or "") for child in root]
    if len(dict(fields)) != len(fields):
        raise Banner("The reply says something twice")
    return dict(fields)
