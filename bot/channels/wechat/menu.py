"""The menu under the conversation: read from a file, checked whole, and made into what WeChat takes.

https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu

There is one menu, in the source language: WeChat shows different ones to different people only by tags that an account
gives them, and refuses the language of the phone as a rule (65320), since it says something about the person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.channels.wechat.keys import KEYS
from bot.languages import FOLDER, SOURCE
from bot.settings import Settings
from policy_engine.errors import N_, PackError
from policy_engine.reading.source import Node, read_yaml

BUTTONS, SUB_BUTTONS = 3, 5
NAME_BYTES, SUB_NAME_BYTES, KEY_BYTES, URL_BYTES = 16, 60, 128, 1024
"""What WeChat takes at most; bytes in UTF-8, in which a Chinese character has three."""

_WITH_KEY = (
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
)
_FIELDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_WITH_KEY, ("key",)),
    "view": ("url",),
    "miniprogram": ("url", "appid", "pagepath"),
    "media_id": ("media_id",),
    "view_limited": ("media_id",),
    "article_id": ("article_id",),
    "article_view_limited": ("article_id",),
}
"""What each type of button has to have."""
_ANY_FIELD = ("key", "url", "appid", "pagepath", "media_id", "article_id")
_LONGEST = {"key": KEY_BYTES, "url": URL_BYTES}

_NEEDS: dict[str, Callable[[Settings], bool]] = {
    "public_url": lambda settings: bool(settings.public_url),
    "notices": lambda settings: bool(settings.public_url and settings.wechat_notices),
    "humans": lambda settings: settings.wechat_humans,
}
"""What a button may need to be of use: the setting behind it."""
NEEDED_SETTINGS = {
    "public_url": "HEBAO_PUBLIC_URL",
    "notices": "HEBAO_PUBLIC_URL, HEBAO_WECHAT_NOTICES",
    "humans": "HEBAO_WECHAT_HUMANS",
}

OUR_MENU = FOLDER / SOURCE / "wechat_menu.yaml"
"""The menu that comes with the program."""


class MenuError(Exception):
    """A menu that WeChat would not take. `faults` are all that is wrong with it, in the order of the file."""

    def __init__(self, faults: tuple[PackError, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True)
class Menu:
    """A menu that WeChat takes. `left_out` are the buttons that need a setting which is not set, each with its need."""

    buttons: tuple[Mapping[str, Any], ...]
    left_out: tuple[tuple[str, str], ...] = ()


def read_menu(path: Path, settings: Settings) -> Menu:
    """The menu of a file. Raises MenuError."""
    reading = _Reading(settings)
    buttons: list[dict[str, Any]] = []
    with reading.noting():
        root = read_yaml(path, path.name).mapping(("button",), ("button",))["button"]
        buttons = reading.buttons(root, BUTTONS, NAME_BYTES)
        if not buttons and not reading.faults:
            raise root.refuse(N_("No button is left. Add one that needs no setting, or set what they need."))
    if reading.faults:
        raise MenuError(tuple(sorted(reading.faults, key=_line)))
    return Menu(tuple(buttons), tuple(reading.left_out))


def _line(fault: PackError) -> int:
    line = fault.where.rpartition(":")[2]
    return int(line) if line.isdigit() else 0


class _Reading:
    """One file, read to its end whatever is wrong in it."""

    def __init__(self, settings: Settings) -> None:
        self.faults: list[PackError] = []
        self.left_out: list[tuple[str, str]] = []
        self._settings = settings

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note what is wrong with a part, and go on behind it."""
        try:
            yield
        except PackError as error:
            self.faults.append(error)

    def buttons(self, listed: Node, most: int, name_bytes: int) -> list[dict[str, Any]]:
        """The buttons of one level that are of use with these settings."""
        nodes = listed.some()
        if len(nodes) > most:
            self.faults.append(
                nodes[most].refuse(
                    N_("WeChat shows {most} buttons here, and these are {count}. Take some away from here on."),
                    most=most,
                    count=len(nodes),
                )
            )
        found = []
        for node in nodes:
            with self.noting():
                button = self._button(node, name_bytes)
                if button:
                    found.append(button)
        return found

    def _button(self, node: Node, name_bytes: int) -> dict[str, Any]:
        """One button; nothing for one that is left out."""
        is_top = name_bytes == NAME_BYTES
        entries = node.mapping(("name", "type", "needs", *_ANY_FIELD, *(["sub_button"] if is_top else [])), ("name",))
        name = ""
        with self.noting():
            name = _short(entries["name"], name_bytes)
        below = "sub_button" in entries
        with self.noting():
            action = self._below(entries) if below else self._action(node, entries)
            needs = entries["needs"].one_of(_NEEDS) if "needs" in entries else None
            if needs is not None and not _NEEDS[needs](self._settings):
                self.left_out.append((name, needs))
                return {}
            # One with more below it does nothing by itself, and WeChat refuses it with nothing there.
            return {"name": name, **action} if action else {}
        return {}

    def _below(self, entries: Mapping[str, Node]) -> dict[str, Any]:
        for key in ("type", *_ANY_FIELD):
            if key in entries:
                self.faults.append(
                    entries[key].refuse(
                        N_("A button with others below it does nothing itself. Remove {key}."), key=repr(key)
                    )
                )
        under = self.buttons(entries["sub_button"], SUB_BUTTONS, SUB_NAME_BYTES)
        return {"sub_button": under} if under else {}

    def _action(self, node: Node, entries: Mapping[str, Node]) -> dict[str, Any]:
        if "type" not in entries:
            raise node.refuse(N_("The key {key} is missing. Add it."), key=repr("type"))
        kind = entries["type"].one_of(_FIELDS)
        action: dict[str, Any] = {"type": kind}
        for key in _ANY_FIELD:
            with self.noting():
                if key in _FIELDS[kind] and key not in entries:
                    raise node.refuse(N_("The key {key} is missing. Add it."), key=repr(key))
                if key not in _FIELDS[kind] and key in entries:
                    raise entries[key].refuse(
                        N_("A button of the type {type} has no {key}. Remove it."), type=kind, key=repr(key)
                    )
                if key in entries:
                    action[key] = self._value(kind, key, entries[key], left_out=not self._is_of_use(entries))
        return action

    def _is_of_use(self, entries: Mapping[str, Node]) -> bool:
        needs = entries["needs"].value if "needs" in entries else None
        return not isinstance(needs, str) or needs not in _NEEDS or _NEEDS[needs](self._settings)

    def _value(self, kind: str, key: str, node: Node, *, left_out: bool) -> str:
        if key == "url":
            return self._address(node, left_out=left_out)
        if kind == "click":
            return _short(node, KEY_BYTES) and node.one_of(KEYS)
        return _short(node, _LONGEST.get(key, KEY_BYTES))

    def _address(self, node: Node, *, left_out: bool) -> str:
        """An address; one that begins with a slash is a page of this service."""
        url = node.text()
        if url.startswith("/") and not url.startswith("//"):
            if left_out:
                return url
            if not self._settings.public_url:
                raise node.refuse(
                    N_("{url} is a page of this service. Set HEBAO_PUBLIC_URL to where people reach it."), url=url
                )
            url = self._settings.public_url.rstrip("/") + url
        parts = urlsplit(url) if url.isprintable() and " " not in url else urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise node.refuse(
                N_("{url} is no address that a phone can open. Begin it with https://, or with / for a page of ours."),
                url=repr(url[:100]),
            )
        return _within(node, url, URL_BYTES)


def _short(node: Node, most: int) -> str:
    return _within(node, node.text().strip(), most)


def _within(node: Node, text: str, most: int) -> str:
    length = len(text.encode("utf-8", "surrogatepass"))
    if not text:
        raise node.refuse(N_("Here should be words, not {value}."), value=repr(text))
    if length > most:
        raise node.refuse(
            N_("{value} has {length} bytes, and WeChat takes {most}; a Chinese character has three. Shorten it."),
            value=repr(text[:40]),
            length=length,
            most=most,
        )
    return text
