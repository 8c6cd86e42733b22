"""The program as a merchant, and what a test asks of it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from sqlmodel import select

from bot.members.paying import PayAddresses, ToPay
from bot.settings import Settings
from member_store.members import delegations, ledger, ledger_check, orders
from member_store.tables.access import Basis
from member_store.tables.money import EntryKind, LedgerEntry
from member_store.tables.people import Person
from tests.bot.channels.wechat.hebao import Hebao
from tests.member_store.members.money import DAY, charged, somebody
from tests.standins.wechat_pay import Notice, RunningPay

PUBLIC_URL = "https://hebao.example"
IN_WECHAT = {"User-Agent": "Mozilla/5.0 (Linux; Android 12) MicroMessenger/8.0.40", "Accept-Language": "zh-CN"}
OWES = 6000
"""What everybody here owes, in fen."""

_people = itertools.count(1)


@dataclass(frozen=True)
class Owing:
    """Somebody who owes the own part of 2008, and who pays it with which account."""

    openid: str
    wanted: ToPay

    @property
    def person(self) -> int:
        return self.wanted.person_id


class Shop:
    def __init__(self, hebao: Hebao, settings: Settings, pay: RunningPay) -> None:
        self.hebao, self.settings, self.pay = hebao, settings, pay
        self.store = hebao.service.store
        self.addresses = PayAddresses(self.store, PUBLIC_URL)

    def somebody(self, name: str = "张秀英") -> Owing:
        openid = f"oPays{next(_people):023d}"
        with self.store.records(today=DAY) as records:
            person = somebody(records, name)
            charged(records, person)
            contact = delegations.contact_of(records, "wechat", openid, "zh_Hans")
            delegations.link(records, contact, person, "self", Basis.SELF)
            return Owing(openid, ToPay(contact.id or 0, person.id or 0, 2008))

    def relative_of(self, owing: Owing, *scopes: str) -> Owing:
        """Somebody else who may act for the same person, or do what else is said."""
        openid = f"oHelps{next(_people):022d}"
        with self.store.records(today=DAY) as records:
            person = records.locked(Person, owing.person)
            code = delegations.offer(records, person, scopes or (delegations.ACT,), DAY)
            contact = delegations.contact_of(records, "wechat", openid, "zh_Hans")
            delegations.redeem(records, contact, code, "mother")
            return Owing(openid, ToPay(contact.id or 0, owing.person, 2008))

    def path(self, owing: Owing) -> str:
        """The page's path here."""
        return urlsplit(self.addresses.address(owing.wanted)).path

    def page(self, owing: Owing) -> str:
        """What the page shows inside of WeChat."""
        response = self.hebao.client.get(self.path(owing), headers=IN_WECHAT)
        assert response.status_code == 200
        return response.text

    def tap(self, owing: Owing) -> httpx.Response:
        """Tap the button on the page."""
        return self.hebao.client.post(self.path(owing), headers=IN_WECHAT)

    def ordered(self, owing: Owing) -> str:
        """Tap, up to the moment when WeChat asks for the password; the order's number at the platform."""
        response = self.tap(owing)
        assert response.status_code == 200, response.text
        return self.pay.bridge(response.json())

    def paid(self, owing: Owing) -> str:
        """The same, and pay."""
        number = self.ordered(owing)
        self.pay.pay(number)
        return number

    def notify(self, notice: Notice) -> httpx.Response:
        return self.hebao.client.post("/wechat/pay/notify", content=notice.body, headers=notice.headers)

    def payments(self, owing: Owing) -> int:
        """How many payments are booked for somebody."""
        with self.store.reading_records(today=DAY) as records:
            wanted = select(LedgerEntry).where(
                LedgerEntry.person_id == owing.person, LedgerEntry.kind == EntryKind.PAYMENT
            )
            return len(records.session.exec(wanted).all())

    def outstanding(self, owing: Owing) -> int:
        with self.store.reading_records(today=DAY) as records:
            return ledger.balance(records, owing.person, 2008).outstanding_fen

    def states(self, owing: Owing) -> list[str]:
        """What became of somebody's orders."""
        with self.store.reading_records(today=DAY) as records:
            return [each.state.value for each in orders.of_person(records, owing.person)]

    def books_are_right(self) -> bool:
        with self.store.reading_records(today=DAY) as records:
            return not list(ledger_check.findings(records))
