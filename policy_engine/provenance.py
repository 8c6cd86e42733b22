"""Which rules a result came from, so that it can be worked out again and compared with today's."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from policy_engine.citations import GRADES, Citation
from policy_engine.facts import Value, fact_to_json
from policy_engine.scheme import Scheme

ENGINE = "2.0"
"""The version of the engine: the first number changes whenever the same facts and pack may give another result."""


@dataclass(frozen=True)
class Provenance:
    """The rules that were applied: scheme, county, the pack's `version`, the engine's, and the day.

    `readings` are the open places of the text that were read otherwise than the pack does.
    """

    scheme: str
    county: str | None
    version: str
    engine: str
    on: datetime.date
    readings: tuple[tuple[str, str], ...]

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of where a result came from."""
        return {
            "scheme": self.scheme,
            "county": self.county,
            "version": self.version,
            "engine": self.engine,
            "on": self.on.isoformat(),
            "readings": dict(self.readings),
        }


def fingerprint(*parts: bytes) -> str:
    """The version of rules that were read from these parts: a hash that changes with any of them."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return "sha256:" + digest.hexdigest()


@lru_cache(maxsize=4096)
def provenance(scheme: Scheme, on: datetime.date) -> Provenance:
    """Where a result under this scheme on this day comes from."""
    return Provenance(
        scheme.id, scheme.overlay.id if scheme.overlay else None, scheme.version, ENGINE, on, scheme.switched
    )


def facts_to_dict(facts: Mapping[str, Value]) -> dict[str, Any]:
    """The facts that a result rests on as JSON."""
    return {name: fact_to_json(value) for name, value in facts.items()}


def weakest(citations: Iterable[Citation | None]) -> str:
    """The least good grade among the sources; the best one where nothing is cited."""
    return max((each.grade for each in citations if each is not None), key=GRADES.index, default=GRADES[0])
