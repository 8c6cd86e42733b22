"""`hebao facts`: every fact that rules, conversations and the API know, as the page docs/facts.md."""

from __future__ import annotations

from typing import Any

from bot.languages import Catalogue
from policy_engine.facts import ASSUMED, EARLIER, FACTS, Fact

_KINDS = {
    "bool": "true or false",
    "date": "a date, 2008-03-01",
    "money": 'yuan in quotes, "12000.00", or {"low": …, "high": …}',
    "id": "a name in quotes",
}


def facts_as_json() -> list[dict[str, Any]]:
    """The facts with their types and values."""
    return [
        {
            "id": fact.id,
            "type": fact.kind,
            **({"values": list(fact.values)} if fact.values else {}),
            **({"from": fact.low, "to": fact.high} if fact.kind == "int" else {}),
        }
        for fact in FACTS.values()
    ]


def facts_page(words: Catalogue, chinese: Catalogue) -> str:
    """The facts as a table, in both languages."""
    rows = [
        f"| `{fact.id}` | {_values(fact)} | {_meaning(fact, words)} | {_meaning(fact, chinese)} | {_unsaid(fact)} |"
        for fact in FACTS.values()
    ]
    return "\n".join(
        [
            "# Facts",
            "",
            "What rules, conversations, the command line and the API know about a person and a treatment. A fact that",
            "is left out is unknown: never *no*, and never 0. This page is made by `hebao facts`.",
            "",
            "| fact | values | meaning | 含义 | if nobody says it |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _values(fact: Fact) -> str:
    if fact.values:
        return ", ".join(f"`{value}`" for value in fact.values)
    if fact.kind == "int":
        return f"a whole number, {fact.low} to {fact.high}"
    return _KINDS[fact.kind]


def _meaning(fact: Fact, words: Catalogue) -> str:
    return words("about.subject") if fact.id == "subject" else words(f"fact.{fact.id}")


def _unsaid(fact: Fact) -> str:
    if fact.id == "reportable_cost":
        return "assumed: the whole bill"
    if fact.id in ASSUMED:
        return f"assumed: {'1' if fact.id == 'stays_this_year' else 'nothing'}"
    return "nothing at the first stay of the year" if fact.id in EARLIER else "unknown"
