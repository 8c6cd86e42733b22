"""Questions to the policy engine from outside a conversation: the same for the command line and the API."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from policy_engine.compare import compare
from policy_engine.contribution import contribution
from policy_engine.eligibility import eligibility
from policy_engine.errors import N_, FactError
from policy_engine.estimate import estimate
from policy_engine.explaining.alternatives import Alternatives, alternatives
from policy_engine.explaining.explain import Explanation, explain_contribution, explain_eligibility, explain_estimate
from policy_engine.explaining.readings import Readings
from policy_engine.explaining.what_if import WhatIf, parse_changes, what_if
from policy_engine.facts import Value, parse_date, parse_facts
from policy_engine.loader import PACKS, load_scheme
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
EXPLAINS: dict[str, Callable[..., Explanation]] = {
    "eligibility": explain_eligibility,
    "contribution": explain_contribution,
    "estimate": explain_estimate,
}


@dataclass(frozen=True)
class Rules:
    """Whose rules are asked for: the pack, the county, the day, and how open places of the text are read.

    `county` None: the one among the facts, or the city's rules. `on` None: the day of admission, or today.
    """

    scheme: str
    county: str | None = None
    on: str | None = None
    readings: Mapping[str, str] | None = None
    packs: Path = PACKS

    def load(self, county: str | None, readings: Readings | None = None) -> Scheme:
        """The rules of a county, with these readings in place of those asked for where they are given.

        Raises PolicyError for a pack, county or reading that there is not.
        """
        asked = tuple(sorted((self.readings or {}).items()))
        return load_scheme(self.scheme, county, self.packs, asked if readings is None else readings)


@dataclass(frozen=True)
class Question:
    """A question as the engine takes it: the rules that apply, the facts, and the day asked for."""

    asked: Rules
    scheme: Scheme
    facts: dict[str, Value]
    on: datetime.date | None

    def switched(self, readings: Readings) -> Scheme:
        """The same rules with other readings."""
        return self.asked.load(self.scheme.overlay.id if self.scheme.overlay else None, readings)


def read_question(facts: Mapping[str, Any], asked: Rules) -> Question:
    """A question. The county may stand among the facts. Raises PolicyError for anything that cannot be used."""
    parsed = parse_facts(facts)
    named = parsed.get("county")
    if asked.county and named and asked.county != named:
        raise FactError(
            N_("The facts say county {named}, but {county} was asked for. Leave one of the two out."),
            named=named,
            county=asked.county,
        )
    scheme = asked.load(asked.county or (str(named) if named else None))
    return Question(asked, scheme, parsed, parse_date(asked.on, "on") if asked.on else None)


def ask_engine(
    what: str,
    facts: Mapping[str, Any],
    *,
    scheme: str,
    county: str | None,
    on: str | None,
    today: datetime.date,
    readings: Mapping[str, str] | None = None,
    packs: Path = PACKS,
) -> tuple[Found, Scheme, dict[str, Value]]:
    """The engine's finding on these facts, with the rules and the facts that it rests on.

    The county may stand among the facts. Raises PolicyError for anything that cannot be used.
    """
    question = read_question(facts, Rules(scheme, county, on, readings, packs))
    return ASKS[what](question.scheme, question.facts, question.on, today), question.scheme, question.facts


def ask_why(what: str, facts: Mapping[str, Any], asked: Rules, today: datetime.date) -> tuple[Explanation, Question]:
    """Why the answer to one of the questions is what it is. Raises as `ask_engine` does."""
    question = read_question(facts, asked)
    return EXPLAINS[what](question.scheme, question.facts, question.on, today), question


def ask_what_if(
    facts: Mapping[str, Any], changes: Mapping[str, Any], asked: Rules, today: datetime.date
) -> tuple[WhatIf | Alternatives, Question]:
    """What would be paid if some facts were otherwise; without any, the alternatives that people ask about.

    A change to null takes a fact back. Another county is that county's own rules. Raises as `ask_engine` does.
    """
    question = read_question(facts, asked)
    scheme, known, on = question.scheme, question.facts, question.on
    if not changes:
        return alternatives(scheme, known, on, today, load=question.switched), question
    parsed = parse_changes(changes)
    county = parsed.get("county")
    under = asked.load(str(county)) if county is not None else None
    return what_if(scheme, known, parsed, on, today, under=under), question
