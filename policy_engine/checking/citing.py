"""Everything in a scheme that rests on a place in a document, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from policy_engine.citations import Citation
from policy_engine.scheme import Interpretation, Parameter, Scalar, Scheme, Setting, Unit

Kind = Literal["rule", "bearer", "note", "value", "delegated", "silent", "reading", "floor", "statement", "office"]
Figures = tuple[tuple[Scalar, Unit], ...]


@dataclass(frozen=True)
class Citing:
    """One entry of a pack that cites a place.

    `kind` is what the entry is: a `rule` on joining, a `bearer`, a `note`, a dated `value`, a parameter that is left to
    somebody (`delegated`) or not mentioned (`silent`), a `reading` of an open place, a `floor` (a statement that the
    engine calculates with), another `statement`, an `office`. `sentences` are its words; `figures` the values and
    bounds that it states, each with its unit; `where` is "file:line".
    """

    kind: Kind
    id: str
    citation: Citation
    where: str
    sentences: tuple[str, ...] = ()
    figures: Figures = ()


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
        yield from _of_reading(reading)
    for statement in scheme.statements:
        least = statement.at_least
        yield Citing(
            "statement" if least is None else "floor",
            statement.id,
            statement.citation,
            statement.where,
            (statement.text,),
            () if least is None else ((least, "yuan"),),
        )
    for office in scheme.offices.values():
        yield Citing("office", office.fact, office.citation, office.where, (office.name,))


def _of_parameter(parameter: Parameter) -> Iterator[Citing]:
    bounds = _stated(parameter.unit, parameter.lowest, parameter.highest)
    if not parameter.settings:
        stated: Kind = "delegated" if parameter.stated == "delegated" else "silent"
        yield Citing(stated, parameter.id, parameter.citation, parameter.where, (parameter.label,), bounds)
    elif bounds:
        yield Citing("value", parameter.id, parameter.citation, parameter.where, (), bounds)
    for setting in parameter.settings:
        words = tuple(filter(None, (parameter.label, setting.note)))
        yield Citing("value", parameter.id, setting.citation, setting.where, words, figures_of(setting, parameter.unit))


def _of_reading(reading: Interpretation) -> Iterator[Citing]:
    sentences = (reading.question, *reading.choices.values())
    yield Citing("reading", reading.id, reading.citation, reading.where, sentences)
    for parameters in reading.sets.values():
        for parameter in parameters.values():
            for each in parameter.settings:
                words = (each.note,) if each.note else ()
                figures = figures_of(each, parameter.unit)
                yield Citing("reading", reading.id, each.citation, each.where, words, figures)


def figures_of(setting: Setting, unit: Unit) -> Figures:
    """The figures that a dated value states: itself, its bounds, or the multiple that it is of another one."""
    if setting.value is not None:
        return ((setting.value, unit),)
    multiple: Figures = ((setting.times, "ratio"),) if setting.times != 1 else ()
    return (*_stated(unit, setting.at_least, setting.at_most), *multiple)


def _stated(unit: Unit, least: Scalar | None, most: Scalar | None) -> Figures:
    """The bounds that say something: nothing is negative, and no share more than the whole, without being told."""
    lower: Figures = () if least is None or least == 0 else ((least, unit),)
    upper: Figures = () if most is None or (most == 1 and unit == "ratio") else ((most, unit),)
    return (*lower, *upper)
