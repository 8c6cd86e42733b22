"""`hebao serve`: the application in a web server, in one process."""

from __future__ import annotations

import socket

import uvicorn

from bot.app import create_app
from bot.languages import not_compiled
from bot.logs import set_up_logs
from bot.opening import open_service
from bot.settings import Settings, SettingsError


def run(settings: Settings) -> None:
    """Serve until told to stop; turns that are under way finish first. Raises SettingsError or StoreError."""
    set_up_logs()
    if (missing := not_compiled()) is not None:
        raise SettingsError(f"{missing} is missing: nobody could be answered. Compile it with  make locales/.compiled")
    listener = _listen(settings)
    app = create_app(open_service(settings), settings)
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=20)
    host, port = listener.getsockname()[:2]
    print(f"合保 Hébāo: http://{_shown(host)}:{port}  (Ctrl-C)", flush=True)  # noqa: T201 - for whoever started it
    uvicorn.Server(config).run(sockets=[listener])


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"Cannot listen on {settings.host}:{settings.port} ({error.strerror}). "
            "Stop what uses that port, or set HEBAO_PORT to another one."
        ) from None
    return listener
