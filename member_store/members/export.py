"""The right to see and to take along (个人信息保护法 article 45): all that is kept on somebody, as plain JSON data.

Days and moments are ISO texts, moments in UTC; amounts are whole fen; everything else is as it was stated, or an id.
Nobody's data but the person's own: of their household only how many others there are, of a helper only the relation.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlmodel import SQLModel, col, select

from member_store.members import agreements, consents, enrolments, hardship, ledger, links, orders, people, settlements
from member_store.members.records import Records
from member_store.past import turns_of
from member_store.tables.access import Contact, Delegation
from member_store.tables.people import Doubt, Enrolment, Person
from member_store.tables.records import Audit, History


def everything_about(records: Records, person: Person) -> dict[str, Any]:
    """All that is kept on one person. Raises StoreError if no key fits."""
    key = person.id or 0
    return {
        "personal": _personal(records, person),
        "household": {"others": len(people.household_of(records, person)) - 1},
        "certificates": [
            {
                "certificate": each.kind,
                "certificate_number": records.unseal(each.number, f"certificate {each.id}"),
                **_columns(each, "valid_from", "valid_until", "recorded_at", "verified_on"),
            }
            for each in people.certificates(records, person)
        ],
        "enrolments": [_enrolment(records, each) for each in enrolments.all_of(records, key)],
        "statement": [
            {"on": _plain(each.on), "booked_as": each.kind.value, "year": each.year, "amount_fen": each.amount_fen}
            for each in ledger.statement(records, key)
        ],
        "orders": [
            {
                **_columns(each, "year", "amount_fen", "opened_at", "paid_at"),
                "order_state": each.state.value,
                "payment_number": records.unseal(each.payment_number, f"pay_order {each.id}"),
            }
            for each in orders.of_person(records, key)
        ],
        "agreements": [
            {
                **_columns(each, "from_year", "to_year", "signed_on", "ended_on", "reason"),
                "account": agreements.account_of(records, each),
            }
            for each in agreements.of_person(records, key)
        ],
        "hardship": [
            {
                "grounds": records.unseal(each.grounds, f"hardship_application {each.id}"),
                **_columns(each, "year", "state", "applied_on", "reviewed_on", "notice_from", "notice_until"),
                **_columns(each, "decided_on", "reason"),
            }
            for each in hardship.of_person(records, key)
        ],
        "settlements": [
            _columns(each, "year", "settled_on", "care", "provider_level", "bill_fen", "fund_paid_fen", "reversed_at")
            for each in settlements.of_person(records, key)
        ],
        "delegations": [
            {
                **_columns(each, "relation", "basis", "created_at", "expires_on", "revoked_at"),
                "scopes": each.scopes.split(),
            }
            for each in _rows(records, Delegation, key)
        ],
        "consents": [
            _columns(each, "purpose", "wording", "locale", "given_as", "given_at", "withdrawn_at")
            for each in consents.of_person(records, key)
        ],
        # Not what the applicant stated: that is theirs.
        "applications_by_others": [
            _columns(each, "relation", "year", "state", "created_at", "decided_at")
            for each in _rows(records, Doubt, key)
        ],
        "formerly": list(_formerly(records, key)),
        "audit": [
            _columns(each, "at", "actor", "channel", "setting", "action", "reason")
            for each in _rows(records, Audit, key)
        ],
    }


def conversation_of(records: Records, channel: str, account: str) -> list[dict[str, Any]]:
    """What is kept of a contact's conversation: when it was, what was said, and the replies as the dialogue wrote them.

    Raises StoreError if no key fits.
    """
    turns = turns_of(records.connection, records.cipher, records.hash(channel, account))
    return [{"at": _plain(each.received_at), "said": each.text, "replies": each.replies} for each in turns]


def accounts_of(records: Records, contact: Contact) -> list[dict[str, Any]]:
    """The accounts of the person behind a contact: on which channel each is, and since when."""
    return [
        {"channel": each.channel, "at": _plain(each.joined_at or each.created_at)}
        for each in links.accounts(records, contact)
    ]


def _personal(records: Records, person: Person) -> dict[str, Any]:
    known = people.personal_of(records, person)
    return {
        **(known.to_dict() if known else {}),
        "community": people.place_of(records, person.community_id),
        **_columns(person, "county", "registration_kind", "notices", "created_at", "died_on"),
    }


def _enrolment(records: Records, enrolment: Enrolment) -> dict[str, Any]:
    contribution = ledger.in_force(records, enrolment)
    due = None
    if contribution is not None:
        parts = ledger.parts_of(records, contribution)
        due = {
            **_columns(contribution, "total_fen", "rules", "rules_on", "illustrative", "worked_out_at"),
            "parts": [{"part": each.line, "payer": each.payer, "amount_fen": each.amount_fen} for each in parts],
            "worked_out": json.loads(contribution.worked_out),
        }
    return {
        **_columns(enrolment, "year", "state", "county", "registration_kind", "category", "rules", "rules_on"),
        **_columns(enrolment, "submitted_at", "ended_on", "reason"),
        "facts": enrolments.facts_of(records, enrolment),
        "contribution": due,
    }


def _formerly(records: Records, person_id: int) -> Iterable[dict[str, Any]]:
    """What was known of the person before it was changed, and until when."""
    wanted = select(History).where(History.person_id == person_id, History.entity == "person")
    for row in records.session.exec(wanted.order_by(col(History.id))):
        before = records.unseal(row.before, f"history {row.id}").get("personal")
        if before:
            yield {"until": _plain(row.changed_at), **before}


def _rows(records: Records, model: type[Any], person_id: int) -> list[Any]:
    return list(records.session.exec(select(model).where(model.person_id == person_id).order_by(col(model.id))))


def _columns(row: SQLModel, *names: str) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
