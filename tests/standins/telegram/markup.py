"""Telegram's HTML, read as strictly as its documentation asks (https://core.telegram.org/bots/api#html-style).

Stricter than the platform in one thing: that takes a bare `&` or `>`, which its documentation forbids.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "span": "spoiler",
    "tg-spoiler": "spoiler", "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TOKEN = re.compile(r"</([A-Za-z][A-Za-z0-9-]*)\s*>|<([A-Za-z][A-Za-z0-9-]*)((?:\s+[^<>]*)?)>|&(#?[A-Za-z0-9]+);|[<>&]")
_ATTRIBUTE = re.compile(r'\s*([a-z-]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\')')


class MarkupError(ValueError):
    """The markup is not taken. `str(error)` is what the platform says after *can't parse entities:*."""


@dataclass(frozen=True)
class Formatted:
    """A text without its markup, and where which format applies, in UTF-16 units."""

    text: str
    entities: tuple[dict[str, Any], ...] = ()


def units(text: str) -> int:
    """The UTF-16 units of a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def read_html(source: str) -> Formatted:
    """The text and its formats. Raises MarkupError."""
    text = ""
    open_tags: list[tuple[str, int, dict[str, str]]] = []
    entities: list[dict[str, Any]] = []
    at = 0
    for token in _TOKEN.finditer(source):
        text += source[at : token.start()]
        at = token.end()
        closing, opening, attributes, entity = token.groups()
        place = len(source[: token.start()].encode())
        if closing:
            if not open_tags:
                raise MarkupError(f"Unexpected end tag at byte offset {place}")
            name, start, given = open_tags.pop()
            if closing.lower() != name:
                raise MarkupError(
                    f'Unmatched end tag at byte offset {place}, expected "</{name}>", found "</{closing}>"'
                )
            if units(text) > start:
                entities.append({"type": _TAGS[name], "offset": start, "length": units(text) - start, **given})
        elif opening:
            name = opening.lower()
            found = {key: double or single for key, double, single in _ATTRIBUTE.findall(attributes)}
            if name not in _TAGS or (name == "span" and found.get("class") != "tg-spoiler"):
                raise MarkupError(f'Unsupported start tag "{name}" at byte offset {place}')
            open_tags.append((name, units(text), {"url": found["href"]} if "href" in found else {}))
        elif entity:
            text += _character(entity, place)
        else:
            raise MarkupError(f'Unescaped "{token.group()}" at byte offset {place}')
    if open_tags:
        raise MarkupError(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return Formatted(text + source[at:], tuple(sorted(entities, key=lambda each: each["offset"])))


def _character(entity: str, place: int) -> str:
    if entity.startswith("#x"):
        return chr(int(entity[2:], 16))
    if entity.startswith("#"):
        return chr(int(entity[1:]))
    if entity not in _NAMED:
        raise MarkupError(f'Unsupported entity "&{entity};" at byte offset {place}')
    return _NAMED[entity]
