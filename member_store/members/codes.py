"""One-time codes: short enough to be read out on the telephone, of use once and for a short time."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.tables.access import CodeGuesses, Contact

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No two of these look or sound alike when they are copied by hand."""

LENGTH = 8
MOST_WRONG = 5
"""Wrong codes in a row after which a contact has to wait."""

WAIT = timedelta(hours=1)

MOST_ON_CHANNEL = 500
"""Wrong codes in an hour on one channel, from all contacts together, after which nobody's are looked at there.

On some channels a new contact costs nothing, so that `MOST_WRONG` keeps nobody from guessing. At so many an hour, with
a hundred codes waiting all the time, somebody would have to guess for more than a thousand years.
"""

_GUESSES = CodeGuesses.__table__  # type: ignore[attr-defined]
_guesses = _GUESSES.c


def new_code() -> str:
    """A new random code: 39 bits, which nobody guesses in `MOST_WRONG` attempts an hour."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def code_hash(records: Records, purpose: str, code: str) -> str:
    """What a code is looked up by."""
    return records.hash("code", purpose, code)


def may_try(records: Records, contact: Contact) -> None:
    """Raise Refusal where too many codes were wrong of late: `too_many_codes` this contact's, `codes_closed` all."""
    since = contact.wrong_code_at
    if contact.wrong_codes >= MOST_WRONG and since is not None and records.now - since < WAIT:
        raise Refusal("too_many_codes", minutes=_minutes(since + WAIT - records.now))
    hour = _hour(records.now)
    wrong = select(_guesses.wrong).where(_guesses.channel == contact.channel, _guesses.hour == hour)
    if (records.connection.execute(wrong).scalar() or 0) >= MOST_ON_CHANNEL:
        raise Refusal("codes_closed", minutes=_minutes(hour + timedelta(hours=1) - records.now))


def was_wrong(records: Records, contact: Contact) -> None:
    """Count a wrong code."""
    since = contact.wrong_code_at
    again = contact.wrong_codes if since is not None and records.now - since < WAIT else 0
    contact.wrong_codes, contact.wrong_code_at = again + 1, records.now
    records.record("code_wrong", contact, person_id=None, changes={"in_a_row": again + 1})
    _count(records, contact.channel)


def was_right(contact: Contact) -> None:
    """Begin to count anew."""
    contact.wrong_codes, contact.wrong_code_at = 0, None


def _count(records: Records, channel: str) -> None:
    """Count a wrong code on a channel, whoever else counts one at the same moment."""
    hour = _hour(records.now)
    mine = (_guesses.channel == channel, _guesses.hour == hour)
    one_more = update(_GUESSES).where(*mine).values(wrong=_guesses.wrong + 1)
    if records.connection.execute(one_more).rowcount:
        return
    # A row that is not there cannot be locked.
    records.database.alone(records.connection, f"code guesses {channel}")
    if not records.connection.execute(one_more).rowcount:
        records.connection.execute(delete(_GUESSES).where(_guesses.channel == channel))
        records.connection.execute(insert(_GUESSES).values(channel=channel, hour=hour, wrong=1))


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _minutes(left: timedelta) -> int:
    return int(left.total_seconds() // 60) + 1
