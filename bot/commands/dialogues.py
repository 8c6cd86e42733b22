"""`hebao dialogs …`: the conversations drawn, and their questions checked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.commands.options import AsJson, Locale, catalogue_of, print_json, refuse, settings_of

if TYPE_CHECKING:
    from dialogs.maps import Part
    from dialogs.menus import Problem

Flow = Annotated[
    Literal["eligibility", "contribution", "estimate", "compare_hospitals"], typer.Argument(help="What to draw.")
]

dialogues = typer.Typer(no_args_is_help=True, help="Draw the conversations, and check their questions.")


@dialogues.command("draw")
def draw(
    flow: Flow,
    unsure: Annotated[bool, typer.Option("--unsure", help="Also where “I don't know” leads.")] = False,
    locale: Locale = None,
) -> None:
    """Every question of a conversation, what follows each answer and how it ends, as a Mermaid flowchart."""
    from bot.commands.flow_drawings import flow_as_mermaid

    words, scheme = catalogue_of(locale), settings_of().rules(None)
    start = _map(flow, unsure=unsure)
    if start is None:
        refuse(words("no_rules", scheme=words.source(scheme.name), flow=words(f"flow.{flow}")))
    typer.echo(flow_as_mermaid(start, flow, scheme, words).encode(), nl=False)


@dialogues.command("lint")
def lint(locale: Locale = None, as_json: AsJson = False) -> None:
    """Check every question in every language: words, length, menus, and whether anybody is ever asked it.

    Exits 2 where something has to be corrected, 0 where there are only notes.
    """
    words = catalogue_of(locale)
    problems, unasked = list(dict.fromkeys(_problems())), _unasked()
    told = [
        words("menus.where", locale=each.locale, fact=each.fact, problem=words(each.message, **dict(each.params)))
        for each in problems
    ]
    if as_json:
        print_json({"faults": told, "asked_by_no_conversation": unasked})
    else:
        for line in told:
            typer.echo(line)
        if unasked:
            typer.echo(words("menus.unasked", facts=", ".join(unasked)))
        if not told:
            typer.echo(words("menus.fine"))
    sys.exit(2 if told else 0)


def _map(flow: str, *, unsure: bool) -> Part | None:
    """The map of a flow under the settings; None where the scheme has no such rules."""
    from bot.surroundings import context_of
    from dialogs.context import Case
    from dialogs.maps import flow_map
    from dialogs.questions import goals_of

    settings = settings_of()
    context, scheme = context_of(settings), settings.rules(settings.county)
    if flow not in goals_of(scheme):
        return None
    known = {"county": settings.county} if settings.county else {}
    case = Case("self", dict(known), frozenset(), scheme, settings.now, context.languages(context.locales[0]))
    return flow_map(flow, case, settings.rules, context.counties, unsure=unsure)


def _problems() -> Iterator[Problem]:
    """What is wrong with the questions, in every language, to oneself and about another."""
    from bot.surroundings import context_of
    from dialogs.context import Case
    from dialogs.menus import menu_problems

    settings = settings_of()
    context, scheme = context_of(settings), settings.rules(settings.county)
    for locale in context.locales:
        for subject in ("self", "mother"):
            case = Case(subject, {}, frozenset(), scheme, settings.now, context.languages(locale))
            yield from menu_problems(case, context)


def _unasked() -> list[str]:
    """The questions that no conversation under these rules ever comes to."""
    from dialogs.maps import Asked, parts
    from dialogs.questions import ASKING, GOALS

    maps = (_map(flow, unsure=True) for flow in GOALS)
    asked = {each.fact for start in maps if start is not None for each in parts(start) if isinstance(each, Asked)}
    return [fact for fact in ASKING if fact not in asked]
