"""What is known on the day: the facts that were said, and those that follow from them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from policy_engine.conditions import NO_COUNTY
from policy_engine.directory import load_directory
from policy_engine.errors import N_, FactError
from policy_engine.facts import FACTS, Facts, Value, with_age
from policy_engine.hospitals import Hospital
from policy_engine.scheme import Scheme


@dataclass(frozen=True)
class Known:
    """The facts, with what follows from them.

    `possible` are facts of which only a few values are possible, nobody knows which; `interpretations` the open places
    of the text that this rests on; `hospital` the entry of the directory that the facts name.
    """

    facts: dict[str, Value]
    possible: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    interpretations: tuple[str, ...] = ()
    hospital: Hospital | None = None


def known_on(scheme: Scheme, facts: Facts, day: datetime.date) -> Known:
    """The facts with the age that a birth date gives, the county whose rules these are, and the level of a hospital.

    Raises FactError for facts that cannot be together, and for a hospital that the directory does not have.
    """
    known = with_age(facts, day)
    if scheme.overlay is not None:
        known["county"] = scheme.overlay.id
    if "county" in known and known["county"] not in FACTS["county"].values:
        known["county"] = NO_COUNTY
    return _treated(scheme, known, day) if "provider" in known else Known(known)


def _treated(scheme: Scheme, known: dict[str, Value], day: datetime.date) -> Known:
    """The same with what the directory of hospitals has on record, as the reading of the text has it."""
    if not scheme.hospitals:
        raise FactError(
            N_("{scheme} has no directory of hospitals. Give provider_level in place of provider."), scheme=scheme.id
        )
    settled = load_directory(scheme.hospitals).settle(known, day)
    facts, possible = dict(settled.facts), dict(settled.possible)
    relied_on = tuple(name for name in settled.readings if name in scheme.interpretations)
    for name in relied_on:
        # A reading whose choice is one of the possible levels settles which of them it is.
        choice = scheme.interpretations[name].choice
        if choice in possible.get("provider_level", ()):
            facts["provider_level"] = choice
            del possible["provider_level"]
    return Known(facts, tuple((name, tuple(values)) for name, values in possible.items()), relied_on, settled.hospital)
