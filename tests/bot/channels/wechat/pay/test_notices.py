"""W25: what the platform tells of payments, over real HTTP: signed, encrypted, again, at once, and made up."""

from __future__ import annotations

import base64
import dataclasses
import json
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import httpx
import pytest

from member_store.members import orders
from tests.bot.channels.wechat.pay.shop import OWES, Shop
from tests.standins.wechat_pay import Notice
from tests.standins.wechat_pay.platform import new_key

SOMEBODY_ELSE = new_key()
AT_ONCE = 16


OFF = {
    "wechat_pay_merchant": "",
    "wechat_pay_key": "",
    "wechat_pay_serial": "",
    "wechat_pay_private_key": None,
    "wechat_pay_platform_keys": None,
}


def is_refused(response: httpx.Response, status: int) -> bool:
    """Whether WeChat Pay would tell it again: another status than 2xx, and the body that it expects."""
    return response.status_code == status and response.json().keys() == {"code", "message"}


def test_w25_a_payment_that_is_told_of_is_booked(shop: Shop) -> None:
    owing = shop.somebody()
    number = shop.paid(owing)
    assert shop.payments(owing) == 0
    response = shop.pay.send(number)
    assert (response.status_code, response.content) == (204, b"")
    assert shop.payments(owing) == 1
    assert shop.outstanding(owing) == 0
    assert shop.states(owing) == ["paid"]
    assert shop.books_are_right()


def test_w25_the_same_again_is_taken_and_books_nothing(shop: Shop) -> None:
    owing = shop.somebody()
    notice = shop.pay.notice(shop.paid(owing))
    assert [shop.notify(notice).status_code for _ in range(3)] == [204, 204, 204]
    assert shop.payments(owing) == 1
    assert shop.outstanding(owing) == 0


def test_w25_sixteen_notices_at_once_are_one_posting(each_shop: Shop) -> None:
    shop = each_shop
    owing = shop.somebody()
    number = shop.paid(owing)
    notices = [shop.pay.notice(number) for _ in range(AT_ONCE)]
    ready = threading.Barrier(AT_ONCE)

    def deliver(notice: Notice) -> int:
        with httpx.Client(base_url=shop.hebao.url, timeout=30, trust_env=False) as client:
            client.get("/healthz")
            ready.wait()
            return client.post("/wechat/pay/notify", content=notice.body, headers=notice.headers).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = list(pool.map(deliver, notices))
    assert statuses == [204] * AT_ONCE
    assert shop.payments(owing) == 1
    assert shop.outstanding(owing) == 0
    assert shop.books_are_right()


def with_headers(**changed: str | None) -> Callable[[Notice], Notice]:
    def change(notice: Notice) -> Notice:
        headers = {**notice.headers, **{f"Wechatpay-{name.title()}": value for name, value in changed.items()}}
        return Notice({name: value for name, value in headers.items() if value is not None}, notice.body)

    return change


def spaced(notice: Notice) -> Notice:
    """The same JSON, written in another way: not what was signed."""
    return dataclasses.replace(notice, body=json.dumps(json.loads(notice.body), indent=1).encode())


UNSIGNED: dict[str, Callable[[Notice], Notice]] = {
    "other bytes": spaced,
    "one byte more": lambda notice: dataclasses.replace(notice, body=notice.body + b"\n"),
    "probing": with_headers(signature="WECHATPAY/SIGNTEST/" + base64.b64encode(bytes(256)).decode()),
    "not base64": with_headers(signature="?"),
    "unknown serial": with_headers(serial="PUB_KEY_ID_0000000000000000000000000000000000"),
    "another time": with_headers(timestamp=str(int(time.time()) - 60)),
    "no number": with_headers(timestamp="1e9"),
    "another nonce": with_headers(nonce="another"),
    "a nonce of two lines": with_headers(nonce="a b"),
    "another algorithm": with_headers(**{"signature-type": "WECHATPAY2-SM2-WITH-SM3"}),
    **{f"no {name}": with_headers(**{name: None}) for name in ("timestamp", "nonce", "serial", "signature")},
}


@pytest.mark.parametrize("how", UNSIGNED)
def test_w25_what_is_not_signed_by_the_platform_is_refused_and_books_nothing(shop: Shop, how: str) -> None:
    owing = shop.somebody()
    notice = UNSIGNED[how](shop.pay.notice(shop.paid(owing)))
    asked = len(shop.pay.requests)
    assert is_refused(shop.notify(notice), 401)
    assert shop.payments(owing) == 0
    assert len(shop.pay.requests) == asked, "nothing is fetched for a notice that is not signed"


def test_w25_a_key_of_somebody_else_under_the_platforms_serial_is_refused(shop: Shop) -> None:
    owing = shop.somebody()
    assert is_refused(shop.notify(shop.pay.notice(shop.paid(owing), key=SOMEBODY_ELSE)), 401)
    assert shop.payments(owing) == 0


def test_w25_a_header_that_stands_there_twice_is_refused(shop: Shop) -> None:
    owing = shop.somebody()
    notice = shop.pay.notice(shop.paid(owing))
    twice = [*notice.headers.items(), ("Wechatpay-Serial", notice.headers["Wechatpay-Serial"])]
    response = shop.hebao.client.post("/wechat/pay/notify", content=notice.body, headers=twice)
    assert is_refused(response, 401)
    assert shop.payments(owing) == 0


@pytest.mark.parametrize(("away", "status"), [(-290, 204), (290, 204), (-310, 401), (310, 401), (-315_360_000, 401)])
def test_w25_a_signature_is_good_for_five_minutes(shop: Shop, away: float, status: int) -> None:
    owing = shop.somebody()
    notice = shop.pay.notice(shop.paid(owing), at=time.time() + away)
    assert shop.notify(notice).status_code == status
    assert shop.payments(owing) == (status == 204)


