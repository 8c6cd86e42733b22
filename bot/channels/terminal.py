"""The terminal channel: `hebao chat` and `hebao say`."""

from __future__ import annotations

import secrets
import sys

from bot.channels.plain import plain
from bot.languages import catalogue
from bot.service import Inbound, Outbound, Service

CHANNEL = "terminal"


def said(
    service: Service, contact: str, text: str, locale: str | None = None, message_id: str | None = None
) -> Outbound:
    """One turn of a contact's conversation. Raises as `Service.handle` does."""
    return service.handle(Inbound(CHANNEL, contact, message_id or secrets.token_hex(16), text, locale))


def converse(service: Service, contact: str, locale: str | None) -> None:
    """Talk until an empty line or the end of input. What was said last time is still there."""
    view = service.view(CHANNEL, contact, locale)
    words = catalogue(view.locale)
    for reply in view.exchanges[-1].replies:
        sys.stdout.write(plain(reply, words) + "\n")
    while text := _read():
        answer = said(service, contact, text, locale)
        words = catalogue(answer.locale)
        sys.stdout.write("\n".join(plain(reply, words) for reply in answer.replies) + "\n")


def _read() -> str:
    try:
        return input("\n> ").strip()
    except (EOFError, KeyboardInterrupt):
        sys.stdout.write("\n")
        return ""
