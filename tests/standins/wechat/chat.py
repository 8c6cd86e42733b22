"""What one person's phone shows of the account, and what WeChat's servers do between it and the account's server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.standins.wechat.phone import Account, Banner, Bubble, Phone, Push, bubble_of
from tests.standins.wechat.platform import Platform

PATIENCE, TRIES = 5, 3
"""Seconds that WeChat waits for an answer, and how often it sends a message."""

FAILURE = "该公众号提供的服务出现故障，请稍后再试"
STAFF = "staff@hebao"


@dataclass
class Line:
    """One line of the chat: `by` is me, account, or system."""

    at: float
    by: str
    text: str
    choices: list[dict[str, str]] = field(default_factory=list)


class Chat:
    """One person's chat with the account."""

    def __init__(self, platform: Platform, account: Account, server: str, openid: str) -> None:
        """`server` is the address that WeChat's console has for the account."""
        self._platform, self._server = platform, server
        self._lines: list[Line] = []
        self.phone = Phone(account, openid)
        platform.user(openid, follows=False)

    @property
    def openid(self) -> str:
        return self.phone.openid

    def shown(self) -> list[dict[str, Any]]:
        """The chat, oldest first."""
        lines = [vars(line) for line in self._lines]
        return sorted([*lines, *map(_sent, self._platform.seen(self.openid))], key=lambda each: float(each["at"]))

    # -- what somebody does --------------------------------------------------------------------------------------------

    async def does(self, what: str, given: dict[str, str]) -> None:
        """One act on the phone. Raises KeyError for one that there is not, or that lacks something."""
        await getattr(self, f"_{what}", self._unknown)(given)

    async def _unknown(self, given: dict[str, str]) -> None:
        raise KeyError("what")

    async def _types(self, given: dict[str, str]) -> None:
        await self._says(given["text"], self.phone.types(given["text"]))

    async def _taps(self, given: dict[str, str]) -> None:
        push = self.phone.sends("text", Content=given["text"], bizmsgmenuid=given["id"])
        await self._says(given["text"], push)

    async def _speaks(self, given: dict[str, str]) -> None:
        heard = given["text"]
        await self._says(f"🔊 {heard or '……'}", self.phone.speaks(heard or None))

    async def _photographs(self, given: dict[str, str]) -> None:
        await self._says("🖼 [图片]", self.phone.photographs())

    async def _films(self, given: dict[str, str]) -> None:
        await self._says("🎞 [视频]", self.phone.films())

    async def _places(self, given: dict[str, str]) -> None:
        await self._says("📍 [位置]", self.phone.shares_place())

    async def _links(self, given: dict[str, str]) -> None:
        await self._says("🔗 [链接]", self.phone.shares_link())

    async def _follows(self, given: dict[str, str]) -> None:
        self._says_itself("你关注了公众号")
        self._platform.opens(self.openid, "follow")
        await self._push(self.phone.follows(given.get("scene") or None))

    async def _leaves(self, given: dict[str, str]) -> None:
        self._says_itself("你取消了关注")
        self._platform.leaves(self.openid)
        await self._push(self.phone.leaves())

    async def _scans(self, given: dict[str, str]) -> None:
        self._says_itself(f"你扫了二维码 {given['scene']}")
        self._platform.opens(self.openid, "scan")
        await self._push(self.phone.scans(given["scene"]))

    async def _clicks(self, given: dict[str, str]) -> None:
        self._platform.opens(self.openid, "click")
        await self._push(self.phone.clicks(given["key"]))

    async def _views(self, given: dict[str, str]) -> None:
        self._platform.me = self.openid
        await self._push(self.phone.views(given["url"]))

    async def _agrees(self, given: dict[str, str]) -> None:
        await self._chooses(given["template"], "accept")

    async def _refuses(self, given: dict[str, str]) -> None:
        await self._chooses(given["template"], "reject")

    async def _chooses(self, template: str, choice: str) -> None:
        self._says_itself("你同意接收一次通知" if choice == "accept" else "你不接收通知")
        if choice == "accept":
            self._platform.consents(self.openid, template)
        inside = (
            f"<SubscribeMsgPopupEvent><List><TemplateId><![CDATA[{template}]]></TemplateId><SubscribeStatusString>"
            f"<![CDATA[{choice}]]></SubscribeStatusString><PopupScene>1</PopupScene></List></SubscribeMsgPopupEvent>"
        )
        xml = self.phone.writes("event", inside, Event="subscribe_msg_popup_event")
        await self._push(self.phone.account.pushes(xml))

    # -- what the staff does -------------------------------------------------------------------------------------------

    async def _staff_says(self, given: dict[str, str]) -> None:
        if not self._platform.user(self.openid).session:
            await self._taken()
        self._lines.append(Line(self._platform.now(), "account", given["text"]))

    async def _staff_ends(self, given: dict[str, str]) -> None:
        self._platform.user(self.openid).session = None
        self._says_itself("客服结束了会话")
        await self._push(self.phone.reports("kf_close_session", KfAccount=STAFF))

    async def _taken(self) -> None:
        self._platform.user(self.openid).session = STAFF
        self._says_itself("客服已接入")
        await self._push(self.phone.reports("kf_create_session", KfAccount=STAFF))

    # -- between the phone and the server ------------------------------------------------------------------------------

    async def _says(self, text: str, push: Push) -> None:
        self._lines.append(Line(self._platform.now(), "me", text))
        self._platform.opens(self.openid)
        await self._push(push)

    def _says_itself(self, text: str) -> None:
        self._lines.append(Line(self._platform.now(), "system", text))

    async def _push(self, push: Push) -> None:
        """Deliver, again where nothing comes back in time; show what is answered, or the banner."""
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
            for _ in range(TRIES):
                try:
                    response = await client.post(self._server, params=push.query, content=push.body)
                    response.raise_for_status()
                    self._shows(self.phone.sees(response.content))
                except httpx.HTTPError:
                    await asyncio.sleep(0.2)
                    continue
                except Banner:
                    break
                return
        self._says_itself(FAILURE)

    def _shows(self, bubble: Bubble | None) -> None:
        if bubble is None:
            return
        if bubble.kind == "transfer_customer_service":
            self._says_itself("消息已转给人工客服")
        else:
            self._lines.append(Line(self._platform.now(), "account", bubble.text, _choices(bubble)))


def _sent(shown: dict[str, Any]) -> dict[str, Any]:
    """What was sent besides the answers: a message of the account's, or a card."""
    line = {"at": shown["at"], "by": "account", "text": "", "choices": []}
    if shown["way"] != "service":
        return {**line, "card": {"title": "服务通知", "fields": shown["fields"], "page": shown["page"] or ""}}
    if shown["kind"] == "image":
        return {**line, "picture": shown["media_id"]}
    bubble = bubble_of(shown["text"])
    return {**line, "text": bubble.text, "choices": _choices(bubble)}


def _choices(bubble: Bubble) -> list[dict[str, str]]:
    return [{"shown": each.shown, "content": each.content, "id": each.menu_id} for each in bubble.choices]
