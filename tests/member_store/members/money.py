"""People with enrolments and contributions, for the tests of money."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Mapping
from typing import Any

from member_store.members import contributions, enrolments, ledger, people
from member_store.members.contributions import Part
from member_store.members.records import Records
from member_store.tables.people import Enrolment, EnrolmentState, Person

DAY = datetime.date(2008, 3, 1)
SHARES = (
    Part("own_part", "individual", 6000),
    Part("remainder", "collective", 1500),
    Part("remainder", "government", 7500),
)

_numbers = itertools.count(1)


def somebody(records: Records, name: str = "张秀英", number: str | None = None) -> Person:
    """Somebody whom the store does not know yet."""
    personal = people.Personal(name, "resident_identity_card", number or f"{next(_numbers):018d}")
    return people.add(records, personal, "demo")


def verified(
    records: Records,
    person: Person,
    year: int = 2008,
    facts: Mapping[str, Any] | None = None,
    category: str = "rural",
) -> Enrolment:
    stated = dict(facts or {})
    submitted = enrolments.submit(records, person, year, category=category, rules="v", rules_on=DAY, facts=stated)
    return enrolments.move(records, submitted, EnrolmentState.VERIFIED)


def keep(records: Records, enrolment: Enrolment, *parts: Part, rules: str = "v") -> None:
    amounts = [each.amount_fen for each in parts]
    contributions.keep(
        records,
        enrolment,
        total_fen=None if None in amounts else sum(filter(None, amounts)),
        parts=parts,
        rules=rules,
        rules_on=DAY,
        illustrative=True,
        worked_out={"parts": [[each.line, each.payer, each.amount_fen] for each in parts]},
    )


def charged(records: Records, person: Person, year: int = 2008) -> Enrolment:
    enrolment = verified(records, person, year)
    keep(records, enrolment, *SHARES)
    return enrolment


def owes(records: Records, person: Person, year: int = 2008) -> tuple[int, int]:
    found = ledger.balance(records, person.id or 0, year)
    assert found.outstanding_fen == found.due_fen - found.paid_fen
    return found.due_fen, found.paid_fen
