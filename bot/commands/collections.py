"""`hebao staff collection …`: when a county's office collects the contributions of a year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.acting import Acting, As, County, Year, acting
from bot.commands.options import AsJson, print_json, refuse
from bot.commands.telling import tell
from policy_engine.errors import N_

if TYPE_CHECKING:
    from bot.languages import Catalogue
    from member_store.members.collection import Days, Window

collection = typer.Typer(no_args_is_help=True, help="When the contributions of a year are collected.")

Pauses = Annotated[
    list[str] | None, typer.Option("--pause", metavar="FROM..TO", help="Days inside on which nothing is collected.")
]


@collection.command("set")
def set_(
    first: Annotated[str, typer.Argument(metavar="FROM", help="The first day, e.g. 2008-11-01.")],
    last: Annotated[str, typer.Argument(metavar="TO", help="The last day.")],
    login: As,
    year: Year = None,
    county: County = None,
    pause: Pauses = None,
    as_json: AsJson = False,
) -> None:
    """Set the days for a year, in place of those that were set before."""
    from member_store.members.collection import Days, set_window

    with acting(login) as act:
        days = Days(act.any_day(first), act.any_day(last))
        pauses = [_pause(act, each) for each in pause or []]
        found = set_window(act.records, act.county(county), act.year(year), days, pauses)
        tell(_data(found), _told(found, act.words), as_json=as_json)


@collection.command("show")
def show(login: As, county: County = None, as_json: AsJson = False) -> None:
    """The days of every year that are set."""
    from member_store.members.collection import windows

    with acting(login) as act:
        found = windows(act.records, act.county(county))
        if as_json:
            print_json([_data(each) for each in found])
            return
        for each in found:
            typer.echo(_told(each, act.words))
        if not found:
            typer.echo(act.words(N_("collection.none")))


@collection.command("clear")
def clear(login: As, year: Year = None, county: County = None, as_json: AsJson = False) -> None:
    """Take the days of a year back: then nobody is told any."""
    from member_store.members.collection import clear_window

    with acting(login) as act:
        where, of = act.county(county), act.year(year)
        clear_window(act.records, where, of)
        tell({"county": where, "year": of}, act.words(N_("collection.cleared"), year=of), as_json=as_json)


def _pause(act: Acting, text: str) -> Days:
    from member_store.members.collection import Days

    first, dots, last = text.partition("..")
    if not dots:
        refuse(act.words(N_("collection.no_pause"), text=text))
    return Days(act.any_day(first), act.any_day(last))


def _told(window: Window, words: Catalogue) -> str:
    lines = [words(N_("collection.of"), year=window.year, **_days(window.days, words))]
    lines += [words(N_("collection.pause"), **_days(each, words)) for each in window.pauses]
    return "\n".join(lines)


def _days(days: Days, words: Catalogue) -> dict[str, str]:
    return {"first": words.date(days.first), "last": words.date(days.last)}


def _data(window: Window) -> dict[str, Any]:
    return {
        "county": window.county,
        "year": window.year,
        "opens_on": window.days.first.isoformat(),
        "closes_on": window.days.last.isoformat(),
        "pauses": [[each.first.isoformat(), each.last.isoformat()] for each in window.pauses],
    }
