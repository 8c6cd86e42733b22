"""The form with WeRoBot: `python -m benchmarks.peers.werobot_form FOLDER`.

Safe mode, its own SQLite sessions in the folder, on waitress, which it takes by itself where that is installed. Prints
its address.
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Any

import waitress
from werobot import WeRoBot
from werobot.session.sqlitestorage import SQLiteStorage

from benchmarks.peers.form import OPENING, QUESTIONS, REFUSAL, conclusion
from benchmarks.wechat_account import AES_KEY, APP_ID, PATH, TOKEN


def robot_in(folder: Path) -> Any:
    """The robot, its sessions in this folder."""
    from bottle import Bottle
    from werobot.contrib.bottle import make_view

    robot = WeRoBot(
        token=TOKEN,
        encoding_aes_key=AES_KEY,
        app_id=APP_ID,
        session_storage=SQLiteStorage(str(folder / "werobot.db")),
    )
    robot.text(_taken)
    app = Bottle()
    app.route(PATH, ["GET", "POST"], make_view(robot))
    return app


def _taken(message: Any, session: dict[str, Any]) -> str:
    if message.content == OPENING:
        session.clear()
        session["said"] = {}
        return QUESTIONS[0].text
    said = session.get("said", {})
    asked = QUESTIONS[min(len(said), len(QUESTIONS) - 1)]
    try:
        said[asked.fact] = asked.read(message.content)
    except ValueError:
        return f"{REFUSAL}\n{asked.text}"
    session["said"] = said
    return QUESTIONS[len(said)].text if len(said) < len(QUESTIONS) else conclusion(said)


if __name__ == "__main__":
    app = robot_in(Path(sys.argv[1]))
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(512)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    # Its SQLite sessions fail on several threads: on their one connection these end each other's transactions.
    waitress.serve(app, sockets=[listener], threads=1)
