"""Parameters on a given day: what is set, within which bounds, and who has to say what is not."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from policy_engine.citations import Citation
from policy_engine.money import Money, exactly
from policy_engine.scheme import Parameter, Scalar, Scheme, Setting


@dataclass(frozen=True)
class Unset:
    """A parameter that nobody has set, as a reader needs it.

    `decided_by` names who decides; `stated` is `delegated` where the document leaves it to them, `silent` where it
    says nothing at all.
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
                return self.setting(setting.same_as) if setting.same_as else setting
        return None

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
        """A parameter in yuan, as the range that is certain: at least 0, or its floor, and open above."""
        setting = self.setting(parameter)
        if setting is not None and setting.value is not None:
            return exactly(int(setting.value))
        return Money(int(self.floor(parameter)), None)

    def rate(self, parameter: str) -> Rate:
        """A ratio or points as the range that is certain: 0 to 100 % where nothing narrows it."""
        setting = self.setting(parameter)
        if setting is not None and setting.value is not None:
            return setting.value, setting.value  # type: ignore[return-value]  # the loader has seen to its unit
        return self.floor(parameter), ALL

    def floor(self, parameter: str) -> Fraction:
        """The least that an unset amount, ratio or number of points can be."""
        setting = self.setting(parameter)
        return Fraction(setting.at_least) if setting is not None and setting.at_least is not None else NONE

    def choice(self, parameter: str) -> str | None:
        """A parameter that is one of a few words, or None where it is unset."""
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
        return Unset(spec.id, spec.label, decided_by(self.scheme, spec), spec.stated, spec.citation)


def decided_by(scheme: Scheme, parameter: Parameter) -> str:
    """The name of the authority that sets a parameter, in this county or in general."""
    if parameter.set_by == "county":
        return scheme.overlay.name if scheme.overlay else COUNTY_IN_GENERAL
    return scheme.jurisdiction


COUNTY_IN_GENERAL = "市本级、各县（市）"
