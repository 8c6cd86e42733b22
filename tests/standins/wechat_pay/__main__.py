"""The stand-in by hand."""

from __future__ import annotations

import argparse
from pathlib import Path

import uvicorn

from tests.standins.wechat_pay.app import create_app
from tests.standins.wechat_pay.platform import APP_ID, PayPlatform


def main() -> None:
    wanted = argparse.ArgumentParser(prog="python -m tests.standins.wechat_pay", description=__doc__)
    wanted.add_argument("--host", default="127.0.0.1")
    wanted.add_argument("--port", type=int, default=9002)
    wanted.add_argument("--app-id", default=APP_ID)
    wanted.add_argument("--folder", type=Path, default=Path("var/wechat_pay"), help="where its keys are written")
    given = wanted.parse_args()
    platform = PayPlatform(given.app_id)
    base = f"http://{given.host}:{given.port}"
    print(f"WeChat Pay's stand-in: {base} (its orders, and a button to pay each)", flush=True)
    for name, value in platform.settings(given.folder, base).items():
        print(f"HEBAO_{name.upper()}={value}", flush=True)
    uvicorn.run(create_app(platform), host=given.host, port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
