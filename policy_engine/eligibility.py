"""May this person join? Eligible, ineligible, or not yet determined, with the rules that say so."""

from __future__ import annotations

import datetime
import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from policy_engine.citations import Citation
from policy_engine.conditions import Joined, domain
from policy_engine.diagram import Leaf, Node, ask_first, given, unfold
from policy_engine.errors import N_, PolicyError
from policy_engine.facts import FACTS, Facts, Value
from policy_engine.known import known_on
from policy_engine.provenance import Provenance, facts_to_dict, provenance
from policy_engine.scheme import Rule, Scheme

Outcome = Literal["eligible", "ineligible", "undetermined"]


@dataclass(frozen=True)
class Step:
    """One rule looked at. `holds` is None where it is still open; `against` are the facts that make it false."""

    rule: str
    holds: bool | None
    text: str
    citation: Citation
    against: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a reason."""
        return {
            "rule": self.rule,
            "holds": self.holds,
            "text": self.text,
            "citation": self.citation.to_dict(),
            "against": list(self.against),
        }


@dataclass(frozen=True)
class Eligibility:
    """A decision with everything that a reader needs.

    `category` is the rule that admits the person where it is certain. `missing` holds only facts that can still change
    the outcome, the most deciding first. `changes` are the fewest changes of facts, made together, after which the
    answer is no longer *no*. `interpretations` are the open places of the text on which the decision rests.
    """

    outcome: Outcome
    category: str | None
    reasons: tuple[Step, ...]
    missing: tuple[str, ...]
    changes: tuple[tuple[str, Value], ...]
    interpretations: tuple[str, ...]
    facts: Facts
    provenance: Provenance

    @property
    def on(self) -> datetime.date:
        """The day whose rules were applied."""
        return self.provenance.on

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a decision."""
        return {
            "outcome": self.outcome,
            "category": self.category,
            "reasons": [step.to_dict() for step in self.reasons],
            "missing": list(self.missing),
            "changes": [{"fact": fact, "to": value} for fact, value in self.changes],
            "interpretations": list(self.interpretations),
            "facts": facts_to_dict(self.facts),
            **self.provenance.to_dict(),
        }


def eligibility(
    scheme: Scheme, facts: Facts, on: datetime.date | None = None, today: datetime.date | None = None
) -> Eligibility:
    """May the person with these facts join, under the rules of the day `on`?

    Articles 十 to 十二 for Jiaxing 2008. Raises DateError for a day that the scheme does not cover, FactError for a
    birth date that cannot be, PolicyError for a document that has no such rules.
    """
    if not scheme.may_join:
        raise PolicyError(N_("{scheme} has no rules on who may join. Choose a city's scheme."), scheme=scheme.id)
    day = scheme.on(on, today)
    known = known_on(scheme, facts, day).facts
    found = _decided(scheme, tuple([known.get(name) for name in _looked_at(scheme)]))
    return Eligibility(
        found.outcome,
        found.category,
        found.reasons,
        found.missing,
        found.changes,
        found.interpretations,
        facts,
        provenance(scheme, day),
    )


@dataclass(frozen=True, slots=True)
class _Decided:
    """What is the same for everybody with the same facts."""

    outcome: Outcome
    category: str | None
    reasons: tuple[Step, ...]
    missing: tuple[str, ...]
    changes: tuple[tuple[str, Value], ...]
    interpretations: tuple[str, ...]


@lru_cache(maxsize=131072)
def _decided(scheme: Scheme, values: tuple[Value | None, ...]) -> _Decided:
    """Few combinations of facts exist, and many people share them."""
    known = {name: value for name, value in zip(_looked_at(scheme), values, strict=True) if value is not None}
    remaining = given(_diagram(scheme), known)
    outcome: Outcome = remaining.outcome if isinstance(remaining, Leaf) else "undetermined"
    reasons = _reasons(scheme, outcome, known)
    category = next((rule.id for rule in scheme.may_join if rule.when.holds(known)), None)
    relied_on = {step.rule for step in reasons if step.holds is not False}
    interpretations = (
        name
        for rule in (*scheme.cannot_join, *scheme.may_join)
        if rule.id in relied_on
        for name in rule.interpretations
    )
    return _Decided(
        outcome=outcome,
        category=category if outcome == "eligible" else None,
        reasons=reasons,
        missing=ask_first(remaining, _looked_at(scheme), _doubt),
        changes=_changes(scheme, known) if outcome == "ineligible" else (),
        interpretations=tuple(dict.fromkeys(interpretations)),
    )


Decided = Literal["eligible", "ineligible"]


@lru_cache(maxsize=64)
def _looked_at(scheme: Scheme) -> tuple[str, ...]:
    """The facts that the rules on joining look at, in the vocabulary's order."""
    names = {name for rule in (*scheme.cannot_join, *scheme.may_join) for name, _ in rule.when.needs()}
    return tuple(name for name in FACTS if name in names)


@lru_cache(maxsize=64)
def _diagram(scheme: Scheme) -> Node[Decided]:
    conditions = tuple(rule.when for rule in (*scheme.cannot_join, *scheme.may_join))

    excluded = Joined(tuple(rule.when for rule in scheme.cannot_join), decisive=True)
    admitted = Joined(tuple(rule.when for rule in scheme.may_join), decisive=True)

    def decide(facts: dict[str, Value]) -> Decided | None:
        out, within = excluded.holds(facts), admitted.holds(facts)
        if out or within is False:
            return "ineligible"
        return "eligible" if within and out is False else None

    return unfold({name: domain(name, conditions) for name in _looked_at(scheme)}, decide)


def _doubt(node: Node[Decided]) -> float:
    """How undecided it still is: the entropy over the outcomes that remain, in bits."""
    return -sum(share * math.log2(share) for share in node.odds.values())


def _reasons(scheme: Scheme, outcome: Outcome, known: Mapping[str, Value]) -> tuple[Step, ...]:
    """The rules that decide; where nothing is decided, those that are still open."""

    def step(rule: Rule) -> Step:
        return Step(rule.id, rule.when.holds(known), rule.text, rule.citation, rule.when.against(known))

    exclusions = [step(rule) for rule in scheme.cannot_join]
    admissions = [step(rule) for rule in scheme.may_join]
    excluded = [each for each in exclusions if each.holds]
    if outcome == "ineligible":
        # Without an exclusion that certainly holds, it is a no because each way in is closed, by one rule or another.
        return tuple(excluded or [each for each in (*admissions, *exclusions) if each.holds is not True])
    if outcome == "eligible":
        admitting = [each for each in admissions if each.holds] or [each for each in admissions if each.holds is None]
        return (*admitting, *exclusions)
    open_steps = [each for each in (*admissions, *exclusions) if each.holds is not False]
    return tuple(open_steps or admissions)


def _changes(scheme: Scheme, known: Mapping[str, Value]) -> tuple[tuple[str, Value], ...]:
    """The fewest, then the easiest, changes after which the answer is no longer a certain *no*."""
    flips = [
        (effort, name, not known[name])
        for name in _looked_at(scheme)
        if isinstance(known.get(name), bool) and (effort := FACTS[name].effort) is not None
    ]
    for size in range(1, len(flips) + 1):
        working = []
        for chosen in itertools.combinations(flips, size):
            changed = {**known, **{name: value for _, name, value in chosen}}
            if "eligible" in given(_diagram(scheme), changed).odds:
                working.append(chosen)
        if working:
            best = min(working, key=lambda chosen: sum(effort for effort, _, _ in chosen))
            return tuple((name, value) for _, name, value in best)
    return ()
