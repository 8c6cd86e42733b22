"""Reasons: the nodes of the tree that says why something came out as it did, neutral, with no words glued together.

A node holds what was looked at and how it turned out; whoever shows it puts it into a reader's words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from policy_engine.citations import Citation
from policy_engine.conditions import ALWAYS, PARAMETER, Below, Condition, Is, Joined, Not, Read
from policy_engine.facts import FACTS, Value, fact_to_json
from policy_engine.hospitals import Evidence
from policy_engine.known import Known
from policy_engine.money import Money
from policy_engine.parameters import Figure, Rate, Unset, Values, percent_range
from policy_engine.scheme import Scheme

Kind = Literal[
    "decision",
    "group",
    # entries of a pack
    "rule",
    "amounts",
    "bearer",
    "note",
    "floor",
    "schedule",
    "adjustment",
    "cost_ceiling",
    "ceiling",
    "layer",
    # conditions
    "all",
    "any",
    "not",
    "fact",
    "parameter",
    "reading",
    "joins_as",
    # what a result is worked out from
    "hospital",
    "figure",
    "rate",
    "case",
    "line",
    "assumption",
]
"""What a node is: the `decision` itself; a `group` of alternatives; an entry of a pack; a clause of a condition, where
`joins_as` says that somebody joins by a rule and `reading` how an open place is read; the `hospital` whose level is
on record; a `figure` of the pack, the `rate` made up of several; one `case` that is possible; a `line` of the result;
an `assumption` about a fact that nobody has said."""


LEADS_HERE = "leads_here"
"""The id of the clause that says under which further facts a case is the one."""


@dataclass(frozen=True)
class Reason:
    """One node: `id` names the entry, fact, parameter, reading or line that it is about.

    `holds`: whether a clause is met, an entry applies, a figure is set, an amount is exact; None where that is open.
    `value` is what a fact is, or how a place of the text is read, None where it is unknown; `possible` are the few
    values that it can still have. A clause is met by the values `wanted`, or from `at_least` to below `below`.
    `text` is the pack's sentence or label. `instead` names the entry that comes before this one and applies in its
    place. `span` is from where to where a band reaches, in fen. `parts` are what it follows from, in the order of the
    pack or of the calculation.
    """

    kind: Kind
    id: str
    holds: bool | None
    text: str = ""
    citations: tuple[Citation, ...] = ()
    value: Value | None = None
    possible: tuple[Value, ...] = ()
    wanted: tuple[Value, ...] = ()
    at_least: int | None = None
    below: int | None = None
    figure: Figure | None = None
    unset: Unset | None = None
    amount: Money | None = None
    rate: Rate | None = None
    span: tuple[int, int | None] | None = None
    evidence: Evidence | None = None
    instead: str = ""
    parts: tuple[Reason, ...] = ()

    def walk(self) -> Iterator[Reason]:
        """This node and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def part(self, kind: Kind, name: str) -> Reason:
        """The node of this kind and id directly below. Raises KeyError where there is none."""
        for each in self.parts:
            if (each.kind, each.id) == (kind, name):
                return each
        raise KeyError(name)

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a reason. A key is there where it says something; a clause's `value` always."""
        data: dict[str, Any] = {"kind": self.kind, "id": self.id, "holds": self.holds}
        if self.kind in {"fact", "reading", "assumption"} or self.value is not None:
            data["value"] = None if self.value is None else fact_to_json(self.value)
        said: dict[str, Any] = {
            "text": self.text or None,
            "possible": [fact_to_json(each) for each in self.possible] or None,
            "wanted": [fact_to_json(each) for each in self.wanted] or None,
            "at_least": self.at_least,
            "below": self.below,
            "figure": self.figure.to_json() if self.figure else None,
            "unset": self.unset.to_dict() if self.unset else None,
            "amount": self.amount.to_json() if self.amount is not None else None,
            "rate": percent_range(self.rate) if self.rate is not None else None,
            "span": Money(*self.span).to_json() if self.span is not None else None,
            "evidence": self.evidence.to_dict() if self.evidence else None,
            "instead": self.instead or None,
            "citations": [each.to_dict() for each in self.citations] or None,
        }
        data.update((key, value) for key, value in said.items() if value is not None)
        if self.parts:
            data["parts"] = [each.to_dict() for each in self.parts]
        return data


