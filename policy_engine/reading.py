"""From the YAML of a pack to rules: one small reader for each kind of entry.

Every reader refuses what it does not know, and says where.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TypeVar

from policy_engine.citations import GRADES, Citation, Document, article_key
from policy_engine.conditions import ALWAYS, Condition, read_condition
from policy_engine.errors import N_, PolicyError, did_you_mean
from policy_engine.facts import FACTS, LEVELS
from policy_engine.money import parse_money
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
    Scalar,
    Schedule,
    Setting,
    Statement,
    Unit,
)
from policy_engine.source import Node

PAYERS = ("individual", "collective", "enterprise", "government", "social")
UNITS: tuple[Unit, ...] = ("yuan", "ratio", "points", "boolean", "choice")
ILLUSTRATIVE = Citation(None, "", 0, "illustrative")

Read = TypeVar("Read")
Period = tuple[datetime.date, datetime.date]
Documents = Mapping[str, Document]
Interpretations = Mapping[str, Interpretation]


def read_documents(node: Node) -> dict[str, Document]:
    """Every document with its articles. Raises PackError."""
    return {document_id: _document(document_id, each) for document_id, each in node.entries().items()}


def _document(document_id: str, node: Node) -> Document:
    keys = {"number", "title", "issuer", "issued", "grade", "found_at", "articles"}
    entries = node.mapping(keys, keys)
    return Document(
        id=document_id,
        number=entries["number"].text(),
        title=entries["title"].text(),
        issuer=entries["issuer"].text(),
        issued=entries["issued"].date(),
        grade=entries["grade"].one_of(GRADES),
        found_at=entries["found_at"].text(),
        articles={article: gist.text() for article, gist in entries["articles"].entries().items()},
    )


def read_citation(node: Node, documents: Documents) -> Citation:
    """A citation: "十四.4" in the pack's only document, or {document: …, article: …}. Raises PackError."""
    if isinstance(node.value, dict):
        entries = node.mapping({"document", "article"}, {"document", "article"})
        document = documents[entries["document"].one_of(documents)]
        cited = entries["article"]
    elif len(documents) == 1:
        (document,) = documents.values()
        cited = node
    else:
        raise node.refuse(N_("Say which document: {form}."), form="{document: …, article: …}")
    article, _, item = cited.text().partition(".")
    if article_key(article, int(item) if item.isdigit() else 0) not in document.articles:
        raise cited.refuse(
            N_("{document} has no article {article} in this pack. Did you mean: {nearest}?"),
            document=document.number,
            article=repr(cited.value),
            nearest=did_you_mean(cited.text(), document.articles),
        )
    return Citation(document, article, int(item or 0), document.grade)


def read_parameter(name: str, node: Node, documents: Documents, period: Period) -> Parameter:
    """A parameter as the municipality has it: what it is, who may set it, its values. Raises PackError."""
    keys = {"label", "unit", "choices", "set_by", "delegated", "silent", "values"}
    entries = node.mapping(keys, {"label", "unit"})
    unit: Unit = entries["unit"].one_of(UNITS)  # type: ignore[assignment]
    choices = tuple(each.text() for each in entries["choices"].items()) if "choices" in entries else ()
    stated = [key for key in ("delegated", "silent", "values") if key in entries]
    if len(stated) != 1:
        raise node.refuse(
            N_("Parameter {name} needs exactly one of: values (with a citation), delegated, silent."), name=name
        )
    set_by = entries["set_by"].one_of(("county", "city")) if "set_by" in entries else ""
    if stated == ["values"]:
        settings = read_settings(entries["values"], unit, choices, documents, period)
        citation = settings[0].citation
        state = "fixed" if all(each.at_least is None for each in settings) else "floor"
    else:
        settings, citation, state = (), read_citation(entries[stated[0]], documents), stated[0]
        if not set_by:
            raise node.refuse(N_("Parameter {name} has no value: say who sets it with set_by."), name=name)
    return Parameter(
        id=name,
        unit=unit,
        label=entries["label"].text(),
        settings=settings,
        set_by=set_by,  # type: ignore[arg-type]
        stated=state,  # type: ignore[arg-type]
        citation=citation,
        choices=choices,
    )


