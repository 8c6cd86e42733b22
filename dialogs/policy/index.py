"""Finding what answers a question: weighted terms, rare ones counting more, compared by their angle."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from dialogs.context import Words
from dialogs.policy.faq import Faqs
from dialogs.policy.passages import Passage, passages, place
from dialogs.policy.terms import Vocabulary
from policy_engine.scheme import Scheme

_KINDS = {"=": 2.0, "?": 0.6}
"""How much more than a pair of characters a thing with a name says, and how much less what is asked about it."""
_OWN_WORDS = 0.85
"""How much a document's own sentence counts beside a question that people really put in these words."""


@dataclass(frozen=True)
class Hit:
    """A passage with how well it fits: 1 where the question is word for word one of its own."""

    passage: Passage
    score: float


class Index:
    """Every passage of a scheme, ready to be searched. Searching changes nothing, so threads may share one."""

    def __init__(self, found: Iterable[Passage], vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.passages = {each.id: each for each in found}
        phrases = [
            (each, vocabulary.terms(phrase), 1.0 if place < each.asked else _OWN_WORDS)
            for each in self.passages.values()
            for place, phrase in enumerate(dict.fromkeys(each.phrases))
        ]
        holders: dict[str, set[str]] = {}
        for each, terms, _ in phrases:
            for term in terms:
                holders.setdefault(term, set()).add(each.id)
        count = len(self.passages)
        self._weights = {term: _weight(term, math.log(1 + count / len(held))) for term, held in holders.items()}
        # Pairs of characters that stand nowhere say that the question is about something else.
        self._unknown = math.log(1 + count)
        self._postings: dict[str, list[tuple[int, float]]] = {}
        self._owners: list[Passage] = []
        for number, (each, terms, trust) in enumerate(phrases):
            self._owners.append(each)
            vector = self._vector(terms)
            norm = _norm(vector)
            for term, value in vector.items():
                self._postings.setdefault(term, []).append((number, trust * value / norm))

    def search(self, text: str) -> list[Hit]:
        """The passages that fit, best first, one for each place of a document; nothing for a text without terms."""
        vector = self._vector(self.vocabulary.terms(text))
        norm = _norm(vector)
        scores: dict[int, float] = {}
        for term, value in vector.items():
            for number, weight in self._postings.get(term, ()):
                scores[number] = scores.get(number, 0.0) + value * weight / norm
        best: dict[str, float] = {}
        for number, score in scores.items():
            name = self._owners[number].id
            best[name] = max(best.get(name, 0.0), score)
        order = {name: place for place, name in enumerate(self.passages)}
        ranked = sorted(best, key=lambda name: (-round(best[name], 9), order[name]))
        places: dict[tuple[str, ...], Hit] = {}
        for name in ranked:
            passage = self.passages[name]
            # The FAQ may answer several questions from one article; a document's own sentences on it are one answer.
            key = (name,) if passage.asked else place(passage.citations[0])
            places.setdefault(key, Hit(passage, best[name]))
        return list(places.values())

    def _vector(self, terms: Counter[str]) -> Mapping[str, float]:
        return {term: self._weights.get(term, self._unknown) * (1 + math.log(n)) for term, n in terms.items()}


def _weight(term: str, rarity: float) -> float:
    return rarity * _KINDS.get(term[:1], 1.0)


def _norm(vector: Mapping[str, float]) -> float:
    return math.sqrt(sum(value * value for value in vector.values())) or 1.0


@lru_cache(maxsize=64)
def index_of(scheme: Scheme, faqs: Faqs, words: Words) -> Index:
    """The index of a scheme in a language, built once."""
    return Index(passages(scheme, faqs, words), _vocabulary(faqs))


@lru_cache(maxsize=8)
def _vocabulary(faqs: Faqs) -> Vocabulary:
    return Vocabulary(faqs)
