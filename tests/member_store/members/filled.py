"""A store with one of everything, for the tests of what is shown, kept, taken away and found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from member_store.members import (
    agreements,
    consents,
    contributions,
    delegations,
    deliveries,
    doubts,
    enrolments,
    hardship,
    orders,
    people,
    settlements,
    staff,
)
from member_store.members.contributions import Part
from member_store.members.records import Records
from member_store.store import Store
from member_store.tables.access import Basis, Role
from member_store.tables.people import Enrolment, EnrolmentState, Person
from member_store.tokens import Claimed, Tokens
from member_store.turns import Reduced

NAME, MOTHER, WORKER = "欧阳娜依", "诸葛翠芳", "司徒建国"
NUMBER, MOTHERS_NUMBER = "330421198803151527", "330421196205043048"
PHONE, ADDRESS = "13857342219", "嘉善县魏塘街道浒弄桥88号"
CERTIFICATE, BANK, GROUNDS = "残联证第77120953号", "6222081204009917723", "常年卧床无人照看"
ACCOUNT, HELPER = "oWx-ouyang-nayi-83021", "oWx-daughter-55190"
PAYMENT = "4200002210200803017729105536"
TOKEN = "95_oWx-token-of-the-platform-7H2kQ"
SAID = "我是欧阳娜依，身份证号330421198803151527，电话13857342219，住在嘉善县魏塘街道浒弄桥88号"
PERSONAL = (
    NAME,
    MOTHER,
    WORKER,
    NUMBER,
    MOTHERS_NUMBER,
    PHONE,
    ADDRESS,
    CERTIFICATE,
    BANK,
    GROUNDS,
    ACCOUNT,
    HELPER,
    PAYMENT,
    TOKEN,
    "浒弄桥",
)
"""Everything personal or secret that `fill` puts into a store. Nothing of it is real."""

YEAR = 2008
NOW = datetime(2008, 5, 6, 7, 8, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Filled:
    """The ids of what was put in."""

    person: int
    mother: int
    enrolment: int


def fill(store: Store) -> Filled:
    """Put in a resident with everything that there is about one, her mother, a helper and a worker."""
    with store.records(now=NOW) as records:
        filled = _people(records)
    for number, text in enumerate(("你好", SAID), 1):
        reduced = Reduced({"said": text}, [{"kind": "text", "text": f"您说的是：{text}"}], {"facts": {"name": NAME}})
        store.turn("wechat", ACCOUNT, f"{ACCOUNT}-{number}", text, lambda state, _records, to=reduced: to, now=NOW)
    with store.records(now=NOW) as records:
        deliveries.leave(records, "wechat", ACCOUNT, deliveries.TEXT, {"body": f"{NAME}，您家的参保办好了。"})
    _token(store)
    return filled


def _token(store: Store) -> None:
    """The platform's token, as the process that fetched it keeps it."""
    tokens = Tokens(store)
    claimed = tokens.claim("wechat", now=NOW)
    assert isinstance(claimed, Claimed)
    tokens.keep("wechat", claimed.holder, TOKEN, NOW + timedelta(hours=2))


def _people(records: Records) -> Filled:
    community = people.community(records, "jiashan", "浒弄村")
    worker = staff.add(records, "xu", WORKER, Role.WORKER, community=community)
    mine = people.Personal(NAME, "resident_identity_card", NUMBER, date(1988, 3, 15), "female", PHONE, ADDRESS)
    person = people.add(records, mine, "jiashan", community_id=community.id, registration_kind="rural")
    hers = people.Personal(MOTHER, "resident_identity_card", MOTHERS_NUMBER, date(1962, 5, 4), "female")
    mother = people.add(records, hers, "jiashan", community_id=community.id)
    people.join_household(records, [person, mother], community.id)
    # Something has changed since, so that there is a history.
    people.change_personal(records, person, phone="13700000000")
    people.change_personal(records, person, phone=PHONE)
    people.hold_certificate(records, person, "hardship_disabled", number=CERTIFICATE, valid_until=date(2009, 12, 31))
    contact = delegations.contact_of(records, "wechat", ACCOUNT, "zh_Hans")
    helper = delegations.contact_of(records, "wechat", HELPER, "zh_Hans")
    delegations.link(records, contact, person, "self", Basis.SELF)
    delegations.link(records, helper, mother, "mother", Basis.GUARDIAN)
    code = delegations.offer(records, person, (delegations.LOOK, delegations.ACT), date(2008, 12, 31))
    delegations.redeem(records, helper, code, "sister")
    staff.bind(
        records, delegations.contact_of(records, "wechat", "oWx-worker-1", "zh_Hans"), staff.new_code(records, worker)
    )
    consents.give(records, contact, person, consents.ENROLMENT, "2008-1", "zh_Hans", "self")
    enrolment = enrolments.submit(
        records,
        person,
        YEAR,
        category="local_resident",
        rules="jiaxing-2008@1",
        rules_on=date(2008, 1, 1),
        facts={"birth_date": "1988-03-15", "disabled": True, "registration_kind": "rural", "address": ADDRESS},
        contact_id=contact.id,
    )
    enrolments.move(records, enrolment, EnrolmentState.VERIFIED)
    _money(records, person, enrolment)
    doubts.raise_doubt(records, person, helper, "sister", YEAR, {"name": NAME, "number": NUMBER})
    return Filled(person.id or 0, mother.id or 0, enrolment.id or 0)


def _money(records: Records, person: Person, enrolment: Enrolment) -> None:
    contributions.keep(
        records,
        enrolment,
        total_fen=14_000,
        parts=[Part("own_part", "individual", 4_000), Part("remainder", "government", 10_000)],
        rules="jiaxing-2008@1",
        rules_on=date(2008, 1, 1),
        illustrative=False,
        worked_out={},
    )
    contact = delegations.contact_of(records, "wechat", ACCOUNT, "zh_Hans")
    order = orders.open_for(records, contact, person.id or 0, YEAR, trial=False)
    orders.settle(records, order.number, PAYMENT, 4_000, datetime(2008, 3, 1, 2, 3, 4, tzinfo=UTC))
    agreements.sign(records, person, 2008, 2010, date(2008, 1, 2), BANK)
    case = hardship.apply(records, person, YEAR, GROUNDS, date(2008, 2, 3))
    hardship.review(records, case, date(2008, 2, 9))
    settlements.enter(
        records,
        person,
        YEAR,
        date(2008, 4, 5),
        "inpatient",
        123_450,
        provider_level="county",
        bill_fen=320_000,
        reference="bill-1",
    )
