"""The Bot API's methods, as far as a bot that talks needs them (https://core.telegram.org/bots/api)."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from tests.standins.telegram import faults
from tests.standins.telegram.faults import Fault
from tests.standins.telegram.given import (
    CAPTION,
    TEXT,
    RefusedError,
    bad,
    chat_of,
    listed,
    read_content,
    read_given,
    read_keyboard,
    scope_of,
)
from tests.standins.telegram.markup import Formatted
from tests.standins.telegram.rates import Rates
from tests.standins.telegram.world import Call, Chat, Message, Webhook, World

_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


class Methods:
    """The methods over a world."""

    def __init__(self, world: World, rates: Rates) -> None:
        self._world = world
        self._rates = rates
        self._methods: dict[str, Callable[[dict[str, Any]], Any]] = {
            name.lower(): getattr(self, f"_{_snake(name)}")
            for name in (
                "getMe", "setWebhook", "deleteWebhook", "getWebhookInfo", "sendMessage", "sendPhoto", "sendDocument",
                "editMessageText", "editMessageReplyMarkup", "answerCallbackQuery", "setMyCommands", "getMyCommands",
                "deleteMyCommands", "sendChatAction", "getFile", "getChat",
            )
        }  # fmt: skip

    async def endpoint(self, request: Request) -> Response:
        """`/bot<token>/<method>`."""
        if request.path_params["token"] != self._world.token:
            return _failed(Fault(401, "Unauthorized"))
        method = request.path_params["method"].lower()
        if method not in self._methods and method != "getupdates":
            return _failed(Fault(404, "Not Found"))
        try:
            given = await read_given(request)
        except ValueError:
            return _failed(Fault(400, "Bad Request: can't parse the request"))
        chat = chat_of(given)
        fault = self._world.fault_of(method, chat)
        if fault and fault.delay:
            await asyncio.sleep(fault.delay)
        response = await self._answered(method, given, chat, fault)
        with self._world.lock:
            self._world.calls.append(Call(method, chat, given, time.monotonic(), response.status_code))
        if fault and fault.hang_up:
            return _HungUp()
        return response

    async def _answered(self, method: str, given: dict[str, Any], chat: int | None, fault: Fault | None) -> Response:
        now = time.monotonic()
        try:
            if fault and fault.status and not fault.done:
                if "retry_after" in fault.parameters:
                    self._rates.told_to_wait(chat, now, fault.parameters["retry_after"])
                raise RefusedError(fault)
            if method == "getupdates":
                result = await self._get_updates(given)
            else:
                if method.startswith("send") and method != "sendchataction" and chat is not None:
                    wait = self._rates.check(chat, now)
                    if wait:
                        raise RefusedError(faults.too_many(wait))
                with self._world.lock:
                    result = self._methods[method](given)
            if fault and fault.status:
                raise RefusedError(fault)
        except RefusedError as refused:
            return _failed(refused.fault)
        return JSONResponse({"ok": True, "result": result})

    # -- who and where -------------------------------------------------------------------------------------------------

    def _get_me(self, _: dict[str, Any]) -> Any:
        return {
            **self._world.bot,
            "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False,
            "can_connect_to_business": False, "has_main_web_app": False,
        }  # fmt: skip

    def _get_chat(self, given: dict[str, Any]) -> Any:
        return self._world.chat_json(self._target(given))

    def _get_file(self, given: dict[str, Any]) -> Any:
        return {"file_id": given.get("file_id"), "file_unique_id": "f", "file_size": 1, "file_path": "photos/1.jpg"}

    def _set_webhook(self, given: dict[str, Any]) -> Any:
        url, secret = given.get("url", ""), given.get("secret_token", "")
        if not url:
            return self._delete_webhook(given)
        # The platform asks for https on a few ports; a stand-in on this machine has no certificate.
        if not url.startswith(("http://", "https://")):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if not _SECRET.fullmatch(secret):
            raise bad("secret token contains unallowed characters")
        allowed = tuple(listed(given.get("allowed_updates")))
        self._world.webhook = Webhook(url, secret, allowed, int(given.get("max_connections", 40)))
        self._drop_pending(given)
        self._world.ring()
        return True

    def _delete_webhook(self, given: dict[str, Any]) -> Any:
        self._world.webhook = Webhook()
        self._drop_pending(given)
        return True

    def _drop_pending(self, given: dict[str, Any]) -> None:
        if str(given.get("drop_pending_updates", "")).lower() == "true":
            self._world.updates.clear()

    def _get_webhook_info(self, _: dict[str, Any]) -> Any:
        hook = self._world.webhook
        told: dict[str, Any] = {
            "url": hook.url, "has_custom_certificate": False, "pending_update_count": len(self._world.updates),
        }  # fmt: skip
        if hook.last_error:
            told |= {"last_error_date": int(time.time()), "last_error_message": hook.last_error}
        if hook.url:
            told |= {"max_connections": hook.most, "allowed_updates": list(hook.allowed)}
        return told

    async def _get_updates(self, given: dict[str, Any]) -> Any:
        if self._world.webhook.url:
            raise RefusedError(faults.CONFLICT_WEBHOOK)
        self._world.polls += 1
        mine = self._world.polls
        # The other poller wakes up and sees that it is no longer the last one.
        self._world.ring()
        offset, timeout = int(given.get("offset", 0)), float(given.get("timeout", 0))
        most = int(given.get("limit", 100))
        end = time.monotonic() + timeout
        event = self._world.listen()
        try:
            while True:
                event.clear()
                with self._world.lock:
                    while self._world.updates and self._world.updates[0]["update_id"] < offset:
                        self._world.updates.popleft()
                    found = list(self._world.updates)[:most]
                if self._world.webhook.url:
                    raise RefusedError(faults.CONFLICT_SET)
                if self._world.polls != mine:
                    raise RefusedError(faults.CONFLICT_POLLS)
                left = end - time.monotonic()
                if found or left <= 0:
                    return found
                try:
                    await asyncio.wait_for(event.wait(), left)
                except TimeoutError:
                    continue
        finally:
            self._world.unlisten(event)

    # -- messages ------------------------------------------------------------------------------------------------------

    def _send_message(self, given: dict[str, Any]) -> Any:
        chat = self._target(given)
        content = read_content(given, "text", TEXT)
        if not content.text:
            raise bad("message text is empty")
        return self._sent(chat, content, given)

    def _send_photo(self, given: dict[str, Any]) -> Any:
        chat = self._target(given)
        photo = given.get("photo")
        if not isinstance(photo, bytes):
            raise bad("there is no photo in the request")
        if not photo.startswith((b"\x89PNG", b"\xff\xd8")):
            raise bad("IMAGE_PROCESS_FAILED")
        return self._sent(chat, read_content(given, "caption", CAPTION), given, photo=photo)

    def _send_document(self, given: dict[str, Any]) -> Any:
        chat = self._target(given)
        document = given.get("document")
        if not isinstance(document, bytes) or not document:
            raise bad("file must be non-empty")
        name = given.get("document:name", "")
        return self._sent(chat, read_content(given, "caption", CAPTION), given, document=document, file_name=name)

    def _sent(self, chat: Chat, content: Formatted, given: dict[str, Any], **more: Any) -> Any:
        message = self._world.add(chat, None, content, keyboard=read_keyboard(given), **more)
        return self._world.message_json(chat, message)

    def _edit_message_text(self, given: dict[str, Any]) -> Any:
        chat, message = self._edited(given)
        content, keyboard = read_content(given, "text", TEXT), read_keyboard(given)
        if not content.text:
            raise bad("message text is empty")
        if (content, keyboard) == (message.content, message.keyboard):
            raise RefusedError(faults.NOT_MODIFIED)
        message.content, message.keyboard = content, keyboard
        message.edits += 1
        return self._world.message_json(chat, message)

    def _edit_message_reply_markup(self, given: dict[str, Any]) -> Any:
        chat, message = self._edited(given)
        keyboard = read_keyboard(given)
        if keyboard == message.keyboard:
            raise RefusedError(faults.NOT_MODIFIED)
        message.keyboard = keyboard
        return self._world.message_json(chat, message)

    def _edited(self, given: dict[str, Any]) -> tuple[Chat, Message]:
        chat = self._target(given)
        message = chat.message(int(given.get("message_id", 0)))
        if message is None:
            raise RefusedError(faults.EDIT_NOT_FOUND)
        if message.sender is not None:
            raise RefusedError(faults.CANNOT_BE_EDITED)
        return chat, message

    def _answer_callback_query(self, given: dict[str, Any]) -> Any:
        tap = self._world.taps.get(given.get("callback_query_id", ""))
        if tap is None or tap.shown is not None:
            raise RefusedError(faults.OLD_QUERY)
        text = given.get("text", "")
        if len(text) > 200:
            raise bad("MESSAGE_TOO_LONG")
        tap.shown = text
        return True

    def _send_chat_action(self, given: dict[str, Any]) -> Any:
        self._target(given).actions.append(given.get("action", ""))
        return True

    # -- commands ------------------------------------------------------------------------------------------------------

    def _set_my_commands(self, given: dict[str, Any]) -> Any:
        commands = listed(given.get("commands"))
        if len(commands) > 100:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        for each in commands:
            if not _COMMAND.fullmatch(each["command"]):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(each["description"]) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self._world.commands[scope_of(given)] = commands
        return True

    def _get_my_commands(self, given: dict[str, Any]) -> Any:
        return self._world.commands.get(scope_of(given), [])

    def _delete_my_commands(self, given: dict[str, Any]) -> Any:
        self._world.commands.pop(scope_of(given), None)
        return True

    def _target(self, given: dict[str, Any]) -> Chat:
        chat = self._world.chats.get(chat_of(given) or 0)
        if chat is None:
            raise RefusedError(faults.CHAT_NOT_FOUND)
        if chat.moved_to is not None:
            raise RefusedError(faults.migrated(chat.moved_to))
        if chat.kind == "private" and chat.blocked:
            raise RefusedError(faults.BLOCKED)
        if chat.kind == "private" and not chat.started:
            raise RefusedError(faults.NEVER_STARTED)
        return chat


class _HungUp(Response):
    """A response that breaks off at once: the server closes the connection below it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"ok"', "more_body": True})
        raise ConnectionAbortedError("scripted")


def _failed(fault: Fault) -> Response:
    if fault.raw:
        return Response(fault.raw, fault.status)
    body: dict[str, Any] = {"ok": False, "error_code": fault.status, "description": fault.description}
    if fault.parameters:
        body["parameters"] = fault.parameters
    return JSONResponse(body, fault.status)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
