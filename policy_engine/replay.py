"""A stored result worked out again under today's rules: the same, or exactly what differs and why.

A result carries the facts, the day, and the scheme, county and readings that it came from. The rules of then are not
kept; what is kept of them are the versions and the figures, and those say what has changed.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from policy_engine.citations import Citation
from policy_engine.compare import Comparison, compare
from policy_engine.contribution import Contribution, contribution
from policy_engine.eligibility import Eligibility, eligibility
from policy_engine.errors import N_, DateError, FactError, PolicyError, shown
from policy_engine.estimate import Estimate, estimate
from policy_engine.facts import Value, parse_fact
from policy_engine.loader import Readings, load_scheme
from policy_engine.parameters import Figure
from policy_engine.provenance import ENGINE
from policy_engine.scheme import Scheme
from policy_engine.stored_results import Stored, open_result

Found = Eligibility | Contribution | Estimate | Comparison
Load = Callable[[str, str | None, Readings], Scheme]
"""Gives the scheme called so in a county with these readings, from wherever it is kept."""

_ASK: dict[str, Callable[[Scheme, Mapping[str, Value], datetime.date], Found]] = {
    "eligibility": eligibility,
    "contribution": contribution,
    "estimate": estimate,
    "compare": compare,
}
_VERSIONS = {"version", "engine", "question"}
"""Keys that say how a result was made and are no part of it."""


class _Absent:
    """Stands for what is not there at all."""

    def __repr__(self) -> str:
        return "–"


ABSENT = _Absent()


@dataclass(frozen=True)
class Difference:
    """One place of the JSON, such as receipt[2].amount, as it was `then` and is `now`; ABSENT where it is not there."""

    path: str
    then: Any
    now: Any

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a difference; the side on which it is absent is left out."""
        sides = {"then": self.then, "now": self.now}
        return {"path": self.path, **{side: each for side, each in sides.items() if each is not ABSENT}}


@dataclass(frozen=True)
class Cause:
    """Why a result is another one today.

    `kind` is `figure` for a figure called `name` that has changed, with where it stands today; `pack` or `engine` for
    another version; `reading`, `scheme`, `day` or `facts` for what is no longer there, covered or possible; `file`
    where nothing has changed but the result itself. `problem` says it in a sentence.
    """

    kind: Literal["figure", "pack", "engine", "reading", "scheme", "day", "facts", "file"]
    name: str
    problem: PolicyError
    citations: tuple[Citation, ...] = ()

    def to_dict(self, translate: Callable[..., str] = str.format) -> dict[str, Any]:
        """The stable JSON of a cause, its sentence as `translate` says it."""
        return {
            "kind": self.kind,
            "name": self.name,
            "sentence": self.problem.said(translate),
            "citations": [each.to_dict() for each in self.citations],
        }


@dataclass(frozen=True)
class Replayed:
    """What became of a stored result.

    `now` is today's result, None where there is none any more; `version` the pack's today, "" where it cannot be
    loaded. `causes` are there only where something differs.
    """

    stored: Stored
    now: Mapping[str, Any] | None
    version: str
    differences: tuple[Difference, ...]
    causes: tuple[Cause, ...]

    @property
    def same(self) -> bool:
        """Whether today's rules give the same result."""
        return self.now is not None and not self.differences

    def to_dict(self, translate: Callable[..., str] = str.format) -> dict[str, Any]:
        """The stable JSON of a replay."""
        return {
            "same": self.same,
            "question": self.stored.question,
            "scheme": self.stored.scheme,
            "county": self.stored.county,
            "on": self.stored.on.isoformat(),
            "version": {"then": self.stored.version, "now": self.version or None},
            "engine": {"then": self.stored.engine, "now": ENGINE},
            "differences": [each.to_dict() for each in self.differences],
            "causes": [each.to_dict(translate) for each in self.causes],
        }


def _packs(scheme: str, county: str | None, readings: Readings) -> Scheme:
    return load_scheme(scheme, county, readings=readings)


