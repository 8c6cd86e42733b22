"""Subscription notices (订阅通知): which template of the account says what, as an operator has written down in a file.

Every account has template ids of its own, and fields that were chosen when the template was taken from WeChat's
library. What a field takes is at
https://developers.weixin.qq.com/doc/service/guide/product/subscription_messages/intro.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.languages import Catalogue
from bot.settings import SettingsError
from dialogs.context import N_
from member_store.members.records import OFFICE_TIME
from policy_engine.errors import PackError
from policy_engine.reading.source import Node, read_yaml

ANSWER_WAITING = "answer_waiting"
"""The notice that an answer waits in the conversation."""

CONTRIBUTION_DUE = "contribution_due"
"""The notice that a contribution is to be paid, with the last day as its time."""

_WORDS: dict[str, Mapping[str, str]] = {
    ANSWER_WAITING: {
        "{what}": N_("notice.answer_waiting.what"),
        "{next}": N_("notice.answer_waiting.next"),
    },
    CONTRIBUTION_DUE: {
        "{what}": N_("notice.contribution_due.what"),
        "{next}": N_("notice.contribution_due.next"),
    },
}
"""What stands for words of ours in a field, for each notice that there is."""

ABOUT = {
    ANSWER_WAITING: N_("notice.answer_waiting.about"),
    CONTRIBUTION_DUE: N_("notice.contribution_due.about"),
}
"""What each notice is for, to whoever is asked whether they want it."""

_TIME = "{time}"

_HAN = "\u3400-\u9fff"
_LONGEST_THING = 20
_TIMES = ("time", "date")
_FIXED = {
    "thing": re.compile(rf".{{1,{_LONGEST_THING}}}"),
    "short_thing": re.compile(r".{1,5}"),
    "const": re.compile(r".{1,20}"),
    "character_string": re.compile(rf"[^{_HAN}]{{1,32}}"),
    "phrase": re.compile(rf"[{_HAN}]{{1,5}}"),
    "number": re.compile(r"[0-9.]{1,32}"),
    "letter": re.compile(r"[A-Za-z]{1,32}"),
    "phone_number": re.compile(r"[0-9+\-() ]{1,17}"),
}
"""Which texts each kind of field takes."""
_FIELD = re.compile(r"([a-z_]+?)[0-9]{1,3}", re.ASCII)
_TEMPLATE = re.compile(r"[A-Za-z0-9_-]{20,64}", re.ASCII)


@dataclass(frozen=True)
class Notice:
    """A notice of ours as the account's template says it.

    `id` is our name of it, `template` WeChat's. `fields` are the template's own, each with a text or with what stands
    for one. `standing`: people agree to it for good (长期订阅), not for each notice anew.
    """

    id: str
    template: str
    fields: Mapping[str, str]
    standing: bool

    def filled(self, words: Catalogue, at: datetime) -> dict[str, dict[str, str]]:
        """The fields of one notice as WeChat wants them."""
        told = {mark: words(message_id) for mark, message_id in _WORDS[self.id].items()}
        there = at.astimezone(OFFICE_TIME)
        told[_TIME] = f"{there.year}年{there.month}月{there.day}日 {there:%H:%M}"
        return {name: {"value": _fitting(name, told.get(value, value))} for name, value in self.fields.items()}


@dataclass(frozen=True)
class Notices:
    """The notices that an account can send; those that no template is named for are never sent."""

    templates: tuple[Notice, ...] = ()

    def named(self, notice: str) -> Notice | None:
        """The notice by our name of it."""
        return next((each for each in self.templates if each.id == notice), None)

    @property
    def standing(self) -> frozenset[str]:
        """The templates to which people agree for good."""
        return frozenset(each.template for each in self.templates if each.standing)


def read_notices(path: Path | None) -> Notices:
    """The file's notices; none without a file. Raises SettingsError, with the line, for a file that cannot be used."""
    if path is None:
        return Notices()
    try:
        entries = read_yaml(path, path.name).mapping(_WORDS)
        return Notices(tuple(_notice(name, node) for name, node in entries.items()))
    except PackError as error:
        raise SettingsError(f"HEBAO_WECHAT_NOTICES: {error}") from None


def _notice(name: str, node: Node) -> Notice:
    entries = node.mapping(("template", "standing", "fields"), ("template", "fields"))
    template = entries["template"].text()
    if not _TEMPLATE.fullmatch(template):
        raise _wrong(entries["template"], "a template's id is 20 to 64 letters, digits, _ and -. Copy it from WeChat")
    fields = entries["fields"].entries()
    if not fields:
        raise _wrong(entries["fields"], "name the template's fields, each with what it is to say")
    for field, value in fields.items():
        _check(name, field, value)
    standing = entries["standing"].flag() if "standing" in entries else False
    return Notice(name, template, {field: value.text() for field, value in fields.items()}, standing)


def _check(notice: str, field: str, node: Node) -> None:
    found = _FIELD.fullmatch(field)
    kind, value = found[1] if found else "", node.text()
    if kind not in (*_FIXED, *_TIMES):
        raise _wrong(node, f"{field!r} is no field that can be filled: {', '.join((*_FIXED, *_TIMES))}, and a number")
    if kind in _TIMES:
        if value != _TIME:
            raise _wrong(node, f"{field} takes a time. Write  {field}: '{_TIME}'")
    elif value.startswith("{"):
        if kind != "thing" or value not in _WORDS[notice]:
            raise _wrong(node, f"{value} cannot stand in {field}. A field thing… takes {', '.join(_WORDS[notice])}")
    elif not _FIXED[kind].fullmatch(value):
        raise _wrong(node, f"WeChat does not take {value!r} in {field}. Shorten it, or take another template")


def _wrong(node: Node, problem: str) -> SettingsError:
    return SettingsError(f"HEBAO_WECHAT_NOTICES: {node.where}: {problem}.")


def _fitting(field: str, value: str) -> str:
    """A text that a translation has made too long, cut: the notice itself says no more than to come and look."""
    if field.startswith("thing") and len(value) > _LONGEST_THING:
        return value[: _LONGEST_THING - 1] + "…"
    return value
