"""Long polling: for a service that Telegram cannot reach, or a trial (https://core.telegram.org/bots/api#getupdates).

An update is confirmed when it is dealt with, so that a killed process loses none. Nobody waits long for somebody else:
after a few seconds the next updates are fetched although an earlier one is still in hand.
"""

from __future__ import annotations

import asyncio

from aiogram.methods import DeleteWebhook, GetUpdates, GetWebhookInfo

from bot.channels.faults import DeliveryFault, Misconfigured, Wait
from bot.channels.telegram.checking import unreachable
from bot.channels.telegram.conversing import KINDS, Conversing, NotTaken
from bot.channels.telegram.faults import aiogram_fault
from bot.logs import log_failure
from bot.settings import SettingsError

PATIENCE = 5.0
"""Seconds that the next updates wait for those before them."""

_TIMEOUT = 25
_PAUSES = (1, 2, 5, 10, 30)


class Polling:
    """Fetches updates and deals with them until it is cancelled."""

    def __init__(self, conversing: Conversing, timeout: int = _TIMEOUT) -> None:
        self._conversing = conversing
        self._bot = conversing.bot
        self._timeout = timeout
        self._under_way: set[asyncio.Task[None]] = set()

    async def make_way(self, *, remove_webhook: bool = False) -> None:
        """See that there is no webhook: Telegram delivers by one way only.

        Raises SettingsError where one is set and is not to be removed, or where Telegram does not know the token.
        """
        try:
            hook = await self._bot(GetWebhookInfo())
            if hook.url and not remove_webhook:
                raise SettingsError(
                    "A webhook is set for this bot, and Telegram delivers in one way only. "
                    "Let hebao serve answer, or remove it: hebao telegram --remove-webhook."
                )
            if hook.url:
                await self._bot(DeleteWebhook())
        except SettingsError:
            raise
        except Exception as error:
            raise unreachable(aiogram_fault(error)) from None

    async def run(self) -> None:
        """Poll. Raises SettingsError where somebody else begins to take this bot's messages."""
        offset, failed = 0, 0
        try:
            while True:
                try:
                    found = await self._bot(
                        GetUpdates(offset=offset, timeout=self._timeout, allowed_updates=list(KINDS)),
                        request_timeout=self._timeout + 10,
                    )
                except Exception as error:
                    fault = aiogram_fault(error)
                    failed += 1
                    await self._recover(fault, failed)
                    continue
                failed = 0
                started = {
                    asyncio.create_task(self._take(each.model_dump(mode="json", by_alias=True))) for each in found
                }
                self._under_way |= started
                if started:
                    await asyncio.wait(started, timeout=PATIENCE)
                    offset = found[-1].update_id + 1
                self._under_way = {task for task in self._under_way if not task.done()}
        finally:
            # What was fetched is confirmed with the next poll, which another process makes: so it is finished here.
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _take(self, data: dict[str, object]) -> None:
        for pause in (*_PAUSES, 60):
            try:
                await self._conversing.take(data)
            except NotTaken:
                await asyncio.sleep(pause)
            else:
                return

    async def _recover(self, fault: DeliveryFault, failed: int) -> None:
        if isinstance(fault, Misconfigured) and fault.code == "409":
            raise SettingsError(
                "Somebody else takes this bot's messages: another  hebao telegram  runs with the same token, or a "
                "webhook was set. Stop the other one, or take another token from @BotFather."
            )
        if isinstance(fault, Misconfigured):
            raise unreachable(fault)
        if failed == 1:
            log_failure("telegram not reached", fault)
        await asyncio.sleep(fault.after if isinstance(fault, Wait) else _PAUSES[min(failed, len(_PAUSES)) - 1])
