"""Signing a page for WeChat's script (JS-SDK), which then gives it what only WeChat can do.

https://developers.weixin.qq.com/doc/service/guide/h5/jssdk.html
"""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass

from bot.channels.wechat.api.client import WeChatClient

SCRIPT = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js"
"""The script; 1.6.0 is the first that knows tags such as `wx-open-subscribe`."""

CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' https://res.wx.qq.com",
        # What stands in one of WeChat's tags brings its own style along, and nothing else of the page's reaches it.
        "style-src 'self' 'unsafe-inline'",
        # The script reports how it went by a picture.
        "img-src 'self' data: https://open.weixin.qq.com",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""What a page with the script may load: for that page only."""


@dataclass(frozen=True)
class Signed:
    """What `wx.config` wants to know, for one address of one page. `timestamp` is in seconds since 1970."""

    app_id: str
    nonce: str
    timestamp: int
    signature: str


def signature(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """The signature of a page's address, without what stands behind #, as lower-case hexadecimal."""
    signed = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    # WeChat checks by SHA-1 and by nothing better.
    return hashlib.sha1(signed.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


async def sign(client: WeChatClient, app_id: str, url: str) -> Signed:
    """Sign a page's whole address as the browser shows it. Raises `bot.channels.faults` and StoreError."""
    nonce, timestamp = secrets.token_hex(8), int(time.time())
    return Signed(app_id, nonce, timestamp, signature(await client.ticket(), nonce, timestamp, url))
