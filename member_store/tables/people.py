"""People: who they are, where they live, and from which year to which they are enrolled."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel, UTCDateTime

from member_store.tables.columns import HASH_LENGTH, NAME_LENGTH, choice


class Community(SQLModel, table=True):
    """A village or an urban community (村、社区), within which a community worker acts."""

    __table_args__ = (UniqueConstraint("county", "name", name="uq_community_name"),)

    id: int | None = Field(default=None, primary_key=True)
    county: str = Field(max_length=NAME_LENGTH)
    name: str = Field(max_length=64)


class Household(SQLModel, table=True):
    """People who are registered together (户) and are enrolled as one family."""

    id: int | None = Field(default=None, primary_key=True)
    community_id: int | None = Field(default=None, foreign_key="community.id", index=True)
    created_at: datetime = Field(sa_type=UTCDateTime)


class Notices(StrEnum):
    """Who is to be told: the resident, whoever helps them, or both."""

    RESIDENT = "resident"
    HELPER = "helper"
    BOTH = "both"


class Person(SQLModel, table=True):
    """A resident. One who was erased keeps the row, so that the ledger balances, and nothing that says who it was."""

    __table_args__ = (UniqueConstraint("identity", name="uq_person_identity"),)

    id: int | None = Field(default=None, primary_key=True)
    identity: str | None = Field(default=None, max_length=HASH_LENGTH, description="keyed hash of kind and number")
    personal: str | None = Field(
        default=None, sa_type=Text, description="encrypted JSON: name, identity document, phone, address, birth date"
    )
    household_id: int | None = Field(default=None, foreign_key="household.id", index=True)
    community_id: int | None = Field(default=None, foreign_key="community.id", index=True)
    county: str = Field(max_length=NAME_LENGTH, description="the county-level unit")
    registration_kind: str | None = Field(default=None, max_length=NAME_LENGTH, description="rural or urban")
    notices: Notices = Field(default=Notices.BOTH, sa_type=choice(Notices))
    created_at: datetime = Field(sa_type=UTCDateTime)
    died_on: date | None = Field(default=None)
    erased_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class EnrolmentState(StrEnum):
    """How far an enrolment has got."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    VERIFIED = "verified"
    AWAITING_PAYMENT = "awaiting_payment"
    ACTIVE = "active"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"


class Enrolment(SQLModel, table=True):
    """One person's enrolment for one contribution year, in one county-level unit."""

    __table_args__ = (
        # Article 十二: one county-level unit at a time. What was refused or withdrawn does not stand in the way.
        Index(
            "uq_enrolment_person_year",
            "person_id",
            "year",
            unique=True,
            sqlite_where=text("state NOT IN ('rejected', 'withdrawn')"),
            postgresql_where=text("state NOT IN ('rejected', 'withdrawn')"),
        ),
        Index("ix_enrolment_community", "community_id", "year", "state", "registration_kind", "person_id"),
        Index("ix_enrolment_person", "person_id", "year"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    year: int = Field(description="the contribution year")
    county: str = Field(max_length=NAME_LENGTH)
    community_id: int | None = Field(default=None, foreign_key="community.id")
    registration_kind: str | None = Field(default=None, max_length=NAME_LENGTH)
    state: EnrolmentState = Field(sa_type=choice(EnrolmentState))
    category: str | None = Field(default=None, max_length=64, description="the rule that admits, from the engine")
    rules: str = Field(max_length=80, description="the version of the rules that decided")
    rules_on: date = Field(description="the day whose rules were applied")
    facts: str | None = Field(default=None, sa_type=Text, description="encrypted JSON: what was stated")
    renews_id: int | None = Field(
        default=None, foreign_key="enrolment.id", description="last year's, renewed unchanged"
    )
    contact_id: int | None = Field(default=None, foreign_key="contact.id", description="who applied, where in chat")
    submitted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    ended_on: date | None = Field(default=None)
    reason: str | None = Field(default=None, max_length=NAME_LENGTH, description="why it was ended or refused: an id")


class Certificate(SQLModel, table=True):
    """A certificate or permit that a person holds: a hardship certificate, a residence permit, a disability one."""

    __table_args__ = (UniqueConstraint("person_id", "kind", name="uq_certificate_kind"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    kind: str = Field(max_length=NAME_LENGTH)
    number: str | None = Field(default=None, sa_type=Text, description="encrypted")
    valid_from: date | None = Field(default=None)
    valid_until: date | None = Field(default=None)
    recorded_at: datetime = Field(sa_type=UTCDateTime)
    verified_on: date | None = Field(default=None)


class DoubtState(StrEnum):
    """What became of an application that could not be taken as it was."""

    OPEN = "open"
    JOINED = "joined"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


class Doubt(SQLModel, table=True):
    """An application for somebody whom the store knows already, from somebody who has not shown that they may.

    The applicant hears what every applicant hears, so that nobody can find out who is enrolled; the office decides.
    """

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    contact_id: int | None = Field(default=None, foreign_key="contact.id", index=True)
    relation: str = Field(max_length=NAME_LENGTH)
    year: int
    stated: str | None = Field(default=None, sa_type=Text, description="encrypted JSON: what was stated")
    state: DoubtState = Field(sa_type=choice(DoubtState), index=True)
    created_at: datetime = Field(sa_type=UTCDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
