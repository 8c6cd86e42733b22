"""W25: how somebody comes to pay: from the chat to a page, from the page to WeChat, and back to a page that says so."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.service import Inbound
from member_store.members import delegations, ledger, orders
from member_store.members.refusals import Refusal
from member_store.tables.people import Person
from tests.bot.channels.wechat.pay.shop import IN_WECHAT, OWES, PUBLIC_URL, Owing, Shop
from tests.bot.channels.wechat.pay.test_notices import OFF, SOMEBODY_ELSE
from tests.member_store.members.money import DAY
from tests.standins.wechat_pay import Fault

ADDRESS = re.compile(rf"{PUBLIC_URL}(/pay/[A-Za-z0-9._-]+)")


def chat(shop: Shop, owing: Owing, says: str = "我办到哪一步了") -> str:
    """What the chat answers somebody."""
    answer = shop.hebao.service.handle(Inbound("wechat", owing.openid, f"m{time.monotonic_ns()}", says, "zh-CN"))
    return "\n".join(str(getattr(reply, "text", "")) for reply in answer.replies)


def test_w25_from_the_chat_to_a_page_that_says_that_it_is_paid(shop: Shop) -> None:
    owing = shop.somebody("张秀英")
    told = chat(shop, owing)
    assert "60元" in told.replace(" ", "")
    path = ADDRESS.search(told)
    assert path is not None, told
    page = shop.hebao.client.get(path[1], headers=IN_WECHAT)
    assert "*英 2008年个人缴费" in page.text
    assert "张秀英" not in page.text
    assert 'id="pay"' in page.text
    assert page.headers["cache-control"] == "no-store"

    number = shop.pay.bridge(shop.hebao.client.post(path[1], headers=IN_WECHAT).json())
    asked = shop.pay.orders[number].asked
    assert asked["payer"] == {"openid": owing.openid}
    assert asked["amount"] == {"total": OWES, "currency": "CNY"}
    assert asked["notify_url"] == f"{PUBLIC_URL}/wechat/pay/notify"
    assert "张秀英" not in str(asked)
    shop.pay.pay(number)
    assert shop.pay.send(number).status_code == 204

    page = shop.hebao.client.get(path[1], headers=IN_WECHAT)
    assert "已经交清" in page.text
    assert 'id="pay"' not in page.text
    assert ADDRESS.search(chat(shop, owing)) is None


@pytest.mark.parametrize("says", ["我要付款", "给我缴费链接", "Send me the payment link", "what do I still owe"])
def test_w25_whoever_asks_where_to_pay_gets_an_address(shop: Shop, says: str) -> None:
    assert ADDRESS.search(chat(shop, shop.somebody(), says)) is not None


def test_w25_the_page_asks_the_platform_and_does_not_wait_for_the_notice(shop: Shop) -> None:
    owing = shop.somebody()
    number = shop.paid(owing)
    assert "已经交清" in shop.page(owing)
    assert shop.payments(owing) == 1
    assert shop.pay.send(number).status_code == 204
    assert shop.payments(owing) == 1


def test_w25_the_page_does_not_believe_that_somebody_has_paid(shop: Shop) -> None:
    owing = shop.somebody()
    shop.ordered(owing)
    assert 'id="pay"' in shop.page(owing)
    assert shop.payments(owing) == 0


def test_w25_outside_of_wechat_the_page_says_where_to_open_it(shop: Shop) -> None:
    page = shop.hebao.client.get(shop.path(shop.somebody()), headers={"Accept-Language": "zh-CN"})
    assert "请用手机微信打开" in page.text
    assert 'id="pay"' not in page.text


def test_w25_without_a_merchant_the_chat_says_what_it_always_said(open_with_pay: Callable[..., Shop]) -> None:
    shop = open_with_pay(**OFF)
    told = chat(shop, shop.somebody())
    assert "60元" in told.replace(" ", "")
    assert "/pay/" not in told


def test_w25_only_who_may_act_for_somebody_gets_an_address(shop: Shop) -> None:
    owing = shop.somebody()
    assert "/pay/" in chat(shop, shop.relative_of(owing, delegations.LOOK, delegations.ACT))
    assert "/pay/" not in chat(shop, shop.relative_of(owing, delegations.LOOK))


def test_w25_an_address_ends_with_the_permission(shop: Shop) -> None:
    owing = shop.somebody()
    with shop.store.records(today=DAY) as records:
        for each in delegations.given_by(records, owing.person):
            delegations.revoke(records, each, "asked")
    assert shop.tap(owing).status_code == 409
    assert "微信支付" not in shop.page(owing)
    assert shop.states(owing) == []


def test_w25_sixteen_taps_at_once_are_one_order(each_shop: Shop) -> None:
    shop = each_shop
    owing = shop.somebody()
    with ThreadPoolExecutor(16) as pool:
        numbers = set(pool.map(lambda _: shop.ordered(owing), range(16)))
    assert len(numbers) == 1
    assert shop.states(owing) == ["open"]


MADE_UP: tuple[Callable[[str], str], ...] = (
    lambda code: code[:-1],
    lambda code: code + "A",
    lambda _: "h1.",
    lambda _: "x" * 5000,
    lambda _: "一",
    str.lower,
)


@pytest.mark.parametrize("change", MADE_UP)
def test_w25_an_address_that_is_made_up_opens_nothing(shop: Shop, change: Callable[[str], str]) -> None:
    code = shop.path(shop.somebody()).rpartition("/")[2]
    asked = len(shop.pay.requests)
    page = shop.hebao.client.get(f"/pay/{change(code)}", headers=IN_WECHAT)
    assert page.status_code == 404
    assert "办到哪一步了" in page.text
    assert shop.hebao.client.post(f"/pay/{change(code)}").status_code == 404
    assert len(shop.pay.requests) == asked


def test_w25_an_address_is_good_for_a_day(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shop.path(shop.somebody())
    now = time.time
    monkeypatch.setattr("bot.members.paying.time.time", lambda: now() + 24 * 3600 - 60)
    assert shop.hebao.client.get(path).status_code == 200
    monkeypatch.setattr("bot.members.paying.time.time", lambda: now() + 24 * 3600 + 1)
    assert shop.hebao.client.get(path).status_code == 404


def test_w25_another_sites_page_cannot_begin_an_order(shop: Shop) -> None:
    owing = shop.somebody()
    response = shop.hebao.client.post(shop.path(owing), headers={"Origin": "https://elsewhere.example"})
    assert response.status_code == 403
    assert shop.states(owing) == []


def test_w25_a_second_tap_is_the_same_order(shop: Shop) -> None:
    owing = shop.somebody()
    assert shop.ordered(owing) == shop.ordered(owing)
    assert shop.states(owing) == ["open"]


def test_w25_an_order_that_was_paid_meanwhile_is_not_taken_again(shop: Shop) -> None:
    owing = shop.somebody()
    shop.paid(owing)
    response = shop.tap(owing)
    assert response.status_code == 409
    assert "已经交清" in response.json()["detail"]
    assert shop.payments(owing) == 1
    assert shop.states(owing) == ["paid"]


def test_w25_an_order_over_another_amount_takes_the_place_of_the_one_before(shop: Shop) -> None:
    owing = shop.somebody()
    first = shop.ordered(owing)
    with shop.store.records(today=DAY) as records:
        ledger.pay(records, records.locked(Person, owing.person), 2008, 1000, DAY, "at the counter")
    second = shop.ordered(owing)
    assert second != first
    assert shop.pay.orders[second].asked["amount"]["total"] == OWES - 1000
    assert shop.pay.orders[first].state == "CLOSED", "else both could be paid"
    assert shop.states(owing) == ["closed", "open"]


def test_w25_of_two_relatives_only_one_can_pay(shop: Shop) -> None:
    owing = shop.somebody()
    relative = shop.relative_of(owing)
    first = shop.ordered(owing)
    second = shop.ordered(relative)
    assert shop.pay.orders[first].state == "CLOSED"
    shop.pay.pay(second)
    assert shop.tap(owing).status_code == 409
    assert shop.payments(owing) == 1


def test_w25_an_order_that_is_on_its_way_is_not_replaced(shop: Shop) -> None:
    """The platform does not know it yet, so it cannot be closed there either."""
    owing = shop.somebody()
    shop.pay.script.append(Fault(500))
    assert shop.tap(owing).status_code == 503
    response = shop.tap(shop.relative_of(owing))
    assert response.status_code == 409
    assert "不要重复付" in response.json()["detail"]
    assert shop.states(owing) == ["open"]


@pytest.mark.parametrize("fault", [Fault(500), Fault(429, "RATELIMIT_EXCEEDED"), Fault(403, "RULE_LIMIT"), Fault(401)])
def test_w25_where_the_platform_takes_no_order_the_page_says_so_and_the_next_tap_goes_on(
    shop: Shop, fault: Fault
) -> None:
    owing = shop.somebody()
    shop.pay.script.append(fault)
    response = shop.tap(owing)
    assert response.status_code == 503
    assert "这一次没有付" in response.json()["detail"]
    assert shop.ordered(owing) in shop.pay.orders
    assert shop.states(owing) == ["open"]


def test_w25_an_answer_that_somebody_else_signed_is_not_believed(shop: Shop) -> None:
    owing = shop.somebody()
    number = shop.paid(owing)
    shop.pay.signs_with = SOMEBODY_ELSE
    assert 'id="pay"' in shop.page(owing)
    assert shop.tap(owing).status_code == 503
    assert shop.payments(owing) == 0
    shop.pay.signs_with = None
    assert "已经交清" in shop.page(owing)
    assert shop.states(owing) == ["paid"]
    assert number in shop.pay.orders


def test_w25_real_money_is_not_taken_for_figures_that_are_for_trials(shop: Shop) -> None:
    owing = shop.somebody()
    with shop.store.records(today=DAY) as records:
        contact = delegations.known_contact(records, "wechat", owing.openid)
        assert contact is not None
        with pytest.raises(Refusal, match="figures_for_trials"):
            orders.open_for(records, contact, owing.person, 2008, trial=False)
