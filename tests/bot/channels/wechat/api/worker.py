"""One of several processes that share WeChat's token: `worker.py <settings as JSON> [lease seconds]`.

It says `ready`, then obeys line by line: `get [seconds]` has the token used by a client of its own, whose clock is so
many seconds ahead; `again` has the client of the line before use it once more. It says what came of it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta

from bot.channels.faults import DeliveryFault
from bot.channels.wechat.api.client import WeChatClient
from bot.settings import Settings
from member_store import tokens
from member_store.store import Store


def say(line: str) -> None:
    print(line, flush=True)


async def obey(settings: Settings, store: Store) -> None:
    client: WeChatClient | None = None
    say("ready")
    while line := await asyncio.to_thread(sys.stdin.readline):
        what, _, ahead = line.strip().partition(" ")
        if what == "get":
            if client is not None:
                await client.aclose()
            shift = timedelta(seconds=float(ahead or 0))
            client = WeChatClient(settings, tokens.Tokens(store), now=lambda by=shift: datetime.now(UTC) + by)
        assert client is not None
        try:
            await client.get_menu()
        except DeliveryFault as fault:
            say(str(fault))
        else:
            say("ok")


def main() -> None:
    settings = Settings(_env_file=None, **json.loads(sys.argv[1]))
    if len(sys.argv) > 2:
        tokens.LEASE = timedelta(seconds=float(sys.argv[2]))
    with Store.open(settings.database_url, settings.keys) as store:
        asyncio.run(obey(settings, store))


if __name__ == "__main__":
    main()
