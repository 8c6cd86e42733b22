"""The same bill at every level of hospital, side by side."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from policy_engine.estimate import Estimate, estimate
from policy_engine.facts import LEVELS, Facts, Value
from policy_engine.scheme import Scheme


@dataclass(frozen=True)
class Comparison:
    """One estimate for each level. `missing` is what could still change any of them."""

    levels: Mapping[str, Estimate]
    missing: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a comparison."""
        return {
            "levels": {level: each.to_dict() for level, each in self.levels.items()},
            "missing": list(self.missing),
        }


def compare(
    scheme: Scheme, facts: Facts, on: datetime.date | None = None, today: datetime.date | None = None
) -> Comparison:
    """What the fund would pay of the same stay at each level of hospital.

    It is about a stay, so `care` is inpatient unless the facts say outpatient. Raises as `estimate` does.
    """
    stay: dict[str, Value] = {"care": "inpatient", **facts}
    levels = {level: estimate(scheme, {**stay, "provider_level": level}, on, today) for level in LEVELS}
    wanted = [name for each in levels.values() for name in each.missing]
    missing = sorted(dict.fromkeys(wanted), key=lambda name: (-wanted.count(name), wanted.index(name)))
    return Comparison(levels, tuple(missing))
