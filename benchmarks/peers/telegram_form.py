"""The form with python-telegram-bot's ConversationHandler, with a bot that sends nothing."""

from __future__ import annotations

import datetime
import functools
import itertools
from typing import Any

from telegram import Chat, Message, Update, User
from telegram.ext import (
    Application,
    ApplicationBuilder,
    BaseHandler,
    ContextTypes,
    ConversationHandler,
    ExtBot,
    MessageHandler,
)
from telegram.ext.filters import COMMAND, TEXT, Text

from benchmarks.peers.form import OPENING, QUESTIONS, REFUSAL, Asked, conclusion

_DAY = datetime.datetime(2008, 3, 1, tzinfo=datetime.UTC)
_Handler = BaseHandler[Update, ContextTypes.DEFAULT_TYPE, object]
_CHAT, _PERSON = Chat(1, Chat.PRIVATE), User(1, "甲", is_bot=False)


class _Offline(ExtBot[None]):
    """A bot that keeps what it is to send, so that neither encoding nor network is measured."""

    def __init__(self) -> None:
        super().__init__("1:offline")
        self._sent = ""  # only names with an underscore may be set on a bot

    async def initialize(self) -> None:
        """Nobody is asked who this bot is."""

    async def send_message(self, chat_id: int | str, text: str, *_: Any, **__: Any) -> Message:  # noqa: ARG002
        """Keep the text."""
        self._sent = text
        return Message(1, _DAY, _CHAT, text=text)

    @property
    def sent(self) -> str:
        """The last message."""
        return self._sent


class TelegramForm:
    """One person's form, one state a question."""

    def __init__(self, application: Application[Any, Any, Any, Any, Any, Any], bot: _Offline) -> None:
        self._application, self._bot = application, bot
        self._numbers = itertools.count(1)

    async def begin(self) -> None:
        """Open a new form."""
        await self._application.process_update(self.message(OPENING))

    def message(self, text: str) -> Update:
        """An update with a message of this text."""
        number = next(self._numbers)
        message = Message(number, _DAY, _CHAT, from_user=_PERSON, text=text)
        message.set_bot(self._bot)
        return Update(number, message)

    async def answer(self, message: Update) -> str:
        """The update through the application, and what it had the bot send."""
        await self._application.process_update(message)
        return self._bot.sent


async def opened() -> TelegramForm:
    """The form, ready for its first message."""
    bot = _Offline()
    application = ApplicationBuilder().bot(bot).updater(None).build()
    states: dict[object, list[_Handler]] = {
        place: [MessageHandler(TEXT & ~COMMAND, functools.partial(_taken, place, asked))]
        for place, asked in enumerate(QUESTIONS)
    }
    opening: _Handler = MessageHandler(Text([OPENING]), _opened)
    application.add_handler(ConversationHandler([opening], states, fallbacks=[], allow_reentry=True))
    await application.initialize()
    return TelegramForm(application, bot)


async def _opened(update: Update, context: ContextTypes.DEFAULT_TYPE) -> object:
    message, said = update.message, context.user_data
    assert message is not None
    assert said is not None
    said.clear()
    await message.reply_text(QUESTIONS[0].text)
    return 0


async def _taken(place: int, asked: Asked, update: Update, context: ContextTypes.DEFAULT_TYPE) -> object:
    """The state after an answer: the next one, or the same where it cannot be read."""
    message, said = update.message, context.user_data
    assert message is not None
    assert message.text is not None
    assert said is not None
    try:
        said[asked.fact] = asked.read(message.text)
    except ValueError:
        await message.reply_text(f"{REFUSAL}\n{asked.text}")
        return place
    if place + 1 < len(QUESTIONS):
        await message.reply_text(QUESTIONS[place + 1].text)
        return place + 1
    await message.reply_text(conclusion(said))
    return ConversationHandler.END