def read_settings(
    node: Node,
    unit: Unit,
    choices: tuple[str, ...],
    documents: Documents,
    period: Period,
) -> tuple[Setting, ...]:
    """The dated values of a parameter, which together cover the whole period once. Raises PackError."""
    nodes = node.items()
    if not nodes:
        raise node.refuse(N_("Here should be at least one dated value."))
    settings = [_setting(each, unit, choices, documents) for each in nodes]
    due = period[0]
    for index, (setting, place) in enumerate(zip(settings, nodes, strict=True)):
        if setting.start != due:
            fault = (
                N_("Two values hold on {day}: this one starts before the one above it ends. Move one of the dates.")
                if setting.start < due
                else N_("No value holds on {day}: this one starts later. Let it start on that day.")
            )
            raise place.refuse(fault, day=due.isoformat() if setting.start > due else setting.start.isoformat())
        following = settings[index + 1].start if index + 1 < len(settings) else None
        if setting.end == datetime.date.max:
            end = period[1] if following is None else following - datetime.timedelta(days=1)
            settings[index] = setting = replace(setting, end=end)
        if setting.end < setting.start:
            raise place.refuse(N_("This value ends before it starts. Put the dates in order."))
        due = setting.end + datetime.timedelta(days=1)
    if due <= period[1]:
        raise nodes[-1].refuse(N_("No value holds from {day} on. Let the last value end with the scheme."), day=due)
    if due > period[1] + datetime.timedelta(days=1):
        raise nodes[-1].refuse(N_("This value ends after the scheme does, on {day}."), day=period[1])
    return tuple(settings)


def _setting(node: Node, unit: Unit, choices: tuple[str, ...], documents: Documents) -> Setting:
    entries = node.mapping({"from", "to", "value", "at_least", "same_as", "cite", "grade", "note"}, {"from"})
    given = [key for key in ("value", "at_least", "same_as") if key in entries]
    if len(given) != 1:
        raise node.refuse(N_("A dated value has exactly one of: value, at_least, same_as."))
    scalar = None if given == ["same_as"] else _scalar(entries[given[0]], unit, choices)
    return Setting(
        start=entries["from"].date(),
        end=entries["to"].date() if "to" in entries else datetime.date.max,
        citation=_value_citation(node, entries, documents),
        value=scalar if given == ["value"] else None,
        at_least=scalar if given == ["at_least"] else None,
        same_as=entries["same_as"].text() if given == ["same_as"] else "",
        note=entries["note"].text() if "note" in entries else "",
    )


def _value_citation(node: Node, entries: Mapping[str, Node], documents: Documents) -> Citation:
    grade = entries["grade"].one_of(GRADES) if "grade" in entries else ""
    if "cite" in entries:
        citation = read_citation(entries["cite"], documents)
        return replace(citation, grade=grade) if grade else citation
    if grade == "illustrative":
        return ILLUSTRATIVE
    raise node.refuse(
        N_("Every value needs its source. Add cite: with the article, or grade: illustrative if it is made up.")
    )


def _scalar(node: Node, unit: Unit, choices: tuple[str, ...]) -> Scalar:
    match unit:
        case "yuan":
            try:
                return parse_money(node.value, "value").low
            except PolicyError as error:
                raise node.refuse(error.template, **error.params) from None
        case "ratio":
            ratio = node.percent()
            if not 0 <= ratio <= 1:
                raise node.refuse(N_("A ratio lies between 0% and 100%."))
            return ratio
        case "points":
            return node.percent()
        case "boolean":
            return node.flag()
        case "choice":
            return node.one_of(choices)


