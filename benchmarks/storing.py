"""Turns through the service into an SQLite file, with the disk's real fsync."""

from __future__ import annotations

import itertools
import os
import statistics
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.material import disk, service_in, talks
from benchmarks.timing import Table, rate_row, rates, seconds_of
from bot.service import Inbound, Service

THREADS = 8


def store() -> Table:
    """Turns a second of one caller and of several, and of messages that had been dealt with before."""
    with tempfile.TemporaryDirectory(dir=disk()) as folder, service_in(Path(folder)) as service:
        said = _messages("one")
        one = rates(lambda: _play(service, said, 50), 1.0)
        callers = [_messages(str(number)) for number in range(THREADS)]
        with ThreadPoolExecutor(THREADS) as pool:

            def together() -> int:
                return sum(pool.map(lambda messages: _play(service, messages, 25), callers))

            several = rates(together, 1.0)
        known = [next(said) for _ in range(50)]
        for each in known:
            service.handle(each)
        again = rates(lambda: len([service.handle(each) for each in known]))
        synced = [1e6 * seconds_of(_sync(Path(folder) / "sync")) for _ in range(200)]
    rows = (
        rate_row("turns, one thread", one),
        rate_row(f"turns, {THREADS} threads", several),
        rate_row("message ids that were there before, one thread", again),
    )
    notes = (
        "`Service.handle`: understanding, the turn, encryption and one transaction with `synchronous=FULL`; the "
        "conversations of the tests, each by a new contact. SQLite has one writer and Python one lock, so threads add "
        "nothing but waiting.",
        f"Writing 4 KiB and fsync on this disk: median {statistics.median(synced):,.0f} µs, worst {max(synced):,.0f} "
        "µs. A disk that keeps its promises slower lowers these rates.",
    )
    return Table("The store, a second", ("what", "best", "median", "worst"), rows, notes)


def _messages(caller: str) -> Iterator[Inbound]:
    """Conversations without end, each by somebody new; every caller has its own, as generators serve one thread."""
    return itertools.chain.from_iterable(
        [
            Inbound("bench", f"{caller}-{each.file}-{number}", str(place), text, each.locale)
            for place, text in enumerate(each.says)
        ]
        for number in itertools.count()
        for each in talks()
    )


def _play(service: Service, said: Iterator[Inbound], count: int) -> int:
    for inbound in list(itertools.islice(said, count)):
        service.handle(inbound)
    return count


def _sync(path: Path) -> Callable[[], None]:
    def work() -> None:
        with path.open("ab") as file:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())

    return work
