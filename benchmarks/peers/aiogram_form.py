"""The form with aiogram-dialog, one window a question, with the stand-ins for Telegram that it brings for tests."""

from __future__ import annotations

import datetime
import functools
import itertools
from typing import Any

from aiogram import Dispatcher, F
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.types import Chat, Message, Update, User
from aiogram_dialog import Dialog, DialogManager, StartMode, Window, setup_dialogs
from aiogram_dialog.test_tools import BotClient, MockMessageManager
from aiogram_dialog.widgets.input import TextInput
from aiogram_dialog.widgets.text import Const, Format, Multi

from benchmarks.peers.form import OPENING, QUESTIONS, REFUSAL, Asked, conclusion

_DAY = datetime.datetime(2008, 3, 1, tzinfo=datetime.UTC)
_CHAT, _PERSON = Chat(id=1, type="private"), User(id=1, is_bot=False, first_name="甲")


class _Form(StatesGroup):
    county = State()
    care = State()
    provider_level = State()
    bill_total = State()
    age = State()
    concluded = State()


class AiogramForm:
    """One person's form."""

    def __init__(self, dispatcher: Dispatcher, sent: MockMessageManager) -> None:
        self._dispatcher, self._sent = dispatcher, sent
        self._bot = BotClient(dispatcher).bot
        self._numbers = itertools.count(1)

    async def begin(self) -> None:
        """Open a new form."""
        self._sent.reset_history()
        await self._dispatcher.feed_update(self._bot, self.message(OPENING))

    def message(self, text: str) -> Update:
        """An update with a message of this text."""
        number = next(self._numbers)
        message = Message(message_id=number, date=_DAY, chat=_CHAT, from_user=_PERSON, text=text)
        return Update(update_id=number, message=message)

    async def answer(self, message: Update) -> str:
        """The update through the dispatcher, and what is shown after it."""
        await self._dispatcher.feed_update(self._bot, message)
        return str(self._sent.last_message().text)


async def opened() -> AiogramForm:
    """The form, ready for its first message."""
    dispatcher, sent = Dispatcher(storage=MemoryStorage()), MockMessageManager()
    dispatcher.message.register(_opened, F.text == OPENING)
    concluded = Window(Format("{dialog_data[conclusion]}"), state=_Form.concluded)
    dispatcher.include_router(Dialog(*map(_window, QUESTIONS), concluded))
    setup_dialogs(dispatcher, message_manager=sent)
    return AiogramForm(dispatcher, sent)


async def _opened(_: Message, dialog_manager: DialogManager) -> None:
    await dialog_manager.start(_Form.county, mode=StartMode.RESET_STACK)


def _window(asked: Asked) -> Window:
    return Window(
        Multi(Const(REFUSAL, when=F["dialog_data"]["refused"]), Const(asked.text)),
        TextInput(asked.fact, asked.read, on_success=functools.partial(_taken, asked), on_error=_refused),
        state=getattr(_Form, asked.fact),
    )


async def _taken(asked: Asked, _: Message, __: Any, manager: DialogManager, value: Any) -> None:
    manager.dialog_data.update({"refused": False, asked.fact: value})
    if asked is QUESTIONS[-1]:
        manager.dialog_data["conclusion"] = conclusion(manager.dialog_data)
    await manager.next()


async def _refused(_: Message, __: Any, manager: DialogManager, ___: ValueError) -> None:
    manager.dialog_data["refused"] = True
