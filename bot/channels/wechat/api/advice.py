"""What whoever runs the program is to do where WeChat refuses because of how the account is set up."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import structlog

from bot.channels.faults import DeliveryFault, QuotaSpent, Unavailable, Wait
from bot.channels.wechat.api.codes import WeChatMisconfigured
from policy_engine.errors import N_

if TYPE_CHECKING:
    from bot.languages import Catalogue

_WORDS = {
    "40164": N_("wechat.fault.address"),
    "40013": N_("wechat.fault.app_id"),
    "41002": N_("wechat.fault.app_id"),
    "40125": N_("wechat.fault.secret"),
    "41004": N_("wechat.fault.secret"),
    "40001": N_("wechat.fault.token"),
    "40014": N_("wechat.fault.token"),
    "42001": N_("wechat.fault.token"),
    "48001": N_("wechat.fault.permission"),
    "48004": N_("wechat.fault.permission"),
    "48006": N_("wechat.fault.permission"),
    "50001": N_("wechat.fault.permission"),
    "40037": N_("wechat.fault.template"),
}
_OTHER = N_("wechat.fault.other")
_LOGGED_EVERY_SECONDS = 600.0
_logged: dict[str, float] = {}


def advice(fault: WeChatMisconfigured, words: Catalogue) -> str:
    """What is wrong with the account's set-up, and what to do."""
    return words(_WORDS.get(fault.code, _OTHER), code=fault.code, address=fault.address or words("wechat.our_address"))


def explained(fault: DeliveryFault, words: Catalogue) -> str:
    """Why WeChat did not do what it was asked for, and what to do, for whoever asked."""
    if isinstance(fault, WeChatMisconfigured):
        return advice(fault, words)
    if isinstance(fault, QuotaSpent):
        return words("wechat.fault.quota", code=fault.code, until=f"{fault.until:%Y-%m-%d %H:%M}")
    if isinstance(fault, Wait):
        return words("wechat.fault.too_fast", code=fault.code, seconds=round(fault.after))
    if isinstance(fault, Unavailable):
        return words("wechat.fault.unavailable", code=fault.code)
    return words("wechat.fault.refused", code=fault.code)


def log_advice(fault: WeChatMisconfigured) -> None:
    """Record it, each kind at most every ten minutes: what is wrong stays wrong for every message."""
    now = time.monotonic()
    if now - _logged.get(fault.code, -_LOGGED_EVERY_SECONDS) >= _LOGGED_EVERY_SECONDS:
        _logged[fault.code] = now
        structlog.get_logger().error("wechat needs somebody", code=fault.code, address=fault.address)
