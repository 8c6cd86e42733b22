"""`python -m benchmarks.webhooks [--calls 10000] [--seed 1] [--write]`: hostile calls to the addresses of messengers.

A real server that has a WeChat account and a Telegram bot is sent proper messages, copies of them, and calls that are
wrong in one place: XML, frames of AES, JSON, addresses, headers, HTTP itself. See tests/fuzzing.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks import page
from benchmarks.material import disk
from benchmarks.server import Server
from benchmarks.timing import Table
from bot.opening import open_store
from bot.settings import read_settings
from tests.fuzzing.calls import Calls
from tests.fuzzing.running import Fuzz, settings_of
from tests.standins.telegram import TOKEN, TelegramStandIn
from tests.standins.wechat import RunningWeChat
from tests.standins.wechat.phone import Account

SECRET = "a-secret_of-the-webhook"
MARK = "qxzjvwkqxzjvwk"
GROWTH = 1.03
"""What memory may grow to, as a share, after warm-up."""
MEMORY = "the server's memory stays flat"


async def _watched(fuzz: Fuzz, server: Server, calls: int) -> list[float]:
    """Send so many; the server's memory meanwhile, in megabytes."""
    memory: list[float] = []
    sending = asyncio.create_task(fuzz.run(calls))
    while not sending.done():
        memory.append(server.megabytes())
        await asyncio.wait({sending}, timeout=0.5)
    await sending
    return memory


def _judge_memory(fuzz: Fuzz, memory: list[float]) -> str:
    steady = memory[len(memory) // 3 :]
    third = max(1, len(steady) // 3)
    first, last = statistics.median(steady[:third]), statistics.median(steady[-third:])
    fuzz.wrong[MEMORY] = Counter()
    if last > first * GROWTH:
        fuzz.wrong[MEMORY][f"from {first:.1f} to {last:.1f} MB"] += 1
    return f"{memory[0]:.1f} MB at first, {first:.1f} MB after warm-up, {last:.1f} MB at the end"


def main() -> None:
    """Run, print, and exit 1 where a check failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.webhooks", description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="also replace the section in docs/measurements.md")
    wanted = parser.parse_args()
    for name in [name for name in os.environ if name.startswith("HEBAO_")]:
        del os.environ[name]
    before, account = page.load(), Account(token="aTokenOfOurOwn")
    with tempfile.TemporaryDirectory(dir=disk()) as name, RunningWeChat() as wechat, TelegramStandIn() as telegram:
        folder = Path(name)
        settings = settings_of(account, SECRET, wechat.url, telegram.url, TOKEN)
        with Server(folder, **settings) as server:
            fuzz = Fuzz(server.port, Calls(wanted.seed, account, SECRET, MARK))
            memory = _judge_memory(fuzz, asyncio.run(_watched(fuzz, server, wanted.calls)))
        with open_store(read_settings(_env_file=None, database_url=f"sqlite:///{folder}/hebao.db")) as store:
            fuzz.judge_turns(store)
        fuzz.judge_log(server.log.read_text("utf-8", "replace"), account.token, account.aes_key, SECRET, TOKEN)
    text = "\n\n".join((page.stamp(before), *_report(fuzz, memory, wanted.seed)))
    print(text)
    if wanted.write:
        page.write("webhooks", text)
    sys.exit(1 if fuzz.faults else 0)


def _report(fuzz: Fuzz, memory: str, seed: int) -> list[str]:
    checks = [(name, f"FAILED {found.total()}×" if found else "held") for name, found in fuzz.wrong.items()]
    notes = (
        f"Memory (RSS): {memory}. The first third of the samples is warm-up; of the rest the median of the last third "
        f"may be at most {GROWTH - 1:.0%} above that of the first third.",
    )
    done = tuple((what, f"{count:,}") for what, count in sorted(fuzz.counts.items()))
    title = f"Checks, {fuzz.counts['calls']:,} calls to WeChat's and Telegram's addresses, seed {seed}"
    return [
        Table(title, ("check", "result"), tuple(checks), notes).markdown(),
        *(["\n".join(f"- {fault}" for fault in fuzz.faults[:20])] if fuzz.faults else []),
        Table("What was sent", ("what", "times"), done).markdown(),
    ]


if __name__ == "__main__":
    main()
