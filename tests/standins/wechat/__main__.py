"""The stand-in by hand."""

from __future__ import annotations

import argparse

import uvicorn

from tests.standins.wechat.app import create_app
from tests.standins.wechat.platform import APP_ID, APP_SECRET, Platform, Rules


def main() -> None:
    wanted = argparse.ArgumentParser(prog="python -m tests.standins.wechat", description=__doc__)
    wanted.add_argument("--host", default="127.0.0.1")
    wanted.add_argument("--port", type=int, default=9001)
    wanted.add_argument("--app-id", default=APP_ID)
    wanted.add_argument("--secret", default=APP_SECRET)
    wanted.add_argument("--strangers", action="store_true", help="refuse openids that nobody has told of (40003)")
    given = wanted.parse_args()
    platform = Platform(Rules(everybody_follows=not given.strangers), given.app_id, given.secret)
    base = f"http://{given.host}:{given.port}"
    print(f"WeChat's stand-in: {base}   what was sent: {base}/_standin/sent", flush=True)
    print(f"HEBAO_WECHAT_API_BASE={base} HEBAO_WECHAT_LOGIN_BASE={base}", flush=True)
    print(f"HEBAO_WECHAT_APP_ID={given.app_id} HEBAO_WECHAT_APP_SECRET={given.secret}", flush=True)
    uvicorn.run(create_app(platform), host=given.host, port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
