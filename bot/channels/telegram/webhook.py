"""Where Telegram sends what people write (https://core.telegram.org/bots/api#setwebhook).

Telegram sends an update again until it is answered with 2xx, and those after it wait. So only what may come again is
answered with anything else.
"""

from __future__ import annotations

import hmac
import json

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.telegram.checking import check_secret
from bot.channels.telegram.conversing import Conversing, NotTaken
from bot.logs import log_failure
from bot.settings import Settings
from bot.threads import Threads

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name
PATH = "/telegram"

_DEEPEST = 64


class Webhook:
    """The webhook of one bot."""

    def __init__(self, threads: Threads, settings: Settings) -> None:
        """Raises SettingsError for a token or a secret that cannot be used."""
        self._secret = check_secret(settings).encode()
        self._conversing = Conversing(threads, settings)
        self.route = Route(PATH, self._take, methods=["POST"])

    async def close(self) -> None:
        """Close the connections to Telegram."""
        await self._conversing.close()

    async def _take(self, request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
        # In constant time, so that nobody finds the secret out letter by letter.
        if not hmac.compare_digest(given, self._secret):
            return Response(status_code=401)
        try:
            update = json.loads(await request.body())
        except (ValueError, RecursionError):
            return Response(status_code=400)
        except HTTPException as error:
            # Too large for any message that can be answered. It would come again for ever, so it is done with.
            log_failure("telegram update too large", error)
            return Response(status_code=200)
        if not isinstance(update, dict) or not _is_number(update.get("update_id")) or _is_deep(update):
            return Response(status_code=400)
        try:
            await self._conversing.take(update)
        except NotTaken:
            return Response(status_code=503)
        return Response(status_code=200)


def _is_number(value: object) -> bool:
    """Whether it can be the number of an update: an integer of 64 bits, and not `true`."""
    return type(value) is int and 0 <= value < 2**63


def _is_deep(value: object) -> bool:
    """Whether the data are nested deeper than any message is."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True
