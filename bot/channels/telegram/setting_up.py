"""What is told Telegram once: where the webhook is, and the list of commands in every language."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, WebhookInfo

from bot.channels.telegram.checking import check_secret, check_token, unreachable, webhook_address
from bot.channels.telegram.conversing import KINDS
from bot.channels.telegram.faults import aiogram_fault
from bot.channels.telegram.saying import COMMANDS
from bot.languages import LOCALES, SOURCE, catalogue
from bot.settings import Settings

Result = TypeVar("Result")


async def set_webhook(settings: Settings) -> str:
    """Tell Telegram to send everything to this service; returns the address. Raises SettingsError."""
    address, secret = webhook_address(settings), check_secret(settings)

    async def call(bot: Bot) -> str:
        await bot.set_webhook(address, secret_token=secret, allowed_updates=list(KINDS))
        return address

    return await _with_bot(settings, call)


async def remove_webhook(settings: Settings) -> None:
    """Tell Telegram to keep everything until it is fetched. Raises SettingsError."""
    await _with_bot(settings, lambda bot: bot.delete_webhook())


async def show_webhook(settings: Settings) -> WebhookInfo:
    """What Telegram says of the webhook. Raises SettingsError."""
    return await _with_bot(settings, lambda bot: bot.get_webhook_info())


async def push_commands(settings: Settings) -> dict[str, list[tuple[str, str]]]:
    """Put the commands into the app's list, in every language; returns them by language code ("": all others)."""
    codes = {"": SOURCE, **{tag.split("_")[0].lower(): tag for tag in LOCALES}}
    pushed: dict[str, list[tuple[str, str]]] = {}
    for code, locale in codes.items():
        words = catalogue(locale)
        pushed[code] = [(name, words(about)) for name, (_, about) in COMMANDS.items()]

    async def call(bot: Bot) -> None:
        for code, commands in pushed.items():
            listed = [BotCommand(command=name, description=about) for name, about in commands]
            # Only where one is alone with the bot: in a group none of them is answered.
            await bot.set_my_commands(listed, scope=BotCommandScopeAllPrivateChats(), language_code=code or None)

    await _with_bot(settings, call)
    return pushed


async def _with_bot(settings: Settings, call: Callable[[Bot], Awaitable[Result]]) -> Result:
    session = AiohttpSession(api=TelegramAPIServer.from_base(settings.telegram_api_base))
    bot = Bot(check_token(settings), session=session)
    try:
        return await call(bot)
    except Exception as error:
        raise unreachable(aiogram_fault(error)) from None
    finally:
        await session.close()
