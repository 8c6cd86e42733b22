"""Logins that have begun: each can be finished once, in the browser that began it, within a few minutes."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from member_store.members.records import Records
from member_store.tables.sending import login_states

LASTS = timedelta(minutes=10)

MOST = 10_000
"""Logins that can be under way at once: of more the oldest are given up, so that nobody can fill the store."""


def begin(records: Records, state: str, browser: str) -> None:
    """Write down that a login has begun. `browser` is a secret that only that browser has."""
    # Whoever begins clears away what nobody finished: the table stays as small as ten minutes' logins.
    records.connection.execute(delete(login_states).where(login_states.c.expires_at < records.now))
    row = {"state": records.hash("login", browser, state), "expires_at": records.now + LASTS}
    added = records.connection.execute(login_states.insert(), row).inserted_primary_key
    if added is not None:
        records.connection.execute(delete(login_states).where(login_states.c.id <= added[0] - MOST))


def finish(records: Records, state: str, browser: str) -> bool:
    """Whether this login had begun in this browser and was not finished yet; from here on it is."""
    mine = login_states.c.state == records.hash("login", browser, state)
    done = delete(login_states).where(mine, login_states.c.expires_at >= records.now)
    return bool(records.connection.execute(done).rowcount)
