"""One-time codes: short enough to be read out on the telephone, of use once and for a short time."""

from __future__ import annotations

import secrets
from datetime import timedelta

from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.tables.access import Contact

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No two of these look or sound alike when they are copied by hand."""

LENGTH = 8
MOST_WRONG = 5
"""Wrong codes in a row after which a contact has to wait."""

WAIT = timedelta(hours=1)


def new_code() -> str:
    """A new random code: 39 bits, which nobody guesses in `MOST_WRONG` attempts an hour."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def code_hash(records: Records, purpose: str, code: str) -> str:
    """What a code is looked up by."""
    return records.hash("code", purpose, code)


def may_try(records: Records, contact: Contact) -> None:
    """Raise Refusal `too_many_codes` where this contact has guessed too often of late."""
    since = contact.wrong_code_at
    if contact.wrong_codes >= MOST_WRONG and since is not None and records.now - since < WAIT:
        raise Refusal("too_many_codes", minutes=int((since + WAIT - records.now).total_seconds() // 60) + 1)


def was_wrong(records: Records, contact: Contact) -> None:
    """Count a wrong code."""
    since = contact.wrong_code_at
    again = contact.wrong_codes if since is not None and records.now - since < WAIT else 0
    contact.wrong_codes, contact.wrong_code_at = again + 1, records.now
    records.record("code_wrong", contact, person_id=None, changes={"in_a_row": again + 1})


def was_right(contact: Contact) -> None:
    """Begin to count anew."""
    contact.wrong_codes, contact.wrong_code_at = 0, None
