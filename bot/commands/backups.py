"""`hebao backup` and `hebao restore`: copies of the embedded database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.options import AsJson, Locale, catalogue_of, print_json, settings_of
from policy_engine.errors import N_

if TYPE_CHECKING:
    from bot.languages import Catalogue
    from member_store.backups import Copy

_MEGABYTE = 1_000_000


def add_backups(app: typer.Typer) -> None:
    """Put the commands into the command line."""

    @app.command()
    def backup(
        file: Annotated[Path, typer.Argument(help="The new file.")], locale: Locale = None, as_json: AsJson = False
    ) -> None:
        """Copy the database into a new file, while hebao goes on serving. The keys are not in it."""
        from member_store.backups import back_up

        found = back_up(settings_of().database_url, file)
        if as_json:
            print_json({"file": str(file), **_data(found)})
        else:
            words = catalogue_of(locale)
            typer.echo(words(N_("backup.done"), file=file, holds=_holds(found, words)))

    @app.command()
    def restore(
        file: Annotated[Path, typer.Argument(help="A file that  hebao backup  has written.")],
        locale: Locale = None,
        as_json: AsJson = False,
    ) -> None:
        """Put a copy in place of the database, which is kept under another name. Stop hebao first."""
        from bot.opening import keys_of
        from member_store.backups import restore as put_back

        settings = settings_of()
        found = put_back(settings.database_url, keys_of(settings), file)
        if as_json:
            aside = str(found.set_aside) if found.set_aside else None
            print_json({"file": str(file), "set_aside": aside, **_data(found.copy)})
            return
        words = catalogue_of(locale)
        typer.echo(words(N_("restore.done"), file=file, holds=_holds(found.copy, words)))
        if found.set_aside is not None:
            typer.echo(words(N_("restore.set_aside"), file=found.set_aside))
        typer.echo(words(N_("restore.next")))


def _holds(found: Copy, words: Catalogue) -> str:
    size = f"{found.size / _MEGABYTE:.1f}"
    if found.last_turn_at is None:
        return words(N_("backup.holds_nothing_said"), people=found.people, megabytes=size)
    return words(
        N_("backup.holds"),
        people=found.people,
        conversations=found.conversations,
        at=f"{found.last_turn_at:%Y-%m-%d %H:%M} UTC",
        megabytes=size,
    )


def _data(found: Copy) -> dict[str, Any]:
    last = found.last_turn_at.isoformat() if found.last_turn_at else None
    return {
        "people": found.people,
        "conversations": found.conversations,
        "last_turn_at": last,
        "bytes": found.size,
    }
