"""W25: amounts are whole fen, from what is owed to what is booked; nothing on the way is a float or a guess."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat.pay.merchant import Merchant
from bot.channels.wechat.pay.transactions import NotOursError, Paid, transaction
from member_store.encryption import generate_key
from member_store.members import contributions, delegations, ledger, orders
from member_store.members.contributions import Part
from member_store.members.refusals import Refusal
from member_store.store import Store
from member_store.tables.access import Basis
from tests.member_store.members.money import DAY, keep, somebody, verified
from tests.standins.wechat_pay.platform import APP_ID, MERCHANT, SERIAL, new_key

NUMBER = 32 * "a"
OURS = Merchant(MERCHANT, APP_ID, SERIAL, "https://hebao.example/wechat/pay/notify", "https://x", b"", new_key(), {})
FEN = st.integers(1, 10**11)

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=True),
    st.text(max_size=8),
    st.decimals(allow_nan=False).map(str),
    st.lists(st.integers(), max_size=2),
)


def told(total: object, currency: object = "CNY") -> dict[str, Any]:
    return {
        "appid": APP_ID,
        "mchid": MERCHANT,
        "out_trade_no": NUMBER,
        "trade_state": "SUCCESS",
        "transaction_id": "4200002210200803017729105536",
        "success_time": "2008-03-01T10:34:56+08:00",
        "amount": {"total": total, "currency": currency},
    }


@given(FEN)
def test_w25_whole_fen_are_taken_as_they_are(fen: int) -> None:
    found = transaction(OURS, told(fen), NUMBER)
    assert isinstance(found, Paid)
    assert (type(found.amount_fen), found.amount_fen) == (int, fen)


@given(ANYTHING)
def test_w25_whatever_else_stands_for_an_amount_is_refused(total: object) -> None:
    if type(total) is int and 0 < total <= 10**11:
        return
    with pytest.raises(NotOursError, match="no_amount"):
        transaction(OURS, told(total), NUMBER)


@given(FEN, st.text(max_size=4))
def test_w25_only_yuan_are_taken(fen: int, currency: str) -> None:
    if currency == "CNY":
        return
    with pytest.raises(NotOursError, match="other_currency"):
        transaction(OURS, told(fen, currency), NUMBER)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path: Path = tmp_path_factory.mktemp("amounts")
    with Store.open(f"sqlite:///{path}/members.db", generate_key()) as opened:
        yield opened


@given(owed=st.integers(1, 10**9), before=st.integers(0, 10**9), other=st.integers(-(10**9), 10**9))
def test_w25_exactly_what_is_outstanding_is_ordered_and_booked_and_no_other_amount(
    store: Store, owed: int, before: int, other: int
) -> None:
    with store.records(today=DAY) as records:
        person = somebody(records)
        key = person.id or 0
        keep(records, verified(records, person), Part("own_part", "individual", owed))
        contact = delegations.contact_of(records, "wechat", f"o{key}", "zh_Hans")
        delegations.link(records, contact, person, "self", Basis.SELF)
        if 0 < before < owed:
            ledger.pay(records, person, 2008, before, DAY, f"counter {key}")
        due = contributions.due_in(records, key, 2008)
        assert due is not None
        outstanding = due.balance.outstanding_fen
        order = orders.open_for(records, contact, key, 2008, trial=True)
        assert order.amount_fen == outstanding
        paid_at = records.now
        if other != outstanding:
            with pytest.raises(Refusal, match="other_order_amount"):
                orders.settle(records, order.number, f"4200{key:024d}", other, paid_at)
        assert orders.settle(records, order.number, f"4200{key:024d}", outstanding, paid_at)
        assert not orders.settle(records, order.number, f"4200{key:024d}", outstanding, paid_at)
        assert ledger.balance(records, key, 2008).outstanding_fen == 0
        assert ledger.balance(records, key, 2008).paid_fen == owed
