"""What a conversation has done to the members, and how that went. Done at the edge, in the turn's own transaction."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dialogs.members.identity import IdentityDocument

Whom = int | IdentityDocument
"""A person: by the store's key where the contact acts for them; by their document where a community worker does."""


@dataclass(frozen=True)
class Enrol:
    """Hand in an application. `facts` is what the rules were asked with; `wording` the version of the consent."""

    relation: str
    name: str = field(repr=False)
    document: IdentityDocument = field(repr=False)
    phone: str | None = field(repr=False)
    community: int | None
    county: str
    year: int
    facts: Mapping[str, Any] = field(repr=False)
    category: str | None
    rules: str
    rules_on: datetime.date
    wording: str
    locale: str
    certificates: tuple[Certificate, ...] = ()
    setting: str | None = None


@dataclass(frozen=True)
class Certificate:
    """A certificate or permit, as it was stated."""

    kind: str
    number: str | None = field(default=None, repr=False)
    valid_until: datetime.date | None = None


@dataclass(frozen=True)
class LookUp:
    """See how things stand with a worker's client."""

    whom: Whom
    setting: str | None = None


@dataclass(frozen=True)
class Renew:
    """Enrol for another year, with nothing changed."""

    whom: Whom
    year: int
    setting: str | None = None


@dataclass(frozen=True)
class Withdraw:
    """End the enrolment of a year."""

    whom: Whom
    year: int
    setting: str | None = None


@dataclass(frozen=True)
class Move:
    """Record that a person belongs to another county-level unit now."""

    whom: Whom
    county: str
    setting: str | None = None


@dataclass(frozen=True)
class ChangePhone:
    """Write down another telephone number for a person."""

    whom: Whom
    phone: str = field(repr=False)
    setting: str | None = None


@dataclass(frozen=True)
class Die:
    """Record a death."""

    whom: Whom
    on: datetime.date
    setting: str | None = None


@dataclass(frozen=True)
class Grant:
    """Give a code by which somebody else may act for a person, for so many days."""

    whom: int
    scopes: tuple[str, ...]
    days: int


@dataclass(frozen=True)
class Revoke:
    """Take back what somebody may do; `delegation` is None for all of it."""

    whom: int
    delegation: int | None


@dataclass(frozen=True)
class Redeem:
    """Use a one-time code: a resident's, who is `relation` to the contact, or the one that binds a member of staff.

    Of one that links accounts it is only told whose it is: they have to agree first.
    """

    code: str = field(repr=False)
    relation: str = "other"


@dataclass(frozen=True)
class OfferLink:
    """Give a code by which another account of the same person is linked to this one."""


@dataclass(frozen=True)
class Link:
    """Link this account to the one that gave the code."""

    code: str = field(repr=False)


@dataclass(frozen=True)
class Unlink:
    """Take an account, by the store's key, away from the others of the same person."""

    account: int


@dataclass(frozen=True)
class ChooseNotices:
    """Who is to be told what concerns a person: resident, helper or both."""

    whom: int
    notices: str


@dataclass(frozen=True)
class ChooseReminders:
    """Of what a contact wants to be reminded: `more` and `fewer` are kinds, `wording` the version of what was shown."""

    more: tuple[str, ...]
    fewer: tuple[str, ...]
    wording: str


@dataclass(frozen=True)
class AskHardship:
    """Apply for the local government to pay the own part (article 十三 item 3)."""

    whom: int
    year: int


@dataclass(frozen=True)
class Export:
    """Bring together all that is kept on the contact and on those for whom they may decide."""


@dataclass(frozen=True)
class Erase:
    """Erase all that may be erased on the contact and on those for whom they may decide."""


Effect = (
    Enrol
    | LookUp
    | Renew
    | Withdraw
    | Move
    | ChangePhone
    | Die
    | Grant
    | Revoke
    | Redeem
    | OfferLink
    | Link
    | Unlink
    | ChooseNotices
    | ChooseReminders
    | AskHardship
    | Export
    | Erase
)


@dataclass(frozen=True)
class Done:
    """It was done. `details` are what its words need; nothing in them is secret from the contact."""

    details: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Refused:
    """It was not done, and nothing was changed. `code` is the reason as an id, `told` in the contact's language."""

    code: str
    told: str


Outcome = Done | Refused
