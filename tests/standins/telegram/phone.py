"""People with a phone: what they do in their chats, and what they see there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.standins.telegram.markup import Formatted, units
from tests.standins.telegram.world import Chat, Message, Tap, World


@dataclass(frozen=True)
class Person:
    """Somebody with the app, in their private chat with the bot unless another chat is named."""

    world: World
    id: int

    @property
    def private(self) -> Chat:
        return self.world.chat(self.id)

    # -- doing ---------------------------------------------------------------------------------------------------------

    def says(self, text: str, chat: Chat | None = None, **more: Any) -> dict[str, Any]:
        """Send a text. Returns the update."""
        message: dict[str, Any] = {"text": text}
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": units(text.split()[0])}]
        return self.sends(message, chat, **more)

    def sends(self, body: dict[str, Any], chat: Chat | None = None, **more: Any) -> dict[str, Any]:
        """Send whatever a message can hold: a photo, a place. Returns the update."""
        where = chat or self.private
        if where is self.private:
            where.started, where.blocked = True, False
        message = self.world.add(where, self.id, Formatted(body.get("text", "")))
        return self.world.update("message", {**self.world.message_json(where, message), **body, **more})

    def starts(self, payload: str = "") -> dict[str, Any]:
        """Open the bot by a link, or by the button *Start*."""
        return self.says(f"/start {payload}".rstrip())

    def edits(self, message_id: int, text: str) -> dict[str, Any]:
        """Change a message that was sent."""
        message = self.private.message(message_id)
        assert message is not None
        assert message.sender == self.id, "one edits one's own messages"
        message.content = Formatted(text)
        message.edits += 1
        return self.world.update("edited_message", self.world.message_json(self.private, message))

    def taps(self, label: str, *, message: Message | None = None, inaccessible: bool = False) -> Tap:
        """Tap a button of a message, by default of the last that has such a button."""
        chat = self.private
        with self.world.lock:
            wanted = [message] if message else list(reversed(chat.messages))
            found = next(
                ((each, b) for each in wanted for row in each.keyboard for b in row if b["text"] == label), None
            )
        assert found, f"There is no button {label} among {self.buttons()}"
        return self.taps_data(found[1]["callback_data"], found[0].id, inaccessible=inaccessible)

    def taps_data(self, data: str, message_id: int, *, inaccessible: bool = False) -> Tap:
        """Send a callback with any data, as an old or a forged button does."""
        chat = self.private
        tap = self.world.tap(chat.id, data)
        message = chat.message(message_id)
        if inaccessible or message is None:
            told = {"chat": self.world.chat_json(chat), "message_id": message_id, "date": 0}
        else:
            told = self.world.message_json(chat, message)
        self.world.update(
            "callback_query",
            {"id": tap.id, "from": self.world.people[self.id], "message": told, "chat_instance": "1", "data": data},
        )
        return tap

    def blocks(self) -> None:
        """Block the bot."""
        self.private.blocked = True
        self._membership("member", "kicked")

    def unblocks(self) -> None:
        """Let the bot write again."""
        self.private.blocked = False
        self._membership("kicked", "member")

    def _membership(self, before: str, after: str) -> None:
        def member(status: str) -> dict[str, Any]:
            return {"user": self.world.bot, "status": status} | ({"until_date": 0} if status == "kicked" else {})

        self.world.update(
            "my_chat_member",
            {
                "chat": self.world.chat_json(self.private), "from": self.world.people[self.id],
                "date": int(time.time()), "old_chat_member": member(before), "new_chat_member": member(after),
            },
        )  # fmt: skip

    # -- seeing --------------------------------------------------------------------------------------------------------

    def sees(self, chat: Chat | None = None) -> list[str]:
        """The texts of the bot's messages, oldest first."""
        where = chat or self.private
        with self.world.lock:
            return [each.text for each in where.messages if each.sender is None]

    def messages(self, chat: Chat | None = None) -> list[Message]:
        """The bot's messages, oldest first."""
        where = chat or self.private
        with self.world.lock:
            return [each for each in where.messages if each.sender is None]

    def buttons(self) -> list[str]:
        """The labels of the last message that has buttons."""
        with self.world.lock:
            for message in reversed(self.private.messages):
                if message.keyboard:
                    return [button["text"] for row in message.keyboard for button in row]
        return []

    def asks(self, text: str, settled: Callable[[], bool] | None = None) -> list[str]:
        """Say something and return the texts of the answer, once the update has been taken."""
        before = len(self.messages())
        update = self.says(text)
        self.settles(update["update_id"])
        return self.sees()[before:]

    def settles(self, update_id: int, seconds: float = 15) -> None:
        """Wait until an update has been taken."""
        wait_for(lambda: all(each["update_id"] != update_id for each in list(self.world.updates)), seconds)


def wait_for(true: Callable[[], Any], seconds: float = 15) -> None:
    """Wait until it is so. Raises AssertionError where it is not in time."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.005)
