"""WeChat's side, in a process of its own: `python -m benchmarks.wechat_load PORT KIND USERS PEOPLE SEED`.

So many people fill in the form of `benchmarks.peers.form`, so many of them at once, each saying the next thing when the
last is answered. All of them have opened it, and all requests are ready on the wire's side, before the clock starts.
`KIND`: `sentences`, as people talk; `answers`, bare ones; `echo`, without opening anything. Prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import uvloop

from benchmarks.peers.form import OPENING, stays
from benchmarks.wechat_account import answer, request


@dataclass
class Person:
    """Somebody who fills in the form: what they say, and what was answered to it."""

    openid: str
    opening: bytes
    says: list[bytes]
    answers: list[bytes] = field(default_factory=list)


class Connection(asyncio.Protocol):
    """One kept-alive connection."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._come = b""
        self._answered: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Some of a response, or the last of it."""
        self._come += data
        end = self._come.find(b"\r\n\r\n")
        if end < 0 or self._answered is None:
            return
        length = int(self._come[:end].lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(self._come) == end + 4 + length:
            come, self._come = self._come, b""
            self._answered.set_result(come)

    def connection_lost(self, _: Exception | None) -> None:
        """The server has hung up."""
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(EOFError())

    async def ask(self, whole: bytes) -> bytes:
        """The response to a request. Raises EOFError where the server hangs up."""
        assert self._transport is not None
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(whole)
        return await self._answered

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()


async def _open(connection: Connection, people: Iterator[Person]) -> None:
    for person in people:
        await connection.ask(person.opening)


async def _fill_in(connection: Connection, people: Iterator[Person], taken: list[float]) -> None:
    for person in people:
        for whole in person.says:
            begun = time.perf_counter()
            person.answers.append(await connection.ask(whole))
            taken.append(time.perf_counter() - begun)


async def _run(port: int, kind: str, users: int, count: int, seed: int) -> dict[str, object]:
    loop, run = asyncio.get_running_loop(), secrets.token_hex(6)
    people = []
    for number, stay in enumerate(stays(count, seed)):
        openid = f"o{run}{number:08}"
        said = stay.answers() if kind == "answers" else stay.sentences()
        people.append(Person(openid, request(openid, OPENING), [request(openid, text) for text in said]))
    connections = [(await loop.create_connection(Connection, "127.0.0.1", port))[1] for _ in range(users)]
    if kind != "echo":
        waiting = iter(people)
        await asyncio.gather(*(_open(each, waiting) for each in connections))
    taken: list[float] = []
    waiting = iter(people)
    begun = time.perf_counter()
    await asyncio.gather(*(_fill_in(each, waiting, taken) for each in connections))
    spent = time.perf_counter() - begun
    for each in connections:
        each.close()
    taken.sort()
    p50, p99 = (1000 * taken[int(share * (len(taken) - 1))] for share in (0.5, 0.99))
    answers = [[answer(each, person.openid) for each in person.answers] for person in people]
    return {"rate": len(taken) / spent, "p50": p50, "p99": p99, "requests": len(taken), "answers": answers}


if __name__ == "__main__":
    port, kind, *numbers = sys.argv[1:]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(_run(int(port), kind, *map(int, numbers))), ensure_ascii=False))
