"""`hebao explain` and `hebao what-if`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bot.commands.options import AsJson, CountyName, Locale, OnDay, SchemeName, catalogue_of, print_json, settings_of
from bot.commands.questions import FactsText, ReadingsGiven, facts_of, readings_of

if TYPE_CHECKING:
    from bot.ask import Question, Rules
    from bot.languages import Catalogue
    from policy_engine.explaining.explain import Explanation

What = Annotated[
    Literal["eligibility", "contribution", "estimate"], typer.Argument(metavar="QUESTION", help="What to explain.")
]
Change = Annotated[
    list[str] | None,
    typer.Option("--change", metavar="FACT=VALUE", help="What would be otherwise; FACT= for not known. Repeatable."),
]


def add_explaining(app: typer.Typer) -> None:
    """Add the two commands to the command line."""
    app.command("explain")(explain)
    app.command("what-if")(what_if)


def explain(
    question: What,
    facts: FactsText,
    scheme: SchemeName = None,
    county: CountyName = None,
    on: OnDay = None,
    reading: ReadingsGiven = None,
    locale: Locale = None,
    as_json: AsJson = False,
) -> None:
    """Why the answer is what it is: every rule and figure with its source, and what would turn a no."""
    from bot.ask import ask_why

    settings = settings_of(scheme=scheme)
    asked = _rules(settings, county, on, reading)
    found, asking = ask_why(question, facts_of(facts), asked, settings.now)
    if as_json:
        print_json(found.to_dict())
    else:
        typer.echo(explanation(found, asking, catalogue_of(locale)))


def what_if(
    facts: FactsText,
    change: Change = None,
    scheme: SchemeName = None,
    county: CountyName = None,
    on: OnDay = None,
    reading: ReadingsGiven = None,
    locale: Locale = None,
    as_json: AsJson = False,
) -> None:
    """What the fund would pay if something were otherwise; the usual alternatives where no change is given."""
    from bot.ask import ask_what_if
    from bot.commands.alternatives import AlternativeWords
    from policy_engine.explaining.what_if import WhatIf

    settings = settings_of(scheme=scheme)
    asked = _rules(settings, county, on, reading)
    found, asking = ask_what_if(facts_of(facts), changes_of(change or []), asked, settings.now)
    if as_json:
        print_json(found.to_dict())
        return
    said = AlternativeWords(asking.scheme, catalogue_of(locale))
    typer.echo(said.what_if(found) if isinstance(found, WhatIf) else said.alternatives(found))


def _rules(settings: Any, county: str | None, on: str | None, reading: list[str] | None) -> Rules:
    from bot.ask import Rules

    return Rules(settings.scheme, county or settings.county, on, readings_of(reading), settings.packs)


def changes_of(given: list[str]) -> dict[str, Any]:
    """Changes as FACT=VALUE, each fact once. Raises FactError for one that has no such form or value."""
    from policy_engine.errors import N_, FactError, shown
    from policy_engine.facts import FACTS

    changes: dict[str, Any] = {}
    for each in given:
        fact, sign, value = each.partition("=")
        if not sign:
            raise FactError(
                N_("{given} is no change. Write a fact, = and its value, for example {example}."),
                given=shown(each),
                example="provider_level=county",
            )
        if fact in changes:
            raise FactError(N_("The fact {fact} is given twice. Give it once."), fact=fact)
        kind = FACTS[fact].kind if fact in FACTS else ""
        changes[fact] = _value(value, kind) if value else None
    return changes


def _value(text: str, kind: str) -> Any:
    """A value as JSON has it: yes/no, a whole number or a range; anything else is text."""
    if kind in {"bool", "int"} or (kind == "money" and text.startswith("{")):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text


def explanation(found: Explanation, asking: Question, words: Catalogue) -> str:
    """An explanation as text: the result, why, what it rests on, and what would turn it."""
    from bot.commands.alternatives import AlternativeWords
    from bot.commands.open_places import open_places
    from bot.commands.reason_trees import reason_tree

    parts = [_result(found, asking, words), reason_tree(found.reason, asking.scheme, words)]
    if found.readings:
        heading = words("explain.readings")
        parts.append(f"{heading}\n{open_places(found.readings, asking.scheme, words)}")
    alternatives = AlternativeWords(asking.scheme, words)
    if found.what == "eligibility" and found.reason.holds is False:
        parts.append(alternatives.ways_in(found.ways_in))
    if found.why_not is not None:
        parts.append(alternatives.why_not(found.why_not))
    return "\n\n".join(parts)


def _result(found: Explanation, asking: Question, words: Catalogue) -> str:
    from bot.commands.alternatives import AlternativeWords
    from policy_engine.contribution import Contribution
    from policy_engine.eligibility import Eligibility

    result = found.result
    if isinstance(result, Eligibility):
        return {
            "eligible": words("table.eligible"),
            "ineligible": words("table.ineligible"),
            "undetermined": words("explain.undetermined"),
        }[result.outcome]
    if isinstance(result, Contribution):
        known = result.person_pays.low or result.person_pays.high is not None
        amount = words.money(result.person_pays) if known else words("amount.undecided")
        return words("explain.person_pays", amount=amount)
    return AlternativeWords(asking.scheme, words).paid(result)
