"""The enrolments of invented people: in every state, with what is due by the engine and bookings that balance."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.members.invented import InventedPerson
from member_store.members.bulk import Bulk
from member_store.members.records import Records
from member_store.tables.money import Account, Contribution, ContributionPart, EntryKind, LedgerEntry, LedgerPosting
from member_store.tables.people import Enrolment, EnrolmentState
from policy_engine.contribution import contribution
from policy_engine.facts import Facts
from policy_engine.scheme import Scheme

ENROLMENT_TABLES = (Enrolment, Contribution, ContributionPart, LedgerEntry, LedgerPosting)
"""What enrolments are written into, in the order in which rows refer to one another."""

_STATES = {
    EnrolmentState.ACTIVE: 805,
    EnrolmentState.AWAITING_PAYMENT: 90,
    EnrolmentState.VERIFIED: 25,
    EnrolmentState.SUBMITTED: 35,
    EnrolmentState.DRAFT: 5,
    EnrolmentState.REJECTED: 10,
    EnrolmentState.WITHDRAWN: 20,
    EnrolmentState.LAPSED: 10,
}
"""Of a thousand enrolments of those who pay themselves."""

_WORKED_OUT = frozenset(
    {EnrolmentState.ACTIVE, EnrolmentState.AWAITING_PAYMENT, EnrolmentState.VERIFIED, EnrolmentState.LAPSED}
)
_DUE = _WORKED_OUT - {EnrolmentState.VERIFIED}
_REASONS = {
    EnrolmentState.REJECTED: "not_eligible",
    EnrolmentState.WITHDRAWN: "resident_wishes",
    EnrolmentState.LAPSED: "not_paid",
}


@dataclass(frozen=True)
class _Due:
    """What somebody's contribution comes to: each line with its payer and fen, and what the engine said in JSON."""

    parts: tuple[tuple[str, str, int], ...]
    worked_out: str

    @property
    def own(self) -> int:
        return sum(amount for _, payer, amount in self.parts if payer == Account.INDIVIDUAL)


class InventedEnrolments:
    """Enrols people for one year, and says how many it has enrolled.

    `scheme` is the pack of a county whose figures are all set: what everybody owes goes by it.
    """

    def __init__(
        self, scheme: Scheme, year: int, draw: random.Random, states: Mapping[EnrolmentState, int] | None = None
    ) -> None:
        """`states` says how many of a thousand are in each state; what is usual where it is not given."""
        self.count = 0
        self._states = states or _STATES
        self._scheme = scheme
        self._year = year
        self._first = date(year, 1, 1)
        self._draw = draw
        self._dues: dict[tuple[str, str], _Due] = {}

    def enrol(
        self, records: Records, bulk: Bulk, person: InventedPerson, key: int, county: str, community: int, dead: bool
    ) -> None:
        """Enrol the person with the id `key`, who lives in this community; one who is `dead` was enrolled and ended."""
        due = self._due(person)
        state = (
            EnrolmentState.WITHDRAWN if dead else self._draw.choices(list(self._states), list(self._states.values()))[0]
        )
        if state in _WORKED_OUT and not due.own:
            state = EnrolmentState.ACTIVE
        ended = self._first + timedelta(self._draw.randrange(28)) if state in _REASONS else None
        enrolment = bulk.add(
            Enrolment,
            {
                "person_id": key,
                "year": self._year,
                "county": county,
                "community_id": community,
                "registration_kind": person.registration_kind,
                "state": state,
                "category": "migrant_worker" if person.migrant else f"{person.registration_kind}_resident",
                "rules": self._scheme.version,
                "rules_on": self._first,
                "facts": records.seal(_facts(person)),
                "renews_id": None,
                "contact_id": None,
                "submitted_at": None if state is EnrolmentState.DRAFT else records.now,
                "ended_on": ended,
                "reason": "death" if dead else _REASONS.get(state),
            },
        )
        self.count += 1
        if state in _WORKED_OUT:
            self._contribution(records, bulk, key, enrolment, due, state)

    def _contribution(
        self, records: Records, bulk: Bulk, key: int, enrolment: int, due: _Due, state: EnrolmentState
    ) -> None:
        row = {
            "enrolment_id": enrolment,
            "total_fen": sum(amount for _, _, amount in due.parts),
            "rules": self._scheme.version,
            "rules_on": self._first,
            "illustrative": True,
            "worked_out": due.worked_out,
            "worked_out_at": records.now,
            "replaced_at": None,
        }
        owed = bulk.add(Contribution, row)
        for line, payer, amount in due.parts:
            part = {"contribution_id": owed, "line": line, "payer": payer, "amount_fen": amount}
            bulk.add(ContributionPart, part)
        if state not in _DUE:
            return
        accounts: dict[Account, int] = {}
        for _, payer, amount in due.parts:
            accounts[Account(payer)] = accounts.get(Account(payer), 0) + amount
        self._book(records, bulk, key, EntryKind.DUE, owed, {**accounts, Account.INCOME: -sum(accounts.values())})
        if not due.own:
            return
        # Some of those who still owe have paid a part of it.
        half = due.own // 2 if self._draw.random() < 0.1 else 0
        paid = due.own if state is EnrolmentState.ACTIVE else half
        if paid:
            postings = {Account.BANK: paid, Account.INDIVIDUAL: -paid}
            self._book(records, bulk, key, EntryKind.PAYMENT, owed, postings)

    def _book(
        self, records: Records, bulk: Bulk, key: int, kind: EntryKind, owed: int, postings: dict[Account, int]
    ) -> None:
        entry = bulk.add(
            LedgerEntry,
            {
                "kind": kind,
                "person_id": key,
                "effective_on": self._first + timedelta(self._draw.randrange(28)),
                "booked_at": records.now,
                "contribution_id": owed,
                "reverses_id": None,
                "reference": None,
                "file_id": None,
                "row": None,
            },
        )
        for account, amount in postings.items():
            if amount:
                line = {"entry_id": entry, "account": account, "person_id": key, "year": self._year}
                bulk.add(LedgerPosting, {**line, "amount_fen": amount})

    def _due(self, person: InventedPerson) -> _Due:
        case = person.registration_kind, person.certificate or "none"
        if case not in self._dues:
            facts: Facts = {"registration_kind": case[0], "hardship_certificate": case[1], "age": 40}
            found = contribution(self._scheme, facts, self._first)
            parts = tuple((part.line, part.payer, part.amount.low) for part in found.parts if part.amount.exact)
            told = {"invented": True, "total": found.total.to_json(), "person_pays": found.person_pays.to_json()}
            self._dues[case] = _Due(parts, json.dumps(told))
        return self._dues[case]


def _facts(person: InventedPerson) -> dict[str, Any]:
    return {
        "registered_locally": not person.migrant,
        "registration_kind": person.registration_kind,
        "employee_insured": False,
        "enrolled_elsewhere": False,
        "birth_date": person.birth_date.isoformat(),
        "hardship_certificate": person.certificate or "none",
    }
