"""`python -m benchmarks.season.rate`: messages that leave in a second, at a rate that is set and where none limits."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.season.platform import Script
from benchmarks.season.play import TOKEN, free_port, post
from bot.outreach.working import Working
from bot.settings import Settings
from member_store.encryption import generate_key
from member_store.members import delegations, deliveries
from member_store.store import Store
from member_store.tables.conversations import conversations

RATES = (20.0, 100.0)
LEAST = 300


def main() -> int:
    """Measure both channels; 1 where a rate is not kept."""
    port = free_port()
    platform = subprocess.Popen([sys.executable, "-m", "benchmarks.season.platform", str(port)])
    missed = 0
    try:
        time.sleep(2)
        # One that takes everything at once.
        quiet = {"script": asdict(Script(busy=0.0, lost=0.0, too_fast=0.0))}
        post(f"http://127.0.0.1:{port}/season", json.dumps(quiet).encode(), "application/json")
        for channel in ("wechat", "telegram"):
            for rate in (*RATES, 100_000.0):
                count = 3_000 if rate > max(RATES) else int(rate * 20)
                found = asyncio.run(_measured(channel, rate, count, port))
                if rate > max(RATES):
                    missed += found < LEAST
                    print(f"{channel}, without a limit: {found:.0f} a second", flush=True)
                else:
                    missed += abs(found / rate - 1) > 0.05
                    print(f"{channel}, {rate:.0f} a second: {found:.1f}", flush=True)
    finally:
        platform.kill()
        platform.wait()
    return 1 if missed else 0


async def _measured(channel: str, rate: float, count: int, port: int) -> float:
    with tempfile.TemporaryDirectory(dir=os.environ.get("HEBAO_DISK")) as name:
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            database_url=f"sqlite:///{Path(name)}/hebao.db",
            wechat_token=TOKEN,
            wechat_app_id="wx-season",
            wechat_app_secret="season-secret",
            wechat_api_base=f"http://127.0.0.1:{port}",
            wechat_per_second=rate,
            telegram_token="1234567:season-telegram-token-season-tele",
            telegram_api_base=f"http://127.0.0.1:{port}",
            telegram_per_second=rate,
            telegram_chat_seconds=0.001,
        )
        now = datetime.now(UTC)
        with Store.open(settings.database_url, generate_key()) as store:
            with store.records() as records:
                for number in range(count):
                    account = str(900_000_000 + number)
                    delegations.contact_of(records, channel, account, "zh_Hans")
                    records.connection.execute(
                        conversations.insert().values(
                            contact=records.hash(channel, account),
                            channel=channel,
                            state=records.seal({}),
                            turn=1,
                            created_at=now,
                            updated_at=now,
                            heard_at=now,
                            waiting=False,
                        )
                    )
                    payload = {"body": "2008年度医保开始缴费了。您还没有交，要交60元。"}
                    deliveries.leave(records, channel, account, deliveries.TEXT, payload, try_at=now)
            working = Working(store, settings)
            begun = time.perf_counter()
            sent = 0
            while sent < count * 0.98:
                sent += (await working.send(channel)).sent
                await asyncio.sleep(0.01)
            return sent / (time.perf_counter() - begun)


if __name__ == "__main__":
    sys.exit(main())
