"""Delivers updates to the webhook: of one chat one after the other, different chats at once, each until it is taken."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from tests.standins.telegram.world import World

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Deliverer:
    """The platform's side of a webhook."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._busy: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Deliver what there is, until cancelled."""
        event = self._world.listen()
        async with httpx.AsyncClient(timeout=60) as client:
            try:
                while True:
                    event.clear()
                    self._start(client)
                    await event.wait()
            finally:
                self._world.unlisten(event)
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, client: httpx.AsyncClient) -> None:
        with self._world.lock:
            if not self._world.webhook.url:
                return
            waiting = list(self._world.updates)
            for update in waiting:
                queue = queue_of(update)
                if queue in self._busy or len(self._busy) >= self._world.webhook.most:
                    continue
                self._busy.add(queue)
                task = asyncio.create_task(self._deliver(client, update, queue))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _deliver(self, client: httpx.AsyncClient, update: dict[str, Any], queue: int) -> None:
        taken = await post(client, self._world, update)
        if not taken:
            await asyncio.sleep(self._world.retry_delay)
        with self._world.lock:
            self._busy.discard(queue)
            if taken and update in self._world.updates:
                self._world.updates.remove(update)
        self._world.ring()


async def post(client: httpx.AsyncClient, world: World, update: dict[str, Any]) -> bool:
    """Deliver an update once. Whether it was taken."""
    hook = world.webhook
    try:
        response = await client.post(hook.url, json=update, headers={SECRET_HEADER: hook.secret} if hook.secret else {})
        status = response.status_code
    except httpx.HTTPError as error:
        status, hook.last_error = 0, type(error).__name__
    if status // 100 != 2 and status:
        hook.last_error = f"Wrong response from the webhook: {status}"
    with world.lock:
        world.deliveries.append((update["update_id"], status))
    return status // 100 == 2


def queue_of(update: dict[str, Any]) -> int:
    """Whose queue an update waits in: that of its chat, else of its sender."""
    for body in update.values():
        if isinstance(body, dict):
            inner = body.get("message", body) if "data" in body else body
            whose = inner.get("chat") or body.get("from") or {}
            return int(whose.get("id", 0))
    return 0
