"""Booking: entries whose postings add up to nothing, and their mirror images. Nothing booked is ever changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.tables.money import Account, EntryKind, LedgerEntry, LedgerPosting

Postings = Mapping[tuple[Account, int], int]
"""Fen by account and contribution year: debits positive, credits negative."""

PAYMENT_REFERENCES = "payment"
"""Whose references those of payments are. What numbers its payments by itself has a source of its own."""

_POSTINGS = LedgerPosting.__table__  # type: ignore[attr-defined]
_NEW_POSTINGS = _POSTINGS.insert()
_BOOKED = select(col(LedgerEntry.id)).where(col(LedgerEntry.reference) == bindparam("key"))


def book(
    records: Records,
    kind: EntryKind,
    person_id: int,
    effective_on: date,
    postings: Postings,
    *,
    contribution_id: int | None = None,
    reverses_id: int | None = None,
    reference: str | None = None,
    source: str = PAYMENT_REFERENCES,
    file_id: int | None = None,
    row: int | None = None,
    reason: str | None = None,
) -> LedgerEntry:
    """Write an entry with its postings, and the same into the audit, so that each vouches for the other.

    `reference` is the payer's or the bank's own, among those of `source`; only its keyed hash is kept. `reason` is an
    id. Raises Refusal: `not_balanced` where the postings do not add up to nothing, `no_amount` where there is none or
    one is nothing, `already_booked` for a reference that was booked before.
    """
    if not postings or not all(postings.values()):
        raise Refusal("no_amount")
    if sum(postings.values()):
        raise Refusal("not_balanced", difference=sum(postings.values()))
    key = reference_hash(records, reference, source) if reference else None
    if key is not None and is_booked(records, key):
        raise Refusal("already_booked")
    entry = records.add(
        LedgerEntry(
            kind=kind,
            person_id=person_id,
            effective_on=effective_on,
            booked_at=records.now,
            contribution_id=contribution_id,
            reverses_id=reverses_id,
            reference=key,
            file_id=file_id,
            row=row,
        )
    )
    rows = [
        {"entry_id": entry.id, "account": account, "person_id": person_id, "year": year, "amount_fen": amount}
        for (account, year), amount in postings.items()
    ]
    records.connection.execute(_NEW_POSTINGS, rows)
    changes: dict[str, Any] = {"postings": in_audit(postings), "on": effective_on.isoformat()}
    if reverses_id is not None:
        changes["reverses"] = reverses_id
    records.record(f"ledger_{kind.value}", entry, person_id=person_id, changes=changes, reason=reason)
    return entry


def in_audit(postings: Postings) -> list[list[str | int]]:
    """Postings as the audit keeps them: account, year and fen, in the same order whoever asks."""
    return sorted([account.value, year, amount] for (account, year), amount in postings.items())


def postings_of(records: Records, entry_id: int) -> dict[tuple[Account, int], int]:
    """What an entry booked."""
    found = select(LedgerPosting).where(LedgerPosting.entry_id == entry_id)
    return {(each.account, each.year): each.amount_fen for each in records.session.exec(found)}


def reversal_of(records: Records, entry: LedgerEntry) -> LedgerEntry | None:
    """The entry that takes this one back, if there is one."""
    return records.session.exec(select(LedgerEntry).where(LedgerEntry.reverses_id == entry.id)).first()


def mirror(records: Records, entry: LedgerEntry, reason: str) -> LedgerEntry:
    """Take an entry back by one with every amount turned round.

    Raises Refusal: `reversal_stands` for an entry that itself takes one back, `reversed_already` for a second time.
    """
    if entry.kind is EntryKind.REVERSAL:
        raise Refusal("reversal_stands", entry=entry.id)
    if reversal_of(records, entry) is not None:
        raise Refusal("reversed_already", entry=entry.id)
    turned = {place: -amount for place, amount in postings_of(records, entry.id or 0).items()}
    return book(
        records,
        EntryKind.REVERSAL,
        entry.person_id,
        records.today,
        turned,
        contribution_id=entry.contribution_id if entry.kind is EntryKind.DUE else None,
        reverses_id=entry.id,
        reason=reason,
    )


def reference_hash(records: Records, reference: str, source: str = PAYMENT_REFERENCES) -> str:
    """What stands for a reference in the ledger."""
    return records.hash("reference", source, reference)


def is_booked(records: Records, key: str) -> bool:
    """Whether something was booked under the reference of this hash."""
    return records.connection.execute(_BOOKED, {"key": key}).first() is not None
