"""The service off the event loop: changes in their order, and on SQLite together; what only reads waits for none."""

from __future__ import annotations

import asyncio
import datetime
import functools
import gc
import time
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

from bot.exchange import Inbound, Outbound
from bot.languages import SOURCE, lexicons
from bot.logs import log_failure
from bot.metrics import Metrics
from bot.queue import Job, Lanes, Line, Writers
from bot.service import Service
from bot.settings import Settings, sqlite_folder
from member_store.members import deliveries
from member_store.members.records import Records

if TYPE_CHECKING:
    from member_store.members.reminders import Account

READERS = 2
WRITERS = 8
"""Threads, where the database takes several writers; as many wait for it as the pool of connections has room for."""

_COUNTED_SECONDS = 300.0
"""For so long the count of reminders is good enough."""

_GARBAGE = 10_000
"""Objects that are made and not yet gone before garbage is looked for. A turn makes some hundreds at a time."""

Args = ParamSpec("Args")
Result = TypeVar("Result")


class Threads:
    """Runs calls of the service on its own threads."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service = service
        self.metrics = Metrics()
        self._has_words = self._ends = False
        self._reminders: list[Account] = []
        self._reminders_until = 0.0
        on_sqlite = sqlite_folder(settings.database_url) is not None
        self._writers: Writers = Line(service.together) if on_sqlite else Lanes(WRITERS)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="service-reading")
        self._reading = (service.view, service.said)

    @property
    def ready(self) -> bool:
        """Whether words are read, and work is still taken."""
        return self._has_words and not self._ends

    def warm_up(self, then: Callable[[], object] = lambda: None) -> None:
        """Read words and rules now, so that the first person does not wait for them; and do what can come later."""
        self._readers.submit(self._read_words, then)

    def _read_words(self, then: Callable[[], object]) -> None:
        try:
            lexicons(SOURCE)
            self._has_words = True
            self.service.view("web", "warm-up")
            then()
        except Exception as error:  # nobody waits for this; who comes next meets the same fault, and is told
            log_failure("warm-up failed", error)
        finally:
            # What was read stays, some hundred thousand objects. Looking through all of them for garbage again and
            # again would hold up everybody who has a turn at that moment.
            gc.freeze()
            # What a turn makes is gone when it ends; looked at more often, it would only be found in use.
            gc.set_threshold(_GARBAGE, *gc.get_threshold()[1:])
            gc.enable()

    async def run(self, call: Callable[Args, Result], *args: Args.args, **kwargs: Args.kwargs) -> Result:
        """The result of the call, without holding up the event loop. A turn goes on even if its caller has left.

        Calls of one contact are done in the order in which they came. Raises whatever the call raises; StoreError
        where it could not be saved; RuntimeError after `close`.
        """
        work = functools.partial(call, *args, **kwargs)
        if call in self._reading:
            return await asyncio.get_running_loop().run_in_executor(self._readers, work)
        job = Job(work)
        contact = _contact(args)
        if not isinstance(contact, _Sender):
            self._writers.put(job, contact)
            result: Result = await job.future
            return result
        with self.metrics.turn(contact.channel) as turn:
            self._writers.put(job, contact)
            result = await job.future
            turn.repeated = isinstance(result, Outbound) and result.repeated
        return result

    async def recorded(self, work: Callable[[Records], Result], now: datetime.datetime | None = None) -> Result:
        """What `work` makes of the members' records, in a transaction of its own. Raises as `run` does."""
        return await self.run(self._record, work, now)

    def _record(self, work: Callable[[Records], Result], now: datetime.datetime | None) -> Result:
        with self.service.store.records(now=now) as records:
            return work(records)

    async def measured(self) -> bytes:
        """What Prometheus is told. Raises StoreError where the ledger cannot be read."""

        # It takes longer to import than the first person should wait.
        from member_store.members.reminders import accounts

        def read() -> tuple[list[deliveries.Counted], list[Account]]:
            with self.service.store.reading_records() as records:
                if time.monotonic() >= self._reminders_until:
                    # Every row is counted, and of a city's there are millions.
                    self._reminders = accounts(records)
                    self._reminders_until = time.monotonic() + _COUNTED_SECONDS
                return deliveries.counted(records), self._reminders

        ledger, reminders = await asyncio.get_running_loop().run_in_executor(self._readers, read)
        return self.metrics.page(len(self._writers), ledger, reminders)

    def close(self) -> None:
        """Let what is under way finish, take nothing more."""
        self._ends = True
        self._writers.close()
        self._readers.shutdown(wait=True)


class _Sender(NamedTuple):
    """Who has sent the message that a call is for; the same as the channel and the account by themselves."""

    channel: str
    account: str


def _contact(args: tuple[Any, ...]) -> Hashable:
    """Whose call this is, by what it is called with: a message, or first a channel and an account."""
    match args:
        case (Inbound() as inbound, *_):
            return _Sender(inbound.channel, inbound.account)
        case (str() as channel, str() as account, *_):
            return channel, account
    return None
