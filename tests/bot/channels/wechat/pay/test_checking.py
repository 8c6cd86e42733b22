"""W25: orders whose notice never came: `hebao wechat orders check`."""

from __future__ import annotations

import datetime
import json
import subprocess
from pathlib import Path

import pytest
from sqlmodel import select

from member_store.tables.orders import PayOrder
from tests.bot.channels.wechat.pay.shop import Shop
from tests.member_store.members.money import DAY
from tests.servers import HEBAO, environment
from tests.standins.wechat_pay import Fault

ROOT = Path(__file__).parents[5]


def check(shop: Shop, *arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
    """Run the command beside the server, as a timer would."""
    names = ("database_url", "today", "public_url", "offer_demo")
    given = {name: str(getattr(shop.settings, name)) for name in names}
    given |= {f"wechat_{name}": str(getattr(shop.settings, f"wechat_{name}")) for name in ("token", "app_id")}
    for name in ("merchant", "key", "serial", "private_key", "platform_keys", "base"):
        given[f"wechat_pay_{name}"] = str(getattr(shop.settings, f"wechat_pay_{name}"))
    settings = {f"HEBAO_{name.upper()}": value for name, value in {**given, **changed}.items()}
    return subprocess.run(
        [*HEBAO, "wechat", "orders", "check", *arguments],
        env={**environment(**settings), "LANG": "en_US.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
    )


def counted(shop: Shop) -> dict[str, int]:
    """What the command found, without what is nothing."""
    found = check(shop, "--json")
    assert found.stderr == ""
    return {name: count for name, count in json.loads(found.stdout).items() if count}


@pytest.fixture
def empty(shop: Shop) -> Shop:
    """The program without open orders."""
    with shop.store.records() as records:
        for each in records.session.exec(select(PayOrder)).all():
            if each.state.value == "open":
                records.session.delete(each)
    return shop


def run_out(shop: Shop, number: str) -> None:
    """Half an hour later."""
    with shop.store.records() as records:
        order = records.session.exec(select(PayOrder).where(PayOrder.number == number)).one()
        order.expires_at = records.now - datetime.timedelta(seconds=1)


def test_w25_what_was_paid_without_a_notice_is_booked_once(empty: Shop) -> None:
    owing = empty.somebody()
    number = empty.paid(owing)
    assert counted(empty) == {"paid": 1}
    assert empty.payments(owing) == 1
    assert counted(empty) == {}
    assert empty.pay.send(number).status_code == 204, "the notice comes after all"
    assert empty.payments(owing) == 1
    assert empty.books_are_right()


def test_w25_what_nobody_paid_in_time_is_closed_there_and_here(empty: Shop) -> None:
    owing, other = empty.somebody(), empty.somebody()
    number = empty.ordered(owing)
    empty.ordered(other)
    run_out(empty, number)
    assert counted(empty) == {"closed": 1, "open": 1}
    assert empty.states(owing) == ["closed"]
    assert empty.pay.orders[number].state == "CLOSED"
    assert counted(empty) == {"open": 1}


def test_w25_what_never_arrived_at_the_platform_is_closed(empty: Shop) -> None:
    owing = empty.somebody()
    empty.pay.script.append(Fault(500))
    assert empty.tap(owing).status_code == 503
    with empty.store.reading_records(today=DAY) as records:
        number = records.session.exec(select(PayOrder.number).where(PayOrder.person_id == owing.person)).one()
    run_out(empty, number)
    assert counted(empty) == {"closed": 1}
    assert empty.states(owing) == ["closed"]


def test_w25_what_the_platform_closed_is_closed_here(empty: Shop) -> None:
    owing = empty.somebody()
    empty.pay.close(empty.ordered(owing))
    assert counted(empty) == {"closed": 1}
    assert empty.states(owing) == ["closed"]


def test_w25_what_was_paid_back_before_it_was_booked_is_told_once_and_can_be_paid_anew(empty: Shop) -> None:
    owing = empty.somebody()
    number = empty.paid(owing)
    empty.pay.orders[number].state = "REFUND"
    found = check(empty)
    assert (found.returncode, "1 to be looked at" in found.stdout) == (1, True)
    assert empty.states(owing) == ["closed"]
    assert counted(empty) == {}
    empty.pay.send(empty.paid(owing))
    assert empty.payments(owing) == 1


def test_w25_what_does_not_fit_is_left_for_people_and_the_rest_goes_on(empty: Shop) -> None:
    wrong, owing = empty.somebody(), empty.somebody()
    number = empty.paid(wrong)
    empty.pay.orders[number].asked["amount"]["total"] = 1
    empty.paid(owing)
    found = check(empty)
    assert found.returncode == 1
    assert "1 paid, and booked" in found.stdout
    assert "1 to be looked at" in found.stdout
    assert wrong.openid not in found.stderr
    assert (empty.payments(wrong), empty.payments(owing)) == (0, 1)


def test_w25_an_order_that_cannot_be_asked_about_stays_open(empty: Shop) -> None:
    owing = empty.somebody()
    empty.ordered(owing)
    empty.pay.script.append(Fault(500))
    found = check(empty)
    assert (found.returncode, "1 could not be asked about" in found.stdout) == (1, True)
    assert empty.states(owing) == ["open"]
    assert counted(empty) == {"open": 1}


def test_w25_wrong_settings_are_told_in_a_sentence(empty: Shop) -> None:
    empty.ordered(empty.somebody())
    found = check(empty, wechat_pay_serial="00" * 20)
    assert found.returncode == 2
    assert "certificate serial" in found.stderr
    assert len(found.stderr.splitlines()) == 1


def test_w25_without_a_merchant_it_says_where_to_read_on(shop: Shop) -> None:
    nothing = {f"wechat_pay_{name}": "" for name in ("merchant", "key", "serial", "private_key", "platform_keys")}
    found = check(shop, **nothing)
    assert found.returncode == 2
    assert "docs/connect-wechat-pay.md" in found.stderr
    assert (ROOT / "docs/connect-wechat-pay.md").is_file()
