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
from dialogs.policy.terms import Vocabulary, any_of, folded, letters, parts_of
from policy_engine.scheme import Scheme

_KINDS = {"=": 2.0, "?": 0.6}
"""How much more than a pair of characters a thing with a name says, and how much less what is asked about it."""
_OWN_WORDS = 0.85
"""How much a document's own sentence counts beside a question that people really put in these words."""
_LONE = 0.6
"""How much a single character left over counts that stands nowhere: 跑 in 跑上海 says little, 护照 says a lot."""
_TOLD = 0.88
"""How well a sentence fits at most that is not put as a question: 发票弄丢了 may only tell what happened."""
FITS = 0.5
"""From here on a passage answers the question."""
_PART = 0.88
"""How much a part counts where the whole sentence fits nothing: 印传单要用，起付线多少 asks for the deductible."""


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
        self._unknown = math.log(1 + count)
        self._order = {name: place for place, name in enumerate(self.passages)}
        self._asked = frozenset(letters(phrase) for each in self.passages.values() for phrase in each.phrases)
        self._otherwise = [(each, any_of(each.otherwise)) for each in self.passages.values() if each.otherwise]
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
        best = self._scores(text)
        if max(best.values(), default=0.0) < FITS:
            for part in parts_of(text):
                for name, score in self._scores(part).items():
                    best[name] = max(best.get(name, 0.0), _PART * score)
        if max(best.values(), default=0.0) < FITS and self.vocabulary.terms(text):
            best |= {each.id: FITS for each, words in self._otherwise if words.search(folded(text))}
        top = max(best.values(), default=0.0)
        if top > _TOLD and not self.vocabulary.asks(text) and letters(text) not in self._asked:
            best = {name: score * _TOLD / top for name, score in best.items()}
        ranked = sorted(best, key=lambda name: (-round(best[name], 9), self._order[name]))
        places: dict[tuple[str, ...], Hit] = {}
        for name in ranked:
            passage = self.passages[name]
            # The FAQ may answer several questions from one article; a document's own sentences on it are one answer.
            key = (name,) if passage.asked else place(passage.citations[0])
            places.setdefault(key, Hit(passage, best[name]))
        return list(places.values())

    def _scores(self, text: str) -> dict[str, float]:
        """How well each passage fits by the phrase that fits best, by its name."""
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
        return best

    def _vector(self, terms: Counter[str]) -> Mapping[str, float]:
        return {term: self._rarity(term) * (1 + math.log(n)) for term, n in terms.items()}

    def _rarity(self, term: str) -> float:
        """How much a term says. What no passage is about says that the question is about something else."""
        known = self._weights.get(term)
        if known is not None:
            return known
        return self._unknown * (_LONE if len(term) == 1 and not term.isascii() else _KINDS.get(term[:1], 1.0))


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
