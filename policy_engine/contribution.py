"""What does joining cost a year, what does the person pay, and who pays the rest?"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from policy_engine.citations import Citation
from policy_engine.conditions import domain
from policy_engine.diagram import Node, ask_first, given, mapped, unfold
from policy_engine.errors import N_, PolicyError
from policy_engine.facts import FACTS, Facts, Value
from policy_engine.known import known_on
from policy_engine.money import NOTHING, Money, exactly
from policy_engine.parameters import Figure, Unset, Values
from policy_engine.provenance import Provenance, facts_to_dict, provenance, weakest
from policy_engine.scheme import Bearer, ContributionRules, Scheme, Shares

UNDECIDED = "undecided"
"""Stands where no authority has said who pays."""


@dataclass(frozen=True)
class Part:
    """What one payer pays of one person's contribution.

    `line` is `own_part` for the individual's share, whoever pays it, `remainder` for the rest. `payer` may be
    `undecided`. `citations` say where the amount stands (or who is to set it), then which rule names the payer.
    """

    line: str
    payer: str
    amount: Money
    text: str
    citations: tuple[Citation, ...]

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a part."""
        return {
            "line": self.line,
            "payer": None if self.payer == UNDECIDED else self.payer,
            "amount": self.amount.to_json(),
            "text": self.text,
            "citation": self.citations[-1].to_dict(),
            "citations": [each.to_dict() for each in self.citations],
        }


@dataclass(frozen=True)
class Advice:
    """What a person in this situation should hear besides the figures."""

    text: str
    citation: Citation

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of an advice."""
        return {"text": self.text, "citation": self.citation.to_dict()}


@dataclass(frozen=True)
class Contribution:
    """What is due for one person and year. Where a fact is missing, parts cover every possibility."""

    total: Money
    person_pays: Money
    parts: tuple[Part, ...]
    unset: tuple[Unset, ...]
    missing: tuple[str, ...]
    advice: tuple[Advice, ...]
    interpretations: tuple[str, ...]
    illustrative: bool
    grade: str
    figures: tuple[Figure, ...]
    facts: Facts
    provenance: Provenance

    @property
    def on(self) -> datetime.date:
        """The day whose rules were applied."""
        return self.provenance.on

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a contribution."""
        return {
            "total": self.total.to_json(),
            "person_pays": self.person_pays.to_json(),
            "parts": [part.to_dict() for part in self.parts],
            "unset": [each.to_dict() for each in self.unset],
            "missing": list(self.missing),
            "advice": [each.to_dict() for each in self.advice],
            "interpretations": list(self.interpretations),
            "illustrative": self.illustrative,
            "grade": self.grade,
            "figures": {each.parameter: each.to_json() for each in self.figures},
            "facts": facts_to_dict(self.facts),
            **self.provenance.to_dict(),
        }


def contribution(
    scheme: Scheme, facts: Facts, on: datetime.date | None = None, today: datetime.date | None = None
) -> Contribution:
    """The contribution of the person with these facts for one year, under the rules of the day `on`.

    Article 十三 for Jiaxing 2008. Says nothing on whether the person may join; `eligibility` does. Raises DateError for
    a day that the scheme does not cover, PolicyError for a document that has no such rules.
    """
    rules = scheme.contribution
    if rules is None:
        raise PolicyError(N_("{scheme} has no rules on contributions. Choose a city's scheme."), scheme=scheme.id)
    day = scheme.on(on, today)
    known = known_on(scheme, facts, day).facts
    values = Values(scheme, day)
    remaining = rules_left(scheme, rules, known)
    amounts = {each.id: each for each in rules.amounts}
    parts = {case: _parts(scheme, rules, values, amounts[case.amounts], case) for case in remaining.odds}
    possible = list(dict.fromkeys(parts.values()))
    bearers = {bearer.id: bearer for bearer in (*rules.own_part, *rules.remainder)}
    classes = tuple(dict.fromkeys(amounts[case.amounts] for case in remaining.odds))
    unset = tuple(
        dict.fromkeys(each for case in remaining.odds for each in _unset(values, parts[case], amounts[case.amounts]))
    )
    remaining_parts = mapped(remaining, lambda case: possible.index(parts[case]))
    missing = ask_first(remaining_parts, tuple(FACTS), lambda node: len(node.odds))
    if scheme.overlay is None and any(scheme.parameters[each.parameter].set_by == "county" for each in unset):
        missing = ("county", *missing)
    figures = tuple(map(values.figure, dict.fromkeys(name for each in classes for name in each.parameters)))
    relied_on = [each.interpretations for each in classes]
    relied_on += [bearers[name].interpretations for case in remaining.odds for name in (case.own, case.rest)]
    return Contribution(
        total=_hull([_total(amounts[case.amounts], values, parts[case]) for case in remaining.odds]),
        person_pays=_hull([_sum(part for part in each if part.payer == "individual") for each in possible]),
        parts=possible[0] if len(possible) == 1 else _merge(possible),
        unset=unset,
        missing=missing,
        advice=tuple(Advice(note.text, note.citation) for note in rules.notes if note.when.holds(known)),
        interpretations=tuple(dict.fromkeys(name for names in relied_on for name in names)),
        illustrative=any(values.illustrative(each.parameter) for each in figures),
        grade=weakest(each.citation for each in figures),
        figures=figures,
        facts=facts,
        provenance=provenance(scheme, day),
    )


@dataclass(frozen=True)
class Rules:
    """Which rule of each group applies: how much is paid, who pays the individual's own part, who pays the rest."""

    amounts: str
    own: str
    rest: str


