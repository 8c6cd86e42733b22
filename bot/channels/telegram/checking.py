"""Whether the settings of Telegram can be used, before anything is tried with them."""

from __future__ import annotations

import re
from importlib.util import find_spec
from urllib.parse import urlsplit

from bot.channels.faults import DeliveryFault, Misconfigured
from bot.settings import Settings, SettingsError

_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{20,128}", re.ASCII)
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)
"""https://core.telegram.org/bots/api#setwebhook"""


def check_installed(*modules: str) -> None:
    """See that these libraries are there, without importing them. Raises SettingsError where one is not."""
    if any(find_spec(each) is None for each in modules):
        raise SettingsError(
            "HEBAO_TELEGRAM_TOKEN is set, and what Telegram needs is not installed. "
            "Install it: pip install 'hebao[telegram]'; or take the token out of the settings."
        )


def check_token(settings: Settings) -> str:
    """The bot's token. Raises SettingsError where there is none, or none in the form of a token."""
    if not settings.telegram_token:
        raise SettingsError(
            "HEBAO_TELEGRAM_TOKEN is not set. Copy the token that @BotFather gave you; "
            "docs/connect-telegram.md says how."
        )
    if not _TOKEN.fullmatch(settings.telegram_token):
        raise SettingsError(
            "HEBAO_TELEGRAM_TOKEN is no token: it is a number, a colon, and 35 letters and digits or so. "
            "Copy it from @BotFather once more, without blanks or quotes."
        )
    base = urlsplit(settings.telegram_api_base)
    if base.scheme not in {"http", "https"} or not base.netloc:
        raise SettingsError(
            "HEBAO_TELEGRAM_API_BASE is no address: it begins with https://, for example https://api.telegram.org."
        )
    return settings.telegram_token


def check_secret(settings: Settings) -> str:
    """The webhook's secret. Raises SettingsError where there is none, or one that Telegram does not take."""
    secret = settings.telegram_secret
    if not secret:
        raise SettingsError(
            "HEBAO_TELEGRAM_SECRET is not set, and the webhook takes nothing without it. "
            "Set it to something nobody can guess, for example what  openssl rand -hex 32  prints."
        )
    if not _SECRET.fullmatch(secret):
        raise SettingsError(
            f"HEBAO_TELEGRAM_SECRET has 1 to 256 of A-Z, a-z, 0-9, _ and -, and nothing else; this one has "
            f"{len(secret)} characters. Choose another, for example what  openssl rand -hex 32  prints."
        )
    return secret


def webhook_address(settings: Settings) -> str:
    """Where Telegram is to send what people write. Raises SettingsError where the service has no address for it."""
    url = urlsplit(settings.public_url)
    if url.scheme not in {"http", "https"} or not url.netloc:
        raise SettingsError(
            "HEBAO_PUBLIC_URL is not set to an address: Telegram has to reach this service under it. "
            "Set it to what people open, such as https://hebao.example, or use long polling: hebao telegram."
        )
    return settings.public_url.rstrip("/") + "/telegram"


def unreachable(fault: DeliveryFault) -> SettingsError:
    """What to do when Telegram does not do what it was asked to."""
    if isinstance(fault, Misconfigured):
        return SettingsError("Telegram does not know HEBAO_TELEGRAM_TOKEN. Copy it from @BotFather once more.")
    return SettingsError(
        f"Telegram could not be asked ({fault}). See that HEBAO_TELEGRAM_API_BASE can be reached from here, "
        "then try again."
    )
