"""Knocks something out of place in XML and in JSON."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any


def in_another_encoding(body: bytes, draw: random.Random) -> bytes:
    """A message that says of itself that it is in some encoding, which may be none."""
    return b'<?xml version="1.0" encoding="' + draw.choice((b"rot13", b"utf-16", b"gbk", b"hex", b"x")) + b'"?>' + body


def spoilt_xml(body: bytes, draw: random.Random) -> bytes:
    """A message with something knocked out of place, as bytes that may be no XML any more."""
    names = (b"ToUserName", b"FromUserName", b"CreateTime", b"MsgType", b"Content", b"MsgId", b"Event", b"EventKey")
    name = draw.choice(names)
    start, end = body.find(b"<" + name + b">"), body.find(b"</" + name + b">")
    if start < 0 or end < start:
        start, end, name = 0, len(body), b""
    inside = start + len(name) + 2
    part = body[start : end + len(name) + 3]
    odd = (
        b"", b"0", b"-1", b"9" * 40, b"event", b"text", b"\x00", b"\xff\xfe", "é参👍".encode(), b"]]>", b"<a>1</a>",
        b"&amp;&lt;", b"&e;", b"<![CDATA[x]]>", b"<!-- x -->", b"a" * 5000, b"1e5", b"subscribe", b"'; DROP--",
    )  # fmt: skip
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: body[:start] + body[end + len(name) + 3 :],
        lambda: body[:start] + part + body[start:],
        lambda: body[:inside] + draw.choice(odd) + body[end:],
        lambda: body[:inside] + draw.choice(odd) + body[inside:],
        lambda: body.replace(name, draw.choice(names), 1) if name else body,
        lambda: body.replace(name, name.lower()) if name else body,
        lambda: body[: draw.randrange(len(body) + 1)],
        lambda: b'<!DOCTYPE x [<!ENTITY e "ee"><!ENTITY f "&e;&e;">]>' + body,
        lambda: in_another_encoding(body, draw),
        lambda: body.replace(b"<xml>", draw.choice((b"<XML>", b"<x:xml xmlns:x='u'>", b"<xml a='1'>", b"<html>")), 1),
        lambda: body[:inside] + b"<b>" * 300 + body[inside:end] + b"</b>" * 300 + body[end:],
        lambda: bytes(draw.choice((letter, letter ^ 1 << draw.randrange(8))) if draw.random() < 0.02 else letter
                      for letter in body),
        lambda: body + body,
    )  # fmt: skip
    return draw.choice(ways)()


def spoil(data: Any, draw: random.Random) -> None:
    """Knock something out of place somewhere in JSON data."""
    command = {"type": "bot_command", "offset": 9, "length": 9}
    numbers: tuple[Any, ...] = (None, True, 0, -1, 2**63, 1e308)
    texts = ("", "x" * 5000, "\x00", "\ud800", "/start", "/start " + "x" * 100, "en")
    odd = (*numbers, *texts, [], {}, [[]], {"a": {}}, [command])
    names = ("edited_message", "callback_query", "my_chat_member", "entities", "photo", "data", "text", "chat", "x")
    while isinstance(data, dict) and data:
        key = draw.choice(list(data))
        if isinstance(data[key], dict) and data[key] and draw.random() < 0.7:
            data = data[key]
            continue
        way = draw.randrange(4)
        if way == 0:
            del data[key]
        elif way == 1:
            data[key] = draw.choice(odd)
        elif way == 2:
            names = (
                "edited_message",
                "callback_query",
                "my_chat_member",
                "entities",
                "photo",
                "data",
                "text",
                "chat",
                "x",
            )
            data[draw.choice(names)] = draw.choice((data[key], *odd))
        else:
            deep: Any = draw.choice(odd)
            for _ in range(draw.randrange(1, 60)):
                deep = draw.choice(({"a": deep}, [deep]))
            data[key] = deep
        return
