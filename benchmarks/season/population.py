"""A county of invented people who have to pay, and the accounts on which some of them can be reached."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.members.inventing import invent
from bot.settings import Settings
from member_store.members.actors import SYSTEM
from member_store.members.bulk import Bulk
from member_store.members.collection import Days, set_window
from member_store.members.reminder_choices import KINDS
from member_store.store import Store
from member_store.tables.access import Basis, Consent, Contact, Delegation
from member_store.tables.conversations import Conversation
from member_store.tables.people import EnrolmentState, Notices, Person
from member_store.tables.sending import SubscriptionConsent

COUNTY, YEAR = "demo", 2008
CHANNELS = ("wechat", "telegram", "web", "api")
_SHARES = (60, 12, 18, 10)
_REACHED = 0.45
"""Of households."""
_AGREE = 0.85
_MINE = 0.12
"""Of households whose helper also helps the next one, so that they are told of several people at once."""
_STATES = {
    EnrolmentState.AWAITING_PAYMENT: 900,
    EnrolmentState.ACTIVE: 40,
    EnrolmentState.SUBMITTED: 40,
    EnrolmentState.WITHDRAWN: 20,
}


@dataclass(frozen=True)
class Templates:
    """The subscription template of the account."""

    due: str = "season-template-of-contributions"


def populate(store: Store, settings: Settings, people: int, days: Days, now: datetime, template: str) -> None:
    """Invent the people, give some of them accounts, and set the days of the collection."""
    scheme = settings.rules(COUNTY)
    invent(
        store,
        SYSTEM,
        scheme,
        count=people,
        seed=2008,
        counties=[COUNTY],
        year=YEAR,
        today=now.date(),
        states=_STATES,
    )
    draw = random.Random("season")
    with store.records(now=now) as records:
        set_window(records, COUNTY, YEAR, days)
        households: dict[int, list[int]] = {}
        wanted = select(Person.__table__.c.id, Person.__table__.c.household_id).order_by(Person.__table__.c.id)
        for person, household in records.connection.execute(wanted):
            households.setdefault(household or -person, []).append(person)
        bulk = Bulk(records, [Contact, Delegation, Consent, Conversation, SubscriptionConsent])
        reached = [each for each in households.values() if draw.random() < _REACHED]
        earlier: int | None = None
        notices: list[dict[str, Any]] = []
        for number, members in enumerate(reached):
            if earlier is not None and draw.random() < _MINE:
                contact, mine = earlier, False
            else:
                contact, mine = _contact(records, bulk, draw, number, now, template), True
                earlier = contact
            for place, person in enumerate(members):
                itself = mine and place == 0
                row = _delegation(person, contact, "self" if itself else "other", now)
                row["basis"] = Basis.SELF if itself else Basis.CODE
                bulk.add(Delegation, row)
                if draw.random() < 0.03:
                    notices.append({"who": person, "to": draw.choice((Notices.RESIDENT, Notices.HELPER))})
        bulk.finish()
        for each in notices:
            records.connection.execute(
                Person.__table__.update().where(Person.__table__.c.id == each["who"]).values(notices=each["to"])
            )


def account_of(channel: str, number: int) -> str:
    """What an account is called on its platform."""
    return str(700_000_000 + number) if channel == "telegram" else f"o-season-{channel}-{number:07d}"


def _contact(records: Any, bulk: Bulk, draw: random.Random, number: int, now: datetime, template: str) -> int:
    channel = draw.choices(CHANNELS, _SHARES)[0]
    account = account_of(channel, number)
    hashed = records.hash(channel, account)
    heard = now - timedelta(hours=draw.choice((2, 20, 500, 2000)))
    key = bulk.add(
        Contact,
        {
            "contact": hashed,
            "channel": channel,
            "account": records.seal(account),
            "locale": "en" if draw.random() < 0.03 else "zh_Hans",
            "created_at": now,
            "wrong_codes": 0,
            "wrong_code_at": None,
            "gone_at": None,
            "joined_id": None,
            "joined_at": None,
            "code": None,
            "code_expires_at": None,
        },
    )
    bulk.add(
        Conversation,
        {
            "contact": hashed,
            "channel": channel,
            "state": records.seal({}),
            "turn": 0,
            "created_at": now,
            "updated_at": now,
            "heard_at": heard,
            "window_kind": None,
            "window_at": None,
            "waiting": False,
        },
    )
    if draw.random() < _AGREE:
        for kind in KINDS:
            if draw.random() < 0.95:
                bulk.add(Consent, _consent(key, kind, now))
    if channel == "wechat" and (kind := draw.random()) < 0.7:
        standing = kind < 0.5
        left = 0 if standing else draw.randint(1, 3)
        row = {"contact": hashed, "template": template, "standing": standing, "left": left, "changed_at": now}
        bulk.add(SubscriptionConsent, row)
    return key


def _consent(contact: int, kind: str, now: datetime) -> dict[str, Any]:
    return {
        "person_id": None,
        "contact_id": contact,
        "purpose": kind,
        "wording": "2026-11",
        "locale": "zh_Hans",
        "given_as": "self",
        "given_at": now,
        "withdrawn_at": None,
    }


def _delegation(person: int, contact: int, relation: str, now: datetime) -> dict[str, Any]:
    return {
        "person_id": person,
        "contact_id": contact,
        "relation": relation,
        "basis": None,
        "scopes": "look act",
        "code": None,
        "code_expires_at": None,
        "created_at": now,
        "expires_on": None,
        "revoked_at": None,
    }
