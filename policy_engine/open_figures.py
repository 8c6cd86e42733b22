"""The figures that nobody has set and that can still change what is paid of a bill."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from policy_engine.benefits import Deductible
from policy_engine.bill import Bill
from policy_engine.parameters import Values
from policy_engine.profiles import Option, Profile
from policy_engine.scheme import Scalar
from policy_engine.sides import sides_of

_CHOICES: dict[str, tuple[str, str]] = {"counts": ("per_stay", "per_year"), "on_transfer": ("full", "difference")}


def deciding(profile: Profile, bill: Bill) -> list[str]:
    """The unset parameters among the figures and choices of these classes that can still change the result.

    One can if two of its values give two results, the other unset ones being as small or as large as they can be. How
    fen are rounded is told only where nothing else is open: next to a ratio it does not matter to anyone.
    """
    if bill.reportable.high is None:
        return []  # what decides while the bill itself is unknown is the bill
    if all(option.sides.exact for option in profile.options.values()):
        return []
    values, rules = profile.day.values, profile.day.rules
    unset = [name for name in profile.figures if not values.is_set(name)]
    ranges: dict[str, tuple[Scalar, Scalar]] = {name: _ends(name, values, bill) for name in unset}
    # An unset deductible is half the bill meanwhile, since at all or none of it the others would not show.
    deductibles = {_amount(each, bill.stay) for each in profile.options.values()} & ranges.keys()
    half: dict[str, Scalar] = dict.fromkeys(deductibles, bill.reportable.high // 2)
    # Nor would a ratio, with points so many that none is left of it, or all of it.
    for name, (least, most) in ranges.items():
        if values.scheme.parameters[name].unit == "points":
            half[name] = min(max(Fraction(0), Fraction(least)), Fraction(most))
    small = {name: low for name, (low, _) in ranges.items()} | half
    large = {name: high for name, (_, high) in ranges.items()} | half
    for option in profile.options.values():
        deductible = option.entries.schedule.deductible
        for part, choices in _CHOICES.items():
            name = getattr(deductible, part)
            if name and values.choice(name) is None and (part != "counts" or bill.stay > 1):
                ranges[name] = choices

    def decides(name: str, one: Scalar, other: Scalar, others: Mapping[str, Scalar]) -> bool:
        at, instead = values.pin({**others, name: one}), values.pin({**others, name: other})
        return any(
            _paid(option, profile, at, bill) != _paid(option, profile, instead, bill)
            for option in profile.options.values()
            if name in option.figures or name in profile.choices
        )

    found = [
        name
        for name, (low, high) in ranges.items()
        if decides(name, low, high, large) or decides(name, low, high, small)
    ]
    rounding = rules.rounding
    if not found and values.choice(rounding) is None and decides(rounding, "down", "up", {}):
        found = [rounding]
    return found


def _paid(option: Option, profile: Profile, values: Values, bill: Bill) -> tuple[int, int]:
    sides = sides_of(option.entries, profile.day.rules, values, bill.stay)
    low, high = bill.reportable.low, bill.reportable.high
    assert high is not None  # noqa: S101 - seen to by the caller
    return (
        min(sides.least.total(each) for each in bill.candidates(sides.least, low, most=False)),
        max(sides.most.total(each) for each in bill.candidates(sides.most, high, most=True)),
    )


def _amount(option: Option, stay: int) -> str:
    """The parameter of the deductible at this stay."""
    deductible: Deductible = option.entries.schedule.deductible
    if stay > 1 and deductible.later_stays:
        return deductible.later_stays[min(stay - 1, len(deductible.later_stays)) - 1]
    return deductible.amount


def _ends(name: str, values: Values, bill: Bill) -> tuple[Scalar, Scalar]:
    """The smallest and the largest value that make a difference to this bill."""
    low, high = values.bounds(name)
    if values.scheme.parameters[name].unit == "yuan":
        most = max(int(low), bill.reportable.high or 0)
        return int(low), most if high is None else min(most, int(high))
    assert high is not None  # noqa: S101 - only an amount can be open above
    return low, high
