"""`hebao serve`: the application in a web server, in one process."""

from __future__ import annotations

import uvicorn

from bot.app import create_app
from bot.languages import not_compiled
from bot.listening import address, listen
from bot.logs import set_up_logs
from bot.opening import open_service
from bot.settings import Settings, SettingsError


def run(settings: Settings) -> None:
    """Serve until told to stop; turns that are under way finish first. Raises SettingsError or StoreError."""
    set_up_logs()
    if (missing := not_compiled()) is not None:
        raise SettingsError(f"{missing} is missing: nobody could be answered. Compile it with  make locales/.compiled")
    listener = listen(settings.host, settings.port, "HEBAO_PORT")
    app = create_app(open_service(settings), settings)
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=20)
    print(f"合保 Hébāo: {address(listener)}  (Ctrl-C)", flush=True)  # noqa: T201 - for whoever started it
    uvicorn.Server(config).run(sockets=[listener])
