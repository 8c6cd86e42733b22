"""A real server process under load, and how long programs take to be there."""

from __future__ import annotations

import functools
import json
import re
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.material import ROOT, disk
from benchmarks.server import HEBAO, Server, settings
from benchmarks.timing import ROUNDS, Table, seconds_of, time_row

SECONDS = 3
RUNS = 3
_IMPORTED = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)")


def http() -> Table:
    """Requests a second over 127.0.0.1, how long they take, and the server's memory."""
    rows = []
    with tempfile.TemporaryDirectory(dir=disk()) as folder, Server(Path(folder)) as server:
        before = server.megabytes()
        asked = 0
        for kind, name in (("turns", "`POST …/messages`"), ("estimates", "`POST /api/v1/estimate`")):
            for connections in (8, 32):
                runs = [_load(server.port, kind, connections) for _ in range(RUNS)]
                asked += sum(run["requests"] for run in runs)
                rows.append(_row(name, connections, runs))
        after = server.megabytes()
    notes = (
        f"{RUNS} runs of {SECONDS} s each; the load generator is a process of its own and shares the cores with the "
        f"server. p50 and p99 are the medians of the runs. Turns are saved (fsync) before they are answered.",
        f"Memory of the server (RSS): {before:,.0f} MB after its first request, {after:,.0f} MB after {asked:,} more.",
    )
    columns = ("request", "connections", "best /s", "median /s", "worst /s", "p50 ms", "p99 ms", "not 200")
    return Table("HTTP", columns, tuple(rows), notes)


def _load(port: int, kind: str, connections: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.load", str(port), kind, str(connections), str(SECONDS)]
    found: dict[str, Any] = json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, timeout=60).stdout
    )
    return found


def _row(name: str, connections: int, runs: list[dict[str, Any]]) -> tuple[str, ...]:
    rates = [run["rate"] for run in runs]
    spread = (max(rates), statistics.median(rates), min(rates))
    waits = (statistics.median(run[each] for run in runs) for each in ("p50", "p99"))
    wrong = str(sum(run["wrong"] for run in runs))
    return (name, str(connections), *(f"{each:,.0f}" for each in spread), *(f"{each:.1f}" for each in waits), wrong)


def start_up() -> Table:
    """From the start of a process to its first answer."""
    fresh: list[float] = []
    existing: list[float] = []
    said: list[float] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(dir=disk()) as folder:
            server = Server(Path(folder))
            for times in (fresh, existing):
                times.append(server.start())
                server.end()
            said.append(seconds_of(functools.partial(_hebao, Path(folder), "say", "我妈68岁，能参保吗")))
    rows = (
        time_row("`hebao serve`, fresh database, until `/healthz` is answered", fresh, 2),
        time_row("`hebao serve`, existing database", existing, 2),
        time_row("`hebao say`, the whole process", said, 2),
    )
    return Table("Start-up, seconds", ("what", "best", "median", "worst"), rows)


def _hebao(folder: Path, *arguments: str) -> None:
    subprocess.run([HEBAO, *arguments], env=settings(folder), cwd=folder, check=True, capture_output=True)


def imports() -> Table:
    """The packages whose own modules take longest to import, of all that `hebao serve` needs."""
    runs = [_imports() for _ in range(3)]
    best = {name: min(run[name] for run in runs) for name in runs[0]}
    heaviest = sorted(best, key=lambda name: -best[name])[:8]
    rows = [(f"`{name}`", f"{best[name]:,.0f}") for name in heaviest]
    rows.append(("all", f"{min(sum(run.values()) for run in runs):,.0f}"))
    notes = ("`python -X importtime`, best of 3, which itself slows imports; the standard library is one line.",)
    return Table("Imports of `hebao serve`, ms", ("package (its own modules)", "ms"), tuple(rows), notes)


def _imports() -> dict[str, float]:
    command = [sys.executable, "-X", "importtime", "-c", "import bot.server"]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stderr
    found: dict[str, float] = defaultdict(float)
    for spent, module in _IMPORTED.findall(said):
        package = module.partition(".")[0]
        found["standard library" if package in sys.stdlib_module_names else package] += int(spent) / 1000
    return found
