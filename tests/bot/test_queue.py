"""Jobs that change the store: what shares a transaction, who is told what and when, and what the end of it is."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bot.queue import MOST, Job, Lanes, Line, Writers
from member_store.errors import StoreError, UndoneError


class Ledger:
    """A store that writes down what was done in each of its transactions."""

    def __init__(self) -> None:
        self.kept: list[list[str]] = []
        self.attempts: list[str] = []
        self.fails: Exception | None = None
        self._open: list[str] | None = None
        self._spoilt = False

    @contextmanager
    def together(self) -> Iterator[None]:
        self._open, self._spoilt = [], False
        done = self._open
        try:
            yield
        finally:
            self._open = None
        if self._spoilt:
            raise UndoneError("One has failed", "here", "Again.")
        if self.fails is not None:
            raise self.fails
        self.kept.append(done)

    def do(self, name: str, error: BaseException | None = None) -> Callable[[], str]:
        def work() -> str:
            self.attempts.append(name)
            if error is not None:
                self._spoilt = True
                raise error
            if self._open is None:
                self.kept.append([name])
            else:
                self._open.append(name)
            return name.upper()

        return work


class Gate:
    """Work that does not end before it is told to."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self._open = threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self._open.wait(10)
        return "through"

    def open(self) -> None:
        self._open.set()

    async def reached(self) -> None:
        assert await asyncio.to_thread(self.begun.wait, 10)


def put(writers: Writers, work: Callable[[], object], contact: object = None) -> asyncio.Future[object]:
    job = Job(work)
    writers.put(job, contact)
    return job.future


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def line(ledger: Ledger) -> Iterator[Line]:
    line = Line(ledger.together)
    yield line
    line.close()


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    lanes = Lanes(4)
    yield lanes
    lanes.close()


async def behind(line: Line, *works: Callable[[], object]) -> list[object]:
    """What becomes of works that have all come while the writer was busy."""
    gate = Gate()
    first = put(line, gate)
    await gate.reached()
    futures = [put(line, each) for each in works]
    gate.open()
    assert await first == "through"
    return await asyncio.gather(*futures, return_exceptions=True)


async def test_what_waits_shares_a_transaction_in_the_order_in_which_it_came(line: Line, ledger: Ledger) -> None:
    assert await behind(line, *(ledger.do(name) for name in "abc")) == ["A", "B", "C"]
    assert ledger.kept == [["a", "b", "c"]]


async def test_one_alone_is_not_held_up_for_others(line: Line, ledger: Ledger) -> None:
    assert await put(line, ledger.do("a")) == "A"
    assert ledger.kept == [["a"]]


async def test_no_transaction_has_more_than_so_many(line: Line, ledger: Ledger) -> None:
    names = [f"n{number}" for number in range(MOST + 3)]
    assert await behind(line, *map(ledger.do, names)) == [name.upper() for name in names]
    assert ledger.kept == [names[:MOST], names[MOST:]]


async def test_a_job_that_fails_fails_alone(line: Line, ledger: Ledger) -> None:
    found = await behind(line, ledger.do("a"), ledger.do("b", KeyError("b")), ledger.do("c"))
    assert (found[0], found[2]) == ("A", "C")
    assert isinstance(found[1], KeyError)
    assert ledger.kept == [["a"], ["c"]]
    # The line goes on, and shares again.
    assert await behind(line, ledger.do("d"), ledger.do("e")) == ["D", "E"]
    assert ledger.kept[2:] == [["d", "e"]]


async def test_a_job_that_fails_before_it_touches_the_store_takes_nobody_along(line: Line, ledger: Ledger) -> None:
    def malformed() -> None:
        raise ValueError("malformed")

    found = await behind(line, ledger.do("a"), malformed, ledger.do("b"))
    assert (found[0], found[2]) == ("A", "B")
    assert isinstance(found[1], ValueError)
    assert ledger.kept == [["a", "b"]]
    assert ledger.attempts == ["a", "b"]


async def test_where_the_commit_fails_each_is_told_and_nothing_is_tried_again(line: Line, ledger: Ledger) -> None:
    ledger.fails = StoreError("The disk is full", "here", "Make room.")
    found = await behind(line, *(ledger.do(name) for name in "abc"))
    assert found == [ledger.fails] * 3
    assert ledger.kept == []
    assert ledger.attempts == ["a", "b", "c"]
    ledger.fails = None
    assert await behind(line, ledger.do("d"), ledger.do("e")) == ["D", "E"]


