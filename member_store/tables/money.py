"""Money: what is due and by which rules, the ledger, agreements, hardship cases and what the fund has paid."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel, UTCDateTime

from member_store.tables.columns import HASH_LENGTH, NAME_LENGTH, choice


class Contribution(SQLModel, table=True):
    """What one enrolment costs, as the engine worked it out. One that is worked out anew replaces the one before."""

    __table_args__ = (
        Index(
            "uq_contribution_enrolment",
            "enrolment_id",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    enrolment_id: int = Field(foreign_key="enrolment.id")
    total_fen: int | None = Field(default=None, sa_type=BigInteger, description="none where a figure is not set")
    rules: str = Field(max_length=80)
    rules_on: date
    illustrative: bool = Field(description="whether a figure in it is for trials only")
    worked_out: str = Field(sa_type=Text, description="JSON of the engine's result: figures, citations, what is unset")
    worked_out_at: datetime = Field(sa_type=UTCDateTime)
    replaced_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class ContributionPart(SQLModel, table=True):
    """What one payer pays of a contribution."""

    __tablename__ = "contribution_part"
    __table_args__ = (UniqueConstraint("contribution_id", "line", "payer", name="uq_contribution_part"),)

    id: int | None = Field(default=None, primary_key=True)
    contribution_id: int = Field(foreign_key="contribution.id")
    line: str = Field(max_length=NAME_LENGTH, description="own_part or remainder")
    payer: str = Field(max_length=NAME_LENGTH)
    amount_fen: int | None = Field(default=None, sa_type=BigInteger)


class EntryKind(StrEnum):
    """Why money was booked."""

    DUE = "due"
    PAYMENT = "payment"
    REFUND = "refund"
    CARRIED_OVER = "carried_over"
    REVERSAL = "reversal"


class Account(StrEnum):
    """The accounts of the ledger. A payer's account says what they still owe; `BANK` what came in, `INCOME` what for.

    Debits are positive, credits negative; the postings of an entry add up to nothing.
    """

    INDIVIDUAL = "individual"
    COLLECTIVE = "collective"
    ENTERPRISE = "enterprise"
    GOVERNMENT = "government"
    SOCIAL = "social"
    BANK = "bank"
    INCOME = "income"


class LedgerEntry(SQLModel, table=True):
    """One booking. Never changed and never taken out: a mistake is reversed by another."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("reference", name="uq_ledger_reference"),
        UniqueConstraint("reverses_id", name="uq_ledger_reverses"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: EntryKind = Field(sa_type=choice(EntryKind))
    person_id: int = Field(foreign_key="person.id", index=True)
    effective_on: date = Field(description="the day the money moved, or the day it became due")
    booked_at: datetime = Field(sa_type=UTCDateTime)
    contribution_id: int | None = Field(default=None, foreign_key="contribution.id", index=True)
    reverses_id: int | None = Field(default=None, foreign_key="ledger_entry.id")
    reference: str | None = Field(
        default=None, max_length=HASH_LENGTH, description="keyed hash of the payer's own reference: booked once"
    )
    file_id: int | None = Field(default=None, foreign_key="imported_file.id", index=True)
    row: int | None = Field(default=None, description="the row of that file")


class LedgerPosting(SQLModel, table=True):
    """One line of a booking."""

    __tablename__ = "ledger_posting"
    __table_args__ = (
        Index("ix_ledger_posting_person", "person_id", "year", "account", "amount_fen"),
        Index("ix_ledger_posting_entry", "entry_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="ledger_entry.id")
    account: Account = Field(sa_type=choice(Account))
    person_id: int = Field(foreign_key="person.id")
    year: int = Field(description="the contribution year")
    amount_fen: int = Field(sa_type=BigInteger, description="debit positive, credit negative")


class Agreement(SQLModel, table=True):
    """A contract over several years (article 十六): each year's own part is deducted from an account."""

    __table_args__ = (Index("ix_agreement_person", "person_id", "to_year"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    from_year: int
    to_year: int
    account: str | None = Field(default=None, sa_type=Text, description="encrypted: where it is deducted from")
    signed_on: date
    ended_on: date | None = Field(default=None)
    reason: str | None = Field(default=None, max_length=NAME_LENGTH)


class HardshipState(StrEnum):
    """How far an application for hardship has got (article 十三 item 3: apply, review, public notice, decide)."""

    APPLIED = "applied"
    UNDER_REVIEW = "under_review"
    PUBLIC_NOTICE = "public_notice"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class HardshipApplication(SQLModel, table=True):
    """That a disabled person in hardship asks the local government to pay their own part."""

    __tablename__ = "hardship_application"
    __table_args__ = (Index("ix_hardship_state", "state", "notice_until"), Index("ix_hardship_person", "person_id"))

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    year: int
    state: HardshipState = Field(sa_type=choice(HardshipState))
    grounds: str | None = Field(default=None, sa_type=Text, description="encrypted")
    applied_on: date
    reviewed_on: date | None = Field(default=None)
    notice_from: date | None = Field(default=None)
    notice_until: date | None = Field(default=None)
    decided_on: date | None = Field(default=None)
    reason: str | None = Field(default=None, max_length=NAME_LENGTH)


class Settlement(SQLModel, table=True):
    """What the fund paid for one stay or visit: what ceilings and deductibles of the next one go by."""

    __table_args__ = (
        UniqueConstraint("reference", name="uq_settlement_reference"),
        Index("ix_settlement_person", "person_id", "year"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    year: int = Field(description="the pooling year")
    settled_on: date
    care: str = Field(max_length=NAME_LENGTH)
    provider_level: str | None = Field(default=None, max_length=NAME_LENGTH)
    bill_fen: int | None = Field(default=None, sa_type=BigInteger)
    fund_paid_fen: int = Field(sa_type=BigInteger)
    reference: str | None = Field(default=None, max_length=HASH_LENGTH)
    reversed_at: datetime | None = Field(default=None, sa_type=UTCDateTime, description="entered by mistake")
    file_id: int | None = Field(default=None, foreign_key="imported_file.id")
    row: int | None = Field(default=None)


class ImportedFile(SQLModel, table=True):
    """A file that was taken in: the same file again changes nothing."""

    __tablename__ = "imported_file"
    __table_args__ = (UniqueConstraint("kind", "digest", name="uq_imported_file"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=NAME_LENGTH, description="residents, payments or settlements")
    digest: str = Field(max_length=HASH_LENGTH, description="SHA-256 of the file")
    rows: int
    report: str = Field(sa_type=Text, description="JSON: how many rows came to what, by row number")
    imported_at: datetime = Field(sa_type=UTCDateTime)
