"""Every smallest set of changes after which the answer to *may this person join* is no longer a certain no."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass
from typing import Any

from policy_engine.eligibility import Outcome, eligibility
from policy_engine.facts import FACTS, Facts, Value
from policy_engine.known import known_on
from policy_engine.scheme import Scheme


@dataclass(frozen=True)
class WayIn:
    """Changes of facts, made together, of which none can be left out; and what the answer then is.

    `outcome` is never `ineligible`; where it is undetermined, `missing` are the facts that then decide.
    """

    changes: tuple[tuple[str, Value], ...]
    outcome: Outcome
    missing: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a way in."""
        return {
            "changes": [{"fact": fact, "to": value} for fact, value in self.changes],
            "outcome": self.outcome,
            "missing": list(self.missing),
        }


def ways_in(
    scheme: Scheme, facts: Facts, on: datetime.date | None = None, today: datetime.date | None = None
) -> tuple[WayIn, ...]:
    """The ways in for somebody who may not join, the fewest changes first, then the easiest; none for anybody else.

    Changed is what somebody can change at all (`Fact.effort`), and each way is one that the engine itself has decided.
    Raises as `eligibility` does.
    """
    found = eligibility(scheme, facts, on, today)
    if found.outcome != "ineligible":
        return ()
    known = known_on(scheme, facts, found.on).facts
    flips = [
        (fact.effort, name, not known[name])
        for name, fact in FACTS.items()
        if fact.effort is not None and isinstance(known.get(name), bool)
    ]
    ways: list[WayIn] = []
    for size in range(1, len(flips) + 1):
        for chosen in sorted(
            itertools.combinations(flips, size), key=lambda each: sum(effort for effort, _, _ in each)
        ):
            changes = tuple((name, value) for _, name, value in chosen)
            if any(set(way.changes) <= set(changes) for way in ways):
                continue
            after = eligibility(scheme, {**facts, **dict(changes)}, found.on)
            if after.outcome != "ineligible":
                ways.append(WayIn(changes, after.outcome, after.missing))
    return tuple(ways)