def rules_left(scheme: Scheme, rules: ContributionRules, known: Mapping[str, Value]) -> Node[Rules]:
    """Which rules may apply, once these facts are known."""
    return _settled(given(_cases(scheme), known), scheme, rules, known)


@lru_cache(maxsize=64)
def _cases(scheme: Scheme) -> Node[Rules]:
    """Which rules apply, by the facts that they look at. The loader saw to it that exactly one of each group does."""
    rules = scheme.contribution
    assert rules is not None  # noqa: S101 - `contribution` has refused a scheme without such rules
    conditions = tuple(each.when for each in rules.entries)
    looked_at = {name for condition in conditions for name, _ in condition.needs()}

    def decide(facts: dict[str, Value]) -> Rules | None:
        amounts = next(each for each in rules.amounts if each.when.holds(facts) is not False)
        own = next((bearer.id for bearer in rules.own_part if bearer.when.holds(facts)), None)
        rest = next((bearer.id for bearer in rules.remainder if bearer.when.holds(facts)), None)
        settled = amounts.when.holds(facts) and own is not None and rest is not None
        return Rules(amounts.id, own or "", rest or "") if settled else None

    return unfold({name: domain(name, conditions) for name in FACTS if name in looked_at}, decide)


def _settled(cases: Node[Rules], scheme: Scheme, rules: ContributionRules, known: Mapping[str, Value]) -> Node[Rules]:
    """The cases, with the remainder settled for whoever certainly joins by just one of the rules that name a bearer.

    Where the facts themselves already name the bearer, they stand.
    """
    if any(bearer.when.holds(known) for bearer in rules.remainder):
        return cases
    joining = {rule.id for rule in scheme.may_join if rule.when.holds(known)}
    settled = [bearer.id for bearer in rules.remainder if bearer.joins_as in joining]
    return mapped(cases, lambda case: replace(case, rest=settled[0])) if len(settled) == 1 else cases


def _total(amounts: Shares, values: Values, parts: tuple[Part, ...]) -> Money:
    """The total, raised to what the parts come to where a national floor raises one of them."""
    return values.money(amounts.total).at_least(exactly(sum(part.amount.low for part in parts)))


def _sum(parts: Iterable[Part]) -> Money:
    return sum((part.amount for part in parts), NOTHING)


def _hull(amounts: Sequence[Money]) -> Money:
    result = amounts[0]
    for amount in amounts[1:]:
        result = result.hull(amount)
    return result


def _government_floor(scheme: Scheme, amounts: Shares) -> Money:
    """The national floor under the government's part; only for a city that its scheme calls a pilot city."""
    floors = [
        each.at_least
        for each in scheme.statements
        if each.parameter == amounts.by_payer.get("government")
        and each.at_least is not None
        and (not each.applies_when or scheme.pilot_city is True)
    ]
    return exactly(max(floors, default=0))


def _parts(scheme: Scheme, rules: ContributionRules, values: Values, amounts: Shares, case: Rules) -> tuple[Part, ...]:
    own_rule = next(bearer for bearer in rules.own_part if bearer.id == case.own)
    rest_rule = next(bearer for bearer in rules.remainder if bearer.id == case.rest)

    def part(line: str, payer: str, amount: Money, rule: Bearer, *figures: str) -> Part:
        cited = (*(values.citation(name) for name in figures), rule.citation)
        return Part(line, payer, amount, rule.text, tuple(dict.fromkeys(cited)))

    own_share = amounts.by_payer["individual"]
    individual = values.money(own_share)
    parts = [part("own_part", own_rule.payer, individual, own_rule, own_share)]
    if rest_rule.payer == "shares":
        for payer, parameter in amounts.by_payer.items():
            if payer != "individual":
                amount = values.money(parameter)
                if payer == "government":
                    amount = amount.at_least(_government_floor(scheme, amounts))
                parts.append(part("remainder", payer, amount, rest_rule, parameter))
    else:
        left = values.money(amounts.total).less(individual)
        parts.append(part("remainder", rest_rule.payer, left, rest_rule, amounts.total, own_share))
    return tuple(each for each in parts if each.amount != NOTHING)


def _unset(values: Values, parts: tuple[Part, ...], amounts: Shares) -> tuple[Unset, ...]:
    """The parameters behind every amount that is not exact, once each."""
    looked_at: dict[str, None] = {}
    individual = amounts.by_payer["individual"]
    for part in parts:
        if part.amount.exact:
            continue
        regular = amounts.by_payer.get(part.payer) if part.payer != UNDECIDED else None
        wanted = [individual] if part.line == "own_part" else [regular or amounts.total]
        if part.payer in {"enterprise", UNDECIDED}:
            wanted = [amounts.total, individual]
        looked_at.update(dict.fromkeys(wanted))
    if not values.is_set(amounts.total):
        looked_at[amounts.total] = None
    return tuple(values.unset(name) for name in looked_at if not values.is_set(name))


def _merged(parts: list[Part], possible: list[tuple[Part, ...]]) -> Money:
    """What one payer pays over all possibilities: nothing in those where they do not appear."""
    amounts = [part.amount for part in parts]
    return _hull(amounts if len(amounts) == len(possible) else [*amounts, NOTHING])


def _merge(possible: list[tuple[Part, ...]]) -> tuple[Part, ...]:
    """One part for each line and payer, covering every possibility."""
    merged: dict[tuple[str, str], list[Part]] = {}
    for parts in possible:
        for part in parts:
            merged.setdefault((part.line, part.payer), []).append(part)
    return tuple(
        Part(
            line,
            payer,
            _merged(found, possible),
            found[0].text,
            tuple(dict.fromkeys(citation for each in found for citation in each.citations)),
        )
        for (line, payer), found in merged.items()
    )
