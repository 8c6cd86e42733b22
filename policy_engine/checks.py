"""What no single entry of a pack can show: rules that disagree, rules that nobody can meet, unset facts to ask about.

Found by going through every combination of the facts that the rules look at, not by waiting until somebody meets one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from policy_engine.conditions import PARAMETER, Condition, domain
from policy_engine.errors import N_, PackError
from policy_engine.facts import FACTS, Value
from policy_engine.money import yuan
from policy_engine.parameters import Values
from policy_engine.scheme import Bearer, ContributionRules, Scheme


def check_scheme(scheme: Scheme) -> None:
    """Raises PackError for the first contradiction in the scheme as a whole."""
    _unique_names(scheme)
    _parameters_named_exist(scheme)
    _rules_agree(scheme)
    if scheme.contribution is not None:
        _exactly_one(scheme, "own_part", scheme.contribution.own_part)
        _exactly_one(scheme, "remainder", scheme.contribution.remainder)
        _shares_add_up(scheme, scheme.contribution)
    if scheme.benefits is not None and scheme.benefits.ceilings[-1].when.holds({}) is not True:
        raise _fault(scheme, "benefits.yaml", N_("The last ceiling must have no condition, so that everybody has one."))


def combinations(conditions: Sequence[Condition]) -> Iterator[dict[str, Value]]:
    """Every combination of the facts and yes/no parameters that the conditions look at."""
    names = list(dict.fromkeys(name for condition in conditions for name, _ in condition.needs()))
    for values in itertools.product(*(domain(name, tuple(conditions)) for name in names)):
        yield dict(zip(names, values, strict=True))


def _fault(scheme: Scheme, file: str, template: str, **params: object) -> PackError:
    return PackError(template, where=f"{scheme.id}/{file}", **params)


def _conditions(scheme: Scheme) -> Iterator[tuple[str, Condition]]:
    for rule in (*scheme.cannot_join, *scheme.may_join):
        yield "eligibility.yaml", rule.when
    if scheme.contribution:
        for bearer in (*scheme.contribution.own_part, *scheme.contribution.remainder):
            yield "contribution.yaml", bearer.when
    if scheme.benefits:
        for condition in scheme.benefits.conditions:
            yield "benefits.yaml", condition


def _parameters_named_exist(scheme: Scheme) -> None:
    for file, condition in _conditions(scheme):
        for name, _ in condition.needs():
            if not name.startswith(PARAMETER):
                if FACTS[name].kind in {"bool", "enum", "int"}:
                    continue
                raise _fault(
                    scheme,
                    file,
                    N_("A condition cannot look at {fact}, which is no yes/no, choice or whole number."),
                    fact=name,
                )
            spec = scheme.parameters.get(name.removeprefix(PARAMETER))
            if spec is None or spec.unit != "boolean":
                raise _fault(
                    scheme,
                    file,
                    N_("A condition names the parameter {name}, which is no yes/no parameter of this scheme."),
                    name=name.removeprefix(PARAMETER),
                )


def _unique_names(scheme: Scheme) -> None:
    groups: list[tuple[str, list[str]]] = [
        ("eligibility.yaml", [rule.id for rule in (*scheme.cannot_join, *scheme.may_join)]),
        ("statements.yaml", [each.id for each in scheme.statements]),
    ]
    if scheme.contribution:
        groups.append(("contribution.yaml", [each.id for each in scheme.contribution.own_part]))
        groups.append(("contribution.yaml", [each.id for each in scheme.contribution.remainder]))
    for file, names in groups:
        for name in names:
            if names.count(name) > 1:
                raise _fault(scheme, file, N_("Two rules are called {name}. Give one of them another id."), name=name)


def _rules_agree(scheme: Scheme) -> None:
    """Nobody whom one rule admits may be turned away whatever else is true of them."""
    if not scheme.may_join:
        return
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
    name = next(iter(open_rules))
    if name not in met:
        raise _fault(
            scheme,
            "eligibility.yaml",
            N_("Nobody can meet the rule {name}: its conditions exclude one another."),
            name=name,
        )
    raise _fault(
        scheme,
        "eligibility.yaml",
        N_("Two rules disagree: everybody whom {name} admits is turned away by {other}. Correct one of them."),
        name=name,
        other=against[name],
    )


def _exactly_one(scheme: Scheme, group: str, bearers: Sequence[Bearer]) -> None:
    for facts in combinations([bearer.when for bearer in bearers]):
        applying = [bearer.id for bearer in bearers if bearer.when.holds(facts)]
        if len(applying) == 1:
            continue
        case = ", ".join(f"{name} = {_shown(value)}" for name, value in facts.items())
        if not applying:
            raise _fault(
                scheme,
                "contribution.yaml",
                N_("No rule of {group} says who pays where {case}. Add one."),
                group=group,
                case=case,
            )
        raise _fault(
            scheme,
            "contribution.yaml",
            N_("Two rules of {group} disagree: {one} and {other} both apply where {case}. Narrow one of them."),
            group=group,
            one=applying[0],
            other=applying[1],
            case=case,
        )


def _shares_add_up(scheme: Scheme, rules: ContributionRules) -> None:
    names = (rules.total, *rules.shares.values())
    for day in sorted({setting.start for name in names for setting in scheme.parameters[name].settings}):
        values = Values(scheme, day)
        if not all(values.is_set(name) for name in names):
            continue
        total, *shares = (values.money(name).low for name in names)
        if total != sum(shares):
            raise _fault(
                scheme,
                f"counties/{scheme.overlay.id}.yaml" if scheme.overlay else "parameters.yaml",
                N_("On {day} the shares add up to {sum} yuan, but the total is {total}. Correct one of them."),
                day=day,
                sum=yuan(sum(shares)),
                total=yuan(total),
            )


def _shown(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
