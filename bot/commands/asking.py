"""`hebao ask`: a question about the policy, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.options import AsJson, CountyName, Locale, OnDay, SchemeName, print_json, settings_of, system_language
from bot.commands.questions import ReadingsGiven, readings_of

if TYPE_CHECKING:
    from bot.asking import Replied

Asked = Annotated[str, typer.Argument(metavar="QUESTION", help="What somebody wants to know, in Chinese or English.")]


def add_asking(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("ask")(ask)


def ask(
    question: Asked,
    scheme: SchemeName = None,
    county: CountyName = None,
    on: OnDay = None,
    reading: ReadingsGiven = None,
    original: Annotated[bool, typer.Option("--original", help="The official wording besides; see HEBAO_SOURCES.")] = (
        False
    ),
    locale: Locale = None,
    as_json: AsJson = False,
) -> None:
    """What do the rules say? The short answer, the figures in force, and where it stands."""
    from bot.ask import Rules
    from bot.asking import ask_policy
    from bot.languages import catalogue, first_language, negotiate

    settings = settings_of(scheme=scheme)
    words = catalogue(first_language(question, system_language()) if locale is None else negotiate(locale))
    rules = Rules(settings.scheme, county or settings.county, on, readings_of(reading), settings.packs)
    found = ask_policy(question, rules, settings.now, words, settings.sources)
    if as_json:
        print_json(found.to_dict())
    else:
        typer.echo("\n".join(_lines(found, original=original)))


def _lines(found: Replied, *, original: bool) -> list[str]:
    from bot.channels.plain import plain

    words = found.case.words
    told = found.told
    if told.reply is None:
        return [words("ask.meant"), *(f"  {number}. {each.title}" for number, each in enumerate(told.meant, 1))]
    lines = [plain(told.reply, words)]
    if original:
        lines += found.originals or (words("original.none"),)
    return lines
