"""What a message of Telegram's is: text, or something that the dialogue cannot read."""

from __future__ import annotations

from aiogram.types import Message

from dialogs.arrivals import Event

_EVENTS = {
    "photo": Event.PICTURE,
    "voice": Event.VOICE,
    "audio": Event.VOICE,
    "video": Event.FILM,
    "video_note": Event.FILM,
    "animation": Event.FILM,
    "location": Event.PLACE,
    "venue": Event.PLACE,
    "document": Event.OTHER,
    "sticker": Event.OTHER,
    "contact": Event.OTHER,
    "poll": Event.OTHER,
    "dice": Event.OTHER,
    "story": Event.OTHER,
    "checklist": Event.OTHER,
    "paid_media": Event.OTHER,
}


def arrived(message: Message) -> tuple[Event | None, str]:
    """What came, and the text that came with it; no event for a notice of the app's own, such as a pinned message."""
    if message.text is not None:
        return Event.SAID, _whole(message.text)
    found = next((event for name, event in _EVENTS.items() if getattr(message, name, None) is not None), None)
    return found, ""


def label_of(message: Message, data: str | None) -> str:
    """The label of the button that sends this back; empty where the message has no such button."""
    rows = message.reply_markup.inline_keyboard if message.reply_markup is not None else []
    return next((button.text for row in rows for button in row if button.callback_data == data), "")


def _whole(text: str) -> str:
    """A text without halves of characters, which JSON can hold and nothing else."""
    return text.encode("utf-8", "replace").decode()
