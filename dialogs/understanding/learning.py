"""The weights of `judge.py`, worked out from examples: once, when the words of the languages are compiled.

An averaged passive-aggressive perceptron (Crammer and others, 2006): example after example, the weights are moved just
so far that its wish leads by a margin; the mean of all weights on the way is kept. The examples are shuffled by a fixed
seed, so the same examples give the same weights.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from dialogs.understanding.judge import Judge, Traits, share

_ROUNDS = 12
_BOLDNESS = 0.4
"""How far one example may move the weights; smaller trusts single examples less."""
_SEED = 1
_SMALLEST = 0.004
"""Weights below it are left out: they decide nothing."""


def learn(examples: Sequence[tuple[str, Traits]]) -> Judge:
    """The judge that these examples, each a wish with the traits of a sentence, teach."""
    wishes = tuple(sorted({wish for wish, _ in examples}))
    places = {wish: place for place, wish in enumerate(wishes)}
    size = len(wishes)
    weights: dict[str, list[float]] = {}
    sums: dict[str, list[float]] = {}
    # In one order, so that the same sums are rounded in the same way.
    given = [(wish, sorted(traits)) for wish, traits in examples]
    values = [share(traits) for _, traits in examples]
    order = list(range(len(examples)))
    shuffle = random.Random(_SEED).shuffle  # noqa: S311 - a reproducible order, nothing secret
    seen = 1
    for _ in range(_ROUNDS):
        shuffle(order)
        for number in order:
            wish, traits = given[number]
            right, value = places[wish], values[number]
            scores = [0.0] * size
            for trait in traits:
                if trait in weights:
                    scores = [score + value * each for score, each in zip(scores, weights[trait], strict=True)]
            rival = max((place for place in range(size) if place != right), key=scores.__getitem__)
            loss = 1 - scores[right] + scores[rival]
            if loss > 0:
                step = min(_BOLDNESS, loss / 2)
                for trait in traits:
                    for held, much in ((weights, step * value), (sums, seen * step * value)):
                        row = held.setdefault(trait, [0.0] * size)
                        row[right] += much
                        row[rival] -= much
            seen += 1
    return Judge.from_weights(wishes, dict(_averaged(weights, sums, seen)))


def _averaged(
    weights: dict[str, list[float]], sums: dict[str, list[float]], seen: int
) -> list[tuple[str, tuple[float, ...]]]:
    """The mean of the weights over all examples, without those that weigh next to nothing."""
    found = []
    for trait in sorted(weights):
        row = [now - late / seen for now, late in zip(weights[trait], sums[trait], strict=True)]
        if max(map(abs, row)) >= _SMALLEST:
            found.append((trait, tuple(row)))
    return found
