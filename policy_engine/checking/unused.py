"""What stands in a pack and changes nothing, and what the pack needs and nobody can give."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from typing import Any

from policy_engine.benefits.profiles import benefit_day
from policy_engine.checking.citing import citing
from policy_engine.checking.findings import Finding, fault, note
from policy_engine.citations import article_key
from policy_engine.conditions import PARAMETER, Condition
from policy_engine.directory import load_directory
from policy_engine.errors import N_
from policy_engine.facts import ASSUMED, EARLIER, FACTS
from policy_engine.scheme import Scheme


def unused_parameters(scheme: Scheme) -> Iterator[Finding]:
    """Parameters that no rule works with."""
    used = _names(scheme) | {each.parameter for each in scheme.statements}
    taken = {name: {each.same_as for each in spec.settings} for name, spec in scheme.parameters.items()}
    for reading in scheme.interpretations.values():
        for parameters in reading.sets.values():
            for name, spec in parameters.items():
                taken[name] = taken[name] | {each.same_as for each in spec.settings}
    ahead = used & scheme.parameters.keys()
    while ahead:
        used |= ahead
        ahead = set().union(*(taken[name] for name in ahead)) - used - {""}
    for name, spec in scheme.parameters.items():
        if name not in used:
            yield fault(
                "unused_parameter", name, N_("No rule works with {name}. Use it in one, or remove it."), spec.where
            )


def unused_readings(scheme: Scheme) -> Iterator[Finding]:
    """Open places on which nothing relies; one with a single reading on record holds for the scheme as a whole."""
    used = _names(scheme)
    if scheme.hospitals:
        hospitals = load_directory(scheme.hospitals).hospitals
        used |= {evidence.reading for each in hospitals for evidence in (*each.levels, *each.grades)}
    for name, reading in scheme.interpretations.items():
        if len(reading.choices) > 1 and name not in used:
            yield fault(
                "unused_reading",
                name,
                N_("Nothing relies on the reading {name}, so nobody is told of it. Add it under relies_on somewhere."),
                reading.where,
            )


def unused_offices(scheme: Scheme) -> Iterator[Finding]:
    """Offices to ask about facts that no rule looks at."""
    looked_at = {name for condition in _conditions(scheme) for name, _ in condition.needs()}
    for fact, office in scheme.offices.items():
        if fact not in looked_at | {"county"} and FACTS[fact].kind in {"bool", "enum", "int"}:
            yield note(
                "unused_office",
                fact,
                N_("{office} is named for questions about {name}, which no rule looks at."),
                office.where,
                office=office.name,
            )


def unasked(scheme: Scheme, askable: Collection[str]) -> Iterator[Finding]:
    """Facts that decide something and that no question can ask for."""
    known = {*askable, *ASSUMED, *EARLIER, "county", "reportable_cost"}
    place = f"{scheme.id}/scheme.yaml"
    for name in _wanted([rule.when for rule in (*scheme.cannot_join, *scheme.may_join)]):
        if name not in known:
            sentence = N_("Who may join depends on {name}, which no question asks for: it may never be decided.")
            yield fault("unasked", name, sentence, place)
    if scheme.contribution is not None:
        for name in _wanted([each.when for each in scheme.contribution.entries]):
            if name not in known:
                yield note(
                    "unasked", name, N_("Who pays how much depends on {name}, which no question asks for."), place
                )
        for each in scheme.contribution.notes:
            for name in _wanted([each.when]):
                if name not in known:
                    sentence = N_("{note} is told only to who says {name} unasked: no question asks for it.")
                    yield note("unasked", name, sentence, each.where, note=each.id)
    if scheme.benefits is not None:
        decisive: set[str] = set()
        for turn in scheme.turns:
            day = benefit_day(scheme, turn)
            decisive |= {name for name in day.classes.support if name in FACTS} | day.profile({}, 1).uses
        for name in (each for each in FACTS if each in decisive and each not in known):
            yield note("unasked", name, N_("What the fund pays depends on {name}, which no question asks for."), place)


def uncited_articles(scheme: Scheme, city: Scheme | None = None) -> Iterator[Finding]:
    """Articles that nothing cites and nobody explains, and explanations for articles that something cites.

    In a county whose `city` is given only those of its own documents.
    """
    cited = {
        (each.citation.document, article_key(each.citation.article, each.citation.item)) for each in citing(scheme)
    }
    for name, document in scheme.documents.items():
        for article in document.articles if city is None or name not in city.documents else ():
            through_items = any(other.startswith(f"{article}.") for other in document.articles)
            where = document.places.get(article, document.where)
            if (document, article) in cited:
                if article in document.not_encoded:
                    yield fault(
                        "explained_article",
                        article,
                        N_("Something cites {name} of {document}, so it is encoded. Remove it from not_encoded."),
                        where,
                        document=document.number,
                    )
            elif not through_items and article not in document.not_encoded:
                yield fault(
                    "uncited_article",
                    article,
                    N_(
                        "Nothing cites {name} of {document}. Cite it in a rule or a statement, "
                        "or give the reason under not_encoded."
                    ),
                    where,
                    document=document.number,
                )


def made_up(scheme: Scheme) -> Iterator[Finding]:
    """Figures that were made up, in a county that is none."""
    if scheme.overlay is None or scheme.overlay.illustrative:
        return
    for name, spec in scheme.parameters.items():
        for setting in spec.settings:
            if setting.citation.document is None:
                yield note(
                    "made_up",
                    name,
                    N_("{name} was made up for trial, and the county exists. Give its source, or remove the figure."),
                    setting.where,
                )


def _wanted(conditions: Collection[Condition]) -> list[str]:
    names = {name for condition in conditions for name, _ in condition.needs()}
    return [name for name in FACTS if name in names]


def _conditions(scheme: Scheme) -> Iterator[Condition]:
    yield from (rule.when for rule in (*scheme.cannot_join, *scheme.may_join))
    if scheme.contribution is not None:
        yield from (each.when for each in scheme.contribution.entries)
        yield from (each.when for each in scheme.contribution.notes)
    if scheme.benefits is not None:
        yield from (each.when for each in scheme.benefits.entries)


def _names(scheme: Scheme) -> set[str]:
    """Every name that the rules mention: parameters, readings, choices, and more, which does no harm."""
    found = set(_words((scheme.cannot_join, scheme.may_join, scheme.contribution, scheme.benefits)))
    found |= {
        name.removeprefix(PARAMETER)
        for condition in _conditions(scheme)
        for name, _ in condition.needs()
        if name.startswith(PARAMETER)
    }
    return found


def _words(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif dataclasses.is_dataclass(part) and not isinstance(part, type):
        for each in dataclasses.fields(part):
            yield from _words(getattr(part, each.name))
    elif isinstance(part, dict):
        yield from _words(tuple(part.values()))
    elif isinstance(part, tuple):
        for each in part:
            yield from _words(each)
