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
from typing import Self

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.ext import AIORateLimiter, ApplicationBuilder, Defaults

from bot.channels.faults import BadTarget, Moved, NotAccepted, Unavailable, Wait
from bot.channels.telegram.checking import check_token, unreachable
from bot.channels.telegram.faults import telegram_fault
from bot.channels.telegram.pacing import Pacing
from bot.channels.telegram.rendering import Button, Message
from bot.pictures.png import NoPicturesError, png
from bot.settings import Settings

TRIES = 4
"""Of one message, while Telegram asks to wait or cannot be reached."""

PATIENCE = 60.0
"""Seconds that Telegram may ask to wait; whoever sends has to wait longer by themselves."""

_SECONDS = 20.0
_BURST = 3
_PAUSES = (0.5, 2.0, 5.0)
_MARGIN = 0.05


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
