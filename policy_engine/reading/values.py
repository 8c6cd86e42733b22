"""From the YAML of a pack to its sources and figures: documents, citations, and parameters with their dated values.

Every reader refuses what it does not know, and says where.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from policy_engine.citations import GRADES, Citation, Document
from policy_engine.errors import N_, PolicyError, did_you_mean
from policy_engine.money import parse_money
from policy_engine.reading.source import Node
from policy_engine.scheme import Parameter, Scalar, Setting, Unit

UNITS: tuple[Unit, ...] = ("yuan", "ratio", "points", "boolean", "choice")
ILLUSTRATIVE = Citation(None, "", 0, "illustrative")
UNSET = "unset"
"""Stands where nobody has said."""

Period = tuple[datetime.date, datetime.date]
Documents = Mapping[str, Document]

_ARTICLE = re.compile(r"(.+?)(?:\.([0-9]+))?", re.ASCII)


def read_documents(node: Node) -> dict[str, Document]:
    """Every document with its articles. Raises PackError."""
    return {document_id: _document(document_id, each) for document_id, each in node.entries().items()}


def _document(document_id: str, node: Node) -> Document:
    keys = {"number", "title", "issuer", "issued", "grade", "found_at", "articles"}
    entries = node.mapping(keys | {"not_encoded"}, keys)
    articles = entries["articles"].entries()
    left_out = entries["not_encoded"].mapping(articles) if "not_encoded" in entries else {}
    return Document(
        id=document_id,
        number=entries["number"].text(),
        title=entries["title"].text(),
        issuer=entries["issuer"].text(),
        issued=_day_of_issue(entries["issued"]),
        grade=entries["grade"].one_of(GRADES),
        found_at=entries["found_at"].text(),
        articles={article: gist.text() for article, gist in articles.items()},
        where=node.where,
        places={article: gist.where for article, gist in articles.items()},
        not_encoded={article: reason.text() for article, reason in left_out.items()},
    )


def _day_of_issue(node: Node) -> datetime.date | None:
    """A document's day, or None where the source gives none. Raises PackError."""
    if node.value == UNSET:
        return None
    if not isinstance(node.value, datetime.date):
        raise node.refuse(
            N_("Here should be a date such as 2008-01-01, or unset where the source gives none, not {value}."),
            value=repr(node.value),
        )
    return node.value


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
    place = _ARTICLE.fullmatch(cited.text())
    if place is None or place[0] not in document.articles:
        raise cited.refuse(
            N_("{document} has no article {article} in this pack. Did you mean: {nearest}?"),
            document=document.number,
            article=repr(cited.value),
            nearest=did_you_mean(cited.text(), document.articles),
        )
    return Citation(document, place[1], int(place[2] or 0), document.grade)


def read_parameter(name: str, node: Node, documents: Documents, period: Period) -> Parameter:
    """A parameter as the municipality has it: what it is, who may set it, its values. Raises PackError."""
    keys = {"label", "unit", "choices", "set_by", "delegated", "silent", "values", "lowest", "highest"}
    entries = node.mapping(keys, {"label", "unit"})
    unit: Unit = entries["unit"].one_of(UNITS)  # type: ignore[assignment]
    choices = tuple(each.text() for each in entries["choices"].items()) if "choices" in entries else ()
    if unit == "choice" and len(choices) < 2:
        raise node.refuse(N_("Parameter {name} is a choice: list two or more under choices."), name=name)
    stated = [key for key in ("delegated", "silent", "values") if key in entries]
    if len(stated) != 1:
        raise node.refuse(
            N_("Parameter {name} needs exactly one of: values (with a citation), delegated, silent."), name=name
        )
    set_by = entries["set_by"].one_of(("county", "city")) if "set_by" in entries else ""
    if stated == ["values"]:
        settings = read_settings(entries["values"], unit, choices, documents, period)
        citation = settings[0].citation
        bounded = any(each.at_least is not None or each.at_most is not None for each in settings)
        state = "floor" if bounded else "fixed"
    else:
        settings, citation, state = (), read_citation(entries[stated[0]], documents), stated[0]
        if not set_by:
            raise node.refuse(N_("Parameter {name} has no value: say who sets it with set_by."), name=name)
    lowest, highest = (
        read_scalar(entries[key], unit, choices) if key in entries else None for key in ("lowest", "highest")
    )
    return Parameter(
        id=name,
        unit=unit,
        label=entries["label"].text(),
        settings=settings,
        set_by=set_by,  # type: ignore[arg-type]
        stated=state,  # type: ignore[arg-type]
        citation=citation,
        choices=choices,
        where=node.where,
        lowest=lowest,
        highest=highest,
    )


