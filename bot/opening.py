"""Opening the service: the store with its keys, from the settings."""

from __future__ import annotations

import os
from pathlib import Path

from bot.service import Service
from bot.settings import Settings, SettingsError, sqlite_folder
from member_store.encryption import generate_key
from member_store.store import Store


def open_store(settings: Settings) -> Store:
    """The member store, with its schema up to date. Raises SettingsError or StoreError."""
    return Store.open(settings.database_url, keys_of(settings))


def keys_of(settings: Settings) -> str:
    """The encryption keys; those of a trial where none are set. Raises SettingsError."""
    return settings.keys or _trial_keys(settings)


def open_service(settings: Settings) -> Service:
    """The assistant over the store of the settings. Raises as `open_store` does."""
    return Service(open_store(settings), settings)


def _trial_keys(settings: Settings) -> str:
    """Keys beside the embedded database, made at the first start, so that a trial needs no preparation."""
    folder = sqlite_folder(settings.database_url)
    if folder is None:
        raise SettingsError(
            "HEBAO_KEYS is not set. With PostgreSQL, give the encryption keys there; hebao keys new prints one."
        )
    path = folder / "keys"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _read_or_make(path)
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be used ({error.strerror}). Make the folder writable or set HEBAO_KEYS."
        ) from None


def _read_or_make(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        pass
    # Written whole under another name first: a process that starts at the same moment finds all of it or none.
    draft = path.with_name(f"keys.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(generate_key() + "\n", "ascii")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text("ascii").strip()
