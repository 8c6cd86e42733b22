"""What a command prints: data as JSON, or a sentence in the reader's language."""

from __future__ import annotations

from typing import Any

import typer

from bot.commands.options import catalogue_of, print_json
from dialogs.context import N_


def say(message: str, **params: object) -> str:
    """A message in the reader's language."""
    return catalogue_of(None)(message, **params)


def tell(data: Any, said: str, *, as_json: bool) -> None:
    """Print the data where JSON was asked for, else what is said of it."""
    if as_json:
        print_json(data)
    else:
        typer.echo(said)


def tell_code(whose: str, code: str, *, as_json: bool) -> None:
    """Print a one-time code, this once."""
    shown = f"{code[:4]}-{code[4:]}"
    tell({"login": whose, "code": shown}, say(N_("staff.code"), login=whose, code=shown), as_json=as_json)