def read_settings(
    node: Node,
    unit: Unit,
    choices: tuple[str, ...],
    documents: Documents,
    period: Period,
) -> tuple[Setting, ...]:
    """The dated values of a parameter, which together cover the whole period once. Raises PackError."""
    nodes = node.some()
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
    keys = {"from", "to", "value", "at_least", "at_most", "same_as", "times", "unset", "cite", "grade", "note"}
    entries = node.mapping(keys, {"from"})
    given = [key for key in ("value", "at_least", "at_most", "same_as", "unset") if key in entries]
    if len(given) != 1 and given != ["at_least", "at_most"]:
        raise node.refuse(
            N_("A dated value has exactly one of: value, same_as, unset, or its bounds at_least and at_most.")
        )
    if given == ["unset"] and not entries["unset"].flag():
        raise entries["unset"].refuse(N_("Write unset: true, or give the value."))
    if "times" in entries and (given != ["same_as"] or unit != "yuan"):
        raise entries["times"].refuse(N_("Only an amount that is the same as another one has times. Remove it."))
    if {"at_least", "at_most"} & entries.keys() and unit in {"boolean", "choice"}:
        raise node.refuse(N_("Only an amount or a ratio can have bounds. Write value."))
    value, at_least, at_most = (
        read_scalar(entries[key], unit, choices) if key in entries else None for key in ("value", "at_least", "at_most")
    )
    if at_least is not None and at_most is not None and at_most < at_least:  # type: ignore[operator]
        raise node.refuse(N_("The bounds are not in order. Put the smaller one in at_least."))
    return Setting(
        start=entries["from"].date(),
        end=entries["to"].date() if "to" in entries else datetime.date.max,
        citation=read_entry_citation(node, entries, documents),
        value=value,
        at_least=at_least,
        at_most=at_most,
        same_as=entries["same_as"].text() if given == ["same_as"] else "",
        times=_times(entries["times"]) if "times" in entries else Fraction(1),
        note=entries["note"].text() if "note" in entries else "",
        where=entries[given[0]].where,
    )


def _times(node: Node) -> Fraction:
    """A multiple, as a whole number or a percentage. Raises PackError."""
    times = node.percent() if isinstance(node.value, Fraction) else Fraction(node.whole())
    if times <= 0:
        raise node.refuse(N_("A multiple is more than 0. Write for example 6, or 50%."))
    return times


def read_entry_citation(node: Node, entries: Mapping[str, Node], documents: Documents) -> Citation:
    """Where the figures of an entry stand: its `cite`, and its `grade` where it has one. Raises PackError."""
    grade = entries["grade"].one_of(GRADES) if "grade" in entries else ""
    if "cite" in entries:
        citation = read_citation(entries["cite"], documents)
        return replace(citation, grade=grade) if grade else citation
    if grade == "illustrative":
        return ILLUSTRATIVE
    raise node.refuse(
        N_("Every value needs its source. Add cite: with the article, or grade: illustrative if it is made up.")
    )


def read_scalar(node: Node, unit: Unit, choices: tuple[str, ...]) -> Scalar:
    """A value in its unit: yuan become fen, percentages fractions. Raises PackError."""
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
