"""Everything in a scheme that rests on a place in a document, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from policy_engine.citations import Citation
from policy_engine.scheme import Parameter, Scalar, Scheme, Unit


@dataclass(frozen=True)
class Citing:
    """One entry of a pack that cites a place.

    `kind` is what the entry is: a `rule` on joining, a `bearer`, a `note`, a dated `value`, a parameter that is left to
    somebody (`delegated`) or not mentioned (`silent`), a `reading` of an open place, a `floor` (a statement that the
    engine calculates with), another `statement`, an `office`. `sentences` are its words; `figure` is its value in
    `unit`, where it has one; `where` is "file:line".
    """

    kind: Literal["rule", "bearer", "note", "value", "delegated", "silent", "reading", "floor", "statement", "office"]
    id: str
    citation: Citation
    where: str
    sentences: tuple[str, ...] = ()
    figure: Scalar | None = None
    unit: Unit | None = None


def citing(scheme: Scheme) -> Iterator[Citing]:
    """Every entry of the scheme that cites a place, in the order of the files; made-up values cite none."""
    for each in _entries(scheme):
        if each.citation.document is not None:
            yield each


def _entries(scheme: Scheme) -> Iterator[Citing]:
    for rule in (*scheme.cannot_join, *scheme.may_join):
        yield Citing("rule", rule.id, rule.citation, rule.where, (rule.text,))
    if scheme.contribution is not None:
        for bearer in (*scheme.contribution.own_part, *scheme.contribution.remainder):
            yield Citing("bearer", bearer.id, bearer.citation, bearer.where, (bearer.text,))
        for note in scheme.contribution.notes:
            yield Citing("note", note.id, note.citation, note.where, (note.text,))
    for parameter in scheme.parameters.values():
        yield from _of_parameter(parameter)
    for reading in scheme.interpretations.values():
        sentences = (reading.question, *reading.choices.values())
        yield Citing("reading", reading.id, reading.citation, reading.where, sentences)
    for statement in scheme.statements:
        yield Citing(
            "floor" if statement.at_least is not None else "statement",
            statement.id,
            statement.citation,
            statement.where,
            (statement.text,),
            statement.at_least,
            "yuan" if statement.at_least is not None else None,
        )
    for office in scheme.offices.values():
        yield Citing("office", office.fact, office.citation, office.where, (office.name,))


def _of_parameter(parameter: Parameter) -> Iterator[Citing]:
    if not parameter.settings:
        stated: Literal["delegated", "silent"] = "delegated" if parameter.stated == "delegated" else "silent"
        yield Citing(stated, parameter.id, parameter.citation, parameter.where, (parameter.label,))
    for setting in parameter.settings:
        yield Citing(
            "value",
            parameter.id,
            setting.citation,
            setting.where,
            tuple(filter(None, (parameter.label, setting.note))),
            setting.at_least if setting.value is None else setting.value,
            parameter.unit,
        )
