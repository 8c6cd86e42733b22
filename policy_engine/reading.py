"""From the YAML of a pack to its rules: one small reader for each kind of entry.

Every reader refuses what it does not know, and says where.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from policy_engine.citations import Citation
from policy_engine.conditions import ALWAYS, Condition, read_condition
from policy_engine.errors import N_, did_you_mean
from policy_engine.facts import FACTS, LEVELS
from policy_engine.reading_values import Documents, read_citation, read_scalar
from policy_engine.scheme import (
    Adjustment,
    Bearer,
    BenefitRules,
    Ceiling,
    ContributionRules,
    Interpretation,
    Note,
    Office,
    Parameter,
    Rule,
    Schedule,
    Statement,
    Unit,
)
from policy_engine.source import Node

PAYERS = ("individual", "collective", "enterprise", "government", "social")
ROUNDING = ("half_up", "down", "up")
COUNTING = ("per_stay", "per_year")

Read = TypeVar("Read")
Parameters = Mapping[str, Parameter]
Interpretations = Mapping[str, Interpretation]


def _parameter(node: Node, known: Parameters, unit: Unit, choices: tuple[str, ...] = ()) -> str:
    """The name of a parameter of this unit; where it is a choice, one between `choices` only."""
    return node.one_of(
        [name for name, each in known.items() if each.unit == unit and set(each.choices) <= set(choices)]
    )


def read_rule(node: Node, documents: Documents, interpretations: Interpretations) -> Rule:
    """A rule for or against joining. Raises PackError."""
    entries = node.mapping({"id", "when", "text", "cite", "relies_on"}, {"id", "when", "text"})
    return Rule(
        id=entries["id"].text(),
        when=read_condition(entries["when"]),
        text=entries["text"].text(),
        citation=_required_citation(node, entries, documents),
        interpretations=_relies_on(entries, interpretations),
        where=node.where,
    )


def _relies_on(entries: Mapping[str, Node], interpretations: Interpretations) -> tuple[str, ...]:
    named = entries["relies_on"].items() if "relies_on" in entries else []
    return tuple(each.one_of(interpretations) for each in named)


def _required_citation(node: Node, entries: Mapping[str, Node], documents: Documents) -> Citation:
    if "cite" not in entries:
        raise node.refuse(N_("This rule has no citation. Add cite: with the article that says so."))
    return read_citation(entries["cite"], documents)


def _when(entries: Mapping[str, Node]) -> Condition:
    return read_condition(entries["when"]) if "when" in entries else ALWAYS


def read_contribution(
    node: Node,
    documents: Documents,
    known: Parameters,
    interpretations: Interpretations,
    joining: Collection[str],
) -> ContributionRules:
    """Who pays. Raises PackError."""
    entries = node.mapping(
        {"total", "shares", "own_part", "remainder", "notes"}, {"total", "shares", "own_part", "remainder"}
    )

    def bearer(each: Node, payers: tuple[str, ...]) -> Bearer:
        parts = each.mapping({"id", "when", "payer", "text", "cite", "joins_as", "relies_on"}, {"id", "payer", "text"})
        return Bearer(
            id=parts["id"].text(),
            when=_when(parts),
            payer=parts["payer"].one_of(payers),
            text=parts["text"].text(),
            citation=_required_citation(each, parts, documents),
            joins_as=parts["joins_as"].one_of(joining) if "joins_as" in parts else "",
            interpretations=_relies_on(parts, interpretations),
            where=each.where,
        )

    def note(each: Node) -> Note:
        parts = each.mapping({"id", "when", "text", "cite"}, {"id", "when", "text"})
        citation = _required_citation(each, parts, documents)
        return Note(parts["id"].text(), read_condition(parts["when"]), parts["text"].text(), citation, each.where)

    shares = {}
    for payer, parameter in entries["shares"].mapping(PAYERS, {"individual"}).items():
        shares[payer] = _parameter(parameter, known, "yuan")
    return ContributionRules(
        total=_parameter(entries["total"], known, "yuan"),
        shares=shares,
        own_part=tuple(bearer(each, (*PAYERS, "undecided")) for each in entries["own_part"].some()),
        remainder=tuple(bearer(each, (*PAYERS, "shares", "undecided")) for each in entries["remainder"].some()),
        notes=_listed(entries, "notes", note),
    )


def _listed(entries: Mapping[str, Node], key: str, read: Callable[[Node], Read]) -> tuple[Read, ...]:
    return tuple(read(each) for each in entries[key].items()) if key in entries else ()


def read_benefits(node: Node, known: Parameters, interpretations: Interpretations) -> BenefitRules:
    """What the fund pays. Raises PackError."""
    keys = {"inpatient", "outpatient", "adjustments", "ceilings", "ceiling_counts_outpatient"}
    entries = node.mapping({*keys, "deductible_counts", "rounding"}, {*keys, "deductible_counts", "rounding"})

    def schedule(each: Node) -> Schedule:
        parts = each.mapping({"deductible", "ratio", "points", "guaranteed", "relies_on"}, {"deductible", "ratio"})
        return Schedule(
            deductible=_parameter(parts["deductible"], known, "yuan"),
            ratio=_parameter(parts["ratio"], known, "ratio"),
            points=_listed(parts, "points", lambda point: _parameter(point, known, "points")),
            guaranteed=_parameter(parts["guaranteed"], known, "ratio") if "guaranteed" in parts else "",
            interpretations=_relies_on(parts, interpretations),
        )

    def adjustment(each: Node) -> Adjustment:
        parts = each.mapping({"id", "care", "when", "points"}, {"id", "care", "when", "points"})
        care = parts["care"].one_of(FACTS["care"].values)
        points = _parameter(parts["points"], known, "points")
        return Adjustment(parts["id"].text(), care, read_condition(parts["when"]), points, each.where)

    def ceiling(each: Node) -> Ceiling:
        parts = each.mapping({"id", "when", "amount"}, {"id", "amount"})
        return Ceiling(parts["id"].text(), _when(parts), _parameter(parts["amount"], known, "yuan"), each.where)

    return BenefitRules(
        schedules={
            (care, level): schedule(each)
            for care in FACTS["care"].values
            for level, each in entries[care].mapping(LEVELS, LEVELS).items()
        },
        adjustments=_listed(entries, "adjustments", adjustment),
        ceilings=tuple(ceiling(each) for each in entries["ceilings"].some()),
        ceiling_counts_outpatient=_parameter(entries["ceiling_counts_outpatient"], known, "boolean"),
        deductible_counts=_parameter(entries["deductible_counts"], known, "choice", COUNTING),
        rounding=_parameter(entries["rounding"], known, "choice", ROUNDING),
    )


def read_interpretation(name: str, node: Node, documents: Documents) -> Interpretation:
    """A reading of an open place in the text. Raises PackError."""
    keys = {"question", "chosen", "confirmed_by", "cite"}
    entries = node.mapping(keys, keys - {"cite"})
    return Interpretation(
        name,
        entries["question"].text(),
        entries["chosen"].text(),
        entries["confirmed_by"].text(),
        _required_citation(node, entries, documents),
        node.where,
    )


def read_statement(node: Node, documents: Documents) -> Statement:
    """What a document says without deciding anybody's case. Raises PackError."""
    keys = {"id", "kind", "text", "cite", "parameter", "at_least", "applies_when"}
    entries = node.mapping(keys, {"id", "kind", "text"})
    return Statement(
        id=entries["id"].text(),
        kind=entries["kind"].one_of(("target", "floor", "process", "fund", "meta", "direction", "benefit")),
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
