"""Sends what nobody asked for, to one person or to many, through python-telegram-bot.

One message at a time, so that while Telegram asks to wait nothing leaves: the library's own waiting lets others through
(https://github.com/python-telegram-bot/python-telegram-bot/issues/5338). Its limiter keeps the rate of all messages,
and of groups; the pace of one chat is kept here, as it has none for that.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.ext import AIORateLimiter, ApplicationBuilder, Defaults

from bot.channels.faults import BadTarget, Blocked, DeliveryFault, Misconfigured, Moved, NotAccepted, Unavailable, Wait
from bot.channels.telegram.checking import check_token, unreachable
from bot.channels.telegram.faults import telegram_fault
from bot.channels.telegram.pacing import Pacing
from bot.channels.telegram.rendering import Button, Message, texts
from bot.pictures.png import NoPicturesError, png
from bot.settings import Settings

TRIES = 4
"""Of one message, while Telegram asks to wait or cannot be reached."""

PATIENCE = 60.0
"""Seconds that Telegram may ask to wait; a longer wait ends the run."""

FAILURES = 3
"""So many in a row that Telegram could not take end a run."""

_SECONDS = 20.0
_BURST = 3
_PAUSES = (0.5, 2.0, 5.0)
_MARGIN = 0.05


@dataclass(frozen=True)
class Report:
    """How a message went: the one at this place (from 0) of those that were given.

    `fault` is None where Telegram took it; `moved_to` is the chat's new id, where it went there.
    """

    place: int
    account: str
    fault: DeliveryFault | None = None
    moved_to: str | None = None


class Broadcasting:
    """The one sender of a bot. Use it as `async with Broadcasting(settings) as sender`; belongs to one event loop."""

    def __init__(self, settings: Settings, seconds: float = _SECONDS) -> None:
        """Raises SettingsError for a token or an address that cannot be one. `seconds` are for one request."""
        token = check_token(settings)
        # Or each of the library's errors warns, when it is made, of an attribute that will change its type.
        os.environ.setdefault("PTB_TIMEDELTA", "true")
        # It logs every wait as a failure, which is reported here.
        logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)
        # A few at a time: its bucket would let a whole second's messages go at once, beside the next second's; and with
        # one at a time each that wakes a little late is a little lost.
        limiter = AIORateLimiter(_BURST, _BURST / settings.telegram_per_second)
        defaults = Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True))
        self._application = (
            ApplicationBuilder()
            .token(token)
            .base_url(f"{settings.telegram_api_base.rstrip('/')}/bot")
            .updater(None)
            .job_queue(None)
            .rate_limiter(limiter)
            .connect_timeout(min(seconds, 5))
            .read_timeout(seconds)
            .write_timeout(seconds)
            .media_write_timeout(seconds)
            .defaults(defaults)
            .build()
        )
        self._pacing = Pacing(math.inf, settings.telegram_chat_seconds)
        self._one_by_one = asyncio.Lock()
        self._moved: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        """Begin. Raises SettingsError where Telegram cannot be reached or does not know the token."""
        try:
            await self._application.initialize()
        except Exception as error:
            await self._application.bot.shutdown()
            raise unreachable(telegram_fault(error)) from None
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._application.shutdown()

    async def send_all(self, mail: Iterable[tuple[str, str]]) -> AsyncIterator[Report]:
        """Send texts, each to an account, and report on each when it is dealt with.

        First one to everybody, then the next: each gets theirs in the order given, and nobody waits for another's
        second. Nothing more goes to an account that has blocked the bot. When Telegram takes nothing any more, all that
        is left is reported with the same fault, and was not sent.
        """
        blocked: dict[str, Blocked] = {}
        ends = Ending()
        for place, account, text in _in_rounds(mail):
            fault: DeliveryFault | None = ends.fault or blocked.get(account)
            if fault is None:
                try:
                    for message in texts(text):
                        await self.send(account, message)
                except DeliveryFault as raised:
                    fault = raised
                ends.after(fault)
            if isinstance(fault, Blocked):
                blocked[account] = fault
            yield Report(place, account, fault, self._moved.get(account))

    async def send(self, account: str, message: Message) -> None:
        """Send one message as soon as it may go, at most so many times. Raises DeliveryFault where it was not taken."""
        async with self._one_by_one:
            for tried in range(1, TRIES + 1):
                try:
                    await self._once(account, message)
                except (Wait, Unavailable) as fault:
                    pause = _pause(fault, tried)
                    if pause is None or tried == TRIES:
                        raise
                    await asyncio.sleep(pause)
                else:
                    return

    async def _once(self, account: str, message: Message) -> None:
        try:
            await self._to(self._moved.get(account, account), message)
        except Moved as moved:
            self._moved[account] = moved.to
            await self._to(moved.to, message)

    async def _to(self, account: str, message: Message) -> None:
        try:
            chat = int(account)
        except ValueError:
            raise BadTarget("no number") from None
        await self._pacing.turn(chat)
        try:
            await _post(self._application.bot, chat, message)
        except NoPicturesError:
            raise NotAccepted("no_pictures") from None
        except Exception as error:
            raise telegram_fault(error) from None


class Ending:
    """Whether it is of any use to go on with a run."""

    def __init__(self) -> None:
        self.fault: DeliveryFault | None = None
        """What ended it."""
        self._failures = 0

    def after(self, fault: DeliveryFault | None) -> None:
        """Take into account how a message went."""
        self._failures = self._failures + 1 if isinstance(fault, Unavailable) else 0
        if isinstance(fault, Wait | Misconfigured) or self._failures == FAILURES:
            self.fault = fault


async def _post(bot: Bot, chat: int, message: Message) -> None:
    if message.picture is not None:
        drawn = await asyncio.to_thread(png, message.picture)
        await bot.send_photo(chat, drawn, caption=message.text or None, filename="hebao.png")
    elif message.file is not None:
        name, content = message.file
        await bot.send_document(chat, content.encode(), caption=message.text or None, filename=name)
    else:
        await bot.send_message(chat, message.text, reply_markup=_keyboard(message.buttons))


def _keyboard(rows: tuple[tuple[Button, ...], ...]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(each.label, callback_data=each.data) for each in row] for row in rows]
    )


def _pause(fault: Wait | Unavailable, tried: int) -> float | None:
    """Seconds before the next try; None where it is not tried again."""
    if isinstance(fault, Wait):
        return fault.after + _MARGIN if fault.after <= PATIENCE else None
    # What may have arrived is not sent again by itself.
    return None if fault.in_doubt else _PAUSES[min(tried, len(_PAUSES)) - 1]


def _in_rounds(mail: Iterable[tuple[str, str]]) -> Iterator[tuple[int, str, str]]:
    """The first of each account, then the second of each, and so on; each with its place."""
    queues: dict[str, deque[tuple[int, str]]] = {}
    for place, (account, text) in enumerate(mail):
        queues.setdefault(account, deque()).append((place, text))
    while queues:
        for account in list(queues):
            place, text = queues[account].popleft()
            if not queues[account]:
                del queues[account]
            yield place, account, text
