"""`hebao eligibility`, `contribution`, `estimate` and `compare`."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer

from bot.commands.options import AsJson, CountyName, Locale, OnDay, SchemeName, catalogue_of, print_json, settings_of

FactsText = Annotated[
    str, typer.Argument(metavar="FACTS", help='A JSON object of facts, e.g. {"age": 65}; - reads stdin.')
]
ReadingsGiven = Annotated[
    list[str] | None,
    typer.Option("--reading", metavar="NAME=CHOICE", help="Read an open place of the text otherwise. Repeatable."),
]


def _ask(
    what: str,
    text: str,
    scheme: str | None,
    county: str | None,
    on: str | None,
    reading: list[str] | None,
    locale: str | None,
    as_json: bool,
) -> None:
    from bot.ask import ask_engine
    from bot.commands.report import report

    settings = settings_of(scheme=scheme)
    found, rules, facts = ask_engine(
        what,
        facts_of(text),
        scheme=settings.scheme,
        county=county or settings.county,
        on=on,
        today=settings.now,
        readings=readings_of(reading),
        packs=settings.packs,
    )
    if as_json:
        print_json(found.to_dict())
    else:
        typer.echo(report(found, rules, facts, settings.now, catalogue_of(locale)))


def facts_of(text: str) -> dict[str, Any]:
    """The facts of a JSON object, or of stdin for "-". Raises FactError for anything else."""
    from policy_engine.errors import N_, FactError

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        for name in names:
            if names.count(name) > 1:
                raise FactError(N_("The fact {fact} is given twice. Give it once."), fact=name)
        return dict(pairs)

    try:
        facts = json.loads(sys.stdin.read() if text == "-" else text, object_pairs_hook=once)
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict):
        raise FactError(N_("FACTS is not a JSON object. Write it like this: {example}"), example="'{\"age\": 65}'")
    return facts


def readings_of(given: list[str] | None) -> dict[str, str]:
    """Readings as NAME=CHOICE, each place once. Raises PolicyError for one that has no such form."""
    from policy_engine.errors import N_, PolicyError, shown

    readings: dict[str, str] = {}
    for each in given or []:
        name, sign, choice = each.partition("=")
        if not sign:
            raise PolicyError(
                N_("{given} is no reading. Write its name, = and a choice, for example {example}."),
                given=shown(each),
                example="points_add_up=both",
            )
        if name in readings:
            raise PolicyError(N_("The reading {name} is given twice. Give it once."), name=name)
        readings[name] = choice
    return readings


def _add_question(app: typer.Typer, what: str, summary: str) -> None:
    def command(
        facts: FactsText,
        scheme: SchemeName = None,
        county: CountyName = None,
        on: OnDay = None,
        reading: ReadingsGiven = None,
        locale: Locale = None,
        as_json: AsJson = False,
    ) -> None:
        _ask(what, facts, scheme, county, on, reading, locale, as_json)

    app.command(what, help=summary)(command)


def add_questions(app: typer.Typer) -> None:
    """Add the four questions to the command line."""
    _add_question(app, "eligibility", "May a person with these facts join?")
    _add_question(app, "contribution", "What does a year cost, and who pays it?")
    _add_question(app, "estimate", "What would the fund pay of a bill?")
    _add_question(app, "compare", "The same stay at each level of hospital.")