async def test_nobody_is_told_before_all_of_it_is_kept(line: Line, ledger: Ledger) -> None:
    busy, slow = Gate(), Gate()
    futures = [put(line, busy)]
    await busy.reached()
    futures += [put(line, ledger.do("a")), put(line, slow)]
    busy.open()
    await slow.reached()
    await asyncio.sleep(0.05)
    assert ledger.attempts == ["a"]
    assert [each.done() for each in futures] == [True, False, False]
    slow.open()
    assert await asyncio.gather(*futures) == ["through", "A", "through"]
    assert ledger.kept == [["a"]]


async def test_an_exception_that_futures_do_not_take_leaves_nobody_waiting(line: Line, ledger: Ledger) -> None:
    found = await behind(line, ledger.do("a"), lambda: next(iter([])), ledger.do("b"))
    assert (found[0], found[2]) == ("A", "B")
    assert isinstance(found[1], RuntimeError)


async def test_work_goes_on_although_nobody_waits_any_more(line: Line, ledger: Ledger) -> None:
    gate = Gate()
    first = put(line, gate)
    await gate.reached()
    left = put(line, ledger.do("a"))
    left.cancel()
    gate.open()
    await first
    assert await put(line, ledger.do("b")) == "B"
    assert ledger.kept == [["a"], ["b"]]


async def test_a_closed_line_has_done_what_waited_and_takes_nothing_more(ledger: Ledger) -> None:
    line, gate = Line(ledger.together), Gate()
    futures = [put(line, gate)]
    await gate.reached()
    futures += [put(line, ledger.do(name)) for name in "abc"]
    closing = asyncio.create_task(asyncio.to_thread(line.close))
    await asyncio.sleep(0.05)
    assert not closing.done()
    with pytest.raises(RuntimeError, match="closed"):
        put(line, ledger.do("d"))
    gate.open()
    await closing
    assert await asyncio.gather(*futures) == ["through", "A", "B", "C"]
    assert ledger.kept == [["a", "b", "c"]]
    line.close()  # once more does no harm


def test_a_loop_that_is_gone_does_not_stop_the_line(ledger: Ledger) -> None:
    line, gate = Line(ledger.together), Gate()

    async def leave() -> None:
        put(line, gate)
        put(line, ledger.do("a"))

    asyncio.run(leave())
    gate.open()
    assert asyncio.run(_ask(line, ledger.do("b"))) == "B"
    line.close()
    assert ledger.attempts == ["a", "b"]


async def _ask(line: Line, work: Callable[[], object]) -> object:
    return await put(line, work)


async def test_lanes_keep_the_order_of_each_contact(lanes: Lanes) -> None:
    done: list[tuple[str, int]] = []
    works = [(who, number) for number in range(200) for who in ("zhang", "li", "wang")]
    await asyncio.gather(*(put(lanes, lambda each=each: done.append(each), each[0]) for each in works))
    for who in ("zhang", "li", "wang"):
        assert [number for name, number in done if name == who] == list(range(200))


async def test_nobody_waits_for_somebody_slow_however_much_they_send(lanes: Lanes) -> None:
    gate = Gate()
    slow = [put(lanes, gate, "slow"), *(put(lanes, lambda: "later", "slow") for _ in range(20))]
    await gate.reached()
    assert await asyncio.wait_for(put(lanes, lambda: "quick", "quick"), 5) == "quick"
    assert await asyncio.wait_for(put(lanes, lambda: "nobody's"), 5) == "nobody's"
    assert not any(each.done() for each in slow)
    gate.open()
    assert await asyncio.gather(*slow) == ["through", *["later"] * 20]


async def test_contacts_are_served_at_the_same_time(lanes: Lanes) -> None:
    meet = threading.Barrier(3)
    await asyncio.gather(*(put(lanes, lambda: meet.wait(5), who) for who in ("zhang", "li", "wang")))


async def test_in_a_lane_a_job_fails_alone(lanes: Lanes) -> None:
    def broken() -> None:
        raise KeyError("broken")

    found = await asyncio.gather(
        put(lanes, lambda: "a", "zhang"), put(lanes, broken, "zhang"), put(lanes, lambda: "c", "zhang"),
        return_exceptions=True,
    )  # fmt: skip
    assert (found[0], found[2]) == ("a", "c")
    assert isinstance(found[1], KeyError)


async def test_closed_lanes_have_done_what_waited_and_take_nothing_more() -> None:
    lanes, gate, other = Lanes(1), Gate(), []
    futures = [put(lanes, gate, "zhang"), put(lanes, lambda: other.append("zhang"), "zhang")]
    futures.append(put(lanes, lambda: other.append("li"), "li"))
    await gate.reached()
    closing = asyncio.create_task(asyncio.to_thread(lanes.close))
    await asyncio.sleep(0.05)
    with pytest.raises(RuntimeError, match="closed"):
        put(lanes, lambda: None, "zhang")
    gate.open()
    await closing
    await asyncio.gather(*futures)
    assert sorted(other) == ["li", "zhang"]
