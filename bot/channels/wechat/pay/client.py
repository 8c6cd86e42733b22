"""What we ask of the platform: take an order, say what became of it, close it.

Protocol: pay.weixin.qq.com/doc/v3/merchant/4012791856 (JSAPI) and the pages beside it. Faults are those of all channels
(`bot.channels.faults`); what the platform answers counts only with its signature.
"""

from __future__ import annotations

import json
import ssl
import time
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import httpx

from bot.channels.faults import Misconfigured, NotAccepted, Unavailable, Wait
from bot.channels.wechat.pay.merchant import Merchant
from bot.channels.wechat.pay.signing import NotSignedError, authorization, sealed, verify
from bot.channels.wechat.pay.transactions import NotPaid, Paid, transaction
from member_store.members.records import OFFICE_TIME

SECONDS = httpx.Timeout(8.0, connect=4.0)
"""How long one request may take: a person waits before the page."""

_LARGEST = 256 * 1024
_TOO_FAST = 30.0
_GONE = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"})
_CLOSED = frozenset({"ORDER_CLOSED", "ORDERCLOSED"})
_OURS = frozenset({"SIGN_ERROR", "NO_AUTH", "NOAUTH", "MCH_NOT_EXISTS", "APPID_MCHID_NOT_MATCH"})


@dataclass(frozen=True)
class Wanted:
    """An order as the platform is told of it. The same order has to be told the same way each time."""

    number: str
    amount_fen: int
    description: str
    openid: str
    until: datetime


@dataclass(frozen=True)
class _Answer:
    status: int
    code: str
    told: dict[str, Any]


class PayClient:
    """The platform's interface for one merchant. Keeps nothing between two calls."""

    def __init__(self, merchant: Merchant) -> None:
        self.merchant = merchant

    async def prepay(self, order: Wanted) -> str:
        """Have an order taken; returns the prepay id by which it can be paid. May be asked again for the same order.

        Raises faults: NotAccepted for what the platform refuses, and for an order that is paid or closed;
        Misconfigured, Wait, Unavailable.
        """
        told = {
            "appid": self.merchant.app_id,
            "mchid": self.merchant.merchant,
            "description": order.description,
            "out_trade_no": order.number,
            "time_expire": order.until.astimezone(OFFICE_TIME).isoformat(timespec="seconds"),
            "notify_url": self.merchant.notice_url,
            "amount": {"total": order.amount_fen, "currency": "CNY"},
            "payer": {"openid": order.openid},
        }
        answer = await self._ask("POST", "/v3/pay/transactions/jsapi", told)
        found = self._good(answer).told.get("prepay_id")
        if not isinstance(found, str) or not found:
            raise Unavailable("no_prepay_id", in_doubt=True)
        return found

    async def look_up(self, number: str) -> Paid | NotPaid:
        """What became of an order. Raises faults as `prepay`, and NotOursError as `transaction` does."""
        target = f"/v3/pay/transactions/out-trade-no/{number}?mchid={self.merchant.merchant}"
        answer = await self._ask("GET", target)
        if answer.status == 404 and answer.code in _GONE:
            # It never arrived, so nobody was able to pay it.
            return NotPaid(number, "open")
        return transaction(self.merchant, self._good(answer).told, number)

    async def close(self, number: str) -> bool:
        """Let nobody pay an order any more. Whether the platform knows it: one that it does not cannot be paid yet.

        Raises faults as `prepay`: NotAccepted for one that is paid.
        """
        target = f"/v3/pay/transactions/out-trade-no/{number}/close"
        answer = await self._ask("POST", target, {"mchid": self.merchant.merchant})
        if answer.code not in _GONE | _CLOSED:
            self._good(answer)
        return answer.code not in _GONE

    async def _ask(self, method: str, target: str, told: dict[str, Any] | None = None) -> _Answer:
        body = b"" if told is None else json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        headers = {
            "Authorization": authorization(self.merchant, method, target, body),
            "Accept": "application/json",
            "User-Agent": "hebao",
        }
        if body:
            headers["Content-Type"] = "application/json"
        if self.merchant.asks_for is not None:
            headers["Wechatpay-Serial"] = self.merchant.asks_for
        try:
            async with httpx.AsyncClient(verify=_trusted(), timeout=SECONDS, follow_redirects=False) as http:
                response = await http.request(method, self.merchant.base + target, headers=headers, content=body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise Unavailable("no_connection") from None
        except httpx.HTTPError as error:
            raise Unavailable(type(error).__name__, in_doubt=True) from None
        return self._read(response)

    def _read(self, response: httpx.Response) -> _Answer:
        raw = response.content
        if response.is_success:
            # Nothing is believed before the signature over its very bytes has been looked at.
            try:
                verify(self.merchant, sealed(response.headers.multi_items()), raw, time.time())
            except NotSignedError as error:
                raise Unavailable(f"not_signed_{error.code}", in_doubt=True) from None
        try:
            told = json.loads(raw) if raw and len(raw) <= _LARGEST else {}
        except (ValueError, RecursionError):
            told = {}
        if not isinstance(told, dict):
            told = {}
        code = "" if response.is_success else str(told.get("code", ""))[:64]
        return _Answer(response.status_code, code, told)

    def _good(self, answer: _Answer) -> _Answer:
        """The answer where it says yes. Raises the fault that it tells of."""
        status, code = answer.status, answer.code or str(answer.status)
        if 200 <= status < 300:
            return answer
        if status == 429:
            raise Wait(_TOO_FAST, code)
        if status >= 500 or status in (408, 202):
            raise Unavailable(code, in_doubt=True)
        if status == 401 or code in _OURS:
            raise Misconfigured(code)
        raise NotAccepted(code)


@cache
def _trusted() -> ssl.SSLContext:
    """Made once: reading the list of authorities costs more than a request."""
    return httpx.create_ssl_context()