class Reasons:
    """Makes nodes of a pack's conditions and figures, under what is known on one day."""

    def __init__(self, scheme: Scheme, values: Values, settled: Known, parameters: Mapping[str, Value]) -> None:
        self._scheme, self._values, self._settled = scheme, values, settled
        self.known: dict[str, Value] = {**parameters, **settled.facts}

    def condition(self, condition: Condition) -> tuple[Reason, ...]:
        """What has to hold, as one node; nothing where there is no condition."""
        return () if condition == ALWAYS else (self._clause(condition),)

    def _clause(self, condition: Condition) -> Reason:
        match condition:
            case Is():
                if condition.fact.startswith(PARAMETER):
                    figure = self.figure(condition.fact.removeprefix(PARAMETER))
                    holds = condition.holds(self.known)
                    return replace(figure, kind="parameter", holds=holds, wanted=tuple(condition.values))
                return self._fact(condition, wanted=_in_order(condition.fact, condition.values))
            case Below():
                return self._fact(condition, **{"at_least" if condition.inverted else "below": condition.bound})
            case Joined():
                parts = tuple(map(self._clause, condition.parts))
                kind: Kind = "any" if condition.decisive else "all"
                return Reason(kind, "", _joined([part.holds for part in parts], condition.decisive), parts=parts)
            case Not():
                part = self._clause(condition.part)
                return Reason("not", "", None if part.holds is None else not part.holds, parts=(part,))
            case Read():
                return self.reading(condition.reading, condition.choice)

    def _fact(self, condition: Is | Below, **wanted: Any) -> Reason:
        fact = condition.fact
        value, possible = self.known.get(fact), dict(self._settled.possible).get(fact, ())
        outcomes = {condition.holds({fact: each}) for each in possible} or {condition.holds(self.known)}
        return Reason(
            "fact",
            fact,
            outcomes.pop() if len(outcomes) == 1 else None,
            value=value,
            possible=possible,
            parts=tuple(self._derived(fact, value)),
            **wanted,
        )

    def _derived(self, fact: str, value: Value | None) -> Iterator[Reason]:
        """From what a fact follows that nobody said as such: a birth date, what is on record about a hospital."""
        born = self.known.get("birth_date")
        if fact == "age" and value is not None and born is not None:
            yield Reason("fact", "birth_date", True, value=born)
        hospital = self._settled.hospital
        if fact == "provider_level" and hospital is not None:
            shown = tuple(
                Reason("hospital", hospital.id, True, text=hospital.name, evidence=each)
                for each in hospital.level_evidence(self._values.on)
            )
            yield from shown or (Reason("hospital", hospital.id, None, text=hospital.name),)
            yield from map(self.reading, self._settled.interpretations)

    def reading(self, name: str, wanted: str | None = None) -> Reason:
        """How an open place of the text is read; as a clause, whether it is read as `wanted`."""
        read = self._scheme.interpretations[name]
        return Reason(
            "reading",
            name,
            wanted is None or read.choice == wanted,
            text=read.chosen,
            citations=(read.citation,),
            value=read.choice,
            wanted=() if wanted is None else (wanted,),
        )

    def besides(self, names: Iterable[str], parts: Iterable[Reason]) -> Iterator[Reason]:
        """The readings that an entry rests on besides those that these parts show."""
        shown = {each.id for part in parts for each in part.walk() if each.kind == "reading"}
        yield from (self.reading(name) for name in names if name not in shown)

    def figure(self, name: str) -> Reason:
        """A parameter with its value, or with who has to say; a reading that stands in a parameter's place."""
        if name in self._scheme.interpretations:
            return self.reading(name)
        is_set = self._values.is_set(name)
        return Reason(
            "figure",
            name,
            is_set or None,
            text=self._scheme.parameters[name].label,
            citations=(self._values.citation(name),),
            figure=self._values.figure(name),
            unset=None if is_set else self._values.unset(name),
        )

    def leading(self, condition: Condition) -> Reason:
        """What would have to be so, of what is still unknown: all of the parts, or any one of them."""
        parts = condition.parts if isinstance(condition, Joined) else (condition,)
        kind: Kind = "any" if isinstance(condition, Joined) and condition.decisive else "all"
        return Reason(kind, LEADS_HERE, None, parts=tuple(map(self._clause, parts)))


def _joined(parts: Sequence[bool | None], decisive: bool) -> bool | None:
    """Whether several parts hold together, of which one that turns out `decisive` settles it."""
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def _in_order(fact: str, values: frozenset[Value]) -> tuple[Value, ...]:
    """The values in the vocabulary's order."""
    if FACTS[fact].kind == "enum":
        return tuple(value for value in FACTS[fact].values if value in values)
    return tuple(sorted(values, key=str)) if FACTS[fact].kind != "int" else tuple(sorted(values))
