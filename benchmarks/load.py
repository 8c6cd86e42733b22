"""The load generator, in its own process: `python -m benchmarks.load PORT turns|estimates CONNECTIONS SECONDS`.

Each connection sends its next request when the last is answered. Prints one JSON object.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
import sys
import time
from collections.abc import Iterator

import uvloop

from benchmarks.http import Client, as_json, messages_path
from benchmarks.material import people, talks

MOST = 100_000
"""Requests of one run, whatever the time."""

Request = tuple[str, bytes]


def turns(place: int) -> Iterator[Request]:
    """The conversations of the tests, one after the other, each under a new id; every connection starts at another."""
    known = talks()
    for each in itertools.islice(itertools.cycle(known), place, None):
        path = messages_path(secrets.token_hex(16))
        for number, text in enumerate(each.says):
            yield path, as_json({"text": text, "message_id": str(number), "locale": each.locale})


def estimates(place: int) -> Iterator[Request]:
    """Bills with more or less known, in two counties in turn."""
    for number, facts in enumerate(itertools.cycle(people(500, 0.8, seed=place))):
        county = ("demo", "haining")[number % 2]
        yield "/api/v1/estimate", as_json({"county": county, "facts": facts})


async def _drive(port: int, requests: Iterator[Request], until: float, taken: list[float], wrong: list[int]) -> None:
    async with Client(port) as client:
        for path, body in requests:
            begun = time.perf_counter()
            if begun > until or len(taken) >= MOST:
                return
            status, _ = await client.post(path, body)
            taken.append(time.perf_counter() - begun)
            if status != 200:
                wrong.append(status)


async def _run(port: int, kind: str, connections: int, seconds: float) -> dict[str, object]:
    sources = [{"turns": turns, "estimates": estimates}[kind](place) for place in range(connections)]
    first = [next(source) for source in sources]  # whatever is made before the first request is not timed
    taken: list[float] = []
    wrong: list[int] = []
    begun = time.perf_counter()
    await asyncio.gather(
        *(
            _drive(port, itertools.chain([one], source), begun + seconds, taken, wrong)
            for one, source in zip(first, sources, strict=True)
        )
    )
    spent = time.perf_counter() - begun
    taken.sort()
    p50, p99 = (1000 * taken[int(share * (len(taken) - 1))] for share in (0.5, 0.99))
    return {"rate": len(taken) / spent, "p50": p50, "p99": p99, "requests": len(taken), "wrong": len(wrong)}


if __name__ == "__main__":
    port, kind, connections, seconds = sys.argv[1:]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(_run(int(port), kind, int(connections), float(seconds)))))