def replay(stored: Mapping[str, Any], load: Load = _packs) -> Replayed:
    """A stored result under today's rules, which come from `load`.

    Raises PolicyError for what is no result of this engine, or one that something is missing from.
    """
    opened = open_result(stored)
    causes: list[Cause] = []
    try:
        usual = load(opened.scheme, opened.county, ())
        kept, lost = _readings(usual, opened.readings)
        causes += lost
        rules = load(opened.scheme, opened.county, kept) if kept else usual
    except PolicyError as error:
        return Replayed(opened, None, "", (), (Cause("scheme", opened.scheme, error),))
    try:
        facts = {name: parse_fact(name, value) for name, value in opened.facts.items()}
        found = _ASK[opened.question](rules, facts, opened.on)
    except DateError as error:
        return Replayed(opened, None, rules.version, (), (*causes, Cause("day", opened.on.isoformat(), error)))
    except FactError as error:
        return Replayed(opened, None, rules.version, (), (*causes, Cause("facts", "", error)))
    except PolicyError as error:
        return Replayed(opened, None, rules.version, (), (*causes, Cause("pack", opened.scheme, error)))
    now = json.loads(json.dumps(found.to_dict()))
    differences = tuple(_differing("", opened.result, now))
    if differences:
        causes += _causes(opened, found, rules, changed_besides=bool(causes))
    return Replayed(opened, now, rules.version, differences, tuple(causes) if differences else ())


# -- what differs, and why --------------------------------------------------------------------------------------------


def _readings(scheme: Scheme, readings: Readings) -> tuple[Readings, list[Cause]]:
    """The readings that there still are, and what became of the others."""
    kept, lost = [], []
    for name, choice in readings:
        place = scheme.interpretations.get(name)
        if place is not None and choice in place.choices:
            kept.append((name, choice))
        else:
            problem = PolicyError(
                N_(
                    "The open place {name} can no longer be read as {choice}; today's result reads it as the pack does."
                ),
                name=shown(name),
                choice=shown(choice),
            )
            lost.append(Cause("reading", name, problem))
    return tuple(kept), lost


def _differing(path: str, then: Any, now: Any) -> Iterator[Difference]:
    """Every place in which two pieces of JSON differ, the deepest that says it."""
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        for key in dict.fromkeys((*then, *now)):
            if key in _VERSIONS:
                continue
            yield from _differing(f"{path}.{key}" if path else str(key), then.get(key, ABSENT), now.get(key, ABSENT))
    elif isinstance(then, list) and isinstance(now, list):
        for place in range(max(len(then), len(now))):
            sides = (each[place] if place < len(each) else ABSENT for each in (then, now))
            yield from _differing(f"{path}[{place}]", *sides)
    elif then is not now and (type(then) is not type(now) or then != now):
        yield Difference(path, then, now)


def _causes(stored: Stored, found: Found, rules: Scheme, *, changed_besides: bool) -> Iterator[Cause]:
    if stored.engine != ENGINE:
        problem = PolicyError(
            N_("The engine was {then} and is {now} today."), then=shown(stored.engine), now=shown(ENGINE)
        )
        yield Cause("engine", stored.engine, problem)
    if stored.version != rules.version:
        yield from _changed_figures(stored, found)
        problem = PolicyError(
            N_("The pack {scheme} has changed: its version was {then} and is {now} today."),
            scheme=stored.scheme,
            then=shown(stored.version),
            now=shown(rules.version),
        )
        yield Cause("pack", stored.scheme, problem)
    elif stored.engine == ENGINE and not changed_besides:
        problem = PolicyError(
            N_("Neither the pack nor the engine has changed, so the stored result itself has been changed.")
        )
        yield Cause("file", "", problem)


def _changed_figures(stored: Stored, found: Found) -> Iterator[Cause]:
    then, now = _figures_then(stored.result), _figures_now(found)
    for name in dict.fromkeys((*then, *now)):
        value = now[name].to_json() if name in now else ABSENT
        before = then.get(name, ABSENT)
        if before is value or before == value:
            continue
        if value is ABSENT:
            problem = PolicyError(N_("{name} was {then}; today's result does not rest on it."), name=name, then=before)
        elif before is ABSENT:
            problem = PolicyError(
                N_("{name} is {now} today; the stored result did not rest on it."), name=name, now=value
            )
        else:
            problem = PolicyError(
                N_("{name} was {then} and is {now} today."), name=name, then=_said(before), now=_said(value)
            )
        citation = now[name].citation if name in now else None
        yield Cause("figure", name, problem, (citation,) if citation else ())


def _said(value: Any) -> str:
    """A figure as a sentence names it."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {each}" for key, each in value.items())
    return "–" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _figures_then(result: Mapping[str, Any]) -> dict[str, Any]:
    levels = result.get("levels")
    parts = list(levels.values()) if isinstance(levels, Mapping) else [result]
    named = (each.get("figures") for each in parts if isinstance(each, Mapping))
    return {str(name): value for figures in named if isinstance(figures, Mapping) for name, value in figures.items()}


def _figures_now(found: Found) -> dict[str, Figure]:
    if isinstance(found, Comparison):
        return {figure.parameter: figure for each in found.levels.values() for figure in each.figures}
    return {} if isinstance(found, Eligibility) else {figure.parameter: figure for figure in found.figures}
