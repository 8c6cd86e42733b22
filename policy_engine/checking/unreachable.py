"""Rules that nobody can meet, and rules that meet in one person: found by search, with a case as witness."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Protocol

from policy_engine.checking.findings import Finding, case_in_words, fault, note
from policy_engine.conditions import Condition, Joined, Not
from policy_engine.errors import N_
from policy_engine.facts import Value
from policy_engine.reading.witnesses import first_of_all, in_every_reading, witness
from policy_engine.scheme import ContributionRules, Scheme


class _Entry(Protocol):
    """What every entry with a condition has."""

    @property
    def id(self) -> str: ...

    @property
    def when(self) -> Condition: ...

    @property
    def where(self) -> str: ...


def unreachable(scheme: Scheme) -> Iterator[Finding]:
    """Entries that apply to nobody, however the open places of the text are read."""
    for alone in _alone(scheme):
        if not _met(scheme, [alone], 0):
            yield fault(
                "unreachable",
                alone.id,
                N_("Nobody can meet the rule {name}: its conditions exclude one another. Correct one of them."),
                alone.where,
            )
    for group in _groups(scheme):
        for place, entry in enumerate(group):
            if not _met(scheme, group, place):
                yield fault(
                    "unreachable",
                    entry.id,
                    N_("Nobody is left for {name}: the entries above it take every case. Move it up, or narrow those."),
                    entry.where,
                )


def nobody_who_joins(scheme: Scheme) -> Iterator[Finding]:
    """Who pays, and what is told: entries about people of whom none may join."""
    rules = scheme.contribution
    if rules is None or not scheme.may_join:
        return
    joins = may_join(scheme)
    entries: tuple[_Entry, ...] = (*rules.own_part, *rules.remainder, *rules.notes)
    for entry in entries:
        if _met(scheme, [entry], 0) and witness((entry.when, *joins)) is None:
            yield note(
                "nobody_who_joins",
                entry.id,
                N_("Nobody who may join ever meets {name}. Check whether the rule is needed."),
                entry.where,
            )


def together(scheme: Scheme) -> Iterator[Finding]:
    """Adjustments that can apply to one person and bill: whether they add up is a question of law."""
    for one, other in itertools.combinations(scheme.benefits.adjustments if scheme.benefits else (), 2):
        case = witness((one.when, other.when))
        if case is not None:
            yield note(
                "together",
                other.id,
                N_("{name} and {other} both apply, and their points add up, where {case}. Check that it is meant."),
                other.where,
                other=one.id,
                case=case_in_words(case),
            )


def two_ways_in(scheme: Scheme) -> Iterator[Finding]:
    """Rules on joining that admit the same person."""
    outside = [Not(rule.when) for rule in scheme.cannot_join]
    for one, other in itertools.combinations(scheme.may_join, 2):
        case = witness((one.when, other.when, *outside))
        if case is not None:
            yield note(
                "two_ways_in",
                other.id,
                N_("{name} and {other} both admit the same person, where {case}. Check that it does not matter which."),
                other.where,
                other=one.id,
                case=case_in_words(case),
            )


def payers_without_share(scheme: Scheme) -> Iterator[Finding]:
    """Classes of amounts in which a remainder is to be paid by shares that are not given, and shares nobody pays."""
    rules = scheme.contribution
    for place, amounts in enumerate(rules.amounts if rules else ()):
        others = [payer for payer in amounts.by_payer if payer != "individual"]
        case = _paid_by_shares(rules, place) if rules else None
        name = amounts.id or "shares"
        if case is not None and not others:
            yield fault(
                "no_share",
                name,
                N_(
                    "The remainder is left to the shares where {case}, but only the individual has one. Add the others."
                ),
                amounts.where,
                case=case_in_words(case) or "–",
            )
        unpaid = [payer for payer in others if rules and payer not in {each.payer for each in rules.remainder}]
        if case is None and unpaid:
            yield fault(
                "share_unused",
                name,
                N_("Shares are given for {payers}, but no rule of the remainder lets the shares pay. Remove them."),
                amounts.where,
                payers=", ".join(unpaid),
            )


def _paid_by_shares(rules: ContributionRules, place: int) -> dict[str, Value] | None:
    """A case in which these amounts apply and the remainder is paid by its shares."""
    conditions = [each.when for each in rules.amounts]
    for bearer in rules.remainder:
        if bearer.payer == "shares":
            case = witness((*first_of_all(conditions, place), bearer.when))
            if case is not None:
                return case
    return None


def may_join(scheme: Scheme) -> tuple[Condition, ...]:
    """What holds of everybody who may join."""
    admitted = Joined(tuple(rule.when for rule in scheme.may_join), decisive=True)
    return (admitted, *(Not(rule.when) for rule in scheme.cannot_join))


def _alone(scheme: Scheme) -> Iterator[_Entry]:
    """The entries that apply by their own condition alone."""
    yield from scheme.cannot_join
    if scheme.contribution is not None:
        yield from (*scheme.contribution.own_part, *scheme.contribution.remainder)
        yield from scheme.contribution.notes
    if scheme.benefits is not None:
        yield from scheme.benefits.adjustments


def _groups(scheme: Scheme) -> Iterator[Sequence[_Entry]]:
    """The groups of entries of which the first that holds applies; schedules on every day on which they change."""
    if scheme.contribution is not None:
        yield scheme.contribution.amounts
    if scheme.benefits is not None:
        rules = scheme.benefits
        yield from dict.fromkeys(rules.on(day) for day in scheme.turns)
        yield from (rules.ceilings, rules.cost_ceilings, rules.layers)


def _met(scheme: Scheme, group: Sequence[_Entry], place: int) -> bool:
    """Whether under some reading somebody is left for the entry."""
    conditions = [each.when for each in group[: place + 1]]
    everything = in_every_reading(conditions, scheme.interpretations)
    return any(witness(first_of_all(read, place)) is not None for read in everything)
