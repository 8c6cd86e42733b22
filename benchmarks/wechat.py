"""Encrypted WeChat turns through real HTTP, beside the bare library and beside another framework; start-up; memory."""

from __future__ import annotations

import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.material import ROOT, disk, service_in, settings_in
from benchmarks.peers.form import OPENING, QUESTIONS, Stay, stays
from benchmarks.server import Server
from benchmarks.timing import ROUNDS, Table, time_row
from benchmarks.wechat_account import AES_KEY, APP_ID, TOKEN, answer, request
from bot.channels.wechat.messages import Received
from bot.channels.wechat.rendering import Rendering
from bot.exchange import Inbound

USERS = 32
RUNS = 3
PEOPLE = {"echo": 2_000, "sentences": 500, "answers": 500}
"""People in one run; each says five things."""
LEAST_RATE, MOST_MS, MOST_SECONDS, MOST_MEGABYTES = 800, 80, 1.5, 200
TURNS = 100_000
"""Turns after which memory is looked at."""

_SETTINGS = {
    "HEBAO_WECHAT_TOKEN": TOKEN,
    "HEBAO_WECHAT_APP_ID": APP_ID,
    "HEBAO_WECHAT_AES_KEY": AES_KEY,
}

_CORES = sorted(os.sched_getaffinity(0))

Answers = Sequence[Sequence[str]]


def turns() -> Table:
    """Turns a second of users in mid-conversation, how long each waits, and whether each answer is the right one."""
    found: dict[str, list[dict[str, Any]]] = {"ours": [], "roaming": [], "echo": [], "werobot": []}
    wrong = dict.fromkeys(found, 0)
    with tempfile.TemporaryDirectory(dir=disk()) as name, ExitStack() as running:
        folder = Path(name)
        for each in ("ours", "roaming", "alone", "werobot"):
            (folder / each).mkdir()
        roaming = running.enter_context(Server(folder / "roaming", **_SETTINGS))
        with _on(_CORES[:1]):
            server = running.enter_context(Server(folder / "ours", **_SETTINGS))
            echo = running.enter_context(_program("wechatpy_echo"))
            werobot = running.enter_context(_program("werobot_form", str(folder / "werobot")))
        for each in (server, roaming):
            _load(each.port, "sentences", 100, seed=0)  # the first of all finds nothing warm
        for seed in range(1, RUNS + 1):
            for which, port, kind in (
                ("ours", server.port, "sentences"),
                ("roaming", roaming.port, "sentences"),
                ("echo", echo, "echo"),
                ("werobot", werobot, "answers"),
            ):
                with _on(_CORES if which == "roaming" else _CORES[1:]):
                    run = _load(port, kind, PEOPLE[kind], seed)
                found[which].append(run)
                people = stays(PEOPLE[kind], seed)
                wanted = {"sentences": _ours, "echo": _echoed, "answers": _werobot}[kind](people, folder / "alone")
                wrong[which] += _unlike(run["answers"], wanted)
    rows = (
        _row("Hébāo: understood, answered, saved", found["ours"], wrong["ours"]),
        _row("the same, free to change the core", found["roaming"], wrong["roaming"]),
        _row("wechatpy alone: the same text back", found["echo"], wrong["echo"]),
        _row("WeRoBot: a fixed form, its sessions in SQLite", found["werobot"], wrong["werobot"]),
    )
    rate = statistics.median(run["rate"] for run in found["ours"])
    wait = statistics.median(run["p99"] for run in found["ours"])
    notes = (
        f"Wanted: at least {LEAST_RATE} turns a second; the median is {rate:,.0f}: {_verdict(rate >= LEAST_RATE)}. "
        f"p99 under {MOST_MS} ms; the median is {wait:.1f} ms: {_verdict(wait < MOST_MS)}. "
        f"Every answer as it should be: {_verdict(not any(wrong.values()))}.",
        f"Safe mode (AES and signatures both ways), {USERS} users at once in mid-conversation, each on a connection, "
        "each saying the next of five things when the last is answered, no two the same; one server process each, kept "
        "on one core, and the load generator on the others, its requests made before the clock starts. A Python "
        "process computes on one core at a time, and loses a tenth by changing it. "
        f"{RUNS} runs of each in turn; p50 and p99 are the medians of the runs.",
        "Ours and wechatpy alone are on the same web server (uvicorn, uvloop, httptools). Ours hears sentences, and "
        "each turn is in SQLite (WAL, `synchronous=FULL`) before its answer leaves; what comes while one is written "
        "shares the next transaction. Its answers are held against those of the assistant alone and without HTTP, "
        "letter for letter. WeRoBot is on waitress with its own SQLite sessions, on one thread, as they fail on "
        "several; it hears bare answers, understands nothing else, keeps nothing that was said, and takes a message "
        "that comes twice for two.",
    )
    columns = ("what", "best /s", "median /s", "worst /s", "p50 ms", "p99 ms", "answers", "wrong")
    return Table(f"WeChat, encrypted, {USERS} users", columns, rows, notes)