def read_rule(node: Node, documents: Documents, interpretations: Interpretations) -> Rule:
    """A rule for or against joining. Raises PackError."""
    entries = node.mapping({"id", "when", "text", "cite", "relies_on"}, {"id", "when", "text"})
    return Rule(
        id=entries["id"].text(),
        when=read_condition(entries["when"]),
        text=entries["text"].text(),
        citation=_required_citation(node, entries, documents),
        interpretations=_relies_on(entries, interpretations),
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
    known: Mapping[str, Parameter],
    interpretations: Interpretations,
    joining: Collection[str],
) -> ContributionRules:
    """Who pays. Raises PackError."""
    entries = node.mapping(
        {"total", "shares", "own_part", "remainder", "notes"}, {"total", "shares", "own_part", "remainder"}
    )

    def bearer(each: Node) -> Bearer:
        parts = each.mapping({"id", "when", "payer", "text", "cite", "joins_as", "relies_on"}, {"id", "payer", "text"})
        return Bearer(
            id=parts["id"].text(),
            when=_when(parts),
            payer=parts["payer"].one_of((*PAYERS, "shares", "undecided")),
            text=parts["text"].text(),
            citation=_required_citation(each, parts, documents),
            joins_as=parts["joins_as"].one_of(joining) if "joins_as" in parts else "",
            interpretations=_relies_on(parts, interpretations),
        )

    def note(each: Node) -> Note:
        parts = each.mapping({"id", "when", "text", "cite"}, {"id", "when", "text"})
        citation = _required_citation(each, parts, documents)
        return Note(parts["id"].text(), read_condition(parts["when"]), parts["text"].text(), citation)

    shares = {}
    for payer, parameter in entries["shares"].mapping(PAYERS).items():
        shares[payer] = parameter.one_of(known)
    return ContributionRules(
        total=entries["total"].one_of(known),
        shares=shares,
        own_part=_listed(entries, "own_part", bearer),
        remainder=_listed(entries, "remainder", bearer),
        notes=_listed(entries, "notes", note),
    )


def _listed(entries: Mapping[str, Node], key: str, read: Callable[[Node], Read]) -> tuple[Read, ...]:
    return tuple(read(each) for each in entries[key].items()) if key in entries else ()


def read_benefits(node: Node, known: Mapping[str, Parameter], interpretations: Interpretations) -> BenefitRules:
    """What the fund pays. Raises PackError."""
    keys = {"inpatient", "outpatient", "adjustments", "ceilings", "ceiling_counts_outpatient"}
    entries = node.mapping({*keys, "deductible_counts", "rounding"}, {*keys, "deductible_counts", "rounding"})

    def schedule(each: Node) -> Schedule:
        parts = each.mapping({"deductible", "ratio", "points", "guaranteed", "relies_on"}, {"deductible", "ratio"})
        return Schedule(
            deductible=parts["deductible"].one_of(known),
            ratio=parts["ratio"].one_of(known),
            points=tuple(point.one_of(known) for point in parts["points"].items()) if "points" in parts else (),
            guaranteed=parts["guaranteed"].one_of(known) if "guaranteed" in parts else "",
            interpretations=_relies_on(parts, interpretations),
        )

    def adjustment(each: Node) -> Adjustment:
        parts = each.mapping({"id", "care", "when", "points"}, {"id", "care", "when", "points"})
        care = parts["care"].one_of(FACTS["care"].values)
        return Adjustment(parts["id"].text(), care, read_condition(parts["when"]), parts["points"].one_of(known))

    def ceiling(each: Node) -> Ceiling:
        parts = each.mapping({"id", "when", "amount"}, {"id", "amount"})
        return Ceiling(parts["id"].text(), _when(parts), parts["amount"].one_of(known))

    return BenefitRules(
        schedules={
            (care, level): schedule(each)
            for care in FACTS["care"].values
            for level, each in entries[care].mapping(LEVELS, LEVELS).items()
        },
        adjustments=_listed(entries, "adjustments", adjustment),
        ceilings=_listed(entries, "ceilings", ceiling),
        ceiling_counts_outpatient=entries["ceiling_counts_outpatient"].one_of(known),
        deductible_counts=entries["deductible_counts"].one_of(known),
        rounding=entries["rounding"].one_of(known),
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
        at_least=int(_scalar(entries["at_least"], "yuan", ())) if "at_least" in entries else None,
        applies_when=entries["applies_when"].one_of(("pilot_city",)) if "applies_when" in entries else "",
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
    return Office(fact, entries["name"].text(), _required_citation(node, entries, documents))
