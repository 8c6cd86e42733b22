"""`hebao people`: people who do not exist, for trials, training and measurements."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from bot.commands.options import AsJson, Locale, catalogue_of, print_json, refuse, settings_of
from policy_engine.errors import N_

people = typer.Typer(no_args_is_help=True, help="People who do not exist, for trials.")

FIGURES = "demo"
"""The county whose figures are all set: what invented people owe goes by them, wherever they live."""

_REFUSALS = (N_("refused.people_there"), N_("refused.no_areas"))


@people.command("generate")
def generate(
    count: Annotated[int, typer.Argument(metavar="N", min=1, help="How many people.")],
    seed: Annotated[int, typer.Option(help="Which people.")] = 2008,
    county: Annotated[
        list[str] | None, typer.Option(help="Where they live; several may be given. demo if none.")
    ] = None,
    year: Annotated[
        int | None, typer.Option(min=2000, max=2100, help="The contribution year; this year if not given.")
    ] = None,
    add: Annotated[bool, typer.Option("--add", help="Even where there are people in the store already.")] = False,
    locale: Locale = None,
    as_json: AsJson = False,
) -> None:
    """Invent people in households and communities, with the enrolments, contributions and payments of a year.

    Nobody real can be meant: their identity numbers begin with areas that were never assigned.
    """
    from bot.members.invented import MOST
    from bot.members.inventing import invent
    from bot.opening import open_store
    from member_store.members.actors import Actor, ActorKind
    from member_store.members.refusals import Refusal

    words, settings = catalogue_of(locale), settings_of()
    if count > MOST:
        refuse(words("people.too_many", most=f"{MOST:,}"))
    counties = county or [FIGURES]
    for each in counties:
        settings.rules(each)
    begun = time.monotonic()

    def told(done: int) -> None:
        if done < count:
            typer.echo(f"hebao: {done:,}, {done / (time.monotonic() - begun):,.0f} a second", err=True)

    try:
        with open_store(settings) as store:
            enrolments = invent(
                store,
                Actor(ActorKind.SYSTEM, None, "command"),
                settings.rules(FIGURES),
                count=count,
                seed=seed,
                counties=counties,
                year=year or settings.now.year,
                today=settings.now,
                add=add,
                told=told,
            )
    except Refusal as refusal:
        refuse(words(f"refused.{refusal.code}", **refusal.details))
    if as_json:
        print_json({"people": count, "enrolments": enrolments, "seed": seed, "counties": counties})
    else:
        typer.echo(words("people.generated", count=f"{count:,}", enrolments=f"{enrolments:,}"))
