"""What no single entry of a pack can show: rules that disagree, rules that nobody can meet, unset facts to ask about.

Found by going through every combination of the facts that the rules look at, not by waiting until somebody meets one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from policy_engine.conditions import PARAMETER, Condition, Conditional, domain, readings_of
from policy_engine.errors import N_, PackError, did_you_mean
from policy_engine.facts import FACTS, Value
from policy_engine.money import yuan
from policy_engine.parameters import Values
from policy_engine.reading.benefit_checks import check_benefits, reachable, unmeetable
from policy_engine.scheme import Bearer, Rule, Scheme, Shares, Statement


def check_scheme(scheme: Scheme) -> None:
    """Raises PackError for the first contradiction in the scheme as a whole."""
    _unique_names(scheme)
    _same_as_ends(scheme)
    _parameters_named_exist(scheme)
    _rules_agree(scheme)
    _readings_named(scheme)
    if scheme.contribution is not None:
        _exactly_one("own_part", scheme.contribution.own_part)
        _exactly_one("remainder", scheme.contribution.remainder)
        reachable(scheme.contribution.amounts, scheme.interpretations)
        if any(bearer.payer == "shares" for bearer in scheme.contribution.remainder):
            for amounts in scheme.contribution.amounts:
                _shares_add_up(scheme, amounts)
    if scheme.benefits is not None:
        check_benefits(scheme, scheme.benefits)


def combinations(conditions: Sequence[Condition]) -> Iterator[dict[str, Value]]:
    """Every combination of the facts and yes/no parameters that the conditions look at."""
    names = list(dict.fromkeys(name for condition in conditions for name, _ in condition.needs()))
    for values in itertools.product(*(domain(name, tuple(conditions)) for name in names)):
        yield dict(zip(names, values, strict=True))


def _conditions(scheme: Scheme) -> Iterator[tuple[str, Condition]]:
    for rule in (*scheme.cannot_join, *scheme.may_join):
        yield rule.where, rule.when
    if scheme.contribution:
        for bearer in (*scheme.contribution.own_part, *scheme.contribution.remainder):
            yield bearer.where, bearer.when
        for note in scheme.contribution.notes:
            yield note.where, note.when
        for amounts in scheme.contribution.amounts:
            yield amounts.where, amounts.when
    if scheme.benefits:
        for entry in scheme.benefits.entries:
            yield entry.where, entry.when


def _parameters_named_exist(scheme: Scheme) -> None:
    for where, condition in _conditions(scheme):
        for name, _ in condition.needs():
            if not name.startswith(PARAMETER):
                if FACTS[name].kind in {"bool", "enum", "int"}:
                    continue
                raise PackError(
                    N_("A condition cannot look at {fact}, which is no yes/no, choice or whole number."),
                    where=where,
                    fact=name,
                )
            spec = scheme.parameters.get(name.removeprefix(PARAMETER))
            if spec is None or spec.unit != "boolean":
                raise PackError(
                    N_("A condition names the parameter {name}, which is no yes/no parameter of this scheme."),
                    where=where,
                    name=name.removeprefix(PARAMETER),
                )
    if scheme.kind == "municipal":
        for each in scheme.statements:
            if each.parameter and each.parameter not in scheme.parameters:
                raise PackError(
                    N_("There is no parameter called {name}. Did you mean: {nearest}?"),
                    where=each.where,
                    name=each.parameter,
                    nearest=did_you_mean(each.parameter, scheme.parameters),
                )


def _readings_named(scheme: Scheme) -> None:
    """An entry that depends on how the text is read says so, so that whoever relies on it is told."""
    entries: tuple[Conditional, ...] = (*scheme.cannot_join, *scheme.may_join)
    entries += scheme.contribution.entries if scheme.contribution else ()
    entries += scheme.benefits.entries if scheme.benefits else ()
    for entry in entries:
        for reading in readings_of(entry.when):
            if reading not in entry.interpretations:
                raise PackError(
                    N_("This rests on the reading {name}. Add it under relies_on."), where=entry.where, name=reading
                )


def _same_as_ends(scheme: Scheme) -> None:
    """A value taken from another parameter is there, of the same kind, and not taken from here in turn."""
    taken = {name: {each.same_as for each in spec.settings if each.same_as} for name, spec in scheme.parameters.items()}
    for name, others in taken.items():
        spec = scheme.parameters[name]
        for other in others:
            if other not in taken or scheme.parameters[other].unit != spec.unit:
                alike = [each for each in taken if scheme.parameters[each].unit == spec.unit and each != name]
                raise PackError(
                    N_("{name} is the same as {other}, which is no parameter of its kind. Did you mean: {nearest}?"),
                    where=spec.where,
                    name=name,
                    other=other,
                    nearest=did_you_mean(other, alike),
                )
    for name in taken:
        reached: set[str] = set()
        ahead = set(taken[name])
        while ahead:
            reached |= ahead
            ahead = set().union(*(taken[other] for other in ahead)) - reached
        if name in reached:
            raise PackError(
                N_("{name} takes its value, by way of others, from itself. Give one of them a value: {circle}."),
                where=scheme.parameters[name].where,
                name=name,
                circle=", ".join(sorted(reached)),
            )


def _unique_names(scheme: Scheme) -> None:
    rules = scheme.contribution
    groups: list[Sequence[Rule | Bearer | Statement]] = [(*scheme.cannot_join, *scheme.may_join), scheme.statements]
    if rules:
        groups += [rules.own_part, rules.remainder]
    for group in groups:
        taken: set[str] = set()
        for each in group:
            if each.id in taken:
                raise PackError(
                    N_("Two rules are called {name}. Give one of them another id."), where=each.where, name=each.id
                )
            taken.add(each.id)


def _rules_agree(scheme: Scheme) -> None:
    """Nobody whom one rule admits may be turned away whatever else is true of them."""
    everything = [rule.when for rule in (*scheme.cannot_join, *scheme.may_join)]
    open_rules = {rule.id: rule for rule in scheme.may_join}
    against: dict[str, str] = {}
    met: set[str] = set()
    for facts in combinations(everything):
        excluded = next((rule.id for rule in scheme.cannot_join if rule.when.holds(facts)), None)
        for rule in list(open_rules.values()):
            if rule.when.holds(facts):
                met.add(rule.id)
                if excluded is None:
                    del open_rules[rule.id]
                else:
                    against[rule.id] = excluded
        if not open_rules:
            return
    rule = next(iter(open_rules.values()))
    if rule.id not in met:
        raise unmeetable(rule.where, rule.id)
    raise PackError(
        N_("Two rules disagree: everybody whom {name} admits is turned away by {other}. Correct one of them."),
        where=rule.where,
        name=rule.id,
        other=against[rule.id],
    )


def _exactly_one(group: str, bearers: Sequence[Bearer]) -> None:
    for facts in combinations([bearer.when for bearer in bearers]):
        applying = [bearer.id for bearer in bearers if bearer.when.holds(facts)]
        if len(applying) == 1:
            continue
        case = ", ".join(f"{name} = {_shown(value)}" for name, value in facts.items())
        if not applying:
            raise PackError(
                N_("No rule of {group} says who pays where {case}. Add one."),
                where=bearers[0].where,
                group=group,
                case=case,
            )
        raise PackError(
            N_("Two rules of {group} disagree: {one} and {other} both apply where {case}. Narrow one of them."),
            where=next(bearer.where for bearer in bearers if bearer.id == applying[1]),
            group=group,
            one=applying[0],
            other=applying[1],
            case=case,
        )


def _shares_add_up(scheme: Scheme, amounts: Shares) -> None:
    names = (amounts.total, *amounts.by_payer.values())
    for day in sorted({setting.start for name in names for setting in scheme.parameters[name].settings}):
        values = Values(scheme, day)
        if not all(values.is_set(name) for name in names):
            continue
        total, *shares = (values.money(name).low for name in names)
        if total != sum(shares):
            raise PackError(
                N_("On {day} the shares add up to {sum} yuan, but the total is {total}. Correct one of them."),
                where=scheme.parameters[amounts.total].where,
                day=day,
                sum=yuan(sum(shares)),
                total=yuan(total),
            )


def _shown(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
