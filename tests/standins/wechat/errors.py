"""WeChat's error codes and what they are called, as its pages list them."""

from __future__ import annotations

import secrets

MESSAGES = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40005: "invalid file type",
    40007: "invalid media_id",
    40008: "invalid message type",
    40009: "invalid image size",
    40013: "invalid appid",
    40014: "invalid access_token",
    40015: "invalid menu type",
    40016: "invalid button size",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button size",
    40024: "invalid sub button type",
    40025: "invalid sub button name size",
    40026: "invalid sub button key size",
    40027: "invalid sub button url size",
    40029: "invalid code",
    40035: "invalid parameter",
    40037: "invalid template_id",
    40054: "invalid sub button url domain",
    40055: "invalid button url domain",
    40125: "invalid appsecret",
    40163: "code been used",
    40164: "invalid ip {address} ipv6 ::ffff:{address}, not in whitelist",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41005: "media data missing",
    41008: "missing code",
    42001: "access_token expired",
    43001: "require GET method",
    43002: "require POST method",
    43004: "require subscribe",
    43101: "user refuse to accept the msg",
    44002: "empty post data",
    44004: "empty content",
    45002: "content size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    45072: "invalid command",
    45080: "must have user message in 30s",
    45081: "typing already sent",
    46003: "menu no exist",
    47001: "data format error",
    47003: "argument invalid!",
    48001: "api unauthorized",
    48002: "user block receive message",
    65320: "conditional menu does not support privacy rules",
    65415: "session exists",
    65417: "no session",
}


class Refused(Exception):  # noqa: N818 - what the real one does
    """An answer with an error code."""

    def __init__(self, code: int, more: str = "", **what: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = MESSAGES.get(code, "unknown").format(**what) + (f" {more}" if more else "")

    def body(self) -> dict[str, object]:
        rid = "-".join(secrets.token_hex(4) for _ in range(3))
        return {"errcode": self.code, "errmsg": f"{self.message} rid: {rid}"}
