"""Values, bounds and multiples as a reader sees them: "300 yuan", "at least 150 yuan", "not set"."""

from __future__ import annotations

from fractions import Fraction

from bot.languages import Catalogue
from policy_engine.money import exactly
from policy_engine.parameters import ALL, NONE, Figure, Rate
from policy_engine.scheme import Parameter, Scalar, Scheme, Setting, Unit


def value(unit: Unit, amount: Scalar, words: Catalogue) -> str:
    """A value in its unit."""
    if isinstance(amount, bool):
        return words("label.yes") if amount else words("label.no")
    if isinstance(amount, str):
        return choices(words).get(amount, amount)
    if unit == "yuan":
        return words.money(exactly(int(amount)))
    rate = Fraction(amount)
    if unit == "points":
        number = f"{abs(rate) * 100:.4g}" if (rate * 100).denominator != 1 else str(abs(rate) * 100)
        if not rate:
            return words("figure.points_none")
        return words("figure.points_less", points=number) if rate < 0 else words("figure.points_more", points=number)
    return words.percent(rate, rate)


def setting(found: Setting | None, unit: Unit, scheme: Scheme, words: Catalogue) -> str:
    """A dated value: itself, its bounds, or the other parameter that it follows; that it is not set where it is not."""
    if found is None:
        return words("figure.unset")
    if found.value is not None:
        return value(unit, found.value, words)
    if found.same_as:
        other = label(scheme.parameters[found.same_as], words)
        if found.times == 1:
            return words("figure.same_as", other=other)
        return words("figure.multiple", other=other, times=words.percent(found.times, found.times))
    bounds = []
    if found.at_least is not None:
        bounds.append(words("figure.at_least", value=value(unit, found.at_least, words)))
    if found.at_most is not None:
        bounds.append(words("figure.at_most", value=value(unit, found.at_most, words)))
    return words.listed(bounds) if bounds else words("figure.unset")


def figure(found: Figure, scheme: Scheme, words: Catalogue) -> str:
    """A figure with its value in force."""
    return setting(found.setting, found.unit, scheme, words)


def rate(found: Rate, words: Catalogue) -> str:
    """A ratio, or a range of ratios; that it is not set where it can be anything."""
    low, high = found
    return words("figure.unset") if (low, high) == (NONE, ALL) else words.percent(low, high)


def label(parameter: Parameter, words: Catalogue) -> str:
    """What a parameter is called; one that is written out in an entry without words has its name only."""
    return words.source(parameter.label) if parameter.label else parameter.id


def choices(words: Catalogue) -> dict[str, str]:
    """What the ways to do something are called."""
    return {
        "per_stay": words("choice.per_stay"),
        "per_year": words("choice.per_year"),
        "full": words("choice.full"),
        "difference": words("choice.difference"),
        "deductible_first": words("choice.deductible_first"),
        "ratio_first": words("choice.ratio_first"),
        "half_up": words("choice.half_up"),
        "down": words("choice.down"),
        "up": words("choice.up"),
        "reportable_cost": words("choice.reportable_cost"),
        "after_deductible": words("choice.after_deductible"),
    }
