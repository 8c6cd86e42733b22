"""Sends an answer, message by message and in order, for as long as it may take."""

from __future__ import annotations

import asyncio
import functools
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

from aiogram import Bot
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup

from bot.channels.faults import DeliveryFault, NotAccepted, Unavailable, Wait
from bot.channels.telegram.faults import aiogram_fault, is_harmless
from bot.channels.telegram.pacing import Pacing
from bot.channels.telegram.rendering import Button, Message
from bot.logs import log_failure
from bot.pictures.png import png

SECONDS = 8.0
"""For sending one answer. Then whoever has the same message in hand as well may send it."""

TRIES = 4
"""Of one message, before it is given up."""

PER_SECOND = 25
"""Messages of all answers together; Telegram allows 30, and taps are settled beside."""

CHAT_SECONDS, BURST = 1.0, 5
"""One message a second to one chat; as many as an answer has at once, which Telegram lets pass."""

_PAUSE = 0.3
_MARGIN = 0.05
"""Seconds by which Telegram's clock may be behind."""
_REMEMBERED = 1000


class Sender:
    """Sends through one bot. Remembers how far each answer got, so that going on with it says nothing twice."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self.pacing = Pacing(PER_SECOND, CHAT_SECONDS, BURST)
        self._sent: OrderedDict[str, int] = OrderedDict()

    async def send(self, chat: int, answer: Sequence[Message], known_as: str) -> None:
        """Send an answer that is known by an id; of one that was given up half-way, the rest.

        Raises a DeliveryFault where it cannot be sent, or not in the time that there is.
        """
        end = time.monotonic() + SECONDS
        for place in range(self._sent.get(known_as, 0), len(answer)):
            await self._one(chat, answer[place], end)
            self._sent[known_as] = place + 1
            self._sent.move_to_end(known_as)
            while len(self._sent) > _REMEMBERED:
                self._sent.popitem(last=False)

    async def _one(self, chat: int, message: Message, end: float) -> None:
        try:
            post = functools.partial(self._post, chat, message, end)
            await trying(post, chat, self.pacing, end)
        except NotAccepted as error:
            if message.picture is None and message.file is None:
                raise
            # What a picture shows, the text says as well; a file can be asked for again.
            log_failure("telegram refused a picture or a file", error)

    async def _post(self, chat: int, message: Message, end: float) -> None:
        seconds = max(1, int(end - time.monotonic()))
        keyboard = _keyboard(message.buttons)
        if message.picture is not None:
            drawn = await asyncio.to_thread(png, message.picture)
            photo = BufferedInputFile(drawn, "hebao.png")
            await self._bot.send_photo(chat, photo, caption=message.text, request_timeout=seconds)
        elif message.file is not None:
            document = BufferedInputFile(message.file[1].encode(), message.file[0])
            await self._bot.send_document(chat, document, caption=message.text, request_timeout=seconds)
        else:
            await self._bot.send_message(chat, message.text, reply_markup=keyboard, request_timeout=seconds)

    async def mark(self, chat: int, message_id: int, text: str | None) -> None:
        """Take the buttons off a message, and write anew what it says (HTML) where that is given.

        Nothing depends on it, so nothing that goes wrong with it is told to anybody.
        """
        try:
            if text is None:
                await self._bot.edit_message_reply_markup(
                    chat_id=chat, message_id=message_id, reply_markup=None, request_timeout=5
                )
            else:
                await self._bot.edit_message_text(
                    text, chat_id=chat, message_id=message_id, reply_markup=None, request_timeout=5
                )
        except Exception as error:
            if not is_harmless(error):
                log_failure("telegram message not marked", _known(error))

    async def settle(self, callback_id: str) -> None:
        """Tell the app that a tap has arrived, so that it stops waiting."""
        try:
            await self._bot.answer_callback_query(callback_id, request_timeout=5)
        except Exception as error:
            if not is_harmless(error):
                log_failure("telegram tap not settled", _known(error))


async def trying(post: Callable[[], Awaitable[object]], chat: int, pacing: Pacing, end: float) -> None:
    """Post to a chat until it is taken: at most so often, and not after the end (`time.monotonic`).

    Raises a DeliveryFault.
    """
    for tried in range(1, TRIES + 1):
        await pacing.turn(chat, end)
        try:
            await post()
        except Exception as error:
            fault = aiogram_fault(error)
            if isinstance(fault, Wait):
                pacing.told_to_wait(chat, fault.after + _MARGIN)
            pause = _pause(fault, tried)
            if pause is None or tried == TRIES or time.monotonic() + pause > end:
                raise fault from None
            await asyncio.sleep(pause)
        else:
            return


def _pause(fault: DeliveryFault, tried: int) -> float | None:
    """Seconds before the next try; None where another would be of no use."""
    if isinstance(fault, Wait):
        return 0.0  # the pace sees to it
    # Rather twice than never: it is an answer that somebody waits for.
    return _PAUSE * tried if isinstance(fault, Unavailable) else None


def _known(error: Exception) -> Exception:
    try:
        return aiogram_fault(error)
    except Exception:
        return error


def _keyboard(rows: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=each.label, callback_data=each.data) for each in row] for row in rows
        ]
    )
