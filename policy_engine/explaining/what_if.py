"""What if something were otherwise: another hospital, a referral, next year, a larger bill, another reading."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from policy_engine.errors import N_, FactError
from policy_engine.estimate import Estimate, estimate
from policy_engine.explaining.difference import Difference, difference
from policy_engine.explaining.situation import Situation, situation
from policy_engine.facts import FACTS, Facts, Value, fact_to_json, parse_fact
from policy_engine.scheme import Scheme

Changes = Mapping[str, Value | None]
"""Facts with the value that they would have; None for one that would not be known."""

_REPLACES = {
    "provider": ("provider_level", "provider_grade", "provider_place"),
    "provider_level": ("provider",),
    "provider_grade": ("provider",),
    "provider_place": ("provider",),
    "age": ("birth_date",),
    "birth_date": ("age",),
}
"""Facts that say the same thing in another way, and so no longer hold when one of them changes."""


@dataclass(frozen=True)
class WhatIf:
    """An estimate `before` and `after` some changes of facts, and how much more or less is then paid."""

    changes: tuple[tuple[str, Value | None], ...]
    before: Estimate
    after: Estimate
    difference: Difference

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a what-if."""
        return {
            "changes": changes_to_json(self.changes),
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "difference": self.difference.to_dict(),
        }


def changes_to_json(changes: tuple[tuple[str, Value | None], ...]) -> list[dict[str, Any]]:
    """Changes as JSON; null for a fact that would not be known."""
    return [{"fact": fact, "to": None if value is None else fact_to_json(value)} for fact, value in changes]


def parse_changes(values: Mapping[str, Any]) -> dict[str, Value | None]:
    """Changes from JSON; null takes a fact back. Raises FactError for the first that is wrong."""
    # A name is checked before its value, so that a fact that there is not cannot be taken back either.
    return {
        name: None if value is None and name in FACTS else parse_fact(name, value) for name, value in values.items()
    }


def what_if(
    scheme: Scheme,
    facts: Facts,
    changes: Changes,
    on: datetime.date | None = None,
    today: datetime.date | None = None,
    *,
    under: Scheme | None = None,
    ages: bool = False,
) -> WhatIf:
    """What the fund would pay if some facts were otherwise, beside what it pays as they are.

    `under` are the rules to apply afterwards, those of another county or reading of the text; the same ones if not
    given. `ages` says that the person may by then be older than the facts say. Raises as `estimate` does, FactError
    also for a change of the county under rules that are one county's.
    """
    rules = under or scheme
    county = changes.get("county", facts.get("county"))
    if "county" in changes and rules.overlay is not None and county != rules.overlay.id:
        raise FactError(
            N_("These are the rules of {county}, and another county has its own. Ask for the other county's rules."),
            county=rules.overlay.id,
        )
    before = estimate(scheme, facts, on, today)
    return changed_from(before, situation(scheme, before.facts, before.on), rules, changes, ages=ages)


def changed_from(
    before: Estimate, as_it_is: Situation, rules: Scheme, changes: Changes, *, ages: bool = False
) -> WhatIf:
    """The same for an estimate that has been made, with the situation behind it."""
    after = estimate(rules, changed(before.facts, changes), before.on)
    apart = {"age"} if ages or before.on != after.on else set()
    found = difference(as_it_is, situation(rules, after.facts, after.on), apart)
    return WhatIf(tuple(changes.items()), before, after, found)


def changed(facts: Facts, changes: Changes) -> dict[str, Value]:
    """The facts after changes; what says the same as a changed one in another way goes."""
    gone = {name for fact in changes for name in (fact, *_REPLACES.get(fact, ()))}
    kept = {name: value for name, value in facts.items() if name not in gone}
    return kept | {name: value for name, value in changes.items() if value is not None}
