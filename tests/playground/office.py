"""The office of the playground: it takes every application, and collects once somebody wants to be reminded."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from sqlmodel import select

from bot.members import deciding
from bot.members.waiting import applications
from bot.opening import open_store
from bot.settings import Settings
from member_store.members import collection
from member_store.members.collection import Days
from member_store.members.records import Records
from member_store.tables.access import Consent
from member_store.tables.people import Person

COUNTY, YEAR = "demo", 2008
TODAY = "2008-03-03"
"""The day of the playground: offices work on it, whatever day it is."""

_LOOKS_SECONDS = 3.0
_COLLECTS = timedelta(days=30)


@contextmanager
def office(settings: Mapping[str, str]) -> Iterator[None]:
    """The office at work, in a thread."""
    read = Settings(
        _env_file=None,  # type: ignore[call-arg]
        **{name.removeprefix("HEBAO_").lower(): value for name, value in settings.items()},
    )
    closes = threading.Event()
    thread = threading.Thread(target=_work, args=(read, closes), daemon=True)
    thread.start()
    yield
    closes.set()
    thread.join(10)


def _work(settings: Settings, closes: threading.Event) -> None:
    with open_store(settings) as store:
        while not closes.wait(_LOOKS_SECONDS):
            with store.records(today=settings.now) as records:
                for each in applications(records, COUNTY, YEAR):
                    person = records.locked(Person, each["person"])
                    deciding.verify(records, person, YEAR, settings.rules, settings.now)
                _collect(records)


def _collect(records: Records) -> None:
    wants = records.session.exec(select(Consent).where(Consent.purpose.startswith("remind"))).first()  # type: ignore[attr-defined]
    if wants is not None and collection.window_of(records, COUNTY, YEAR) is None:
        collection.set_window(records, COUNTY, YEAR, Days(records.today, records.today + _COLLECTS))
