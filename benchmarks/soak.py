"""`python -m benchmarks.soak [--minutes 10] [--seed 1] [--write]`: what only time and ill will show.

Random conversations and hostile requests go to a real server, which is killed now and then during the first half. An
assistant in this process, on a store of its own that nobody else uses, hears the same messages: whatever the server
answers otherwise has been lost, done twice, or taken from somebody else's conversation.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks import page
from benchmarks.http import Client, as_json, messages_path
from benchmarks.material import disk, service_in
from benchmarks.messages import AGES, everyday, hostile, opening, rough
from benchmarks.server import Server
from benchmarks.timing import Table
from bot.channels.plain import plain
from bot.languages import catalogue
from bot.service import Inbound, Service
from dialogs.replies import reply_to_dict

WORKERS = 8
PATIENCE = 30
"""Seconds within which an answer must come while the server is up."""

GROWTH = 1.02
"""What memory may grow to, as a share, after warm-up."""

STATUS = "never a 5xx"
ANSWERS = "every message is answered as by an assistant that nobody disturbs"
ONCE = "the same message id always gives the same answer"
OWN = "no conversation has facts of another"
MEMORY = "the server's memory stays flat"
LOG = "the log holds no word of what was sent"
Answer = dict[str, Any]


class Soak:
    """One run: what was sent, what was answered, and what was wrong with it."""

    def __init__(self, server: Server, alone: Service, seed: int) -> None:
        self.server = server
        self.alone = alone
        self.seed = seed
        self.mark = "".join(random.Random(seed).choices("qxzjvwk", k=14))
        self.counts: Counter[str] = Counter()
        self.wrong: dict[str, Counter[str]] = {check: Counter() for check in (STATUS, ANSWERS, ONCE, OWN, MEMORY, LOG)}
        self.memory: list[float] = []
        self._said = everyday()
        self._ages = list(AGES)
        self._kept: list[tuple[str, bytes, Answer]] = []

    async def run(self, seconds: float) -> None:
        """Everything at once for so long, then once more what was answered before."""
        until = time.monotonic() + seconds
        async with asyncio.TaskGroup() as group:
            group.create_task(self._kill(until - seconds / 2))
            group.create_task(self._watch(until - seconds / 2, until))
            for number in range(WORKERS):
                group.create_task(self._talk(random.Random(f"{self.seed} {number}"), until))
            group.create_task(self._harass(random.Random(self.seed), until))
        async with Client(self.server.port) as client:
            for path, body, answer in self._kept:
                self.counts["messages sent again at the end"] += 1
                self._same(answer, await self._answered(client, path, body))

    async def _kill(self, until: float) -> None:
        draw = random.Random(self.seed)
        while (left := until - time.monotonic()) > 0:
            await asyncio.sleep(min(left, draw.uniform(3, 9)))
            self.counts["kill -9"] += 1
            self.server.end(signal.SIGKILL)
            await asyncio.sleep(draw.uniform(0, 0.5))
            await asyncio.to_thread(self.server.start)

    async def _watch(self, begin: float, until: float) -> None:
        await asyncio.sleep(max(0.0, begin - time.monotonic()) + 10)  # the last restart is over by then
        while time.monotonic() < until:
            self.memory.append(self.server.megabytes())
            await asyncio.sleep(0.5)

    # -- conversations ------------------------------------------------------------------------------------------------

    async def _talk(self, draw: random.Random, until: float) -> None:
        clients = [Client(self.server.port) for _ in range(3)]
        while time.monotonic() < until:
            age = self._ages.pop(draw.randrange(len(self._ages)))
            await self._converse(draw, age, clients)
            self._ages.append(age)
        for client in clients:
            client.close()

    async def _converse(self, draw: random.Random, age: int, clients: list[Client]) -> None:
        self.counts["conversations"] += 1
        contact = f"{draw.getrandbits(128):032x}"
        path = messages_path(contact)
        texts = [opening(age)]
        for _ in range(draw.randrange(3, 16)):
            texts.append(hostile(draw, self.mark) if draw.random() < 0.15 else draw.choice(self._said))
        earlier: list[tuple[bytes, Answer]] = []
        for number, text in enumerate(texts):
            body = as_json({"text": text, "message_id": f"m{number}", "locale": "zh-CN"})
            at_once = clients if draw.random() < 0.1 else clients[:1]
            wanted = self._wanted(contact, f"m{number}", text)
            answers = await asyncio.gather(*(self._answered(client, path, body) for client in at_once))
            self.counts["messages"] += 1
            self.counts["messages sent three times at once"] += len(at_once) > 1
            if any({**answer, "repeated": False} != wanted for answer in answers):
                self.wrong[ANSWERS][f"seed {self.seed}, {contact}, m{number}"] += 1
            if sum(not answer.get("repeated") for answer in answers) > 1:
                self.wrong[ONCE]["taken more than once at the same moment"] += 1
            for answer in answers:
                self._own(answer, age)
            earlier.append((body, answers[0]))
            if draw.random() < 0.1:
                self.counts["messages sent again later"] += 1
                before, answer = draw.choice(earlier)
                self._same(answer, await self._answered(clients[0], path, before))
        if len(self._kept) < 500:
            self._kept.append((path, *draw.choice(earlier)))

    def _wanted(self, contact: str, message_id: str, text: str) -> Answer:
        """The answer of the assistant that hears nobody else, as the API would write it."""
        answer = self.alone.handle(Inbound("api", contact, message_id, text, "zh-CN"))
        words = catalogue(answer.locale)
        replies = [{**reply_to_dict(each), "plain": plain(each, words)} for each in answer.replies]
        found: Answer = json.loads(
            json.dumps({"replies": replies, "asks": answer.asks, "state": answer.state, "repeated": False})
        )
        return found

    async def _answered(self, client: Client, path: str, body: bytes) -> Answer:
        """The answer, however often the server has to be asked because it is being killed."""
        for _ in range(20 * PATIENCE):
            try:
                status, content = await asyncio.wait_for(client.post(path, body), PATIENCE)
            except TimeoutError:
                self.wrong[STATUS][f"no answer within {PATIENCE} s"] += 1
            except (OSError, EOFError):
                self.counts["requests sent again because the server was down"] += 1
                await asyncio.sleep(0.1)
            else:
                self._status(status, "a message")
                found: Answer = json.loads(content) if status == 200 else {"status": status}
                return found
        raise RuntimeError("The server did not come back")

    def _same(self, first: Answer, again: Answer) -> None:
        if {**first, "repeated": True} != again:
            self.wrong[ONCE]["another answer the second time"] += 1

    def _own(self, answer: Answer, age: int) -> None:
        found = answer.get("state", {}).get("facts", {}).get("age")
        self.counts["answers that hold the conversation's own mark"] += found == age
        if found in AGES and found != age:
            self.wrong[OWN][f"age {found} where {age} was said"] += 1

    # -- requests that are none ---------------------------------------------------------------------------------------

    async def _harass(self, draw: random.Random, until: float) -> None:
        async with Client(self.server.port) as client:
            while time.monotonic() < until:
                for name, path, body, kind in rough(draw, self.mark):
                    try:
                        status, _ = await asyncio.wait_for(client.post(path, body, kind), PATIENCE)
                    except TimeoutError:
                        self.wrong[STATUS][f"{name}: no answer within {PATIENCE} s"] += 1
                    except (OSError, EOFError):
                        await asyncio.sleep(0.1)  # killed, or it hung up on us: both are its right
                    else:
                        self.counts["hostile requests"] += 1
                        self._status(status, name)
                await asyncio.sleep(0.2)

    def _status(self, status: int, what: str) -> None:
        self.counts[f"answered {status}"] += 1
        if status >= 500:
            self.wrong[STATUS][f"{what}: {status}"] += 1

    # -- judging ------------------------------------------------------------------------------------------------------

    def judge_memory(self) -> str:
        """Compare the first third after warm-up with the last; says what was found."""
        steady = self.memory[len(self.memory) // 4 :]
        third = max(1, len(steady) // 3)
        if not steady:
            self.wrong[MEMORY]["never measured: the run was too short"] += 1
            return "not measured"
        first, last = statistics.median(steady[:third]), statistics.median(steady[-third:])
        if last > first * GROWTH:
            self.wrong[MEMORY][f"from {first:.1f} to {last:.1f} MB"] += 1
        return f"{self.memory[0]:.1f} MB at first, {first:.1f} MB after warm-up, {last:.1f} MB at the end"

    def judge_log(self) -> None:
        """Look for the marked word, and for any Chinese character or escape of one: the program logs none."""
        self.counts["lines in the log"] = 0  # said even where there are none
        for line in self.server.log.read_text("utf-8", "replace").splitlines():
            self.counts["lines in the log"] += 1
            if self.mark in line or re.search(r"[\u3400-\u9fff]|\\u[3-9][0-9a-f]{3}", line):
                self.wrong[LOG][f"a line of {len(line)} characters, {line[:60]!r}"] += 1


def main() -> None:
    """Run, print, and exit 1 where a check failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description="Soak test of a real server.")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="also replace the section in docs/measurements.md")
    wanted = parser.parse_args()
    for name in [name for name in os.environ if name.startswith("HEBAO_")]:
        del os.environ[name]
    before = page.load()
    with tempfile.TemporaryDirectory(dir=disk()) as name:
        here, there = Path(name) / "alone", Path(name) / "server"
        here.mkdir()
        there.mkdir()
        with service_in(here) as alone, Server(there) as server:
            soak = Soak(server, alone, wanted.seed)
            asyncio.run(soak.run(60 * wanted.minutes))
            memory = soak.judge_memory()
        soak.judge_log()
    text = "\n\n".join((page.stamp(before), *_report(soak, memory, wanted.minutes)))
    print(text)
    if wanted.write:
        page.write("soak", text)
    sys.exit(1 if any(soak.wrong.values()) else 0)


def _report(soak: Soak, memory: str, minutes: float) -> list[str]:
    checks = [(name, _verdict(found)) for name, found in soak.wrong.items()]
    faults = [f"- {check}: {what} ({count}×)" for check, found in soak.wrong.items() for what, count in found.items()]
    done = sorted(soak.counts.items())
    notes = (
        f"Memory (RSS): {memory}. Judged in the second half, in which the server is not killed: from ten seconds after "
        f"the last restart on, the first quarter of the samples is warm-up; of the rest the median of the last third "
        f"may be at most {GROWTH - 1:.0%} above that of the first third.",
    )
    tables = [
        Table(f"Checks, {minutes:g} minutes, seed {soak.seed}", ("check", "result"), tuple(checks), notes).markdown(),
        Table("What was done", ("what", "times"), tuple((name, f"{count:,}") for name, count in done)).markdown(),
    ]
    return [*tables[:1], *(["\n".join(faults[:20])] if faults else []), *tables[1:]]


def _verdict(found: Counter[str]) -> str:
    return f"FAILED {found.total()}×" if found else "held"


if __name__ == "__main__":
    main()
