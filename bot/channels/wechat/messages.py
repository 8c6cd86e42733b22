"""A message or an event as WeChat writes it, read into one plain form. Nothing in it is trusted.

Pages: https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html ,
https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html ,
https://developers.weixin.qq.com/doc/service/guide/product/subscription_messages/push.html
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers.expat import ExpatError

from wechatpy.parser import parse_message

from bot.channels.wechat.envelope import NotReadable

_ACCOUNT = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)
_NUMBER = re.compile(r"0*([1-9][0-9]{0,31})", re.ASCII)
_NOTICES = ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent")
_MOST_NOTICES = 20


@dataclass(frozen=True)
class Notice:
    """What became of one subscription notice, or of the agreement to notices of one template.

    `status` is `accept` or `reject` of an agreement; of a notice that was sent, `success` or WeChat's own word for why
    not. `sent` is WeChat's id of the notice, `code` its number of the error ("0" for none).
    """

    template: str
    status: str
    sent: str = ""
    code: str = ""


@dataclass(frozen=True)
class Received:
    """One message or event.

    `kind` is WeChat's MsgType in lower case, `event` its Event. `account` is who it is from (an openid) and `to` the
    official account; `created` is in seconds. `message_id` is the same for every copy of a message. `text` is what was
    typed, or what WeChat heard in speech. `tap` is the id of a choice in our own text. `key` is a menu's key or a
    page's address, `scene` what a scanned code carries. `sent` and `status` tell of a template message.
    """

    kind: str
    account: str = field(repr=False)
    to: str = field(repr=False)
    created: int
    message_id: str = field(repr=False)
    event: str = ""
    text: str = field(default="", repr=False)
    tap: str | None = None
    key: str = field(default="", repr=False)
    scene: str = field(default="", repr=False)
    sent: str = ""
    status: str = ""
    notices: tuple[Notice, ...] = ()


def read_message(xml: str | bytes) -> Received:
    """The message. Raises NotReadable for anything that is none: other XML, parts missing, twice, or nested."""
    try:
        message = parse_message(xml)
    except (ExpatError, KeyError, TypeError, AttributeError, ValueError, RecursionError):
        # What the library lets out for no XML, another root, no type or two, bad UTF-8, entities, and depth.
        raise NotReadable from None
    if message is None:
        raise NotReadable
    # The raw fields: the library's own turn a nested element into the text of a dict, and know not every event.
    return _received(message._data)


def _received(data: Mapping[str, Any]) -> Received:
    kind, event = _text(data, "MsgType").lower(), _text(data, "Event").lower()
    account, to, created = _text(data, "FromUserName"), _text(data, "ToUserName"), _text(data, "CreateTime")
    if not (_ACCOUNT.fullmatch(account) and _ACCOUNT.fullmatch(to) and _SECONDS.fullmatch(created)):
        raise NotReadable
    key = _text(data, "EventKey")
    # The library calls these two otherwise, where a code was scanned; and takes the prefix off what it carries.
    scanned = event in {"subscribe_scan", "scan"}
    text = _text(data, "Recognition") if kind == "voice" else _text(data, "Content")
    number = _NUMBER.fullmatch(_text(data, "MsgId"))
    notices = tuple(_notices(data)) if event.startswith("subscribe_msg_") else ()
    sent, status = _text(data, "MsgID"), _text(data, "Status")
    # Of two results or two choices in one second none is a copy of the other.
    copies = (account, created, kind, event, key, text, sent, status, *(repr(notice) for notice in notices))
    return Received(
        kind=kind,
        account=account,
        to=to,
        created=int(created),
        message_id=number[1] if number else _fingerprint(copies),
        event="subscribe" if event.startswith("subscribe_scan") else event,
        text=text,
        tap=_text(data, "bizmsgmenuid") or None,
        key=key,
        scene=key if scanned else "",
        sent=sent,
        status=status,
        notices=notices,
    )


def _text(data: Mapping[str, Any], name: str) -> str:
    """The text of an element; empty where there is none. Raises NotReadable where it is there twice, or nested."""
    found = data.get(name)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise NotReadable
    return found


def _fingerprint(parts: tuple[str, ...]) -> str:
    """The id of what WeChat gives none: events, and the odd message. It has no other use than to know copies by."""
    return "e" + hashlib.blake2b("\n".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _notices(data: Mapping[str, Any]) -> Iterator[Notice]:
    """One or several: WeChat writes a list of one as no list, and names what is around it one way or another."""
    for around in (*(data.get(name) for name in _NOTICES), data):
        listed = around.get("List") if isinstance(around, Mapping) else None
        for each in (listed if isinstance(listed, list) else [listed])[:_MOST_NOTICES]:
            if isinstance(each, Mapping) and (template := _text(each, "TemplateId")):
                status = _text(each, "SubscribeStatusString") or _text(each, "ErrorStatus")
                yield Notice(template, status, _text(each, "MsgID"), _text(each, "ErrorCode"))
