"""What a sentence is after, judged by how like it is to sentences whose wish is known.

People put the same wish in more ways than a grammar can list. So the traits of a sentence (`likeness.py`) are weighed
against those of the examples that every language has (`examples.yaml`). The weights come from those examples alone
(`learning.py`), the same ones every time; nothing is learnt while the program runs.
"""

from __future__ import annotations

import sys
from array import array
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

NOTHING = "none"
"""The wish of sentences that want nothing: they say something, or mean nothing at all."""

_REASONS = 3
_PARTS = 1000
_LANE = 32
"""Bits for one wish, where the weights of all wishes stand side by side in one whole number."""
_MIDDLE = 1 << _LANE - 1

Traits = frozenset[str]
"""What a sentence has that can speak for a wish. Each counts alike: so much that the squares add up to 1."""


def share(traits: Traits) -> float:
    """How much each of these traits counts."""
    return len(traits) ** -0.5 if traits else 0.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """The likeliest wish, by how much it is ahead of the next and of each other, and what spoke most for it."""

    wish: str
    scores: Mapping[str, float]
    because: tuple[str, ...]

    def lead(self, other: str | None = None) -> float:
        """How far ahead the wish is of another one, or of the next."""
        rest = [score for wish, score in self.scores.items() if wish != self.wish and other in (None, wish)]
        return self.scores[self.wish] - max(rest, default=0.0)


@dataclass(frozen=True)
class Judge:
    """How much each trait of a sentence speaks for each wish.

    `rows` gives each trait its place; `weights` has, place after place, one weight a wish, in thousandths.
    """

    wishes: tuple[str, ...]
    rows: Mapping[str, int]
    weights: Sequence[int]
    _lanes: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_weights(cls, wishes: Sequence[str], weights: Mapping[str, Sequence[float]]) -> Judge:
        """A judge from the weights of each trait."""
        whole = array("h", (round(each * _PARTS) for row in weights.values() for each in row))
        return cls(tuple(wishes), {trait: row for row, trait in enumerate(weights)}, whole)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Judge:
        """The judge that `to_data` wrote down."""
        weights = array("h")
        weights.frombytes(b64decode(data["weights"]))
        if sys.byteorder == "big":
            weights.byteswap()
        return cls(tuple(data["wishes"]), {trait: row for row, trait in enumerate(data["traits"])}, weights)

    def to_data(self) -> dict[str, Any]:
        """The judge as JSON-ready data: its weights as 16-bit numbers, least significant byte first, in Base64."""
        weights = array("h", self.weights)
        if sys.byteorder == "big":
            weights.byteswap()
        return {"wishes": self.wishes, "traits": list(self.rows), "weights": b64encode(weights.tobytes()).decode()}

    def judge(self, traits: Traits) -> Judgement:
        """The judgement of a sentence with these traits."""
        size, rows, weights = len(self.wishes), self.rows, self.weights
        known = [trait for trait in traits if trait in rows]
        value = share(traits) / _PARTS
        # All wishes are added up at once: one sum of whole numbers is a tenth of the work of a sum for each wish.
        total = sum(map(self._side_by_side, known)) + _middles(size)
        sums = array("I")
        sums.frombytes(total.to_bytes(size * _LANE // 8, sys.byteorder))
        scores = [value * (each - _MIDDLE) for each in (sums if sys.byteorder == "little" else reversed(sums))]
        best = max(range(size), key=scores.__getitem__)
        told = sorted(((weights[rows[trait] * size + best], trait) for trait in known), reverse=True)
        because = tuple(trait for much, trait in told[:_REASONS] if much > 0)
        return Judgement(self.wishes[best], dict(zip(self.wishes, scores, strict=True)), because)

    def _side_by_side(self, trait: str) -> int:
        """The weights of a trait as one number, the first wish in its lowest bits; kept once it was worked out."""
        found = self._lanes.get(trait)
        if found is None:
            size, row = len(self.wishes), self.rows[trait]
            weights = self.weights[row * size : (row + 1) * size]
            found = self._lanes[trait] = sum(weight << place * _LANE for place, weight in enumerate(weights))
        return found


@cache
def _middles(size: int) -> int:
    """Added to lanes of positive and negative numbers, it makes all of them positive."""
    return sum(_MIDDLE << place * _LANE for place in range(size))
