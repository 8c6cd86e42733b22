"""Work that changes the store, waiting for its turn: in one line before one writer, or in a line for each contact.

SQLite has one writer at a time, and what takes it longest is to see a transaction safely onto the disk. So whatever has
come while the writer was busy shares its next transaction. See docs/decisions/0016-turns-share-a-commit.md.
"""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from typing import Any, Protocol

from member_store.errors import UndoneError

MOST = 32
"""Jobs that share a transaction at the most. The first of them waits until the last is done."""

Work = Callable[[], Any]


class Job:
    """One piece of work. `future` belongs to the event loop that asked for it, and gets what becomes of it."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.loop = asyncio.get_running_loop()
        self._result: Any = None
        self._error: BaseException | None = None
        self.future: asyncio.Future[Any] = self.loop.create_future()

    def attempt(self) -> None:
        """Do it, and remember what becomes of it; whatever an attempt before has left is forgotten. Raises nothing."""
        self._result = self._error = None
        try:
            self._result = self._work()
        except StopIteration as error:
            self._error = RuntimeError(f"{error!r} was raised")  # asyncio passes on anything but this
        except BaseException as error:
            self._error = error

    def fail(self, error: BaseException) -> None:
        """It came to nothing, whatever it returned."""
        self._result, self._error = None, error

    def tell(self) -> None:
        """Hand what became of it to whoever waits. Called on its event loop."""
        if self.future.done():  # nobody waits any more
            return
        if self._error is not None:
            self.future.set_exception(self._error)
            # Who left before the end has no use for it, and asyncio would log what nobody has fetched.
            self.future.exception()
        else:
            self.future.set_result(self._result)


def tell(jobs: Sequence[Job]) -> None:
    """Hand over what became of jobs, waking each event loop once. May be called on any thread."""
    for loop, some in itertools.groupby(jobs, key=lambda job: job.loop):
        with suppress(RuntimeError):  # the loop is closed, and who waited is gone with it
            loop.call_soon_threadsafe(_tell_each, list(some))


def _tell_each(jobs: Sequence[Job]) -> None:
    for job in jobs:
        job.tell()


class Writers(Protocol):
    """Does jobs in order: at least those of one contact."""

    def put(self, job: Job, contact: Hashable) -> None:
        """Take a job; `contact` is whose it is, None for nobody's. Raises RuntimeError once it is closed."""

    def __len__(self) -> int:
        """How many jobs wait, about."""

    def close(self) -> None:
        """Do what was taken, and take nothing more."""


class Line:
    """One line before one thread, which does all that waits, up to `MOST`, in one transaction.

    `together` opens one for all that its thread does in the store, and closes it durably. Only then is anybody told. If
    a job fails, the transaction is undone and each is done in one of its own, so that only that job fails. If the
    transaction itself fails, so have all.
    """

    def __init__(self, together: Callable[[], AbstractContextManager[None]]) -> None:
        self._together = together
        self._waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._closed = False
        # A daemon: who ends without closing leaves nothing half written, and should not have to wait for ever.
        self._writer = threading.Thread(target=self._serve, name="service-writing", daemon=True)
        self._writer.start()

    def put(self, job: Job, contact: Hashable = None) -> None:  # noqa: ARG002 - here all are in order
        """Take a job. Raises RuntimeError once the line is closed."""
        if self._closed:
            raise RuntimeError("The line is closed")
        self._waiting.put(job)

    def __len__(self) -> int:
        """How many wait, about."""
        return self._waiting.qsize()

    def close(self) -> None:
        """Do what waits, and take nothing more. Returns when all is done."""
        if not self._closed:
            self._closed = True
            self._waiting.put(None)
        self._writer.join()

    def _serve(self) -> None:
        ends = False
        while not ends:
            jobs, ends = self._next()
            self._do(jobs)
            tell(jobs)

    def _next(self) -> tuple[list[Job], bool]:
        """All that waits, up to `MOST`, at least one; and whether that was the last."""
        jobs: list[Job] = []
        while not jobs or (len(jobs) < MOST and not self._waiting.empty()):
            job = self._waiting.get()
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False

    def _do(self, jobs: Sequence[Job]) -> None:
        if len(jobs) > 1:
            try:
                with self._together():
                    for job in jobs:
                        job.attempt()
            except UndoneError:
                pass  # one has failed and taken the others along
            except BaseException as error:
                for job in jobs:
                    job.fail(error)
                return
            else:
                return
        for job in jobs:
            job.attempt()


class Lanes:
    """A line for each contact before several threads: for a database that several can write to at once.

    The jobs of a contact never take more than one thread, so that nobody waits for somebody slow. What is nobody's
    waits for no one.
    """

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="service-writing")
        self._lanes: dict[Hashable, deque[Job]] = {}
        self._changing = threading.Lock()
        self._closed = False

    def put(self, job: Job, contact: Hashable) -> None:
        """Take a job of a contact. Raises RuntimeError once the lanes are closed."""
        if self._closed:
            raise RuntimeError("The lanes are closed")
        lane: Hashable = job if contact is None else contact
        with self._changing:
            if (waiting := self._lanes.get(lane)) is not None:
                waiting.append(job)
                return
            self._lanes[lane] = deque([job])
        self._pool.submit(self._serve, lane)

    def __len__(self) -> int:
        """How many wait or are being done."""
        with self._changing:
            return sum(map(len, self._lanes.values()))

    def close(self) -> None:
        """Do what waits, and take nothing more. Returns when all is done."""
        self._closed = True
        self._pool.shutdown(wait=True)

    def _serve(self, lane: Hashable) -> None:
        """Do the jobs of a lane until none is left."""
        waiting = self._lanes[lane]
        while True:
            job = waiting[0]
            job.attempt()
            tell([job])
            with self._changing:
                waiting.popleft()
                if not waiting:
                    del self._lanes[lane]
                    return
