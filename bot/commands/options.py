"""What the commands share: their options, and how they read settings and words.

Everything heavy is imported inside the commands, so that none waits for what another needs.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from bot.languages import Catalogue
    from bot.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SchemeName = Annotated[str | None, typer.Option(help="The policy pack; HEBAO_SCHEME if not given.")]
CountyName = Annotated[str | None, typer.Option(help="The county; HEBAO_COUNTY if not given.")]
OnDay = Annotated[str | None, typer.Option(metavar="DATE", help="The day whose rules apply, e.g. 2008-03-01.")]
Locale = Annotated[str | None, typer.Option(help="Language: zh or en; from LANG if not given.")]


def refuse(sentence: str) -> NoReturn:
    """Leave with one sentence on stderr and exit code 2."""
    typer.echo(f"hebao: {sentence}", err=True)
    sys.exit(2)


def settings_of(**given: Any) -> Settings:
    """The settings, with what was given on the command line in their place. Raises SettingsError."""
    from bot.settings import read_settings

    return read_settings(**{name: value for name, value in given.items() if value is not None})


def packs_of() -> Path:
    """The folder of packs, whether or not the rest of the settings goes with what was asked for."""
    from pydantic import ValidationError

    from bot.settings import Settings

    given: dict[str, Any] = {}
    try:
        return Settings(**given).packs
    except ValidationError:
        return settings_of().packs  # which says what is wrong with them


def catalogue_of(locale: str | None) -> Catalogue:
    """The words of the language asked for, else of the terminal's."""
    from bot.languages import catalogue, negotiate

    return catalogue(negotiate(locale, system_language()))


def system_language() -> str | None:
    """The language of the terminal; the C locale says nothing about its reader."""
    value = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    tag = value.partition(".")[0]
    return None if tag in {"", "C", "POSIX"} else tag


def print_json(data: Any) -> None:
    """Print JSON that people can read."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
