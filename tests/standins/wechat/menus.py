"""The menu under the conversation, checked as the real one does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.standins.wechat.errors import Refused

if TYPE_CHECKING:
    from tests.standins.wechat.app import Call
    from tests.standins.wechat.platform import Platform

OK = {"errcode": 0, "errmsg": "ok"}
WITH_KEY = {
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
}
PRIVATE = {"sex", "country", "province", "city", "language"}


def create(platform: Platform, call: Call) -> dict[str, Any]:
    _check(call.data.get("button"))
    platform.menu = {"menu": {"button": call.data["button"]}, "conditionalmenu": []}
    return dict(OK)


def get(platform: Platform, call: Call) -> dict[str, Any]:
    if platform.menu is None:
        raise Refused(46003)
    return {key: value for key, value in platform.menu.items() if value}


def delete(platform: Platform, call: Call) -> dict[str, Any]:
    platform.menu = None
    return dict(OK)


def add_conditional(platform: Platform, call: Call) -> dict[str, Any]:
    rule = call.data.get("matchrule")
    if platform.menu is None:
        raise Refused(46003)
    if not isinstance(rule, dict) or not rule:
        raise Refused(40035)
    if set(rule) & PRIVATE:
        raise Refused(65320)
    _check(call.data.get("button"))
    number = str(400000000 + len(platform.menu["conditionalmenu"]))
    platform.menu["conditionalmenu"].append({**call.data, "menuid": number})
    return {"menuid": number}


def _check(buttons: Any) -> None:
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise Refused(40016)
    for button in buttons:
        if not isinstance(button, dict):
            raise Refused(47001)
        if not 1 <= len(str(button.get("name", "")).encode()) <= 16:
            raise Refused(40018)
        under = button.get("sub_button")
        if not under:
            _check_item(button, 40017, 40019, 40020, 40055)
            continue
        if not isinstance(under, list) or len(under) > 5:
            raise Refused(40023)
        for item in under:
            if not 1 <= len(str(item.get("name", "")).encode()) <= 60:
                raise Refused(40025)
            _check_item(item, 40024, 40026, 40027, 40054)


def _check_item(item: dict[str, Any], bad_type: int, bad_key: int, bad_url: int, bad_domain: int) -> None:
    if item.get("type") == "view":
        url = str(item.get("url", ""))
        if not 1 <= len(url.encode()) <= 1024:
            raise Refused(bad_url)
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
            raise Refused(bad_domain)
    elif item.get("type") in WITH_KEY:
        if not 1 <= len(str(item.get("key", "")).encode()) <= 128:
            raise Refused(bad_key)
    else:
        raise Refused(bad_type)
