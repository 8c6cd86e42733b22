"""What WeChat Pay knows and does: keys, orders, signatures. Nothing of the program's own code is used for it."""

from __future__ import annotations

import base64
import json
import re
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

APP_ID = "wx0123456789abcdef"
MERCHANT = "1900000109"
SERIAL = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
KEY_ID = "PUB_KEY_ID_0119000001092025010100382165000800"
API_KEY = "standin-apiv3-key-of-32-bytes..."
BEIJING = timezone(timedelta(hours=8))
_AUTHORIZATION = re.compile(r'(\w+)="([^"]*)"')


@dataclass
class Order:
    """An order as it was asked for, and what became of it."""

    asked: dict[str, Any]
    prepay_id: str
    state: str = "NOTPAY"
    transaction_id: str = ""
    paid_at: str = ""

    @property
    def over(self) -> bool:
        return datetime.fromisoformat(self.asked["time_expire"]) <= datetime.now(UTC)


@dataclass(frozen=True)
class Notice:
    """What is posted to the merchant."""

    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Fault:
    """How one request is answered instead; `delay` in seconds. `status` 0: answered as usual, after the delay."""

    status: int = 0
    code: str = "SYSTEM_ERROR"
    delay: float = 0


class RefusedError(Exception):
    """An error answer of the platform's."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@dataclass
class PayPlatform:
    """One merchant's view of WeChat Pay. Its keys are made anew each time."""

    app_id: str = APP_ID
    merchant: str = MERCHANT
    serial: str = SERIAL
    key_id: str = KEY_ID
    api_key: str = API_KEY
    key: rsa.RSAPrivateKey = field(default_factory=new_key)
    merchant_key: rsa.RSAPrivateKey = field(default_factory=new_key)
    orders: dict[str, Order] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    script: list[Fault] = field(default_factory=list)
    hosts: dict[str, str] = field(default_factory=dict)
    """Where an address really is, as in /etc/hosts."""
    signs_with: rsa.RSAPrivateKey | None = None
    """Another key to sign answers with: somebody in between."""
    number: int = 0

    def reset(self) -> None:
        """Forget all orders."""
        self.orders.clear()
        self.requests.clear()
        self.script.clear()
        self.signs_with = None

    def settings(self, folder: Path, base: str) -> dict[str, str]:
        """Settings of the program for this merchant; its keys are written into a folder."""
        keys = folder / "platform"
        keys.mkdir(parents=True, exist_ok=True)
        own = folder / "apiclient_key.pem"
        own.write_bytes(self.merchant_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        public = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (keys / f"{self.key_id}.pem").write_bytes(public)
        return {
            "wechat_app_id": self.app_id,
            "wechat_pay_merchant": self.merchant,
            "wechat_pay_key": self.api_key,
            "wechat_pay_serial": self.serial,
            "wechat_pay_private_key": str(own),
            "wechat_pay_platform_keys": str(keys),
            "wechat_pay_base": base,
        }

    # -- what a merchant asks

    def is_signed(self, method: str, target: str, header: str, body: bytes) -> bool:
        """Whether a request is the merchant's, and of now."""
        scheme, _, told = header.partition(" ")
        given = dict(_AUTHORIZATION.findall(told))
        if scheme != "WECHATPAY2-SHA256-RSA2048" or set(given) != _PARTS:
            return False
        if given["mchid"] != self.merchant or given["serial_no"] != self.serial:
            return False
        if abs(time.time() - int(given["timestamp"])) > 300:
            return False
        head = f"{method}\n{target}\n{given['timestamp']}\n{given['nonce_str']}\n"
        return self.is_merchants(head.encode() + body + b"\n", given["signature"])

    def is_merchants(self, message: bytes, signature: str) -> bool:
        try:
            self.merchant_key.public_key().verify(base64.b64decode(signature), message, PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True

    def take(self, asked: dict[str, Any]) -> dict[str, Any]:
        """JSAPI: take an order."""
        amount = asked.get("amount", {}).get("total")
        if type(amount) is not int or amount < 1 or asked["amount"].get("currency") != "CNY":
            raise RefusedError(400, "PARAM_ERROR")
        if not asked.get("payer", {}).get("openid") or not 0 < len(asked.get("description", "")) <= 127:
            raise RefusedError(400, "PARAM_ERROR")
        if (asked.get("appid"), asked.get("mchid")) != (self.app_id, self.merchant):
            raise RefusedError(400, "APPID_MCHID_NOT_MATCH")
        known = self.orders.get(asked["out_trade_no"])
        if known is None:
            known = self.orders[asked["out_trade_no"]] = Order(asked, f"wx{secrets.token_hex(17)}")
        if known.state == "SUCCESS":
            raise RefusedError(400, "ORDERPAID")
        if known.state == "CLOSED":
            raise RefusedError(400, "ORDER_CLOSED")
        if known.asked != asked or known.over:
            raise RefusedError(400, "INVALID_REQUEST")
        return {"prepay_id": known.prepay_id}

    def found(self, number: str) -> dict[str, Any]:
        """What became of an order."""
        order = self._order(number)
        told = {
            "appid": self.app_id,
            "mchid": self.merchant,
            "out_trade_no": number,
            "trade_state": order.state,
            "trade_state_desc": order.state,
            "amount": {"total": order.asked["amount"]["total"], "currency": "CNY"},
        }
        if order.state == "SUCCESS":
            told |= {"transaction_id": order.transaction_id, "success_time": order.paid_at, "trade_type": "JSAPI"}
            told["amount"] |= {"payer_total": told["amount"]["total"], "payer_currency": "CNY"}
            told["payer"] = order.asked["payer"]
        return told

    def close(self, number: str) -> None:
        order = self._order(number)
        if order.state == "SUCCESS":
            raise RefusedError(400, "ORDERPAID")
        order.state = "CLOSED"

    def _order(self, number: str) -> Order:
        if number not in self.orders:
            raise RefusedError(404, "ORDER_NOT_EXIST")
        return self.orders[number]

    # -- what a person does

    def pay(self, number: str) -> None:
        """Pay an order with what its payer has."""
        order = self.orders[number]
        assert order.state == "NOTPAY", order.state
        assert not order.over
        self.number += 1
        order.state, order.transaction_id = "SUCCESS", f"42000022{time.time_ns():019d}{self.number % 10}"
        order.paid_at = datetime.now(BEIJING).isoformat(timespec="seconds")

    def bridge(self, told: dict[str, str]) -> str:
        """What WeixinJSBridge does with what a page gives it, up to the password; returns the order's number."""
        message = "".join(f"{told[name]}\n" for name in ("appId", "timeStamp", "nonceStr", "package"))
        assert told["signType"] == "RSA"
        assert told["appId"] == self.app_id
        assert self.is_merchants(message.encode(), told["paySign"]), "chooseWXPay: signature"
        return next(
            number for number, order in self.orders.items() if told["package"] == f"prepay_id={order.prepay_id}"
        )

    # -- what the platform says

    def signed(self, body: bytes, key: rsa.RSAPrivateKey | None = None, at: float | None = None) -> dict[str, str]:
        """The headers that sign a body."""
        timestamp, nonce = str(int(time.time() if at is None else at)), secrets.token_hex(16)
        signature = (key or self.key).sign(f"{timestamp}\n{nonce}\n".encode() + body + b"\n", PKCS1v15(), SHA256())
        return {
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": self.key_id,
            "Wechatpay-Signature": base64.b64encode(signature).decode(),
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        }

    def notice(
        self,
        number: str,
        changed: dict[str, Any] | None = None,
        *,
        event: str = "TRANSACTION.SUCCESS",
        api_key: str | None = None,
        key: rsa.RSAPrivateKey | None = None,
        at: float | None = None,
    ) -> Notice:
        """The notice that an order is paid, or one that says something else in its encrypted part."""
        told = {**self.found(number), **(changed or {})}
        nonce, beside = secrets.token_hex(6), "transaction"
        sealed = AESGCM((api_key or self.api_key).encode()).encrypt(
            nonce.encode(), json.dumps(told, ensure_ascii=False).encode(), beside.encode()
        )
        body = json.dumps(
            {
                "id": secrets.token_hex(16),
                "create_time": datetime.now(BEIJING).isoformat(timespec="seconds"),
                "resource_type": "encrypt-resource",
                "event_type": event,
                "summary": "支付成功",
                "resource": {
                    "original_type": "transaction",
                    "algorithm": "AEAD_AES_256_GCM",
                    "ciphertext": base64.b64encode(sealed).decode(),
                    "associated_data": beside,
                    "nonce": nonce,
                },
            },
            ensure_ascii=False,
        ).encode()
        return Notice(self.signed(body, key, at), body)

    def send(self, number: str, notice: Notice | None = None) -> httpx.Response:
        """Post a notice to where the order says."""
        notice = notice or self.notice(number)
        url = self.orders[number].asked["notify_url"]
        for name, real in self.hosts.items():
            url = url.replace(name, real)
        headers = {"Content-Type": "application/json", **notice.headers}
        return httpx.post(url, content=notice.body, headers=headers, timeout=10, trust_env=False)


_PARTS = {"mchid", "nonce_str", "signature", "timestamp", "serial_no"}
