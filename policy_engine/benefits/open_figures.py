"""The figures that nobody has set and that can still change what is paid of a bill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from policy_engine.benefits.bill import Bill
from policy_engine.benefits.profiles import Option, Profile
from policy_engine.benefits.schedule import BenefitRules, Deductible
from policy_engine.benefits.sides import sides_of
from policy_engine.parameters import Values
from policy_engine.scheme import Scalar


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
    # Nor would they under a ceiling of nothing, or in bands that no part of the bill reaches.
    half |= {name: high for option in profile.options.values() for name, high in _wide(option, ranges).items()}
    # Nor would a ratio, with points so many that none is left of it, or all of it.
    for name, (least, most) in ranges.items():
        if values.scheme.parameters[name].unit == "points":
            half[name] = min(max(Fraction(0), Fraction(least)), Fraction(most))
    small = {name: low for name, (low, _) in ranges.items()} | half
    large = {name: high for name, (_, high) in ranges.items()} | half
    # And some show only without a deductible, where the bands differ.
    bare = small | {name: ranges[name][0] for name in deductibles} | _by_turns(profile, ranges)
    for option in profile.options.values():
        ranges |= {name: ends for name, ends in _choices(option, rules, bill.stay) if values.choice(name) is None}

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
        if any(decides(name, low, high, others) for others in (large, small, bare))
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


def _wide(option: Option, ranges: Mapping[str, tuple[Scalar, Scalar]]) -> dict[str, Scalar]:
    """The unset ceilings as high as they can be, and the unset ends of bands evenly over the part that they measure."""
    entries = option.entries
    limits = [each.amount for each in (entries.ceiling, entries.cost_ceiling) if each is not None]
    wide: dict[str, Scalar] = {name: ranges[name][1] for name in limits if name in ranges}
    bands = entries.schedule.bands
    for place, band in enumerate(bands, 1):
        if band.up_to in ranges:
            low, high = (int(end) for end in ranges[band.up_to])
            # The upper half of the bill, of which the lower one is the deductible meanwhile.
            reached = high // 2 if entries.schedule.basis in {"gross", "year_gross"} else 0
            wide[band.up_to] = max(low, reached + high * place // (2 * len(bands)))
    return wide


def _by_turns(profile: Profile, ranges: Mapping[str, tuple[Scalar, Scalar]]) -> dict[str, Scalar]:
    """The unset ratios of bands, one as small as it can be and the next as large, so that their ends show."""
    return {
        band.ratio: ranges[band.ratio][place % 2]
        for option in profile.options.values()
        for place, band in enumerate(option.entries.schedule.bands)
        if band.ratio in ranges
    }


def _choices(option: Option, rules: BenefitRules, stay: int) -> Iterator[tuple[str, tuple[str, str]]]:
    """The choices that play a part at this stay, each with its two words."""
    schedule = option.entries.schedule
    if schedule.deductible.counts and stay > 1:
        yield schedule.deductible.counts, ("per_stay", "per_year")
    if schedule.deductible.on_transfer:
        yield schedule.deductible.on_transfer, ("full", "difference")
    if schedule.guaranteed_of:
        yield schedule.guaranteed_of, ("reportable_cost", "after_deductible")
    if rules.order:
        yield rules.order, ("deductible_first", "ratio_first")


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
        # A ceiling, or the end of a band over the year, may lie as high as all that came before and this bill together.
        year = (bill.reportable, bill.paid, bill.reported, bill.entered, bill.own_share)
        most = max(int(low), sum(amount.high or 0 for amount in year))
        return int(low), most if high is None else min(most, int(high))
    assert high is not None  # noqa: S101 - only an amount can be open above
    return low, high
