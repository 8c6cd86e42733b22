"""How a contact stands with the store: for whom they may act, and whether they are staff. Read before each turn."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from policy_engine.money import Money

LOOK, ACT, OWN = "look", "act", "own"
"""What somebody may do for a person: see how things stand; renew, correct and pay; and what only the person does."""

LIVE = ("draft", "submitted", "verified", "awaiting_payment", "active")
"""The states in which an enrolment still goes on."""

ENDED = ("lapsed", "withdrawn", "rejected")
"""The states in which it has ended."""


@dataclass(frozen=True)
class Collection:
    """When an office collects the contributions of a year, both days included, and how that stands today.

    `stage` is `before`, `open`, `paused` or `closed`; `resumes_on` the first day after a pause, None outside of one.
    """

    year: int
    first: datetime.date
    last: datetime.date
    stage: str
    resumes_on: datetime.date | None = None


@dataclass(frozen=True)
class EnrolmentView:
    """One enrolment. `due` is the person's own part, a range or None where the county has not set it.

    `outstanding` is what is still to be paid of it, negative where too much was paid; None before it is due. `pay_at`
    is an address where the contact can pay that; empty where there is none. `collection` is when the office collects
    it, None where it has not said.
    """

    year: int
    state: str
    county: str
    due: Money | None = None
    outstanding: int | None = None
    paid_by: str | None = None
    illustrative: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    stale: tuple[str, ...] = ()
    pay_at: str = field(default="", repr=False)
    collection: Collection | None = None

    @property
    def live(self) -> bool:
        """Whether it still goes on."""
        return self.state in LIVE


@dataclass(frozen=True)
class Helper:
    """Somebody who may act for a member, or a code that nobody has used yet."""

    key: int
    relation: str
    scopes: tuple[str, ...]
    expires_on: datetime.date | None
    waiting: bool


@dataclass(frozen=True)
class Member:
    """A person for whom the contact may act.

    `key` is how the store knows the person; `relation` who it is to the contact. `applied`: nobody has looked at the
    application yet, so that its name is all that may be shown. `fund_paid` is what the fund has paid this year, `stays`
    how many stays it has settled; both None to whom that may not be shown.
    """

    key: int
    relation: str
    name: str = field(repr=False)
    scopes: frozenset[str]
    applied: bool = False
    enrolments: tuple[EnrolmentView, ...] = ()
    expires_on: datetime.date | None = None
    fund_paid: Money | None = None
    stays: int | None = None
    notices: str = "both"
    helpers: tuple[Helper, ...] = ()
    deceased: bool = False

    def enrolment(self, year: int) -> EnrolmentView | None:
        """The enrolment of a year that goes on, else the last of that year."""
        of_year = [each for each in self.enrolments if each.year == year]
        return next((each for each in of_year if each.live), of_year[-1] if of_year else None)

    @property
    def latest(self) -> EnrolmentView | None:
        """The enrolment of the last year that there is one for."""
        return self.enrolment(max(each.year for each in self.enrolments)) if self.enrolments else None


@dataclass(frozen=True)
class Account:
    """One of a person's accounts, by the store's key; `here`: the one that this conversation is held from."""

    key: int
    channel: str
    since: datetime.date
    here: bool


@dataclass(frozen=True)
class Worker:
    """The member of staff that the contact is bound to."""

    name: str = field(repr=False)
    role: str
    county: str | None
    community: str | None


@dataclass(frozen=True)
class Standing:
    """For whom a contact may act, in the order in which it began, and which member of staff it is, if any.

    `listed` are the members, or how they are read: most turns need none of them. So with `linked`, the accounts of
    whoever it is, this one included, and with `wants`, of what they want to be reminded.
    """

    listed: tuple[Member, ...] | Callable[[], tuple[Member, ...]] = ()
    worker: Worker | None = None
    linked: tuple[Account, ...] | Callable[[], tuple[Account, ...]] = ()
    wants: frozenset[str] | Callable[[], frozenset[str]] = frozenset()

    @cached_property
    def reminded(self) -> frozenset[str]:
        """The kinds of reminder that the contact has agreed to, read at the first use."""
        return self.wants if isinstance(self.wants, frozenset) else self.wants()

    @cached_property
    def accounts(self) -> tuple[Account, ...]:
        """The accounts, read at the first use."""
        return self.linked if isinstance(self.linked, tuple) else self.linked()

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """The members, read at the first use."""
        return self.listed if isinstance(self.listed, tuple) else self.listed()

    def related(self, relation: str) -> tuple[Member, ...]:
        """The members who are that to the contact."""
        return tuple(each for each in self.members if each.relation == relation)

    def by_key(self, key: str) -> Member | None:
        """The member with this key."""
        return next((each for each in self.members if str(each.key) == key), None)


NOBODY = Standing()
"""How everybody stands who has only ever asked."""
