"""The bot: what arrives becomes a turn of the one service, and the turn's answer is sent.

Save, then speak, also here: an update counts as taken only when its turn is saved and Telegram has its answer. One
that comes again because it was not, gets the answer that was saved; nothing is done twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiogram import Bot, Dispatcher, Router
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ChatType, ParseMode
from aiogram.types import (
    CallbackQuery,
    ChatMemberUpdated,
    InaccessibleMessage,
    Message,
    Update,
    User,
)
from aiogram.types.update import UpdateTypeLookupError
from pydantic import ValidationError

from bot.channels.faults import (
    BadTarget,
    Blocked,
    DeliveryFault,
    Misconfigured,
    Moved,
    NotAccepted,
    Unavailable,
    Wait,
)
from bot.channels.telegram import CHANNEL
from bot.channels.telegram.checking import check_token
from bot.channels.telegram.groups import Groups
from bot.channels.telegram.reading import arrived, label_of
from bot.channels.telegram.rendering import escaped, messages, texts
from bot.channels.telegram.saying import said, wanted
from bot.channels.telegram.sending import SECONDS, Sender
from bot.channels.telegram.turnstile import Turnstile
from bot.exchange import ABOUT, SAY, Inbound, Outbound
from bot.languages import catalogue, negotiate
from bot.logs import log_failure
from bot.settings import Settings
from bot.threads import Threads
from dialogs.arrivals import Event
from dialogs.replies import Text
from member_store.errors import StoreError

KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""The updates that the bot asks for."""

_REMEMBERED = 1000
_WAIT = datetime.timedelta(seconds=SECONDS + 2)


class NotTaken(Exception):  # noqa: N818 - what the platform is told
    """An update is not dealt with, and has to come again."""


