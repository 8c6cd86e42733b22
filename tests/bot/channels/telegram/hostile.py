"""Webhook calls that nobody should make: made by a seed, with the structure of real ones knocked out of place."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

IDENTITY, NAME, PHONE, WORDS = "330402196001010011", "王秘密", "13957312345", "我的秘密是今天"
PERSONAL = (IDENTITY, NAME, PHONE, WORDS)
"""What is said in them, and must be seen nowhere."""

SAID = (
    "/start", "/help@hebao_standin_bot", "/start county-haiyan", "能参保吗", "妈妈", "60岁", "报名参保", "同意", "更正",
    f"我叫{NAME}，身份证{IDENTITY}，电话{PHONE}", WORDS, "😀" * 2000, "<b>&amp;</i>", "\u202e反\x00\x1b[31m",
    "a" * 4096, "{{7*7}} %s {0} ${x}", "'; DROP TABLE inbox;--", "\ud83d", "",
)  # fmt: skip

VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**31, 2**63, -(2**63), 10**30, 10**600, 1.5, float("nan"), float("inf"), "", "0", "x",
    IDENTITY, "\x00", "\ud800", "a" * 5000, [], {}, [[]], [None] * 50, {"id": None}, {"": ""},
    {"id": 1, "type": "private"},
)  # fmt: skip


@dataclass(frozen=True)
class HostileCall:
    """One call. `secret` is what stands in the header, None for no header, "right" for the right one."""

    body: bytes
    secret: bytes | None
    headers: tuple[tuple[str, str], ...] = ()


class Hostile:
    """Makes calls, and calls that come again."""

    def __init__(self, seed: int, people: list[int], secret: str) -> None:
        self._random = random.Random(seed)
        self._people = people
        self._secret = secret.encode()
        self._numbers = iter(range(10_000_000 * (seed + 1), 10_000_000 * (seed + 2)))

    def calls(self, count: int) -> Iterator[HostileCall]:
        """So many; some of them are earlier ones again, as they were or with other words under the same number."""
        made: list[HostileCall] = []
        for _ in range(count):
            call = self._random.choice(made) if made and self._random.random() < 0.15 else self._call()
            made.append(call)
            yield call

    def _call(self) -> HostileCall:
        update = self._update()
        for _ in range(self._random.choice((0, 0, 0, 1, 1, 2, 5))):
            self._knock(update)
        return HostileCall(self._raw(update), self._header(), self._more_headers())

    # -- whole updates -------------------------------------------------------------------------------------------------

    def _update(self) -> dict[str, Any]:
        kinds: list[Callable[[], dict[str, Any]]] = [
            self._message, self._message, self._message, self._tap, self._edited, self._member, self._group,
            self._something, self._other_kind,
        ]  # fmt: skip
        return {"update_id": next(self._numbers), **self._random.choice(kinds)()}

    def _user(self, number: int) -> dict[str, Any]:
        code = self._random.choice(("zh-hans", "en", "fr", "zh_CN", "../..", "", "x" * 500, None))
        return {"id": number, "is_bot": False, "first_name": NAME, "language_code": code}

    def _said(self) -> dict[str, Any]:
        who = self._random.choice(self._people)
        return {
            "message_id": self._random.randrange(1, 99), "date": 1, "from": self._user(who),
            "chat": {"id": who, "type": "private", "first_name": NAME}, "text": self._random.choice(SAID),
        }  # fmt: skip

    def _message(self) -> dict[str, Any]:
        return {"message": self._said()}

    def _edited(self) -> dict[str, Any]:
        return {"edited_message": {**self._said(), "edit_date": 2}}

    def _tap(self) -> dict[str, Any]:
        message = self._said()
        data = self._random.choice(("AAAAAAAA.0", "x", ".", "", "AAAAAAAA.-1", "合" * 21, "\x00", "A" * 64, IDENTITY))
        button = {"text": NAME, "callback_data": data}
        message["reply_markup"] = {"inline_keyboard": [[button]]}
        tap = {"id": str(next(self._numbers)), "from": message["from"], "message": message, "chat_instance": "1"}
        return {"callback_query": {**tap, "data": data}}

    def _member(self) -> dict[str, Any]:
        message = self._said()
        status = self._random.choice(("kicked", "member", "left", "of the future"))
        member = {"user": self._user(700_000_001), "status": status, "until_date": 0}
        changed = {"chat": message["chat"], "from": message["from"], "date": 1}
        return {"my_chat_member": {**changed, "old_chat_member": member, "new_chat_member": dict(member)}}

    def _group(self) -> dict[str, Any]:
        message = self._said()
        message["chat"] = {"id": -1_000_000_000_001, "type": "supergroup", "title": NAME}
        return {"message": message}

    def _something(self) -> dict[str, Any]:
        message = self._said()
        del message["text"]
        file = {"file_id": "a", "file_unique_id": "a"}
        sort, body = self._random.choice(
            (
                ("photo", [{**file, "width": 1, "height": 1}]), ("voice", {**file, "duration": 1}),
                ("location", {"latitude": 1.0, "longitude": 1.0}), ("document", file),
                ("dice", {"emoji": "🎲", "value": 1}),
                ("contact", {"phone_number": PHONE, "first_name": NAME}), ("pinned_message", self._said()),
                ("web_app_data", {"data": WORDS, "button_text": "a"}), ("of_the_future", {"text": WORDS}),
            )
        )  # fmt: skip
        return {"message": {**message, sort: body, "caption": WORDS}}

    def _other_kind(self) -> dict[str, Any]:
        kind = self._random.choice(("poll", "inline_query", "channel_post", "of_the_future", "message", "chat_member"))
        return {kind: self._random.choice((self._said(), *VALUES))}

    # -- knocked out of place ------------------------------------------------------------------------------------------

    def _knock(self, update: dict[str, Any]) -> None:
        """Change one thing anywhere inside."""
        places = list(_places(update))
        if not places:
            return
        holder, key = self._random.choice(places)
        match self._random.randrange(5):
            case 0:
                del holder[key]
            case 1:
                holder[key] = [holder[key]]
            case 2 if isinstance(holder, dict):
                holder[self._random.choice(("id", "type", "text", "message", "from", "x" * 300, "\x00"))] = holder[key]
            case _:
                holder[key] = copy.deepcopy(self._random.choice(VALUES))

    def _raw(self, update: dict[str, Any]) -> bytes:
        """The update as bytes, mostly as JSON."""
        try:
            whole = json.dumps(update, ensure_ascii=self._random.random() < 0.5).encode("utf-8", "surrogatepass")
        except ValueError:  # a number with more digits than Python writes
            whole = b"{}"
        match self._random.randrange(20):
            case 0:
                return whole[: self._random.randrange(len(whole) + 1)]
            case 1:
                place = self._random.randrange(len(whole))
                return whole[:place] + bytes([self._random.randrange(256)]) + whole[place + 1 :]
            case 2:
                # Of two equal names one counts; which, is not said.
                return whole[:-1] + b', "update_id": ' + str(next(self._numbers)).encode() + b"}"
            case 3:
                deep = self._random.choice((60, 70, 1_000, 30_000))
                return whole[:-1] + b', "x": ' + b"[" * deep + b"]" * deep + b"}"
            case 4:
                return self._random.choice(
                    (b"", b"null", b"[]", b"{}", b'"x"', b"\xff\xfe", b"\xef\xbb\xbf" + whole,
                     whole.decode("utf-8", "replace").encode("utf-16"), b'{"update_id": 1' + b"0" * 5000 + b"}",
                     b"[" + whole + b"]", whole + whole, b"<xml/>", b"\x1f\x8b" + whole,
                     b" " * 70_000, whole[:-1] + b', "x": "' + b"a" * 70_000 + b'"}')
                )  # fmt: skip
            case _:
                return whole

    def _header(self) -> bytes | None:
        if self._random.random() < 0.9:
            return self._secret
        return self._random.choice(
            (
                None,
                b"",
                b"x",
                self._secret + b"x",
                self._secret[:-1],
                b"\xe5\xaf\x86",
                b"a" * 5000,
                self._secret.upper(),
            )
        )

    def _more_headers(self) -> tuple[tuple[str, str], ...]:
        return self._random.choice(
            (
                (), (), (("content-type", "application/json"),), (("content-type", "text/xml; charset=gbk"),),
                (("content-encoding", "gzip"),), (("content-type", "multipart/form-data"),),
                (("x-forwarded-for", f"127.0.0.1, {IDENTITY}"), ("user-agent", NAME.encode().decode("latin-1"))),
                (("x-telegram-bot-api-secret-token", "x"),),
            )
        )  # fmt: skip


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place inside a value: what holds it, and its key there."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in list(keys):
        yield value, key
        yield from _places(value[key])
