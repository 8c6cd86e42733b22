"""Signatures: ours on what we send, the platform's on what it sends (WECHATPAY2-SHA256-RSA2048).

Protocol: pay.weixin.qq.com/doc/v3/merchant/4012365342 and the pages beside it. A signature is over the very bytes of
the body, so it is looked at before anything reads them.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from bot.channels.wechat.pay.merchant import Merchant

ALGORITHM = "WECHATPAY2-SHA256-RSA2048"
PROBE = "WECHATPAY/SIGNTEST/"
"""How the platform begins signatures that are wrong on purpose, to see that they are refused."""

WINDOW_SECONDS = 300
"""By how much a signature's time may differ from ours: the platform's own rule."""

_TIME = re.compile(r"[0-9]{1,12}", re.ASCII)
_NONCE = re.compile(r"[!-~]{1,128}", re.ASCII)


class NotSignedError(Exception):
    """What came is not the platform's, or not of now. `code` says in one word what is wrong with it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Sealed:
    """The four headers by which the platform signs."""

    timestamp: str
    nonce: str
    serial: str
    signature: str


def sealed(headers: Sequence[tuple[str, str]]) -> Sealed:
    """The signing headers of a notice or a response, whatever the case of their names.

    Raises NotSignedError: `no_header` where one is missing, `two_headers` where one stands there twice,
    `other_algorithm` where another than RSA is named.
    """
    found: dict[str, str] = {}
    for name, value in headers:
        low = name.lower()
        if low.startswith("wechatpay-"):
            if low in found:
                raise NotSignedError("two_headers")
            found[low] = value
    wanted = [f"wechatpay-{each}" for each in ("timestamp", "nonce", "serial", "signature")]
    if any(not found.get(each) for each in wanted):
        raise NotSignedError("no_header")
    if found.get("wechatpay-signature-type", ALGORITHM) != ALGORITHM:
        raise NotSignedError("other_algorithm")
    return Sealed(*(found[each] for each in wanted))


def verify(merchant: Merchant, seal: Sealed, body: bytes, now: float) -> None:
    """See that the platform signed these bytes, within `WINDOW_SECONDS` of `now` (Unix seconds).

    Raises NotSignedError: `old` or `malformed` by the headers, `probe` for a signature that is wrong on purpose,
    `unknown_serial` where we have no such key: none is ever fetched for it, `wrong_signature`.
    """
    if not _TIME.fullmatch(seal.timestamp) or not _NONCE.fullmatch(seal.nonce):
        raise NotSignedError("malformed")
    if abs(now - int(seal.timestamp)) > WINDOW_SECONDS:
        raise NotSignedError("old")
    if seal.signature.startswith(PROBE):
        raise NotSignedError("probe")
    key = merchant.platform_keys.get(seal.serial)
    if key is None:
        raise NotSignedError("unknown_serial")
    try:
        signature = base64.b64decode(seal.signature, validate=True)
    except (binascii.Error, ValueError):
        raise NotSignedError("wrong_signature") from None
    message = f"{seal.timestamp}\n{seal.nonce}\n".encode("ascii") + body + b"\n"
    try:
        key.verify(signature, message, PKCS1v15(), SHA256())
    except InvalidSignature:
        raise NotSignedError("wrong_signature") from None


def authorization(merchant: Merchant, method: str, target: str, body: bytes) -> str:
    """The header `Authorization` of a request; `target` is its path with the query, `body` the bytes that are sent."""
    timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
    message = f"{method}\n{target}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"
    told = {
        "mchid": merchant.merchant,
        "nonce_str": nonce,
        "signature": _sign(merchant, message),
        "timestamp": timestamp,
        "serial_no": merchant.serial,
    }
    return f"{ALGORITHM} " + ",".join(f'{name}="{value}"' for name, value in told.items())


def bridge_request(merchant: Merchant, prepay_id: str) -> dict[str, str]:
    """What `WeixinJSBridge` is given on the page to let somebody pay."""
    timestamp, nonce, package = str(int(time.time())), secrets.token_hex(16), f"prepay_id={prepay_id}"
    message = f"{merchant.app_id}\n{timestamp}\n{nonce}\n{package}\n".encode()
    return {
        "appId": merchant.app_id,
        "timeStamp": timestamp,
        "nonceStr": nonce,
        "package": package,
        "signType": "RSA",
        "paySign": _sign(merchant, message),
    }


def _sign(merchant: Merchant, message: bytes) -> str:
    return base64.b64encode(merchant.private_key.sign(message, PKCS1v15(), SHA256())).decode("ascii")
