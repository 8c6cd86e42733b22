"""A stand-in for Telegram's Bot API over real HTTP, with the people who talk with the bot.

In tests: `with TelegramStandIn() as telegram: ...`. By hand: `python -m tests.standins.telegram --port 9002`, and then
`HEBAO_TELEGRAM_API_BASE=http://127.0.0.1:9002` with the token that it prints. It knows nothing of our code.
"""

from tests.standins.telegram.phone import Person, wait_for
from tests.standins.telegram.server import TOKEN, TelegramStandIn

__all__ = ["TOKEN", "Person", "TelegramStandIn", "wait_for"]
