"""WeChat's interfaces that we use, each as a method. Raises `bot.channels.faults` and nothing of a library's."""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.channels.faults import NotAccepted, QuotaSpent, Unavailable
from bot.channels.wechat.api.advice import log_advice
from bot.channels.wechat.api.codes import BUSY_CODES, MEDIA_CODE, TOKEN_CODES, WeChatMisconfigured, fault_of
from bot.channels.wechat.api.tokens import Fetched, SharedToken
from bot.channels.wechat.api.transport import Transport
from bot.settings import Settings
from member_store.tokens import Tokens

_TRIES_WHEN_BUSY = 3
_FIRST_PAUSE_SECONDS = 0.3
_MEDIA_SECONDS = 3 * 86400 - 3600
"""WeChat keeps what is uploaded for three days; an hour less, so that nothing ends on its way."""
_MEDIA_KEPT = 500


class WeChatClient:
    """One account's interfaces. Belongs to one event loop; close it with `aclose`."""

    def __init__(
        self,
        settings: Settings,
        tokens: Tokens,
        *,
        transport: Transport | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._app_id = settings.wechat_app_id
        self._secret = settings.wechat_app_secret
        self._transport = transport or Transport(settings.wechat_api_base)
        self._now = now or (lambda: datetime.now(UTC))
        self._token = SharedToken(tokens, f"wechat {self._app_id} token", self._fetch_token, self._now)
        self._ticket = SharedToken(tokens, f"wechat {self._app_id} ticket", self._fetch_ticket, self._now)
        self._spent: dict[str, datetime] = {}
        self._media: OrderedDict[str, tuple[str, float]] = OrderedDict()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()

    # -- messages: https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage ------------

    async def send_text(self, openid: str, text: str) -> None:
        """Send a service message of words, at most 2 048 bytes in UTF-8."""
        await self._post("message/custom/send", {"touser": openid, "msgtype": "text", "text": {"content": text}})

    async def send_image(self, openid: str, media_id: str) -> None:
        """Send a picture that has been uploaded."""
        await self._post("message/custom/send", {"touser": openid, "msgtype": "image", "image": {"media_id": media_id}})

    async def send_menu(self, openid: str, head: str, items: Sequence[tuple[str, str]], tail: str = "") -> None:
        """Send a question with answers to tap (msgmenu), each an id and what it says."""
        listed = [{"id": each, "content": content} for each, content in items]
        menu = {"head_content": head, "list": listed, "tail_content": tail}
        await self._post("message/custom/send", {"touser": openid, "msgtype": "msgmenu", "msgmenu": menu})

    async def send_picture(self, openid: str, png: bytes) -> None:
        """Upload a picture, or use what was uploaded of it, and send it."""
        media_id = await self.upload_image(png)
        try:
            await self.send_image(openid, media_id)
        except NotAccepted as fault:
            if fault.code != str(MEDIA_CODE):
                raise
            self._media.pop(_digest(png), None)
            await self.send_image(openid, await self.upload_image(png))

    async def typing(self, openid: str) -> None:
        """Show that an answer is being written."""
        await self._post("message/custom/typing", {"touser": openid, "command": "Typing"})

    async def send_subscription(
        self, openid: str, template: str, data: Mapping[str, Mapping[str, str]], page: str | None = None
    ) -> str | None:
        """Send a notice that the person has agreed to (订阅通知); returns WeChat's id of it, where it tells one."""
        message = {"touser": openid, "template_id": template, "data": data, **({"page": page} if page else {})}
        return _message_id(await self._post("message/subscribe/bizsend", message))

    async def send_template(
        self, openid: str, template: str, data: Mapping[str, Mapping[str, str]], page: str | None = None
    ) -> str | None:
        """Send a template message (模板消息); returns WeChat's id of it."""
        message = {"touser": openid, "template_id": template, "data": data, **({"url": page} if page else {})}
        return _message_id(await self._post("message/template/send", message))

    async def upload_image(self, png: bytes) -> str:
        """Upload a picture for three days; returns its id. The same one again is not uploaded again within its life."""
        digest = _digest(png)
        known = self._media.get(digest)
        if known is not None and time.monotonic() < known[1]:
            self._media.move_to_end(digest)
            return known[0]
        answer = await self._with_token(
            "media/upload",
            lambda token: self._transport.upload(
                "/cgi-bin/media/upload", {"access_token": token, "type": "image"}, "picture.png", png, "image/png"
            ),
        )
        media_id = _text(answer, "media_id")
        self._media[digest] = media_id, time.monotonic() + _MEDIA_SECONDS
        while len(self._media) > _MEDIA_KEPT:
            self._media.popitem(last=False)
        return media_id

    # -- menu: https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu ----------------------

    async def create_menu(self, buttons: Sequence[Mapping[str, Any]]) -> None:
        """Put a menu under the conversation, in the place of the one before."""
        await self._post("menu/create", {"button": list(buttons)})

    async def get_menu(self) -> list[dict[str, Any]]:
        """The menu that WeChat has; empty where there is none."""
        try:
            answer = await self._get("menu/get", {})
        except NotAccepted as fault:
            if fault.code == "46003":
                return []
            raise
        menu = answer.get("menu")
        buttons = menu.get("button") if isinstance(menu, dict) else None
        return buttons if isinstance(buttons, list) else []

    # -- pages: https://developers.weixin.qq.com/doc/service/guide/h5/auth.html ---------------------------------------

    async def ticket(self) -> str:
        """The ticket that JS-SDK's signatures are made with."""
        return await self._ticket.get()

    async def openid_of(self, code: str) -> str:
        """Who came back from WeChat's page with this code. NotAccepted: the code is bad, too old, or was used."""
        query = {
            "appid": self._app_id,
            "secret": self._secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        answer = await self._tried(lambda: self._transport.get("/sns/oauth2/access_token", query))
        self._raise_for(answer, "oauth2")
        return _text(answer, "openid")

    # -- how each call goes -------------------------------------------------------------------------------------------

    async def _post(self, name: str, data: Mapping[str, Any]) -> dict[str, Any]:
        path = f"/cgi-bin/{name}"
        return await self._with_token(name, lambda token: self._transport.post(path, {"access_token": token}, data))

    async def _get(self, name: str, query: Mapping[str, str]) -> dict[str, Any]:
        path = f"/cgi-bin/{name}"
        return await self._with_token(name, lambda token: self._transport.get(path, {"access_token": token, **query}))

    async def _with_token(self, name: str, call: Callable[[str], Any]) -> dict[str, Any]:
        """The answer of a call that needs the token, which is refreshed once where WeChat refuses it."""
        until = self._spent.get(name)
        if until is not None and self._now() < until:
            raise QuotaSpent(until, "45009")
        token = await self._token.get()
        answer = await self._tried(lambda: call(token))
        if _code(answer) in TOKEN_CODES:
            fresh = await self._token.get(refused=token)
            answer = await self._tried(lambda: call(fresh))
        self._raise_for(answer, name)
        return answer

    async def _tried(self, call: Callable[[], Any]) -> dict[str, Any]:
        """The answer, after pauses where WeChat says that it is busy."""
        pause = _FIRST_PAUSE_SECONDS
        answer: dict[str, Any] = await call()
        for _ in range(_TRIES_WHEN_BUSY - 1):
            if _code(answer) not in BUSY_CODES:
                break
            # Not all at the same moment again.
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - a pause is no secret
            pause *= 3
            answer = await call()
        return answer

    def _raise_for(self, answer: Mapping[str, Any], name: str) -> None:
        code = _code(answer)
        if code == 0:
            return
        fault = fault_of(code, str(answer.get("errmsg", "")), self._now())
        if isinstance(fault, QuotaSpent):
            self._spent[name] = fault.until
        if isinstance(fault, WeChatMisconfigured):
            log_advice(fault)
        raise fault

    async def _fetch_token(self, refused: str | None) -> Fetched:
        data = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._secret}
        fetched = await self._asked_for_token(data)
        if fetched.value == refused:
            # WeChat gives out again what it has just refused: somebody has made it invalid.
            fetched = await self._asked_for_token({**data, "force_refresh": True})
        return fetched

    async def _asked_for_token(self, data: Mapping[str, Any]) -> Fetched:
        answer = await self._tried(lambda: self._transport.post("/cgi-bin/stable_token", {}, data))
        self._raise_for(answer, "token")
        return Fetched(_text(answer, "access_token"), _seconds(answer))

    async def _fetch_ticket(self, _: str | None) -> Fetched:
        answer = await self._get("ticket/getticket", {"type": "jsapi"})
        return Fetched(_text(answer, "ticket"), _seconds(answer))


def _digest(png: bytes) -> str:
    return hashlib.sha256(png).hexdigest()


def _code(answer: Mapping[str, Any]) -> int:
    code = answer.get("errcode", 0)
    return code if isinstance(code, int) else -1


def _text(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise Unavailable(f"no {name}")
    return value


def _seconds(answer: Mapping[str, Any]) -> int:
    seconds = answer.get("expires_in")
    return seconds if isinstance(seconds, int) and seconds > 0 else 0


def _message_id(answer: Mapping[str, Any]) -> str | None:
    found = answer.get("msgid")
    return str(found) if isinstance(found, int | str) and str(found) != "0" else None
