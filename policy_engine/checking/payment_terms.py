"""The table of how each class of treatment and person is paid.

One row for every way in which the facts that choose a class can come out, so just one row fits each person and
treatment.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policy_engine.benefits.classes import Class
from policy_engine.benefits.profiles import benefit_day
from policy_engine.checking.paths import Answer, answer, answer_to_json
from policy_engine.checking.terms import Terms, terms_of
from policy_engine.conditions import NO_COUNTY, PARAMETER
from policy_engine.diagram import Leaf, Node, given, mapped
from policy_engine.errors import N_, PolicyError
from policy_engine.facts import FACTS, Value
from policy_engine.scheme import Scheme


@dataclass(frozen=True)
class TermsRow:
    """One way in which the facts can come out: each with its answers, or None where any will do, and the terms."""

    facts: Mapping[str, tuple[Answer, ...] | None]
    terms: Terms

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a row; an unset yes/no parameter that chooses is called "parameter:…"."""
        facts = {
            name: None if answers is None else [answer_to_json(each) for each in answers]
            for name, answers in self.facts.items()
        }
        return {"facts": facts, **self.terms.to_dict()}


@dataclass(frozen=True)
class TermsTable:
    """The rows, of which just one fits each person and treatment, and what they were made from."""

    facts: tuple[str, ...]
    rows: tuple[TermsRow, ...]
    scheme: str
    county: str | None
    version: str
    on: datetime.date

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a table."""
        return {
            "what": "estimate",
            "facts": list(self.facts),
            "rows": [row.to_dict() for row in self.rows],
            "scheme": self.scheme,
            "county": self.county,
            "version": self.version,
            "on": self.on.isoformat(),
        }


def payment_terms(scheme: Scheme, on: datetime.date | None = None) -> TermsTable:
    """How every class of treatment and person is paid.

    `on` is the day whose rules apply, the scheme's first if not given. Raises DateError for a day that the scheme does
    not cover, PolicyError for a document that has no such rules.
    """
    if scheme.benefits is None:
        raise PolicyError(N_("{scheme} has no rules on benefits. Choose a city's scheme."), scheme=scheme.id)
    asked = scheme.on(on)
    day = benefit_day(scheme, asked)
    options = day.profile({}, 1).options
    terms = {
        each: terms_of(option.entries, option.sides.rates, option.figures, day.values)
        for each, option in options.items()
    }
    diagram = mapped(_in_county(day.classes, scheme), lambda each: terms[each])
    facts = tuple(_columns(diagram))
    return TermsTable(
        facts=facts,
        rows=tuple(TermsRow({name: path.get(name) for name in facts}, end) for path, end in _ends(diagram)),
        scheme=scheme.id,
        county=scheme.overlay.id if scheme.overlay else None,
        version=scheme.version,
        on=asked,
    )


def _in_county(classes: Node[Class], scheme: Scheme) -> Node[Class]:
    if scheme.overlay is None:
        return classes
    county = scheme.overlay.id
    return given(classes, {"county": county if county in FACTS["county"].values else NO_COUNTY})


def _columns(diagram: Node[Terms]) -> Iterator[str]:
    """What the diagram looks at: facts in the order of the tree, then yes/no parameters."""
    found: dict[str, None] = {}
    level: list[Node[Terms]] = [diagram]
    while level:
        branches = [each for each in level if not isinstance(each, Leaf)]
        found.update(dict.fromkeys(each.name for each in branches))
        level = [part for each in branches for part in dict.fromkeys(each.parts)]
    yield from (name for name in found if name in FACTS)
    yield from (name for name in found if name.startswith(PARAMETER))


def _ends(node: Node[Terms]) -> Iterator[tuple[dict[str, tuple[Answer, ...]], Terms]]:
    """Every way through, with the values that lead to the same as one step."""
    if isinstance(node, Leaf):
        yield {}, node.outcome
        return
    together: dict[int, list[Value]] = {}
    for value, part in zip(node.values, node.parts, strict=True):
        together.setdefault(id(part), []).append(value)
    for values in together.values():
        answers = tuple(_answer(node.name, value, node.values) for value in values)
        for path, terms in _ends(node.part(values[0])):
            yield {node.name: answers, **path}, terms


def _answer(name: str, value: Value, values: tuple[Value, ...]) -> Answer:
    return value if name.startswith(PARAMETER) else answer(name, value, values)
