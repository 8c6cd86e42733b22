"""WeChat's error codes, each as the fault by which whoever sends decides what happens next.

https://developers.weixin.qq.com/doc/oplatform/developers/errCode/errCode.html
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from bot.channels.faults import (
    BadTarget,
    Blocked,
    DeliveryFault,
    Misconfigured,
    NoConsent,
    NotAccepted,
    NoWindow,
    QuotaSpent,
    Unavailable,
    Wait,
)
from member_store.members.records import OFFICE_TIME

TOKEN_CODES = frozenset({40001, 40014, 42001})
"""The token is not good any more: refresh it once and try again."""

BUSY_CODES = frozenset({-1, 61450})
"""WeChat itself fails: back off and try again."""

MEDIA_CODE = 40007
"""There is no such picture, or its three days are over."""

_BY_CODE: dict[int, type[DeliveryFault]] = {
    40003: BadTarget,
    43004: Blocked,
    48002: Blocked,
    50005: Blocked,
    43101: NoConsent,
    45015: NoWindow,
    45047: NoWindow,
    45002: NotAccepted,
    47003: NotAccepted,
}
# Whoever set the account up has to change something: AppID, AppSecret, addresses, permissions, templates.
_NEEDS_SOMEBODY = frozenset(
    {40002, 40013, 40037, 40125, 40164, 41001, 41002, 41004, 48001, 48004, 48006, 50001, 50002, 61004, 61007}
)
_MINUTE = 60.0
_ADDRESS = re.compile(r"invalid ip ([0-9A-Fa-f.:]{3,45})")


class WeChatMisconfigured(Misconfigured):
    """The account or our settings need somebody. `address` is the address of ours that WeChat does not know (40164)."""

    def __init__(self, code: str = "", address: str = "") -> None:
        super().__init__(code)
        self.address = address


def fault_of(code: int, message: str, now: datetime) -> DeliveryFault:
    """The fault that an error code stands for. `message` is WeChat's own text, read only for an address of ours."""
    name = str(code)
    if code in TOKEN_CODES or code in _NEEDS_SOMEBODY:
        found = _ADDRESS.search(message) if code == 40164 else None
        return WeChatMisconfigured(name, found[1] if found else "")
    if code in BUSY_CODES:
        return Unavailable(name)
    if code == 45009:
        return QuotaSpent(next_day(now), name)
    if code == 45011:
        return Wait(_MINUTE, name)
    # A code that nobody has told us of refuses this message, and would refuse it again.
    return _BY_CODE.get(code, NotAccepted)(name)


def next_day(now: datetime) -> datetime:
    """When WeChat's daily quotas begin anew: the next midnight in China."""
    there = now.astimezone(OFFICE_TIME)
    return datetime.combine(there.date() + timedelta(days=1), time(), OFFICE_TIME)
