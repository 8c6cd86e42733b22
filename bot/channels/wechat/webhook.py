"""The address that WeChat calls: is this our server (GET), and what people send (POST).

Page: https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Access_Overview.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection

import structlog
from starlette.datastructures import QueryParams
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.channels.wechat.envelope import Envelope, KeyMissing, NotReadable, NotSigned
from bot.channels.wechat.events import Events
from bot.channels.wechat.messages import read_message
from bot.channels.wechat.rendering import Rendering
from bot.channels.wechat.turns import Deliverer, Turns
from bot.settings import Settings
from bot.threads import Threads

PATH = "/wechat"

LARGEST_MESSAGE = 32 * 1024
"""Bytes of a request. The longest text has 2048, in compatible mode once more and encrypted."""

_SUCCESS = b"success"
"""What tells WeChat that a message has arrived and nothing is replied."""


class Webhook:
    """The address as an ASGI application."""

    def __init__(
        self, threads: Threads, settings: Settings, deliverer: Deliverer | None = None, standing: Collection[str] = ()
    ) -> None:
        """Without a deliverer, what does not go with a response waits for the person's next visit; `standing` are the
        templates of notices to which people agree for good. Raises SettingsError for settings that cannot be used.
        """
        self._envelope = Envelope(settings)
        self._seconds = settings.wechat_reply_seconds
        self._turns = Turns(
            threads, Events(threads, standing), Rendering(settings, follows=deliverer is not None), deliverer
        )
        self._key_is_missing = False

    @property
    def route(self) -> Route:
        """Where it is to be found."""
        return Route(PATH, self, methods=["GET", "POST"])

    async def close(self) -> None:
        """Wait for what is under way."""
        await self._turns.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request: nothing that can be sent to it makes it fail."""
        query = QueryParams(scope["query_string"])
        try:
            if scope["method"] == "POST":
                await self._message(query, scope, receive, send)
                return
            response = PlainTextResponse(self._envelope.echo(query))
        except NotSigned as error:
            self._tell(error)
            response = PlainTextResponse("Not signed by WeChat.", 403)
        except NotReadable:
            response = PlainTextResponse("Not a message of WeChat's.", 400)
        await response(scope, receive, send)

    async def _message(self, query: QueryParams, scope: Scope, receive: Receive, send: Send) -> None:
        until = asyncio.get_running_loop().time() + self._seconds
        body = await _body(receive)
        if body is None:
            return
        if len(body) > LARGEST_MESSAGE:
            await PlainTextResponse("Too long for a message of WeChat's.", 413)(scope, receive, send)
            return
        letter = self._envelope.open(query, body)
        received = read_message(letter.xml)
        reply, turn = await self._turns.reply(received, until - asyncio.get_running_loop().time())
        content = self._envelope.close(letter, reply.render()) if reply is not None else _SUCCESS
        try:
            await Response(content, media_type="text/xml" if reply is not None else "text/plain")(scope, receive, send)
        finally:
            # What follows comes after what it follows.
            self._turns.deliver(turn)

    def _tell(self, error: NotSigned) -> None:
        if isinstance(error, KeyMissing) and not self._key_is_missing:
            self._key_is_missing = True  # once: anybody can send such a request
            structlog.get_logger().error("wechat: messages come encrypted, set HEBAO_WECHAT_AES_KEY")


async def _body(receive: Receive) -> bytes | None:
    """The body, no more of it than shows that it is too long; None where the sender has left."""
    parts, length = [], 0
    while length <= LARGEST_MESSAGE:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        parts.append(part)
        length += len(part)
        if not message.get("more_body", False):
            break
    return b"".join(parts)
