"""`hebao dialogs …`: the conversations drawn, and their questions checked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.commands.options import AsJson, Locale, catalogue_of, print_json, refuse, settings_of

if TYPE_CHECKING:
    from dialogs.context import Context
    from dialogs.maps import Part
    from dialogs.menus import Problem
    from policy_engine.facts import Value

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
    from bot.surroundings import context_of

    words, context = catalogue_of(locale), context_of(settings_of())
    scheme = context.scheme(None)
    start = _map(flow, context, unsure=unsure)
    if start is None:
        refuse(words("no_rules", scheme=words.source(scheme.name), flow=words(f"flow.{flow}")))
    typer.echo(flow_as_mermaid(start, flow, scheme, words).encode(), nl=False)


@dialogues.command("lint")
def lint(locale: Locale = None, as_json: AsJson = False) -> None:
    """Check every question in every language: words, length, menus, and whether anybody is ever asked it.

    Exits 2 where something has to be corrected, 0 where there are only notes.
    """
    from bot.surroundings import context_of

    words, context = catalogue_of(locale), context_of(settings_of())
    unasked = _unasked(context)
    found = (
        words("menus.where", locale=each.locale, fact=each.fact, problem=words(each.message, **each.params))
        for each in _problems(context)
    )
    told = list(dict.fromkeys(found))  # what is wrong to oneself and about another is told once
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


def _map(flow: str, context: Context, *, unsure: bool) -> Part | None:
    """The map of a flow in these surroundings; None where the scheme has no such rules."""
    from dialogs.context import Case
    from dialogs.maps import flow_map
    from dialogs.questions import goals_of

    scheme = context.scheme(context.county)
    if flow not in goals_of(scheme):
        return None
    known: dict[str, Value] = {"county": context.county} if context.county else {}
    case = Case("self", known, frozenset(), scheme, context.today, context.languages(context.locales[0]))
    return flow_map(flow, case, context.scheme, context.counties, unsure=unsure)


def _problems(context: Context) -> Iterator[Problem]:
    """What is wrong with the questions, in every language, to oneself and about another."""
    from dialogs.context import Case
    from dialogs.menus import menu_problems

    scheme = context.scheme(context.county)
    for locale in context.locales:
        for subject in ("self", "mother"):
            case = Case(subject, {}, frozenset(), scheme, context.today, context.languages(locale))
            yield from menu_problems(case, context)


def _unasked(context: Context) -> list[str]:
    """The questions that no conversation under these rules ever comes to."""
    from dialogs.maps import Asked, parts
    from dialogs.questions import ADVICE, ASKING

    maps = (_map(flow, context, unsure=True) for flow in ADVICE)
    asked = {each.fact for start in maps if start is not None for each in parts(start) if isinstance(each, Asked)}
    return [fact for fact in ASKING if fact not in asked]
