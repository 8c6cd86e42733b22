"""A pack as a whole: everything that can be found in it beyond what keeps it from loading."""

from __future__ import annotations

from collections.abc import Collection

from policy_engine.checking.findings import Finding
from policy_engine.checking.unreachable import (
    nobody_who_joins,
    payers_without_share,
    together,
    two_ways_in,
    unreachable,
)
from policy_engine.checking.unused import (
    made_up,
    unasked,
    uncited_articles,
    unused_offices,
    unused_parameters,
    unused_readings,
)
from policy_engine.scheme import Scheme


def review(scheme: Scheme, askable: Collection[str], city: Scheme | None = None) -> tuple[Finding, ...]:
    """Every finding, faults first; in a county whose `city` is given only those that the city's rules do not have.

    `askable` are the facts that some question can ask for.
    """
    found = (
        *unreachable(scheme),
        *nobody_who_joins(scheme),
        *payers_without_share(scheme),
        *unused_parameters(scheme),
        *unused_readings(scheme),
        *unused_offices(scheme),
        *uncited_articles(scheme, city),
        *unasked(scheme, askable),
        *two_ways_in(scheme),
        *together(scheme),
        *made_up(scheme),
    )
    known = {(each.kind, each.id, str(each.problem)) for each in review(city, askable)} if city else set()
    own = (each for each in found if (each.kind, each.id, str(each.problem)) not in known)
    return tuple(sorted(own, key=lambda each: each.severity != "fault"))
