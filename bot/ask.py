"""Questions to the policy engine from outside a conversation: the same for the command line and the API."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from policy_engine.compare import compare
from policy_engine.contribution import contribution
from policy_engine.eligibility import eligibility
from policy_engine.errors import N_, FactError
from policy_engine.estimate import estimate
from policy_engine.facts import Value, parse_date, parse_facts
from policy_engine.loader import load_scheme
from policy_engine.scheme import Scheme


class Found(Protocol):
    """Whatever the engine found; `to_dict` gives its stable JSON."""

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON."""


ASKS: dict[str, Callable[..., Found]] = {
    "eligibility": eligibility,
    "contribution": contribution,
    "estimate": estimate,
    "compare": compare,
}


def ask_engine(
    what: str,
    facts: Mapping[str, Any],
    *,
    scheme: str,
    county: str | None,
    on: str | None,
    today: datetime.date,
) -> tuple[Found, Scheme, dict[str, Value]]:
    """The engine's finding on these facts, with the rules and the facts that it rests on.

    The county may stand among the facts. Raises PolicyError for anything that cannot be used.
    """
    parsed = parse_facts(facts)
    named = parsed.get("county")
    if county and named and county != named:
        raise FactError(
            N_("The facts say county {named}, but {county} was asked for. Leave one of the two out."),
            named=named,
            county=county,
        )
    rules = load_scheme(scheme, county or (str(named) if named else None))
    day = parse_date(on, "on") if on else None
    return ASKS[what](rules, parsed, day, today), rules, parsed