def _row(name: str, runs: Sequence[dict[str, Any]], wrong: int) -> tuple[str, ...]:
    rates = [run["rate"] for run in runs]
    spread = (max(rates), statistics.median(rates), min(rates))
    waits = (statistics.median(run[each] for run in runs) for each in ("p50", "p99"))
    answers = sum(run["requests"] for run in runs)
    return (
        name,
        *(f"{each:,.0f}" for each in spread),
        *(f"{each:.1f}" for each in waits),
        f"{answers:,}",
        f"{wrong:,}",
    )


def _ours(people: Sequence[Stay], folder: Path) -> Answers:
    """What the assistant says to each when it hears nobody else at the time."""
    rendering = Rendering(settings_in(folder), follows=False)
    found = []
    with service_in(folder) as service:
        for number, stay in enumerate(people):
            account, texts = f"{stay}-{number}", []
            for place, said in enumerate((OPENING, *stay.sentences())):
                received = Received("text", account, "gh_bench", 1, str(place), text=said)
                answered = service.handle(Inbound("wechat", account, str(place), said, opens="message"))
                texts.append(rendering.render(answered, received).text or "")
            found.append(texts[1:])
    return found


def _echoed(people: Sequence[Stay], _: Path) -> Answers:
    return [stay.sentences() for stay in people]


def _werobot(people: Sequence[Stay], _: Path) -> Answers:
    return [[*(asked.text for asked in QUESTIONS[1:]), stay.conclusion()] for stay in people]


def _unlike(found: Answers, wanted: Answers) -> int:
    return sum(
        one != other
        for each, others in zip(found, wanted, strict=True)
        for one, other in zip(each, others, strict=True)
    )


def _load(port: int, kind: str, people: int, seed: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.wechat_load", *map(str, (port, kind, USERS, people, seed))]
    run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT, timeout=600)
    found: dict[str, Any] = json.loads(run.stdout)
    return found


@contextmanager
def _on(cores: Sequence[int]) -> Iterator[None]:
    """What is started inside stays on these cores; on any where there are none."""
    os.sched_setaffinity(0, cores or _CORES)
    try:
        yield
    finally:
        os.sched_setaffinity(0, _CORES)


@contextmanager
def _program(name: str, *arguments: str) -> Iterator[int]:
    """Another server as a process of its own; its port."""
    command = [sys.executable, "-m", f"benchmarks.peers.{name}", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if (port := re.search(r":(\d+)$", line.strip())) is None:
                raise RuntimeError(f"{name} did not start")
            yield int(port[1])
        finally:
            process.kill()


def start_up() -> Table:
    """From the start of `hebao serve` with nothing but WeChat set up to its first encrypted answer."""
    fresh, existing = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(dir=disk()) as folder:
            server = Server(Path(folder), _first_answer, **_SETTINGS)
            for times in (fresh, existing):
                times.append(server.start())
                server.end()
    rows = (time_row("fresh database", fresh, 2), time_row("existing database", existing, 2))
    median = statistics.median(existing)
    notes = (f"Wanted: under {MOST_SECONDS} s. The median is {median:.2f} s: {_verdict(median < MOST_SECONDS)}.",)
    title = "Start-up of `hebao serve` with WeChat only, seconds to the first answer"
    return Table(title, ("what", "best", "median", "worst"), rows, notes)


def _first_answer(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request("o1", OPENING))
        response = b""
        while b"</xml>" not in response:
            part = connection.recv(65536)
            if not part:
                raise RuntimeError("The server hung up")
            response += part
    if not answer(response, "o1"):
        raise RuntimeError("The server did not answer")


def memory() -> Table:
    """The server's memory after its first turns and after very many."""
    taken, rows, wrong = 0, [], 0
    with tempfile.TemporaryDirectory(dir=disk()) as folder, Server(Path(folder), **_SETTINGS) as server:
        for seed in range(TURNS):
            rows.append((f"{taken:,}", f"{server.megabytes():,.0f}"))
            if taken >= TURNS:
                break
            run = _load(server.port, "sentences", PEOPLE["echo"], seed)
            taken += run["requests"] + PEOPLE["echo"]  # who fills in a form has opened it
            wrong += sum(not text for each in run["answers"] for text in each)
        least = server.megabytes()
    notes = (
        f"Wanted: under {MOST_MEGABYTES} MB. It is {least:,.0f} MB: {_verdict(least < MOST_MEGABYTES)}. "
        f"Every turn answered: {_verdict(not wrong)}.",
        "Encrypted turns as above, each person new. RSS, which counts pages of files that the system may take back.",
    )
    return Table("Memory of `hebao serve` with WeChat only, MB", ("turns", "RSS"), (rows[0], *rows[-1:]), notes)


def _verdict(reached: bool) -> str:
    return "reached" if reached else "**missed**"
