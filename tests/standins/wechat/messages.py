"""What is sent to people: service messages, notices by subscription and template; who of the staff has them."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.standins.wechat.errors import Refused

if TYPE_CHECKING:
    from tests.standins.wechat.app import Call
    from tests.standins.wechat.platform import Platform

OK = {"errcode": 0, "errmsg": "ok"}

# What a notice's keywords take, by the kind that their names begin with.
_HAN = "\u3400-\u9fff"
KEYWORDS = {
    "thing": re.compile(r".{1,20}", re.DOTALL),
    "short_thing": re.compile(r".{1,5}"),
    "number": re.compile(r"[0-9.]{1,32}"),
    "letter": re.compile(r"[A-Za-z]{1,32}"),
    "symbol": re.compile(r"[^\w\s]{1,5}"),
    "character_string": re.compile(rf"[^{_HAN}]{{1,32}}"),
    "phrase": re.compile(rf"[{_HAN}]{{1,5}}"),
    "time": re.compile(r".*\d{1,2}:\d{2}.*"),
    "date": re.compile(r".*\d{4}([年\-/.])\d{1,2}([月\-/.])\d{1,2}.*"),
    "amount": re.compile(r"[¥￥$€]?\d{1,10}(\.\d{1,2})?元?"),
    "phone_number": re.compile(r"[0-9+\-() ]{1,17}"),
    "car_number": re.compile(r".{1,8}"),
    "name": re.compile(rf"[{_HAN}·A-Za-z .]{{1,10}}|[A-Za-z .'\-]{{1,20}}"),
    "const": re.compile(r".{0,20}"),
    "enum": re.compile(r".{1,20}"),
}


def custom_send(platform: Platform, call: Call) -> dict[str, Any]:
    data = call.data
    content = _content(platform, data)
    user = platform.reachable(str(data.get("touser", "")))
    _show(platform, user.openid, {"way": "service", "kind": data["msgtype"], **content})
    return dict(OK)


def _content(platform: Platform, data: dict[str, Any]) -> dict[str, Any]:
    kind = data.get("msgtype")
    part = data.get(str(kind))
    if kind not in ("text", "image", "msgmenu"):
        raise Refused(40008)
    if not isinstance(part, dict):
        raise Refused(44004)
    if kind == "text":
        text = part.get("content")
        if not isinstance(text, str) or not text:
            raise Refused(44004)
        if len(text.encode()) > platform.rules.text_bytes:
            raise Refused(45002)
        return {"text": text}
    if kind == "image":
        found = platform.media.get(str(part.get("media_id")))
        if found is None or found[2] <= platform.now():
            raise Refused(40007)
        return {"media_id": part["media_id"], "bytes": len(found[0])}
    items = part.get("list")
    if not isinstance(items, list) or not items or not all(str(item.get("content", "")) for item in items):
        raise Refused(44004)
    if any(not re.fullmatch(r"[0-9A-Za-z_]{1,32}", str(item.get("id", ""))) for item in items):
        raise Refused(40035)
    return {"head": part.get("head_content", ""), "items": items, "tail": part.get("tail_content", "")}


def typing(platform: Platform, call: Call) -> dict[str, Any]:
    command = call.data.get("command")
    user = platform.users.get(str(call.data.get("touser", "")))
    if user is None:
        raise Refused(40003)
    if command not in ("Typing", "CancelTyping"):
        raise Refused(45072)
    if platform.now() - user.wrote_at > 30:
        raise Refused(45080)
    if command == "Typing" and user.typing:
        raise Refused(45081)
    user.typing = command == "Typing"
    return dict(OK)


def bizsend(platform: Platform, call: Call) -> dict[str, Any]:
    data = call.data
    user = platform.users.get(str(data.get("touser", "")))
    template = _template(platform, data)
    if user is None:
        raise Refused(40003)
    _check_fields(platform, template, data)
    page = data.get("page")
    if page is not None and urlsplit(str(page)).scheme not in ("http", "https"):
        raise Refused(40035)
    if template not in user.standing:
        if user.consents.get(template, 0) < 1:
            raise Refused(43101)
        user.consents[template] -= 1
    message_id = _show(platform, user.openid, {"way": "notice", "template": template, "page": page, **_values(data)})
    return {**OK, "msgid": message_id}


def template_send(platform: Platform, call: Call) -> dict[str, Any]:
    data = call.data
    user = platform.users.get(str(data.get("touser", "")))
    template = _template(platform, data)
    if user is None:
        raise Refused(40003)
    if not user.follows:
        raise Refused(43004)
    _check_fields(platform, template, data)
    shown = {"way": "template", "template": template, "page": data.get("url"), **_values(data)}
    return {**OK, "msgid": _show(platform, user.openid, shown)}


def _template(platform: Platform, data: dict[str, Any]) -> str:
    template = str(data.get("template_id", ""))
    # Where nobody has said which templates the account has, it has all.
    if not template or (platform.templates and template not in platform.templates):
        raise Refused(40037)
    return template


def _check_fields(platform: Platform, template: str, data: dict[str, Any]) -> None:
    fields = data.get("data")
    if not isinstance(fields, dict) or not fields:
        raise Refused(47003)
    for keyword in set(platform.templates.get(template, fields)) | set(fields):
        if keyword not in fields or keyword not in platform.templates.get(template, fields):
            raise Refused(47003, f"data.{keyword} invalid")
        value = fields[keyword].get("value") if isinstance(fields[keyword], dict) else None
        rule = KEYWORDS.get(re.sub(r"\d+$", "", keyword))
        if not isinstance(value, str) or rule is None or not rule.fullmatch(value):
            raise Refused(47003, f"data.{keyword}.value invalid")


def _values(data: dict[str, Any]) -> dict[str, Any]:
    return {"fields": {keyword: each["value"] for keyword, each in data["data"].items()}}


def _show(platform: Platform, openid: str, what: dict[str, Any]) -> int:
    message_id = secrets.randbelow(10**18) + 10**18
    shown = {"to": openid, "at": platform.now(), "message_id": message_id, **what}
    platform.sent.append(shown)
    platform.user(openid).seen.append(shown)
    return message_id


# -- customer service staff -------------------------------------------------------------------------------------------


def session_create(platform: Platform, call: Call) -> dict[str, Any]:
    user = platform.users.get(str(call.data.get("openid", "")))
    if user is None:
        raise Refused(40003)
    if user.session:
        raise Refused(65415)
    user.session = str(call.data.get("kf_account", ""))
    return dict(OK)


def session_close(platform: Platform, call: Call) -> dict[str, Any]:
    user = platform.users.get(str(call.data.get("openid", "")))
    if user is None or user.session != call.data.get("kf_account"):
        raise Refused(65417)
    user.session = None
    return dict(OK)


def session_get(platform: Platform, call: Call) -> dict[str, Any]:
    user = platform.users.get(call.query.get("openid", ""))
    if user is None:
        raise Refused(40003)
    return {**OK, "kf_account": user.session or "", "createtime": int(platform.now()) if user.session else 0}
