"""Whether WeChat would take a service message: for a while after a person did something, and so many then.

Page: https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
"""

from __future__ import annotations

from datetime import timedelta

from bot.channels.wechat.events import CHANNEL
from bot.settings import Settings
from member_store.members import deliveries
from member_store.members.records import Records
from member_store.tables.conversations import MESSAGE

SERVICE, NOTICE = "service", deliveries.NOTICE
"""By which of WeChat's ways something goes."""


class ServiceWindow:
    """The windows of an account, as long as its settings say."""

    def __init__(self, settings: Settings) -> None:
        self._message = timedelta(hours=settings.wechat_window_hours), settings.wechat_window_messages
        self._event = timedelta(seconds=settings.wechat_event_seconds), settings.wechat_event_messages

    def is_open(self, records: Records, openid: str) -> bool:
        """Whether a message may be sent to somebody now."""
        for window in deliveries.windows(records, CHANNEL, openid):
            lasts, most = self._message if window.kind == MESSAGE else self._event
            if records.now >= window.opened_at + lasts:
                continue
            if deliveries.count_since(records, CHANNEL, openid, SERVICE, window.opened_at) < most:
                return True
        return False
