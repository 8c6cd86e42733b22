"""How long a text may be on each channel, and how each channel counts.

What a platform allows changes without notice, and WeChat's figure for texts is nowhere in its documents: whoever sends
cuts with `bot.channels.parts.split` rather than trust that a text is short.
"""

from __future__ import annotations

WECHAT_TEXT = 2048
"""Bytes of UTF-8 in a text message, about 680 Chinese characters.

Not in WeChat's documents. Measured by others: longer customer-service messages are refused with error 45002, and a
longer passive reply shows the failure banner (https://github.com/MamaShip/Observer/issues/77).
"""

TELEGRAM_TEXT = 4096
"""UTF-16 units in a message, counted after its markup is taken away (https://core.telegram.org/bots/api#sendmessage).

The documents say characters; lengths are in UTF-16 units throughout (https://core.telegram.org/api/entities).
"""

TELEGRAM_CAPTION = 1024
"""UTF-16 units below a picture, counted as in a message (https://core.telegram.org/bots/api#sendphoto)."""

TELEGRAM_CALLBACK = 64
"""Bytes of UTF-8 that a button sends back, at least one (https://core.telegram.org/bots/api#inlinekeyboardbutton)."""

BUTTON_LABEL = 60
"""Bytes of UTF-8 in the label of an item in WeChat's menu; a heading of that menu has 16
(https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu).

Telegram names no limit for a button, but an app shows what fits one line and cuts off the rest
(https://github.com/botman/botman/issues/1133): no choice should be known by its button alone.
"""


def utf8_bytes(text: str) -> int:
    """How WeChat counts, and how Telegram counts what a button sends back."""
    return len(text.encode())


def utf16_units(text: str) -> int:
    """How Telegram counts: an emoji is mostly two."""
    return len(text) + sum(letter > "\uffff" for letter in text)
