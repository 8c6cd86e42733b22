"""Plainer words for those who asked for large type: shorter sentences, no term of art without what it means.

A message may have a variant `.plain` beside it in the catalogue; where it has none, it is plain enough as it is.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from dialogs.context import Words
from policy_engine.money import Money


class Plainer:
    """The words of a language, in their plain variants where there are such. See `dialogs.context.Words`."""

    def __init__(self, words: Words) -> None:
        self._words = words

    @property
    def locale(self) -> str:
        """The language's tag."""
        return self._words.locale

    def __call__(self, message_id: str, /, **params: object) -> str:
        """The plain variant of a message, or the message. Raises KeyError where the catalogue has neither."""
        plain = f"{message_id}.plain"
        return self._words(plain if self._words.has(plain) else message_id, **params)

    def has(self, message_id: str) -> bool:
        """Whether the catalogue has this message."""
        return self._words.has(message_id)

    def source(self, text: str, **params: object) -> str:
        """A sentence of a policy pack or of the engine."""
        return self._words.source(text, **params)

    def money(self, amount: Money) -> str:
        """An amount, or a range."""
        return self._words.money(amount)

    def percent(self, low: Fraction, high: Fraction) -> str:
        """A rate, or a range of rates."""
        return self._words.percent(low, high)

    def date(self, day: datetime.date) -> str:
        """A day of the calendar."""
        return self._words.date(day)

    def listed(self, items: Sequence[str]) -> str:
        """Several things in one phrase."""
        return self._words.listed(items)


@lru_cache(maxsize=64)
def plainer(words: Words) -> Words:
    """The same words, plainer; always the same object for the same words, so that what is made of them can be kept."""
    return Plainer(words)
