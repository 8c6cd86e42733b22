"""From the YAML of a pack to its rules: one small reader for each kind of entry.

Every reader refuses what it does not know, and says where.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from policy_engine.citations import Citation
from policy_engine.conditions import ALWAYS, PARAMETER, Condition, Readings, read_condition
from policy_engine.errors import N_, PolicyError, did_you_mean, shown
from policy_engine.facts import FACTS
from policy_engine.reading.benefits import readings, relies_on
from policy_engine.reading.source import Node
from policy_engine.reading.values import Documents, read_citation, read_scalar
from policy_engine.scheme import (
    Bearer,
    ContributionRules,
    Interpretation,
    Note,
    Office,
    Parameter,
    Rule,
    Shares,
    Statement,
    Unit,
)

STATEMENTS = ("target", "floor", "process", "fund", "meta", "direction", "benefit", "silent")
"""Kinds of statements; `silent` names what the document does not say at all."""
PAYERS = ("individual", "collective", "enterprise", "government", "social")

Read = TypeVar("Read")
Parameters = Mapping[str, Parameter]
Interpretations = Mapping[str, Interpretation]


def _parameter(node: Node, known: Parameters, unit: Unit) -> str:
    """The name of a parameter of this unit."""
    return node.one_of([name for name, each in known.items() if each.unit == unit])


def read_rule(node: Node, documents: Documents, interpretations: Interpretations) -> Rule:
    """A rule for or against joining. Raises PackError."""
    entries = node.mapping({"id", "when", "text", "cite", "relies_on"}, {"id", "when", "text"})
    return Rule(
        id=entries["id"].text(),
        when=_of_people(entries["when"], readings(interpretations)),
        text=entries["text"].text(),
        citation=_required_citation(node, entries, documents),
        interpretations=relies_on(entries, interpretations),
        where=node.where,
    )


def _required_citation(node: Node, entries: Mapping[str, Node], documents: Documents) -> Citation:
    if "cite" not in entries:
        raise node.refuse(N_("This rule has no citation. Add cite: with the article that says so."))
    return read_citation(entries["cite"], documents)


def _of_people(node: Node, read_as: Readings) -> Condition:
    """A condition on the facts of a person alone: who joins, and who pays, follows from no figure."""
    condition = read_condition(node, read_as)
    if any(name.startswith(PARAMETER) for name, _ in condition.needs()):
        raise node.refuse(
            N_("Only benefits.yaml may look at a parameter. Make it a reading, or write a rule for each of its values.")
        )
    return condition


def _when(entries: Mapping[str, Node], read_as: Readings) -> Condition:
    return _of_people(entries["when"], read_as) if "when" in entries else ALWAYS


def read_contribution(
    node: Node,
    documents: Documents,
    known: Parameters,
    interpretations: Interpretations,
    joining: Collection[str],
) -> ContributionRules:
    """Who pays. Raises PackError."""
    read_as = readings(interpretations)
    entries = node.mapping(
        {"total", "shares", "classes", "own_part", "remainder", "notes"}, {"total", "shares", "own_part", "remainder"}
    )

    def bearer(each: Node, payers: tuple[str, ...]) -> Bearer:
        parts = each.mapping({"id", "when", "payer", "text", "cite", "joins_as", "relies_on"}, {"id", "payer", "text"})
        return Bearer(
            id=parts["id"].text(),
            when=_when(parts, read_as),
            payer=parts["payer"].one_of(payers),
            text=parts["text"].text(),
            citation=_required_citation(each, parts, documents),
            joins_as=parts["joins_as"].one_of(joining) if "joins_as" in parts else "",
            interpretations=relies_on(parts, interpretations),
            where=each.where,
        )

    def note(each: Node) -> Note:
        parts = each.mapping({"id", "when", "text", "cite"}, {"id", "when", "text"})
        citation = _required_citation(each, parts, documents)
        when = _of_people(parts["when"], read_as)
        return Note(parts["id"].text(), when, parts["text"].text(), citation, each.where)

    def shares(each: Node, parts: Mapping[str, Node], when: Condition) -> Shares:
        return Shares(
            id=parts["id"].text() if "id" in parts else "",
            when=when,
            total=_parameter(parts["total"], known, "yuan"),
            by_payer={
                payer: _parameter(parameter, known, "yuan")
                for payer, parameter in parts["shares"].mapping(PAYERS, {"individual"}).items()
            },
            interpretations=relies_on(parts, interpretations),
            where=each.where,
        )

    def amounts(each: Node) -> Shares:
        keys = {"id", "when", "total", "shares", "relies_on"}
        parts = each.mapping(keys, keys - {"relies_on"})
        return shares(each, parts, _of_people(parts["when"], read_as))

    return ContributionRules(
        amounts=(*_listed(entries, "classes", amounts), shares(node, entries, ALWAYS)),
        own_part=tuple(bearer(each, (*PAYERS, "undecided")) for each in entries["own_part"].some()),
        remainder=tuple(bearer(each, (*PAYERS, "shares", "undecided")) for each in entries["remainder"].some()),
        notes=_listed(entries, "notes", note),
    )


def _listed(entries: Mapping[str, Node], key: str, read: Callable[[Node], Read]) -> tuple[Read, ...]:
    return tuple(read(each) for each in entries[key].items()) if key in entries else ()


def read_interpretation(name: str, node: Node, documents: Documents, switched: str | None) -> Interpretation:
    """A reading of an open place in the text, `switched` to another choice where that is not None.

    Raises PackError for what is wrong in the pack, PolicyError for a choice that there is not.
    """
    keys = {"question", "choices", "chosen", "confirmed_by", "cite"}
    entries = node.mapping(keys, keys - {"choices", "cite"})
    if "choices" in entries:
        choices = {each: _choice_text(text) for each, text in entries["choices"].entries().items()}
        default = entries["chosen"].one_of(choices)
    else:
        choices, default = {"": entries["chosen"].text()}, ""
    if switched is not None and switched not in choices:
        raise PolicyError(
            N_("The reading {name} has no choice {choice}. Choose one of: {choices}."),
            name=name,
            choice=shown(switched),
            choices=", ".join(choices) or "–",
        )
    return Interpretation(
        id=name,
        question=entries["question"].text(),
        choices=choices,
        choice=default if switched is None else switched,
        default=default,
        confirmed_by=entries["confirmed_by"].text(),
        citation=_required_citation(node, entries, documents),
        where=node.where,
    )


def _choice_text(node: Node) -> str:
    if isinstance(node.value, dict):
        return node.mapping({"text", "parameters"}, {"text"})["text"].text()
    return node.text()


def overrides(node: Node) -> dict[str, Mapping[str, Node]]:
    """The parameters that each choice of a reading gives other values, by choice and name. Raises PackError."""
    entries = node.entries()
    choices = entries["choices"].entries() if "choices" in entries else {}
    found: dict[str, Mapping[str, Node]] = {}
    for name, choice in choices.items():
        if isinstance(choice.value, dict) and "parameters" in choice.value:
            found[name] = choice.value["parameters"].entries()
    return found


def read_statement(node: Node, documents: Documents) -> Statement:
    """What a document says without deciding anybody's case. Raises PackError."""
    keys = {"id", "kind", "text", "cite", "parameter", "at_least", "applies_when"}
    entries = node.mapping(keys, {"id", "kind", "text"})
    return Statement(
        id=entries["id"].text(),
        kind=entries["kind"].one_of(STATEMENTS),
        text=entries["text"].text(),
        citation=_required_citation(node, entries, documents),
        parameter=entries["parameter"].text() if "parameter" in entries else "",
        at_least=int(read_scalar(entries["at_least"], "yuan", ())) if "at_least" in entries else None,
        applies_when=entries["applies_when"].one_of(("pilot_city",)) if "applies_when" in entries else "",
        where=node.where,
    )


def read_office(fact: str, node: Node, documents: Documents) -> Office:
    """Whom to ask about a fact. Raises PackError."""
    if fact not in FACTS:
        raise node.refuse(
            N_("There is no fact called {fact}. Did you mean: {nearest}?"),
            fact=fact,
            nearest=did_you_mean(fact, FACTS),
        )
    entries = node.mapping({"name", "cite"}, {"name"})
    return Office(fact, entries["name"].text(), _required_citation(node, entries, documents), node.where)
