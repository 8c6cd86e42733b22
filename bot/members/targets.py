"""How much participation a document wants, as its statements say, and which places fall short of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from member_store.members.participation import Count
from policy_engine.citations import Citation
from policy_engine.scheme import Scheme

_STATEMENTS = {"rural": "rural_participation", "urban": "urban_participation"}
"""Which statement of a pack is about whom."""

_PERCENT = re.compile(r"([0-9]{1,3})\s*[%％]")


@dataclass(frozen=True)
class Target:
    """What part of the residents of one kind of registration a document wants enrolled, in its own words."""

    share: Fraction
    text: str
    citation: Citation

    def missed(self, count: Count) -> bool:
        """Whether fewer are enrolled than that."""
        return bool(count.residents) and count.enrolled < self.share * count.residents


def targets_of(scheme: Scheme) -> Mapping[str, Target]:
    """The targets of a scheme's documents by kind of registration; a kind without a statement of it has none."""
    statements = {each.id: each for each in scheme.statements}
    found = {}
    for kind, name in _STATEMENTS.items():
        statement = statements.get(name)
        said = _PERCENT.search(statement.text) if statement else None
        if statement and said:
            found[kind] = Target(Fraction(int(said[1]), 100), statement.text, statement.citation)
    return found
