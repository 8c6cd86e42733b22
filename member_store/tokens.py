"""A platform's token that all processes share: fetched once, by whoever holds the lease, while the others wait.

The lease is a row and no lock: nobody may hold up the database for as long as a platform takes to answer.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlmodel import select

from member_store.members.records import Records
from member_store.store import Store
from member_store.tables.sending import AccessToken

LEASE = timedelta(seconds=20)
"""How long whoever fetches has for it; then somebody else may try."""


@dataclass(frozen=True)
class Held:
    """The token."""

    value: str = field(repr=False)


@dataclass(frozen=True)
class Claimed:
    """There is none, and whoever gets this is to fetch it, then `keep` it or `give_up`."""

    holder: str


@dataclass(frozen=True)
class Busy:
    """Somebody else fetches it: ask again in a moment."""


class Tokens:
    """The shared tokens of one store. Safe between threads and processes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def claim(self, name: str, *, refused: str | None = None, now: datetime | None = None) -> Held | Claimed | Busy:
        """The token called `name`, or the task of fetching it. One that the platform has `refused` counts for none.

        Raises StoreError.
        """
        moment = now or datetime.now(UTC)
        with self._store.reading_records(moment) as records:
            held = _held(records, _read(records, name), refused, moment)
        if held is not None:
            return held
        with self._store.records(now=moment) as records:
            records.database.alone(records.connection, f"token {name}")
            row = _read(records, name)
            # Somebody may have been quicker since.
            if (held := _held(records, row, refused, moment)) is not None:
                return held
            if row is not None and row.leased_until is not None and row.leased_until > moment:
                return Busy()
            row = row or AccessToken(name=records.hash("token", name))
            row.holder, row.leased_until = secrets.token_hex(8), moment + LEASE
            records.add(row)
            return Claimed(row.holder)

    def keep(self, name: str, holder: str, value: str, expires_at: datetime) -> None:
        """Keep what was fetched. Whoever has lost the lease meanwhile changes nothing. Raises StoreError."""
        with self._store.records() as records:
            row = _mine(records, name, holder)
            if row is not None:
                row.value, row.expires_at = records.seal(value), expires_at
                row.holder = row.leased_until = None
                records.add(row)

    def give_up(self, name: str, holder: str) -> None:
        """Let somebody else try. Raises StoreError."""
        with self._store.records() as records:
            row = _mine(records, name, holder)
            if row is not None:
                row.holder = row.leased_until = None
                records.add(row)


def _read(records: Records, name: str) -> AccessToken | None:
    wanted = select(AccessToken).where(AccessToken.name == records.hash("token", name))
    return records.session.exec(wanted).first()


def _mine(records: Records, name: str, holder: str) -> AccessToken | None:
    wanted = select(AccessToken).where(AccessToken.name == records.hash("token", name), AccessToken.holder == holder)
    return records.session.exec(wanted.with_for_update()).first()


def _held(records: Records, row: AccessToken | None, refused: str | None, now: datetime) -> Held | None:
    if row is None or row.value is None or row.expires_at is None or row.expires_at <= now:
        return None
    value = records.unseal(row.value, f"access_token {row.id}")
    return None if value == refused else Held(value)