NOT_OURS: dict[str, tuple[dict[str, Any], int]] = {
    "another account": ({"appid": "wxfedcba9876543210"}, 400),
    "another merchant": ({"mchid": "1900000001"}, 400),
    "an order that nobody made": ({"out_trade_no": 32 * "a"}, 409),
    "no order": ({"out_trade_no": None}, 400),
    "more": ({"amount": {"total": OWES + 1, "currency": "CNY"}}, 409),
    "less": ({"amount": {"total": 1, "currency": "CNY"}}, 409),
    "a coupon's part only": ({"amount": {"payer_total": OWES, "currency": "CNY"}}, 400),
    "a float": ({"amount": {"total": float(OWES), "currency": "CNY"}}, 400),
    "a text": ({"amount": {"total": str(OWES), "currency": "CNY"}}, 400),
    "true": ({"amount": {"total": True, "currency": "CNY"}}, 400),
    "another currency": ({"amount": {"total": OWES, "currency": "USD"}}, 400),
    "not paid": ({"trade_state": "NOTPAY"}, 400),
    "a state that nobody knows": ({"trade_state": ["SUCCESS"]}, 400),
    "no payment": ({"transaction_id": None}, 400),
    "no time": ({"success_time": "2008-03-01 10:00:00"}, 400),
}


@pytest.mark.parametrize("what", NOT_OURS)
def test_w25_what_is_signed_and_does_not_fit_our_order_is_refused(shop: Shop, what: str) -> None:
    owing = shop.somebody()
    changed, status = NOT_OURS[what]
    assert is_refused(shop.notify(shop.pay.notice(shop.paid(owing), changed)), status)
    assert shop.payments(owing) == 0
    assert shop.states(owing) == ["open"]


def test_w25_what_another_key_encrypted_is_refused(shop: Shop) -> None:
    owing = shop.somebody()
    assert is_refused(shop.notify(shop.pay.notice(shop.paid(owing), api_key=32 * "x")), 400)
    assert shop.payments(owing) == 0


def test_w25_a_notice_of_something_else_books_nothing(shop: Shop) -> None:
    owing = shop.somebody()
    assert is_refused(shop.notify(shop.pay.notice(shop.paid(owing), event="REFUND.SUCCESS")), 400)
    assert shop.payments(owing) == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"resource": 1}', b"\xff", b"[" * 10_000, b'{"resource": {}}'])
def test_w25_a_signed_body_that_is_no_notice_is_refused(shop: Shop, body: bytes) -> None:
    assert is_refused(shop.notify(Notice(shop.pay.signed(body), body)), 400)


def test_w25_a_body_is_read_no_further_than_a_notice_is_long(shop: Shop) -> None:
    body = b" " * 16 * 1024
    assert is_refused(shop.notify(Notice(shop.pay.signed(body), body)), 400)
    assert is_refused(shop.notify(Notice(shop.pay.signed(body + b" "), body + b" ")), 413)


def test_w25_another_payment_for_an_order_that_is_paid_is_refused(shop: Shop) -> None:
    owing = shop.somebody()
    number = shop.paid(owing)
    assert shop.pay.send(number).status_code == 204
    again = shop.pay.notice(number, {"transaction_id": "4200009999200803017729105536"})
    assert is_refused(shop.notify(again), 409)
    assert shop.payments(owing) == 1


def test_w25_money_for_an_order_that_was_closed_here_is_booked_all_the_same(shop: Shop) -> None:
    owing = shop.somebody()
    number = shop.ordered(owing)
    with shop.store.records() as records:
        orders.close(records, number, "expired")
    shop.pay.pay(number)
    assert shop.pay.send(number).status_code == 204
    assert shop.payments(owing) == 1
    assert shop.states(owing) == ["paid"]


def test_w25_it_is_answered_within_five_seconds_and_booked_once_when_the_store_is_slow(shop: Shop) -> None:
    owing = shop.somebody()
    number = shop.paid(owing)
    notice = shop.pay.notice(number)
    path = shop.settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as somebody_else:
        somebody_else.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        response = shop.notify(notice)
        took = time.monotonic() - begun
        somebody_else.execute("ROLLBACK")
    assert is_refused(response, 503)
    assert took < 5
    assert shop.pay.send(number).status_code == 204
    assert shop.payments(owing) == 1


def test_w25_the_log_says_what_is_wrong_and_of_whom_nothing(shop: Shop, capfd: pytest.CaptureFixture[str]) -> None:
    owing = shop.somebody()
    number = shop.paid(owing)
    capfd.readouterr()
    for changed in ({"amount": {"total": 1, "currency": "CNY"}}, {"payer": None, "mchid": "1900000001"}):
        shop.notify(shop.pay.notice(number, changed))
    shop.notify(UNSIGNED["unknown serial"](shop.pay.notice(number)))
    shop.notify(UNSIGNED["unknown serial"](shop.pay.notice(number)))
    shop.pay.send(number)
    told = "".join(capfd.readouterr())
    assert "other_order_amount" in told
    assert "other_merchant" in told
    payment = shop.pay.orders[number].transaction_id
    code = shop.path(owing).rpartition("/")[2]
    for secret in (owing.openid, number, payment, "张秀英", shop.pay.api_key, shop.pay.merchant, code, "ciphertext"):
        assert secret not in told


def test_w25_without_a_merchant_there_is_no_such_address(open_with_pay: Callable[..., Shop]) -> None:
    shop = open_with_pay(**OFF)
    assert shop.hebao.client.post("/wechat/pay/notify", content=b"{}").status_code == 404
    assert shop.hebao.client.get("/pay/h1.abc").status_code == 404
