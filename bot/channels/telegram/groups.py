"""In groups the bot says one thing: that this is nothing for a group, and where to go. What was said is not kept."""

from __future__ import annotations

import time
from collections import OrderedDict

from aiogram import Bot
from aiogram.enums import ChatType
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.channels.faults import DeliveryFault, Moved, Unavailable, Wait
from bot.channels.telegram.pacing import Pacing
from bot.channels.telegram.rendering import escaped
from bot.channels.telegram.saying import read_command, wanted
from bot.channels.telegram.sending import trying
from bot.languages import catalogue, negotiate
from bot.logs import log_failure

_QUIET = 60.0
"""Seconds in which a group is not told the same again."""
_SECONDS = 5.0
_REMEMBERED = 1000


class Groups:
    """Sends whoever speaks to the bot in a group to the private chat."""

    def __init__(self, bot: Bot, pacing: Pacing) -> None:
        self._bot = bot
        self._pacing = pacing
        self._told: OrderedDict[int, float] = OrderedDict()

    async def refuse(self, message: Message) -> None:
        """Say so where the bot was spoken to; nothing otherwise, and never below a channel's post."""
        if message.chat.type == ChatType.CHANNEL or message.sender_chat is not None or message.from_user is None:
            return
        me = await self._bot.me()
        username = me.username or ""
        if not _is_for(message, username, me.id):
            return
        now = time.monotonic()
        if now - self._told.get(message.chat.id, -_QUIET) < _QUIET:
            return
        self._told[message.chat.id] = now
        while len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        words = catalogue(negotiate(wanted(message.from_user.language_code)))
        link = InlineKeyboardButton(text=words("telegram.open"), url=f"https://t.me/{username}?start=group")
        text, keyboard = escaped(words("telegram.group")), InlineKeyboardMarkup(inline_keyboard=[[link]])
        try:
            await self._send(message.chat.id, text, keyboard)
        except (Wait, Unavailable):
            del self._told[message.chat.id]
            raise
        except DeliveryFault as error:
            # The bot may have been put out of the group, or may not write there.
            log_failure("telegram group not told", error)

    async def _send(self, chat: int, text: str, keyboard: InlineKeyboardMarkup) -> None:
        async def post(to: int) -> None:
            await trying(lambda: self._bot.send_message(to, text, reply_markup=keyboard), to, self._pacing, end)

        end = time.monotonic() + _SECONDS
        try:
            await post(chat)
        except Moved as moved:
            await post(int(moved.to))


def _is_for(message: Message, username: str, bot_id: int) -> bool:
    """Whether a message in a group is meant for the bot: a command, its name, or a reply to it."""
    text = message.text or message.caption or ""
    command = read_command(text)
    if command is not None:
        return command.bot is None or command.bot.lower() == username.lower()
    replied = message.reply_to_message
    if replied is not None and replied.from_user is not None and replied.from_user.id == bot_id:
        return True
    return bool(username) and f"@{username.lower()}" in text.lower()
