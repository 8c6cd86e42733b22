"""What a monitor may know (Prometheus): how many turns, how long people wait, what is still to be sent. Of nobody."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    Summary,
    generate_latest,
)

from member_store.members.deliveries import Counted

if TYPE_CHECKING:
    from member_store.members.reminders import Account

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Seconds. WeChat waits five."""


class Turn:
    """A turn that is being measured; `repeated` is set where the message had been dealt with before."""

    repeated = False


class WorkFigures:
    """How the work goes that nobody waits for: planning, sending, tidying up."""

    def __init__(self, registry: CollectorRegistry) -> None:
        of = ("piece",)
        self._seconds = Summary(
            "hebao_work_seconds", "Pieces of work that were done, and how long they took.", of, registry=registry
        )
        self._failed = Counter("hebao_work_failed", "Pieces of work that failed.", of, registry=registry)
        self._last = Gauge(
            "hebao_work_done_timestamp_seconds", "When a piece of work was last done.", of, registry=registry
        )

    @contextmanager
    def piece(self, name: str) -> Iterator[None]:
        """Count and time the piece of work that is done inside."""
        begun = time.perf_counter()
        try:
            yield
        except BaseException:
            self._failed.labels(name).inc()
            raise
        self._seconds.labels(name).observe(time.perf_counter() - begun)
        self._last.labels(name).set_to_current_time()


class WorkerMetrics:
    """The figures of a process that answers nobody."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.work = WorkFigures(self._registry)
        ProcessCollector(registry=self._registry)

    def page(self) -> bytes:
        """The page that Prometheus reads."""
        return generate_latest(self._registry)


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.work = WorkFigures(self._registry)
        self._turns = Counter(
            "hebao_turns",
            "Turns by channel and result: answered, repeated (a copy of a message), failed.",
            ("channel", "result"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "hebao_turn_seconds",
            "From the arrival of a message to the moment when its answer is on disk.",
            ("channel",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._jobs = Gauge("hebao_jobs_waiting", "Turns and other changes before the store.", registry=self._registry)
        ProcessCollector(registry=self._registry)

    @contextmanager
    def turn(self, channel: str) -> Iterator[Turn]:
        """Count and time the turn that is taken inside."""
        turn, begun = Turn(), time.perf_counter()
        try:
            yield turn
        except BaseException:
            self._turns.labels(channel, "failed").inc()
            raise
        self._turns.labels(channel, "repeated" if turn.repeated else "answered").inc()
        self._seconds.labels(channel).observe(time.perf_counter() - begun)

    def page(self, jobs: int, ledger: Sequence[Counted], reminders: Sequence[Account] = ()) -> bytes:
        """The page that Prometheus reads, with so many jobs waiting, the ledger and the reminders as they stand."""
        self._jobs.set(jobs)
        stored = CollectorRegistry()
        messages = Gauge(
            "hebao_deliveries",
            "Messages in the ledger by channel, state and, where one was not sent, reason.",
            ("channel", "state", "reason"),
            registry=stored,
        )
        oldest = Gauge(
            "hebao_delivery_oldest_seconds",
            "How long the oldest message of a state that is not final has been there.",
            ("channel", "state"),
            registry=stored,
        )
        for each in ledger:
            messages.labels(each.channel, each.state, each.reason or "").set(each.count)
        planned = Gauge(
            "hebao_reminders",
            "Reminders by contribution year, moment, result and, where one was not sent, reason.",
            ("year", "moment", "result", "reason"),
            registry=stored,
        )
        for one in reminders:
            planned.labels(one.year, one.moment.value, one.result, one.reason or "").set(one.count)
        ages: dict[tuple[str, str], float] = {}
        for each in ledger:
            if each.oldest_seconds is not None:
                which = each.channel, each.state
                ages[which] = max(each.oldest_seconds, ages.get(which, 0.0))
        for which, seconds in ages.items():
            oldest.labels(*which).set(seconds)
        return generate_latest(self._registry) + generate_latest(stored)