class Conversing:
    """The bot over the service. `take` is the one way in, for the webhook and for long polling."""

    def __init__(self, threads: Threads, settings: Settings) -> None:
        """Raises SettingsError for a token or an address that cannot be one."""
        session = AiohttpSession(api=TelegramAPIServer.from_base(settings.telegram_api_base))
        self.bot = Bot(
            check_token(settings),
            session=session,
            default=DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True),
        )
        self._threads = threads
        self._sender = Sender(self.bot)
        self._groups = Groups(self.bot, self._sender.pacing)
        self._turnstile = Turnstile()
        self._told: OrderedDict[str, None] = OrderedDict()
        router = Router()
        router.message.register(self._message)
        router.edited_message.register(self._edited)
        router.callback_query.register(self._tap)
        router.my_chat_member.register(self._member)
        # The dialogue keeps its own state, in the store, and takes a person's updates one by one by itself.
        self._dispatcher = Dispatcher(disable_fsm=True)
        self._dispatcher.include_router(router)

    async def close(self) -> None:
        """Close the connections to Telegram."""
        await self.bot.session.close()

    async def take(self, data: Mapping[str, Any]) -> None:
        """Deal with an update, as Telegram writes it: one that is of no concern, or cannot be read, is dealt with.

        Raises NotTaken where it has to come again: the store failed, or the answer could not be sent.
        """
        try:
            update = Update.model_validate(data, context={"bot": self.bot})
        except ValidationError as error:
            # A newer Telegram than this program. Were it refused, it would come for ever, and all others after it.
            log_failure("telegram update not read", error)
            return
        try:
            _ = update.event_type
        except UpdateTypeLookupError:
            return  # of a kind that this program does not know
        await self._dispatcher.feed_update(self.bot, update, known_as=f"{self.bot.id}.{update.update_id}")

    # -- what arrives --------------------------------------------------------------------------------------------------

    async def _message(self, message: Message, known_as: str) -> None:
        if message.chat.type != ChatType.PRIVATE:
            await self._guarded(lambda: self._groups.refuse(message), None, known_as)
        elif message.from_user is not None and not message.from_user.is_bot:
            user = message.from_user
            await self._of(user, known_as, lambda: self._said(message, user, known_as))

    async def _said(self, message: Message, user: User, known_as: str) -> None:
        event, text = arrived(message)
        if event is Event.SAID:
            counties = self._threads.service.context().counties
            understood = said(text, user.language_code, counties)
            event, text = understood.event, understood.text
        if event is None:
            return
        locale = wanted(user.language_code)
        await self._turn(Inbound(CHANNEL, str(user.id), known_as, text, locale, event), user.id)
        if event is Event.ARRIVED:
            # After the turn: of somebody new only that knows the language.
            await self._threads.run(self._threads.service.back, CHANNEL, str(user.id), f"{known_as}.back")

    async def _edited(self, message: Message, known_as: str) -> None:
        """An edited message is no new answer: what followed from the old one is done. That is said, once for each."""
        user = message.from_user
        if user is None or message.text is None or message.chat.type != ChatType.PRIVATE:
            return
        if self._first_time(f"edited {user.id} {message.message_id}"):
            words = self._words(user)
            told = texts(words("telegram.edited"))
            await self._of(user, known_as, lambda: self._sender.send(user.id, told, known_as))

    async def _tap(self, tap: CallbackQuery, known_as: str) -> None:
        # At once and beside everything else: the app shows that it waits until this has come.
        settling = asyncio.create_task(self._sender.settle(tap.id))
        try:
            message, data = tap.message, tap.data
            if message is not None and data is not None and message.chat.type == ChatType.PRIVATE:
                await self._of(tap.from_user, known_as, lambda: self._tapped(tap, known_as))
        finally:
            await settling

    async def _tapped(self, tap: CallbackQuery, known_as: str) -> None:
        user, message = tap.from_user, tap.message
        label = label_of(message, tap.data) if isinstance(message, Message) else ""
        inbound = Inbound(CHANNEL, str(user.id), known_as, label, wanted(user.language_code), tap=tap.data)
        marking: Callable[[Outbound], Awaitable[None]] | None = None
        # What can be said to a reminder can be said again, and for each of those whom it names.
        asks = not (tap.data or "").startswith((ABOUT, SAY))
        if asks and message is not None and not isinstance(message, InaccessibleMessage):
            shown = message

            async def mark(answer: Outbound) -> None:
                taken = bool(label) and not _is_out_of_date(answer)
                text = f"{shown.html_text}\n\n✓ <b>{escaped(label)}</b>" if taken else None
                await self._sender.mark(user.id, shown.message_id, text)

            marking = mark
        await self._turn(inbound, user.id, marking)

    async def _member(self, change: ChatMemberUpdated, known_as: str) -> None:
        """Somebody blocked the bot, or lets it write again."""
        if change.chat.type != ChatType.PRIVATE:
            return
        service, account = self._threads.service, str(change.from_user.id)
        if change.new_chat_member.status == "kicked":
            await self._of(
                change.from_user, known_as, lambda: self._threads.run(service.gone, CHANNEL, account, known_as)
            )
        elif change.new_chat_member.status == "member":
            await self._of(
                change.from_user, known_as, lambda: self._threads.run(service.back, CHANNEL, account, known_as)
            )

    # -- the turn ------------------------------------------------------------------------------------------------------

    async def _turn(
        self, inbound: Inbound, chat: int, then: Callable[[Outbound], Awaitable[None]] | None = None
    ) -> None:
        answer = await self._threads.run(self._threads.service.handle, inbound)
        if answer.repeated and not answer.answered:
            answer = await self._unanswered(inbound, answer)
        if answer.answered:
            return
        if then is not None and not answer.repeated:
            await then(answer)
        try:
            await self._sender.send(chat, messages(answer), inbound.message_id)
        except Blocked:
            service, name = self._threads.service, f"{inbound.message_id}.blocked"
            await self._threads.run(service.gone, CHANNEL, inbound.account, name)
        except (BadTarget, Moved, NotAccepted) as error:
            # The same again would be refused again; and no chat with one person moves.
            log_failure("telegram answer refused", error)
        await self._threads.run(self._threads.service.answered, CHANNEL, inbound.account, inbound.message_id)

    async def _unanswered(self, inbound: Inbound, answer: Outbound) -> Outbound:
        """The answer to a message that was dealt with, once nobody else can be sending it any more.

        Another process may be just about it, or have been killed before it could. Nobody takes longer than so long.
        """
        service = self._threads.service
        until = (answer.received_at or datetime.datetime.now(datetime.UTC)) + _WAIT
        while not answer.answered and datetime.datetime.now(datetime.UTC) < until:
            await asyncio.sleep(0.2)
            answer = await self._threads.run(service.handle, inbound)
        return answer

    async def _of(self, user: User, known_as: str, deal: Callable[[], Awaitable[Any]]) -> None:
        """Deal with an update of somebody when it is its turn."""
        async with self._turnstile.one_of(user.id):
            await self._guarded(deal, user, known_as)

    async def _guarded(self, deal: Callable[[], Awaitable[Any]], user: User | None, known_as: str) -> None:
        """Deal with an update; whatever goes wrong is told to the platform, or to the person, and logged once."""
        try:
            await deal()
        except (StoreError, Wait, Unavailable, Misconfigured) as error:
            log_failure("telegram update not taken", error)
            raise NotTaken from None
        except DeliveryFault as error:
            # Sent again, it would be refused again.
            log_failure("telegram answer refused", error)
        except Exception as error:
            log_failure("telegram update failed", error)
            if user is not None:
                words = self._words(user)
                with contextlib.suppress(DeliveryFault):
                    await self._sender.send(user.id, texts(words("telegram.failed")), f"failed {known_as}")

    def _words(self, user: User) -> Callable[..., str]:
        return catalogue(negotiate(wanted(user.language_code)))

    def _first_time(self, what: str) -> bool:
        """Whether this is not among what was last told."""
        first = what not in self._told
        self._told[what] = None
        self._told.move_to_end(what)
        while len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        return first


def _is_out_of_date(answer: Outbound) -> bool:
    """Whether the answer to a tap is that its question is not open any more."""
    note = catalogue(answer.locale)("tap.old")
    return any(isinstance(reply, Text) and reply.text == note for reply in answer.replies[:1])
