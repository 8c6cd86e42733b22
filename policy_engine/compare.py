"""The same bill at every level of hospital, side by side."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from policy_engine.estimate import Estimate, estimate
from policy_engine.facts import FACTS, Facts, Value
from policy_engine.scheme import Scheme


@dataclass(frozen=True)
class Comparison:
    """One estimate for each level. `missing` is what could still change any of them.

    `by` is the fact that is varied: the hospital's administrative level, or its grade where a scheme goes by that.
    """

    levels: Mapping[str, Estimate]
    missing: tuple[str, ...]
    by: str = "provider_level"

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a comparison."""
        return {
            "levels": {level: each.to_dict() for level, each in self.levels.items()},
            "missing": list(self.missing),
            "by": self.by,
        }


def compare(
    scheme: Scheme, facts: Facts, on: datetime.date | None = None, today: datetime.date | None = None
) -> Comparison:
    """What the fund would pay of the same stay at each level of hospital.

    It is about a stay, so `care` is inpatient unless the facts say outpatient. Raises as `estimate` does.
    """
    by = compared_by(scheme)
    stay: dict[str, Value] = {"care": "inpatient", **facts}
    stay.pop("provider", None)  # the place is what is compared
    levels = {level: estimate(scheme, {**stay, by: level}, on, today) for level in FACTS[by].values}
    wanted = [name for each in levels.values() for name in each.missing]
    missing = sorted(dict.fromkeys(wanted), key=lambda name: (-wanted.count(name), wanted.index(name)))
    return Comparison(levels, tuple(missing), by)


def compared_by(scheme: Scheme) -> str:
    """The fact by which a scheme tells hospitals apart: their level, or their grade."""
    if scheme.benefits is None:
        return "provider_level"
    looked_at = {name for each in scheme.benefits.schedules for name, _ in each.when.needs()}
    return "provider_grade" if "provider_grade" in looked_at and "provider_level" not in looked_at else "provider_level"
