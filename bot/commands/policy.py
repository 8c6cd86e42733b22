"""`hebao policy …`: policy packs checked and shown."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands.options import AsJson, CountyName, Locale, catalogue_of, print_json, settings_of

policy = typer.Typer(no_args_is_help=True, help="Check and show policy packs.")


@policy.command("lint")
def policy_lint(
    scheme: Annotated[
        str | None, typer.Argument(help="A scheme, or a folder that holds a pack; all if not given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check policy packs; the first fault of each is named with file, line and remedy."""
    from bot.packs import lint

    checked = lint(scheme, catalogue_of(None))
    if as_json:
        print_json([{"pack": name, "fault": fault} for name, fault in checked])
    for name, fault in checked:
        if fault is None:
            typer.echo(f"{name}: ok", err=as_json)
        else:
            typer.echo(f"hebao: {fault}", err=True)
    if any(fault for _, fault in checked):
        raise typer.Exit(2)


@policy.command("show")
def policy_show(
    scheme: Annotated[str | None, typer.Argument(help="A scheme; HEBAO_SCHEME if not given.")] = None,
    county: CountyName = None,
    locale: Locale = None,
    as_json: AsJson = False,
) -> None:
    """The values of a pack with their sources; what is unset names who decides."""
    from bot.packs import show, shown
    from policy_engine.loader import load_scheme

    settings = settings_of(scheme=scheme)
    rules = load_scheme(settings.scheme, county or (None if scheme else settings.county))
    if as_json:
        print_json(shown(rules))
    else:
        typer.echo(show(rules, catalogue_of(locale)))
