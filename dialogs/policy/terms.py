"""What a question is about: the things that it names, whatever the word, and the pairs of characters left over."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from dialogs.policy.faq import Faqs

_RUN = re.compile(r"%|[a-z](?:[a-z'’-]*[a-z])?|[\u3400-\u9fff]+")
_PERCENT = re.compile("百分之[一二三四五六七八九十百]+")
_NUMBER = re.compile("[一二三四五六七八九两]*[十百千万][一二三四五六七八九十百千万两]*(?!分)")
_STOPS = re.compile(r"[,，。;；:：?？!！\n]+|(?<![\x00-\x7f]) +")
_LONGEST = 500
_PARTS = 6
_SHORTEST_PART = 4
_WORDS = 5
_ENDINGS = ("ing", "ed", "es", "s")


class Vocabulary:
    """The words of all languages that stand for one thing each, and those that say nothing."""

    def __init__(self, faqs: Faqs) -> None:
        self._words: dict[str, str] = {}
        asking: list[str] = []
        for faq in faqs.by_locale.values():
            self._words.update({folded(word): "" for word in faq.ignored})
            self._words.update({folded(word): f"={name}" for name, words in faq.terms.items() for word in words})
            self._words.update({folded(word): f"?{name}" for name, words in faq.aspects.items() for word in words})
            asking += [folded(word) for word in faq.question_words]
        self._longest = max((len(word) for word in self._words if not word.isascii()), default=0)
        self._original = frozenset(letters(phrase) for faq in faqs.by_locale.values() for phrase in faq.original)
        self._asking = any_of(asking, r"\?", r"(.)[不没]\1")

    def asks(self, text: str) -> bool:
        """Whether the sentence is put as a question."""
        return self._asking.search(folded(text)) is not None

    def wants_original(self, text: str) -> bool:
        """Whether the official wording is asked for, and nothing else said."""
        return letters(text) in self._original

    def terms(self, text: str) -> Counter[str]:
        """The terms of a text with how often each occurs; a thing that has a name starts with "=",
        an aspect of one with "?"."""
        found: Counter[str] = Counter()
        english: list[str] = []
        # What matters of a figure is what it counts, not how high it is.
        for run in _RUN.findall(_NUMBER.sub("", _PERCENT.sub("%", folded(text)))):
            if run.isascii():
                english.append(run)
                continue
            found.update(self._latin(english))
            english = []
            found.update(self._chinese(run))
        found.update(self._latin(english))
        found.pop("", None)
        return found

    def _chinese(self, run: str) -> Iterable[str]:
        """The longest known words from left to right; of what stands between them, pairs of characters."""
        at, rest = 0, ""
        while at < len(run):
            for length in range(min(self._longest, len(run) - at), 0, -1):
                known = self._words.get(run[at : at + length])
                if known is not None:
                    yield from _pairs(rest)
                    yield known
                    at, rest = at + length, ""
                    break
            else:
                rest += run[at]
                at += 1
        yield from _pairs(rest)

    def _latin(self, words: list[str]) -> Iterable[str]:
        at = 0
        while at < len(words):
            for length in range(min(_WORDS, len(words) - at), 0, -1):
                known = self._words.get(" ".join(words[at : at + length]))
                if known is not None:
                    yield known
                    at += length
                    break
            else:
                yield _stem(words[at])
                at += 1


def letters(text: str) -> str:
    """What is said, without spaces, stops and figures."""
    return "".join(_RUN.findall(folded(text)))


def any_of(words: Iterable[str], *patterns: str) -> re.Pattern[str]:
    """What finds any of the words in a folded text, English ones as whole words, or any of the patterns."""
    spoken = (rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in map(folded, words))
    return re.compile("|".join([*spoken, *patterns]))


def parts_of(text: str) -> list[str]:
    """The parts of a sentence between its stops; people tell why they ask before or after what they ask."""
    return [part for part in _STOPS.split(text[:_LONGEST])[:_PARTS] if len(part) >= _SHORTEST_PART]


def folded(text: str) -> str:
    """The text in one width and case, cut where no question is longer."""
    return unicodedata.normalize("NFKC", text[:_LONGEST]).lower().replace("’", "'")


def _pairs(rest: str) -> Iterable[str]:
    return (rest[at : at + 2] for at in range(max(1, len(rest) - 1))) if rest else ()


def _stem(word: str) -> str:
    return next((word[: -len(end)] for end in _ENDINGS if word.endswith(end) and len(word) > len(end) + 2), word)
