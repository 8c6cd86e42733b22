"""Orders: what a person was asked to pay through a payment platform, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel, UTCDateTime

from member_store.tables.columns import HASH_LENGTH, NAME_LENGTH, choice


class OrderState(StrEnum):
    """What became of an order. `CLOSED`: nobody can pay it any more."""

    OPEN = "open"
    PAID = "paid"
    CLOSED = "closed"


class PayOrder(SQLModel, table=True):
    """One attempt to pay the individual part of a year. Who pays is the contact; only its row knows their account.

    At most one is open for a person and year, so that two relatives cannot both pay it.
    """

    __tablename__ = "pay_order"
    __table_args__ = (
        UniqueConstraint("number", name="uq_pay_order_number"),
        UniqueConstraint("payment", name="uq_pay_order_payment"),
        UniqueConstraint("entry_id", name="uq_pay_order_entry"),
        Index(
            "uq_pay_order_open",
            "person_id",
            "year",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_pay_order_person", "person_id"),
        Index("ix_pay_order_state", "state", "expires_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(max_length=32, description="out_trade_no: random, so that nobody can guess another's")
    person_id: int = Field(foreign_key="person.id")
    enrolment_id: int = Field(foreign_key="enrolment.id")
    contact_id: int = Field(foreign_key="contact.id", description="who pays")
    year: int = Field(description="the contribution year")
    amount_fen: int = Field(sa_type=BigInteger)
    state: OrderState = Field(sa_type=choice(OrderState))
    opened_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime, description="the platform takes no money for it from then on")
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime, description="when it was open no longer")
    paid_at: datetime | None = Field(default=None, sa_type=UTCDateTime, description="when it was, as the platform says")
    payment: str | None = Field(
        default=None, max_length=HASH_LENGTH, description="keyed hash of the platform's number of the payment"
    )
    payment_number: str | None = Field(
        default=None, sa_type=Text, description="encrypted: the platform's number of the payment"
    )
    entry_id: int | None = Field(default=None, foreign_key="ledger_entry.id", description="where it was booked")
    reason: str | None = Field(default=None, max_length=NAME_LENGTH, description="why it was closed: an id")
