"""`hebao policy …`: policy packs checked and shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.commands.options import AsJson, CountyName, Locale, catalogue_of, print_json, settings_of

if TYPE_CHECKING:
    from policy_engine.scheme import Scheme

OneScheme = Annotated[str | None, typer.Argument(help="A scheme; HEBAO_SCHEME if not given.")]
Concluded = Annotated[Literal["eligibility", "contribution"], typer.Option(help="Who may join, or who pays.")]

policy = typer.Typer(no_args_is_help=True, help="Check and show policy packs.")


@policy.command("lint")
def policy_lint(
    scheme: Annotated[
        str | None, typer.Argument(help="A scheme, or a folder that holds a pack; all if not given.")
    ] = None,
    sources: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="A folder of official texts (*.txt): every number of the packs must stand in the article it cites.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check policy packs; what is wrong is named with file, line and remedy. Says at the end what is still unset."""
    from bot.commands.linting import lint

    words = catalogue_of(None)
    checked = lint(scheme, words, sources)
    if as_json:
        print_json([each.to_dict() for each in checked])
    for each in checked:
        for fault in each.faults:
            typer.echo(f"hebao: {fault}", err=True)
        if not each.faults:
            typer.echo(f"{each.pack}: ok", err=as_json)
        for note in each.notes:
            typer.echo(f"{each.pack}: {note}", err=as_json)
    for each in checked:
        for authority, count in each.unset.items():
            unset = words("lint.unset", count=count, authority=authority)
            typer.echo(f"{each.pack}: {unset}", err=as_json)
    if any(each.faults for each in checked):
        raise typer.Exit(2)


@policy.command("coverage")
def policy_coverage(scheme: OneScheme = None, locale: Locale = None, as_json: AsJson = False) -> None:
    """What became of every article of a scheme's documents, and what rests on it."""
    from bot.commands.coverage import coverage_text
    from policy_engine.coverage import coverage
    from policy_engine.loader import load_scheme

    found = coverage(load_scheme(settings_of(scheme=scheme).scheme))
    if as_json:
        print_json(found.to_dict())
    else:
        typer.echo(coverage_text(found, catalogue_of(locale)))


@policy.command("show")
def policy_show(
    scheme: Annotated[str | None, typer.Argument(help="A scheme; HEBAO_SCHEME if not given.")] = None,
    county: CountyName = None,
    locale: Locale = None,
    as_json: AsJson = False,
) -> None:
    """The values of a pack with their sources; what is unset names who decides."""
    from bot.commands.packs import show, shown
    from policy_engine.loader import load_scheme

    settings = settings_of(scheme=scheme)
    rules = load_scheme(settings.scheme, county or (None if scheme else settings.county))
    if as_json:
        print_json(shown(rules))
    else:
        typer.echo(show(rules, catalogue_of(locale)))


@policy.command("table")
def policy_table(
    scheme: OneScheme = None,
    county: CountyName = None,
    what: Concluded = "eligibility",
    form: Annotated[Literal["csv", "markdown"], typer.Option("--format", help="How the table is written.")] = "csv",
    full: Annotated[
        bool, typer.Option("--full", help="Every combination of all facts, not only of those that still matter.")
    ] = False,
    locale: Locale = None,
    as_json: AsJson = False,
) -> None:
    """Every combination of the facts that matter, with what follows and the articles that decide."""
    from bot.commands.tables import as_csv, as_markdown
    from policy_engine.table import table

    rules = _rules(scheme, county)
    found = table(rules, what, full=full)
    if as_json:
        print_json(found.to_dict())
    else:
        write = as_csv if form == "csv" else as_markdown
        # In UTF-8 and with the line ends as written, wherever it goes and whatever the terminal's own are.
        typer.echo(write(found, rules, catalogue_of(locale)).encode(), nl=False)


@policy.command("draw")
def policy_draw(
    scheme: OneScheme = None,
    county: CountyName = None,
    what: Concluded = "eligibility",
    locale: Locale = None,
) -> None:
    """The questions in the order of asking, with what they end in, as a Mermaid flowchart."""
    from bot.commands.drawings import as_mermaid
    from policy_engine.drawing import drawing

    rules = _rules(scheme, county)
    typer.echo(as_mermaid(drawing(rules, what), what, rules, catalogue_of(locale)).encode(), nl=False)


def _rules(scheme: str | None, county: str | None) -> Scheme:
    from policy_engine.loader import load_scheme

    if scheme is not None:  # then the settings have no part in it, nor in the blame if there is no such scheme
        return load_scheme(scheme, county)
    settings = settings_of()
    return load_scheme(settings.scheme, county or settings.county)
