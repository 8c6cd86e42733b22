"""What the platform says of a payment: the encrypted part of a notice, and the answer to a question about an order.

Every field is looked at: that a notice is signed says only that the platform sent it, not that it is about us.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.channels.wechat.pay.merchant import Merchant

PAID = "SUCCESS"
_STATES = {
    "NOTPAY": "open",
    "USERPAYING": "open",
    "ACCEPT": "open",
    "CLOSED": "closed",
    "REVOKED": "closed",
    # A payment failed; the order can still be paid until it is closed.
    "PAYERROR": "open",
    "REFUND": "look",
}
_NUMBER = re.compile(r"[0-9A-Za-z_\-|*]{6,32}", re.ASCII)
_PAYMENT = re.compile(r"[0-9A-Za-z]{8,32}", re.ASCII)
_LARGEST = 10**11


class NotOursError(Exception):
    """What the platform says cannot be taken. `code` says in one word why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Paid:
    """Money that has come: for which order, by which payment, how much and when."""

    number: str
    payment: str
    amount_fen: int
    at: datetime


@dataclass(frozen=True)
class NotPaid:
    """An order that has brought no money. `state` is open or closed, or `look` where a person has to look."""

    number: str
    state: str


def paid_of_notice(merchant: Merchant, body: bytes) -> Paid:
    """The payment that a notice tells of. Only for a body whose signature was verified.

    Raises NotOursError: `no_json`, `other_event` for one that is not about a payment that succeeded, `other_cipher`,
    `not_decrypted`, and as `transaction` does.
    """
    notice = _object(body)
    resource = notice.get("resource")
    if not isinstance(resource, dict):
        raise NotOursError("no_json")
    if notice.get("event_type") != "TRANSACTION.SUCCESS" or notice.get("resource_type") != "encrypt-resource":
        raise NotOursError("other_event")
    if resource.get("algorithm") != "AEAD_AES_256_GCM":
        raise NotOursError("other_cipher")
    found = transaction(merchant, _object(_decrypt(merchant, resource)))
    if not isinstance(found, Paid):
        raise NotOursError("not_paid")
    return found


def transaction(merchant: Merchant, told: dict[str, Any], number: str | None = None) -> Paid | NotPaid:
    """What became of an order, by what the platform tells of it; `number` is the order that was asked about.

    Raises NotOursError: `other_app`, `other_merchant`, `other_order`, `other_currency`, `no_amount`, `no_payment`,
    `no_time`, `other_state`.
    """
    if told.get("appid") != merchant.app_id:
        raise NotOursError("other_app")
    if told.get("mchid") != merchant.merchant:
        raise NotOursError("other_merchant")
    order = told.get("out_trade_no")
    if not isinstance(order, str) or not _NUMBER.fullmatch(order) or number not in (None, order):
        raise NotOursError("other_order")
    state = told.get("trade_state")
    if not isinstance(state, str) or state not in {PAID, *_STATES}:
        raise NotOursError("other_state")
    if state != PAID:
        return NotPaid(order, _STATES[state])
    payment = told.get("transaction_id")
    if not isinstance(payment, str) or not _PAYMENT.fullmatch(payment):
        raise NotOursError("no_payment")
    return Paid(order, payment, _amount(told.get("amount")), _moment(told.get("success_time")))


def _amount(amount: object) -> int:
    """What was ordered and paid for, in fen; a coupon may have paid some of it, which is nothing to us."""
    if not isinstance(amount, dict):
        raise NotOursError("no_amount")
    if amount.get("currency") != "CNY":
        raise NotOursError("other_currency")
    total = amount.get("total")
    if type(total) is not int or not 0 < total <= _LARGEST:
        raise NotOursError("no_amount")
    return total


def _moment(text: object) -> datetime:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    if found is None or found.utcoffset() is None:
        raise NotOursError("no_time")
    return found


def _decrypt(merchant: Merchant, resource: dict[str, Any]) -> bytes:
    """AEAD_AES_256_GCM, as pay.weixin.qq.com/doc/v3/merchant/4012071382 has it."""
    sealed, nonce, beside = resource.get("ciphertext"), resource.get("nonce"), resource.get("associated_data", "")
    if not isinstance(sealed, str) or not isinstance(nonce, str) or not isinstance(beside, str):
        raise NotOursError("not_decrypted")
    try:
        return AESGCM(merchant.key).decrypt(
            nonce.encode("utf-8"), base64.b64decode(sealed, validate=True), beside.encode("utf-8")
        )
    except (InvalidTag, binascii.Error, ValueError):
        raise NotOursError("not_decrypted") from None


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise NotOursError("no_json") from None
    if not isinstance(found, dict):
        raise NotOursError("no_json")
    return found
