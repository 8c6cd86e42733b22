"""Why a contribution is what it is: which class of amounts, who carries which part, and the figures behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policy_engine.contribution import UNDECIDED, Contribution, Part, Rules, contribution, rules_left
from policy_engine.explaining.leads import example_of, leading_to
from policy_engine.explaining.reasons import Reason, Reasons
from policy_engine.known import known_on
from policy_engine.money import exactly
from policy_engine.parameters import Values
from policy_engine.scheme import Bearer, ContributionRules, Note, Scheme


def contribution_reasons(scheme: Scheme, found: Contribution) -> Reason:
    """The reasons for a contribution: its rules group by group, then each case that is possible with its parts."""
    assert scheme.contribution is not None  # noqa: S101 - `contribution` has refused a scheme without such rules
    return _Contribution(scheme, scheme.contribution, found).decision()


class _Contribution:
    def __init__(self, scheme: Scheme, rules: ContributionRules, found: Contribution) -> None:
        self._scheme, self._rules, self._found = scheme, rules, found
        settled = known_on(scheme, found.facts, found.on)
        self._left = rules_left(scheme, rules, settled.facts)
        self._reasons = Reasons(scheme, Values(scheme, found.on), settled, {})

    def decision(self) -> Reason:
        rules, cases = self._rules, tuple(self._left.odds)
        groups = (
            _group("amounts", self._amounts({each.amounts for each in cases})),
            _group("own_part", self._bearers(rules.own_part, {each.own for each in cases})),
            _group("remainder", self._bearers(rules.remainder, {each.rest for each in cases})),
            _group("floors", self._floors()),
            _group("notes", map(self._note, rules.notes)),
            _group("cases", map(self._case, cases)),
        )
        exact = self._found.person_pays.exact and self._found.total.exact
        parts = tuple(each for each in groups if each.parts)
        return Reason("decision", "contribution", exact or None, amount=self._found.person_pays, parts=parts)

    def _amounts(self, possible: set[str]) -> Iterator[Reason]:
        """The classes of amounts, of which the first that fits applies, down to the last that may."""
        last = max(place for place, each in enumerate(self._rules.amounts) if each.id in possible)
        for shares in self._rules.amounts[: last + 1]:
            applies = _applies(shares.id, possible)
            parts = [*self._reasons.condition(shares.when)]
            if applies is not False:
                parts += map(self._reasons.figure, shares.parameters)
                parts += self._reasons.besides(shares.interpretations, parts)
            yield Reason("amounts", shares.id, applies, parts=tuple(parts))

    def _bearers(self, bearers: Iterable[Bearer], possible: set[str]) -> Iterator[Reason]:
        """Who carries a part, and who does not, of whom just one applies."""
        for each in bearers:
            applies = _applies(each.id, possible)
            parts = [*self._reasons.condition(each.when)]
            if applies is not False:
                parts += [*self._joins_as(each, applies), *self._reasons.besides(each.interpretations, parts)]
            cited = (each.citation,)
            yield Reason("bearer", each.id, applies, each.text, cited, value=each.payer, parts=tuple(parts))

    def _joins_as(self, bearer: Bearer, applies: bool | None) -> Iterator[Reason]:
        """The rule on joining by which a bearer is settled before its own condition is."""
        if not applies or bearer.when.holds(self._reasons.known) is not None:
            return
        for rule in self._scheme.may_join:
            if rule.id == bearer.joins_as:
                holds = rule.when.holds(self._reasons.known)
                yield Reason("joins_as", rule.id, holds, rule.text, (rule.citation,))

    def _floors(self) -> Iterator[Reason]:
        """National floors under a part; one holds where the scheme says that the city is one of those it is about."""
        named = {name for shares in self._rules.amounts for name in shares.by_payer.values()}
        for each in self._scheme.statements:
            if each.at_least is not None and each.parameter in named:
                holds = self._scheme.pilot_city if each.applies_when else True
                yield Reason("floor", each.id, holds, each.text, (each.citation,), amount=exactly(each.at_least))

    def _note(self, note: Note) -> Reason:
        holds, parts = note.when.holds(self._reasons.known), self._reasons.condition(note.when)
        return Reason("note", note.id, holds, note.text, (note.citation,), parts=parts)

    def _case(self, case: Rules) -> Reason:
        """One case that is possible: which further facts lead there, and what is then due."""
        found = self._found
        then = contribution(self._scheme, {**found.facts, **example_of(self._left, case)}, found.on)
        parts = [_line(each) for each in then.parts]
        if len(self._left.odds) > 1:
            parts.insert(0, self._reasons.leading(leading_to(self._left, case)))
        name = "+".join(each for each in (case.amounts, case.own, case.rest) if each)
        exact = then.person_pays.exact and then.total.exact
        return Reason("case", name, exact or None, amount=then.person_pays, parts=tuple(parts))


def _group(name: str, parts: Iterable[Reason]) -> Reason:
    """Entries of which one applies, notes, or cases: settled where it is known which."""
    found = tuple(parts)
    settled = len(found) == 1 if name == "cases" else all(each.holds is not None for each in found)
    return Reason("group", name, settled or None, parts=found)


def _applies(name: str, possible: set[str]) -> bool | None:
    if name not in possible:
        return False
    return len(possible) == 1 or None


def _line(part: Part) -> Reason:
    payer = None if part.payer == UNDECIDED else part.payer
    exact = part.amount.exact or None
    return Reason("line", part.line, exact, part.text, part.citations, value=payer, amount=part.amount)
