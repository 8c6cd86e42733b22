"""`python -m tests.standins.telegram --port 9002`: the stand-in by hand."""

from __future__ import annotations

import argparse

from tests.standins.telegram.server import TOKEN, TelegramStandIn


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.standins.telegram")
    parser.add_argument("--port", type=int, default=9002)
    parser.add_argument("--token", default=TOKEN)
    given = parser.parse_args()
    standin = TelegramStandIn(given.port, given.token)
    print(f"HEBAO_TELEGRAM_API_BASE={standin.url}")
    print(f"HEBAO_TELEGRAM_TOKEN={given.token}")
    print(f"The phone: {standin.url}/phone  (Ctrl-C)", flush=True)
    standin.run()


if __name__ == "__main__":
    main()
