"""Parameters on a given day: what is set, within which bounds, and who has to say what is not."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from policy_engine.citations import Citation
from policy_engine.money import Money, rounded, yuan
from policy_engine.scheme import Parameter, Scalar, Scheme, Setting, Unit


@dataclass(frozen=True)
class Unset:
    """A parameter that nobody has set, as a reader needs it.

    `decided_by` names who decides; `stated` is `delegated` where the document leaves it to them, `floor` where it only
    lays down bounds, `silent` where it says nothing at all.
    """

    parameter: str
    label: str
    decided_by: str
    stated: str
    citation: Citation

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of an unset parameter."""
        return {
            "parameter": self.parameter,
            "label": self.label,
            "decided_by": self.decided_by,
            "stated": self.stated,
            "citation": self.citation.to_dict(),
        }


@dataclass(frozen=True)
class Figure:
    """A parameter that a result rests on, with its value in force; None where there is none."""

    parameter: str
    unit: Unit
    setting: Setting | None

    @property
    def citation(self) -> Citation | None:
        """Where the value stands."""
        return self.setting.citation if self.setting is not None else None

    def to_json(self) -> Any:
        """The value, its bounds where only they are known, or null."""
        if self.setting is None:
            return None
        if self.setting.value is not None:
            return written(self.unit, self.setting.value)
        bounds = {"at_least": self.setting.at_least, "at_most": self.setting.at_most}
        return {key: written(self.unit, value) for key, value in bounds.items() if value is not None} or None


def written(unit: Unit, value: Scalar) -> Any:
    """A value as people write it: yuan with two decimals, ratios and points as percentages."""
    if unit == "yuan":
        return yuan(int(value))
    if isinstance(value, Fraction):
        return percent(value)
    return value


def percent(ratio: Fraction) -> str:
    """A ratio as people write it: "60%", "37.5%"; in four digits where its decimals never end."""
    sign, hundredths = "-" * (ratio < 0), abs(ratio) * 100
    if (10**6 * hundredths).denominator != 1:
        return f"{sign}{float(hundredths):.4g}%"
    whole, decimals = divmod(int(10**6 * hundredths), 10**6)
    return f"{sign}{whole}{f'.{decimals:06d}'.rstrip('0') if decimals else ''}%"


def percent_range(rate: Rate) -> str | dict[str, str]:
    """A rate as JSON: one percentage, or both ends."""
    low, high = rate
    return percent(low) if low == high else {"low": percent(low), "high": percent(high)}


ALL = Fraction(1)
NONE = Fraction(0)
Rate = tuple[Fraction, Fraction]
"""The least and the most that a rate can be; both the same where it is set."""


class Values:
    """The parameters of a scheme on one day.

    `pinned` holds parameters to a value, to find out what depends on them.
    """

    def __init__(self, scheme: Scheme, on: datetime.date, pinned: Mapping[str, Setting] | None = None) -> None:
        self.scheme = scheme
        self.on = on
        self._pinned = pinned or {}

    def pin(self, values: Mapping[str, Scalar]) -> Values:
        """The same, with some parameters held to a value."""
        pinned = {
            name: Setting(self.on, self.on, self.scheme.parameters[name].citation, value)
            for name, value in values.items()
        }
        return Values(self.scheme, self.on, {**self._pinned, **pinned})

    def setting(self, parameter: str) -> Setting | None:
        """The value in force on the day, or None where there is none."""
        if parameter in self._pinned:
            return self._pinned[parameter]
        for setting in self.scheme.parameters[parameter].settings:
            if setting.start <= self.on <= setting.end:
                return self._taken(setting) if setting.same_as else setting
        return None

    def _taken(self, setting: Setting) -> Setting | None:
        """The value that a setting takes from another parameter; a multiple of it stands where the multiple stands."""
        other = self.setting(setting.same_as)
        if other is None or setting.times == 1:
            return other
        value, at_least = (
            None if amount is None else rounded(setting.times * Fraction(amount), "half_up")
            for amount in (other.value, other.at_least)
        )
        return replace(setting, value=value, at_least=at_least, same_as="")

    def figure(self, parameter: str) -> Figure:
        """The parameter with its value in force."""
        return Figure(parameter, self.scheme.parameters[parameter].unit, self.setting(parameter))

    def named(self, parameter: str) -> str:
        """The parameter on which this one depends on the day: itself, or the one whose value it takes."""
        for setting in self.scheme.parameters[parameter].settings:
            if setting.start <= self.on <= setting.end and setting.same_as:
                return self.named(setting.same_as)
        return parameter

    def is_set(self, parameter: str) -> bool:
        """Whether an exact value is in force."""
        setting = self.setting(parameter)
        return setting is not None and setting.value is not None

    def citation(self, parameter: str) -> Citation:
        """Where the value stands; for an unset one, the place that leaves it open."""
        setting = self.setting(parameter)
        return setting.citation if setting else self.scheme.parameters[parameter].citation

    def money(self, parameter: str) -> Money:
        """A parameter in yuan, as the range that is certain: at least 0, or its bounds, and open above."""
        low, high = self.bounds(parameter)
        return Money(int(low), None if high is None else int(high))

    def rate(self, parameter: str) -> Rate:
        """A ratio or points as the range that is certain."""
        return self.bounds(parameter)  # type: ignore[return-value]  # only an amount can be open above

    def bounds(self, parameter: str) -> tuple[Fraction, Fraction | None]:
        """The least and the most that an amount, a ratio or points can be; both the same where it is set.

        Where nothing narrows it, an amount is 0 or more, a ratio 0 to 100 %, points as much up or down.
        """
        setting, spec = self.setting(parameter), self.scheme.parameters[parameter]
        if setting is not None and setting.value is not None:
            value = Fraction(setting.value)
            return value, value
        low = {"yuan": NONE, "ratio": NONE}.get(spec.unit, -ALL)
        high = None if spec.unit == "yuan" else ALL
        narrower = (setting.at_least, setting.at_most) if setting is not None else (None, None)
        for least, most in ((spec.lowest, spec.highest), narrower):
            low = low if least is None else Fraction(least)
            high = high if most is None else Fraction(most)
        return low, high

    def choice(self, parameter: str) -> str | None:
        """A parameter that is one of a few words, or None where it is unset; or the choice of a reading."""
        if parameter in self.scheme.interpretations:
            return self.scheme.interpretations[parameter].choice
        setting = self.setting(parameter)
        return None if setting is None or setting.value is None else str(setting.value)

    def yes(self, parameter: str) -> bool | None:
        """A yes/no parameter, or None where it is unset."""
        setting = self.setting(parameter)
        return None if setting is None or setting.value is None else bool(setting.value)

    def illustrative(self, parameter: str) -> bool:
        """Whether the value in force was made up to try the program out."""
        setting = self.setting(parameter)
        return setting is not None and setting.value is not None and setting.citation.grade == "illustrative"

    def unset(self, parameter: str) -> Unset:
        """Who has to say what is not set."""
        spec = self.scheme.parameters[self.named(parameter)]
        # What has a value on other days only, or under another reading, nobody has said for this one.
        stated = "silent" if spec.stated == "fixed" else spec.stated
        return Unset(spec.id, spec.label, decided_by(self.scheme, spec), stated, self.citation(spec.id))


def decided_by(scheme: Scheme, parameter: Parameter) -> str:
    """The name of the authority that sets a parameter, in this county or in general."""
    if parameter.set_by == "county":
        return scheme.overlay.name if scheme.overlay else COUNTY_IN_GENERAL
    return scheme.jurisdiction


COUNTY_IN_GENERAL = "市本级、各县（市）"
