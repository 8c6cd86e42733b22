"""`hebao policy …`: policy packs checked and shown."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.commands.batch import add_batch
from bot.commands.options import (
    AsJson,
    CountyName,
    Locale,
    OnDay,
    catalogue_of,
    packs_of,
    print_json,
    refuse,
    settings_of,
)

if TYPE_CHECKING:
    from policy_engine.scheme import Scheme

OneScheme = Annotated[str | None, typer.Argument(help="A scheme; HEBAO_SCHEME if not given.")]
Concluded = Annotated[Literal["eligibility", "contribution"], typer.Option(help="Who may join, or who pays how much.")]
Tabled = Annotated[
    Literal["eligibility", "contribution", "estimate"],
    typer.Option(help="Who may join, who pays how much, or how each treatment is paid."),
]

policy = typer.Typer(no_args_is_help=True, help="Check and show policy packs.")
add_batch(policy)


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
    """Check policy packs; what is wrong is named with file, line and remedy. Says at the end what is still unset.

    Exits 2 where something has to be corrected, 0 where there are only notes.
    """
    from bot.commands.linting import lint, lint_text

    checked = lint(scheme, catalogue_of(None), sources, packs_of())
    if as_json:
        print_json([each.to_dict() for each in checked])
    for each in checked:
        for fault in each.faults:
            typer.echo(f"hebao: {fault}", err=True)
    for line in lint_text(checked):
        typer.echo(line, err=as_json)
    if any(each.faults for each in checked):
        raise typer.Exit(2)


@policy.command("coverage")
def policy_coverage(scheme: OneScheme = None, locale: Locale = None, as_json: AsJson = False) -> None:
    """What became of every article of a scheme's documents, and what rests on it."""
    from bot.commands.coverage import coverage_text
    from policy_engine.checking.coverage import coverage

    found = coverage(_rules(scheme, None) if scheme else settings_of().rules(None))
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

    rules = _rules(scheme, county)
    if as_json:
        print_json(shown(rules))
    else:
        typer.echo(show(rules, catalogue_of(locale)))


@policy.command("readings")
def policy_readings(
    scheme: OneScheme = None, county: CountyName = None, locale: Locale = None, as_json: AsJson = False
) -> None:
    """The open places of the text: how each can be read, how it is read, and who could confirm it."""
    from bot.commands.open_places import open_places
    from policy_engine.explaining.readings import reading_to_dict

    rules = _rules(scheme, county)
    found = rules.interpretations.values()
    if as_json:
        print_json([reading_to_dict(each) for each in found])
    else:
        typer.echo(open_places(found, rules, catalogue_of(locale)))


@policy.command("table")
def policy_table(
    scheme: OneScheme = None,
    county: CountyName = None,
    what: Tabled = "eligibility",
    on: OnDay = None,
    form: Annotated[Literal["csv", "markdown"], typer.Option("--format", help="How the table is written.")] = "csv",
    full: Annotated[
        bool, typer.Option("--full", help="Every combination of all facts, not only of those that still matter.")
    ] = False,
    locale: Locale = None,
    as_json: AsJson = False,
) -> None:
    """Every combination of the facts that matter, with what follows and the articles that decide."""
    from bot.commands.tables import as_csv, as_markdown
    from policy_engine.checking.payment_terms import TermsTable, payment_terms
    from policy_engine.checking.table import Table, table

    rules = _rules(scheme, county)
    found: Table | TermsTable
    if what != "estimate":
        found = table(rules, what, _day(on), full=full)
    elif full:
        refuse("--full goes with eligibility and contribution. The table of payment has every combination already.")
    else:
        found = payment_terms(rules, _day(on))
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
    on: OnDay = None,
    locale: Locale = None,
) -> None:
    """The questions in the order of asking, with what they end in, as a Mermaid flowchart."""
    from bot.commands.drawings import as_mermaid
    from policy_engine.checking.drawing import drawing

    rules = _rules(scheme, county)
    typer.echo(as_mermaid(drawing(rules, what, _day(on)), what, rules, catalogue_of(locale)).encode(), nl=False)


@policy.command("book")
def policy_book(
    scheme: OneScheme = None,
    county: CountyName = None,
    locale: Locale = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write it; stdout if not given.")] = None,
    every: Annotated[
        Path | None,
        typer.Option("--all", metavar="DIR", help="Write the books of all schemes that come with the program here."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The rule book of a scheme for people, in Markdown: every figure with its article and how good its source is."""
    from bot.commands.book import book, kept_books

    if every is not None:
        for name, text in kept_books():
            _write(every / name, text)
        return
    rules, words = _rules(scheme, county), catalogue_of(locale)
    text = book(rules, words)
    if as_json:
        overlay = rules.overlay.id if rules.overlay else None
        found = {"scheme": rules.id, "county": overlay, "version": rules.version, "locale": words.locale}
        print_json({**found, "markdown": text})
    elif out is not None:
        _write(out, text)
    else:
        typer.echo(text.encode(), nl=False)


@policy.command("replay")
def policy_replay(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Results as --json printed them, one or one a line; - reads stdin.")
    ],
    locale: Locale = None,
    as_json: AsJson = False,
) -> None:
    """Work stored results out again under today's rules: the same, or what differs and why.

    Exits 0 where all are the same, 1 where one differs, 2 where one cannot be used.
    """
    from bot.commands.replays import read_text, replay_text
    from policy_engine.errors import PolicyError
    from policy_engine.loader import load_scheme
    from policy_engine.replay import replay
    from policy_engine.stored_results import results_in

    words, packs = catalogue_of(locale), packs_of()
    code = 0
    found_all = []
    for place, stored in results_in(sys.stdin.read() if file == "-" else read_text(file), file):
        try:
            if isinstance(stored, PolicyError):
                raise stored
            found = replay(stored, lambda scheme, county, readings: load_scheme(scheme, county, packs, readings))
        except PolicyError as problem:
            typer.echo(f"hebao: {place}: {problem.said(words.source)}", err=True)
            code = 2
            continue
        code = max(code, 0 if found.same else 1)
        found_all.append(found.to_dict(words.source))
        if not as_json:
            typer.echo(replay_text(place, found, words))
    if as_json:
        print_json(found_all)
    raise typer.Exit(code)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        refuse(f"{path} cannot be written ({error.strerror}). Name a file in a folder that this program may write to.")


def _day(on: str | None) -> datetime.date | None:
    from policy_engine.facts import parse_date

    return parse_date(on, "on") if on else None


def _rules(scheme: str | None, county: str | None) -> Scheme:
    from policy_engine.loader import load_scheme

    if scheme is not None:  # then the other settings have no part in it, nor in the blame if there is no such scheme
        return load_scheme(scheme, county, packs_of())
    settings = settings_of()
    return settings.rules(county or settings.county)
