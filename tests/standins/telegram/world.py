"""What the platform knows: its chats and messages, what waits to be delivered, and what was called when.

One object, used by the server's loop and by the test's thread: everything that changes it holds its lock.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.standins.telegram.faults import Fault
from tests.standins.telegram.markup import Formatted


@dataclass
class Message:
    """One message in a chat. `sender` is a user's id, None for the bot."""

    id: int
    sender: int | None
    content: Formatted
    keyboard: list[list[dict[str, Any]]] = field(default_factory=list)
    photo: bytes | None = None
    file_name: str = ""
    document: bytes | None = None
    edits: int = 0

    @property
    def text(self) -> str:
        return self.content.text


@dataclass
class Chat:
    """A chat with its messages. Of a private one the id is the user's."""

    id: int
    kind: str
    title: str = ""
    messages: list[Message] = field(default_factory=list)
    started: bool = False
    blocked: bool = False
    moved_to: int | None = None
    actions: list[str] = field(default_factory=list)

    def message(self, message_id: int) -> Message | None:
        return next((each for each in self.messages if each.id == message_id), None)


@dataclass(frozen=True)
class Call:
    """A call that came in, with the moment (`time.monotonic`), and the status that it got."""

    method: str
    chat: int | None
    given: dict[str, Any]
    at: float
    status: int


@dataclass
class Webhook:
    """Where updates go. `secret` stands in a header of each."""

    url: str = ""
    secret: str = ""
    allowed: tuple[str, ...] = ()
    most: int = 40
    last_error: str = ""


@dataclass
class Tap:
    """A tapped button. `shown` is what the app showed, None until the bot has answered."""

    id: str
    chat: int
    data: str
    shown: str | None = None


class World:
    """The platform's memory for one bot."""

    def __init__(self, token: str, username: str = "hebao_standin_bot") -> None:
        self.token = token
        self.bot = {"id": int(token.split(":")[0]), "is_bot": True, "first_name": "合保", "username": username}
        self.lock = threading.RLock()
        self.chats: dict[int, Chat] = {}
        self.people: dict[int, dict[str, Any]] = {}
        self.updates: deque[dict[str, Any]] = deque()
        self.webhook = Webhook()
        self.deliveries: list[tuple[int, int]] = []
        """Of each delivery to the webhook the update's id and the status, 0 for none."""
        self.taps: dict[str, Tap] = {}
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.calls: list[Call] = []
        self.files: dict[str, bytes] = {}
        self.polls = 0
        self.retry_delay = 0.1
        """Seconds after which a delivery that failed is made again; the platform waits longer each time."""
        self._faults: list[tuple[str, int | None, Fault]] = []
        self._update_ids = itertools.count(700_000_001)
        self._message_ids = itertools.count(11)
        self._tap_ids = itertools.count(4_000_000_000_000_001)
        self._listeners: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    # -- faults and calls ----------------------------------------------------------------------------------------------

    def fails(self, fault: Fault, method: str = "", chat: int | None = None, times: int = 1) -> None:
        """The next so many calls of a method (of any that sends, where none is named) to a chat (to any) fail."""
        with self.lock:
            self._faults.extend([(method.lower(), chat, fault)] * times)

    def clear_faults(self) -> None:
        """Forget what was to fail."""
        with self.lock:
            self._faults.clear()

    def fault_of(self, method: str, chat: int | None) -> Fault | None:
        with self.lock:
            for place, (named, whose, _) in enumerate(self._faults):
                fits = named == method or (not named and method.startswith(("send", "edit")))
                if fits and whose in (None, chat):
                    return self._faults.pop(place)[2]
        return None

    def called(self, method: str, chat: int | None = None) -> list[Call]:
        """The calls of a method, in order of arrival."""
        with self.lock:
            return [call for call in self.calls if call.method == method.lower() and chat in (None, call.chat)]

    # -- chats ---------------------------------------------------------------------------------------------------------

    def chat(self, chat_id: int, kind: str = "private", title: str = "") -> Chat:
        with self.lock:
            return self.chats.setdefault(chat_id, Chat(chat_id, kind, title))

    def add(self, chat: Chat, sender: int | None, content: Formatted, **more: Any) -> Message:
        with self.lock:
            message = Message(next(self._message_ids), sender, content, **more)
            chat.messages.append(message)
            return message

    def chat_json(self, chat: Chat) -> dict[str, Any]:
        if chat.kind == "private":
            return {"id": chat.id, "type": "private", "first_name": self.people[chat.id]["first_name"]}
        return {"id": chat.id, "type": chat.kind, "title": chat.title}

    def message_json(self, chat: Chat, message: Message) -> dict[str, Any]:
        """A message as the Bot API writes it."""
        told: dict[str, Any] = {
            "message_id": message.id, "date": int(time.time()), "chat": self.chat_json(chat),
            "from": self.bot if message.sender is None else self.people[message.sender],
        }  # fmt: skip
        if message.edits:
            told["edit_date"] = int(time.time())
        named = ("text", "entities")
        if message.photo is not None:
            named = ("caption", "caption_entities")
            told["photo"] = [{"file_id": "p1", "file_unique_id": "p1", "width": 800, "height": 600}]
        if message.document is not None:
            named = ("caption", "caption_entities")
            told["document"] = {"file_id": "d1", "file_unique_id": "d1", "file_name": message.file_name}
        if message.content.text:
            told[named[0]] = message.content.text
        if message.content.entities:
            told[named[1]] = list(message.content.entities)
        if message.keyboard:
            told["reply_markup"] = {"inline_keyboard": message.keyboard}
        return told

    # -- updates -------------------------------------------------------------------------------------------------------

    def update(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        """A new update, waiting for whoever is told."""
        with self.lock:
            update = {"update_id": next(self._update_ids), kind: body}
            if not self.webhook.allowed or kind in self.webhook.allowed:
                self.updates.append(update)
        self.ring()
        return update

    def tap(self, chat: int, data: str) -> Tap:
        with self.lock:
            tap = Tap(str(next(self._tap_ids)), chat, data)
            self.taps[tap.id] = tap
            return tap

    def listen(self) -> asyncio.Event:
        """An event of the running loop that is set when there is something new."""
        event = asyncio.Event()
        with self.lock:
            self._listeners.add((asyncio.get_running_loop(), event))
        return event

    def unlisten(self, event: asyncio.Event) -> None:
        with self.lock:
            self._listeners = {each for each in self._listeners if each[1] is not event}

    def ring(self) -> None:
        """Wake everybody who waits for something new."""
        with self.lock:
            listeners = list(self._listeners)
        for loop, event in listeners:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)
