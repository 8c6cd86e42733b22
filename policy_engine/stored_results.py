"""A result of the engine as it was stored in JSON, opened: what was asked, of which rules, with which facts."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policy_engine.errors import N_, PolicyError, shown
from policy_engine.facts import parse_date
from policy_engine.loader import Readings

QUESTIONS = ("eligibility", "contribution", "estimate", "compare")
_SHOWN_BY = {"outcome": "eligibility", "parts": "contribution", "receipt": "estimate", "levels": "compare"}
"""Which key of a result tells what was asked."""


@dataclass(frozen=True)
class Stored:
    """A stored result, opened: what was asked, of which rules, with which facts."""

    question: str
    scheme: str
    county: str | None
    on: datetime.date
    version: str
    engine: str
    readings: Readings
    facts: Mapping[str, Any]
    result: Mapping[str, Any]


def results_in(text: str, name: str) -> Iterator[tuple[str, Any]]:
    """The results in a text called `name`, each with its place: one JSON object, a list of them, or one a line.

    A line that cannot be read gives the error itself, so that the others are not lost with it.
    """
    whole = _json(text)
    if isinstance(whole, list):
        yield from ((f"{name} #{number}", each) for number, each in enumerate(whole, 1))
    elif whole is not None:
        yield name, whole
    else:
        lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        for number, line in lines or [(1, "")]:
            found = _json(line)
            yield (
                f"{name}:{number}",
                PolicyError(N_("This is no JSON. Give a result as --json prints it.")) if found is None else found,
            )


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def open_result(stored: Mapping[str, Any]) -> Stored:
    """A stored result with what it takes to work it out again. Raises PolicyError for what is none, or not whole."""
    if not isinstance(stored, Mapping):
        raise _no_result(stored)
    question = stored.get("question", next((_SHOWN_BY[key] for key in _SHOWN_BY if key in stored), None))
    if question not in QUESTIONS:
        raise _no_result(question if "question" in stored else list(stored))
    if question == "compare":
        return _open_comparison(stored)
    on = parse_date(_part(stored, "on", str), "on")
    readings = _part(stored, "readings", dict)
    if not all(isinstance(each, str) for each in (*readings, *readings.values())):
        raise _lacking("readings")
    county = stored.get("county", 0)
    if not (county is None or isinstance(county, str)):
        raise _lacking("county")
    return Stored(
        question=question,
        scheme=_part(stored, "scheme", str),
        county=county,
        on=on,
        version=_part(stored, "version", str),
        engine=_part(stored, "engine", str),
        readings=tuple(sorted(readings.items())),
        facts=_part(stored, "facts", dict),
        result=stored,
    )


def _open_comparison(stored: Mapping[str, Any]) -> Stored:
    """A comparison is worked out again from what its estimates have in common."""
    levels = list(_part(stored, "levels", dict).values())
    by = _part(stored, "by", str)
    if not levels or not all(isinstance(each, Mapping) for each in levels):
        raise _lacking("levels")
    opened = [open_result({**each, "question": "estimate"}) for each in levels]
    first = opened[0]
    facts = {name: value for name, value in first.facts.items() if name != by}
    shared = ("scheme", "county", "on", "version", "engine", "readings")
    for each in opened[1:]:
        rest = {name: value for name, value in each.facts.items() if name != by}
        if rest != facts or any(getattr(each, name) != getattr(first, name) for name in shared):
            raise PolicyError(
                N_("The estimates of this comparison come from different facts or rules. Replay each by itself.")
            )
    return Stored(
        "compare",
        first.scheme,
        first.county,
        first.on,
        first.version,
        first.engine,
        first.readings,
        facts,
        stored,
    )


def _part(stored: Mapping[str, Any], key: str, kind: type) -> Any:
    if not isinstance(stored.get(key), kind):
        raise _lacking(key)
    return stored[key]


def _lacking(key: str) -> PolicyError:
    return PolicyError(
        N_("The result has no {key}, or not in the form that it was given in. Take it as --json or the API gave it."),
        key=key,
    )


def _no_result(found: object) -> PolicyError:
    return PolicyError(
        N_(
            "This is no result of eligibility, contribution, estimate or compare: {found}. "
            "Give one as --json prints it."
        ),
        found=shown(found),
    )
