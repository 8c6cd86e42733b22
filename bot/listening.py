"""Addresses to listen on."""

from __future__ import annotations

import socket

from bot.settings import SettingsError


def listen(host: str, port: int, setting: str) -> socket.socket:
    """Listen on a port, on any free one where it is 0. Raises SettingsError, which names the setting to change."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"Cannot listen on {host}:{port} ({error.strerror}). "
            f"Stop what uses that port, or set {setting} to another one."
        ) from None
    return listener


def address(listener: socket.socket) -> str:
    """What somebody types to reach it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
