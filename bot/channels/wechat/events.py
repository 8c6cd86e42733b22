"""What each message and event means here: something said, something that came, or something to write down."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from bot.channels.faults import Blocked, DeliveryFault, NoConsent, Unavailable
from bot.channels.wechat.keys import KEYS
from bot.channels.wechat.messages import Notice, Received
from bot.exchange import ABOUT, Follows, Inbound, Outbound
from bot.languages import catalogue
from bot.threads import Threads
from dialogs.arrivals import Event
from dialogs.members.codes import read_code
from member_store.members import deliveries, notice_consents
from member_store.members.records import Records

CHANNEL = "wechat"

_CAME = {
    "voice": Event.VOICE,
    "image": Event.PICTURE,
    "video": Event.FILM,
    "shortvideo": Event.FILM,
    "location": Event.PLACE,
    "link": Event.LINK,
    "miniprogrampage": Event.LINK,
}
_UNSUPPORTED = "【收到不支持的消息类型，暂无法显示】"
"""What WeChat writes as the text of a message that it does not pass on, such as a sticker."""

_TAP = re.compile(rf"[A-Za-z0-9_-]{{1,32}}\.[0-9]{{1,3}}|{re.escape(ABOUT)}[0-9]{{1,12}}", re.ASCII)
_COUNTY = "county-"
_HELD = {"kf_create_session": True, "kf_switch_session": True, "kf_close_session": False}

_NO_CONSENT = "43101"


class Events:
    """Does what a message or event asks for, through the service. Events that concern nobody here are left alone.

    `standing` are the templates of notices to which people agree for good, by WeChat's id.
    """

    def __init__(self, threads: Threads, standing: Collection[str] = ()) -> None:
        self._run = threads.run
        self._service = threads.service
        self._standing = frozenset(standing)

    async def take(self, received: Received, follows: Follows) -> Outbound | None:
        """The answer; None where there is none to be given. Raises as `Service.handle` does."""
        if received.kind != "event":
            return await self._turn(_message(received, follows))
        who = CHANNEL, received.account, received.message_id
        match received.event:
            case "subscribe" | "scan":
                return await self._arrived(received, follows)
            case "click":
                return await self._clicked(received, follows)
            case "unsubscribe":
                await self._run(self._service.gone, *who)
            case "kf_create_session" | "kf_switch_session" | "kf_close_session":
                await self._run(self._service.human, *who, holds=_HELD[received.event])
            case "templatesendjobfinish" if received.sent:
                await self._run(self._service.happened, *who, _reported(received.sent, _reason(received.status)))
            case "subscribe_msg_popup_event" | "subscribe_msg_change_event" | "subscribe_msg_sent_event":
                await self._run(self._service.happened, *who, self._told_of(received))
        return None

    async def _turn(self, inbound: Inbound) -> Outbound:
        return await self._run(self._service.handle, inbound)

    async def _arrived(self, received: Received, follows: Follows) -> Outbound:
        """Somebody follows the account, or scans one of its codes: the code may say something for them."""
        if received.event == "subscribe":
            await self._run(self._service.back, CHANNEL, received.account, f"{received.message_id}.back")
        opens = "follow" if received.event == "subscribe" else "scan"
        if said := self._said_by(received.scene):
            return await self._turn(_inbound(received, follows, said, opens=opens))
        return await self._turn(_inbound(received, follows, event=Event.ARRIVED, opens=opens))

    def _said_by(self, scene: str) -> str:
        """What a scanned code says: a one-time code, or the name of the county where it hangs on the wall."""
        if not scene:
            return ""
        if (code := read_code(scene)) is not None:
            return f"{code[:4]}-{code[4:]}"
        context = self._service.context()
        county = scene.removeprefix(_COUNTY)
        if context.county is not None or county not in context.counties:
            return ""
        return context.scheme(None).counties[county].name

    async def _clicked(self, received: Received, follows: Follows) -> Outbound:
        """A tap on the menu says what its key stands for; one that nobody knows brings what one can come for."""
        if received.key not in KEYS:
            return await self._turn(_inbound(received, follows, event=Event.ARRIVED, opens="click"))
        view = await self._run(self._service.view, CHANNEL, received.account)
        said = catalogue(view.locale)(KEYS[received.key])
        return await self._turn(_inbound(received, follows, said, opens="click"))

    def _told_of(self, received: Received) -> Callable[[Records], None]:
        def write(records: Records) -> None:
            for notice in received.notices:
                if received.event == "subscribe_msg_sent_event":
                    deliveries.reported(records, notice.sent, _reason_of(notice))
                elif notice.status == "accept":
                    standing = notice.template in self._standing
                    notice_consents.agreed(records, CHANNEL, received.account, notice.template, standing=standing)
                elif notice.status == "reject":
                    notice_consents.ended(records, CHANNEL, received.account, notice.template)

        return write


def _message(received: Received, follows: Follows) -> Inbound:
    text = received.text
    if (
        received.kind not in ("text", "voice")
        or text == _UNSUPPORTED
        or (received.kind == "voice" and not text.strip())
    ):
        return _inbound(received, follows, event=_CAME.get(received.kind, Event.OTHER), opens="message")
    tap = received.tap if received.tap is not None and _TAP.fullmatch(received.tap) else None
    return _inbound(received, follows, text, tap=tap, opens="message")


def _inbound(
    received: Received,
    follows: Follows,
    text: str = "",
    *,
    opens: str,
    event: Event = Event.SAID,
    tap: str | None = None,
) -> Inbound:
    return Inbound(
        CHANNEL, received.account, received.message_id, text, event=event, tap=tap, opens=opens, follows=follows
    )


def _reported(sent: str, reason: str | None) -> Callable[[Records], None]:
    def write(records: Records) -> None:
        deliveries.reported(records, sent, reason)

    return write


def _reason(status: str) -> str | None:
    """Why a template message did not arrive, by what WeChat says of it; None where it did."""
    folded = status.lower().replace(" ", "")
    if folded == "success":
        return None
    if folded == "failed:userblock":
        return Blocked.reason
    return Unavailable.reason if folded == "failed:systemfailed" else DeliveryFault.reason


def _reason_of(notice: Notice) -> str | None:
    if notice.code == "0" or (not notice.code and notice.status == "success"):
        return None
    return NoConsent.reason if notice.code == _NO_CONSENT else DeliveryFault.reason
