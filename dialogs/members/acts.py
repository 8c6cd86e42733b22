"""What people say to have something done: to withdraw, to see how things stand, to let somebody act for them.

These are phrases, and no judgement by likeness: what changes a person's enrolment must be said in so many words, and
is asked about once more before it is done.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from dialogs.understanding.text import SEPARATORS, fold
from policy_engine.errors import did_you_mean

ACTS = (
    "unremind",
    "remind",
    "status",
    "renew",
    "erase",
    "withdraw",
    "move",
    "phone",
    "death",
    "unlink",
    "channels",
    "link",
    "revoke",
    "who_may",
    "grant",
    "household",
    "notices",
    "hardship",
    "next_client",
)
"""Every act that can be asked for in words, the more particular before the more general."""

LOOKING = frozenset({"status", "who_may", "household", "channels"})
"""The acts that change nothing: whoever asks how it stands is shown, whatever else the sentence asks."""

_REMINDING = frozenset({"remind", "unremind"})

_SHOWN = LOOKING | {"link", "unlink"}
"""Acts that are their own explanation: whoever asks how it is done is taken through it."""

REMINDERS = ("opening", "deadline", "late")
"""What there is to be reminded of: that an office begins to collect, that the time runs out, that it has run out."""

_LISTS = ("unless", "negated", "between", *REMINDERS)

_LONGEST = 60
"""Characters of a sentence that asks for an act; who tells a story asks for something else."""

_NEAR = 12
"""Characters that may stand between a negation and what is not to be done."""


@dataclass(frozen=True)
class Acts:
    """The phrases of the languages, folded; of one with `&`, all parts must be there.

    `unless`: a sentence with one of these asks about something. `negated`: right before a phrase these say that it is
    not to be done; words of `between` may begin what stands there. `opening`, `deadline` and `late` say of which
    reminders somebody speaks.
    """

    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: tuple[str, ...] = ()
    negated: tuple[str, ...] = ()
    between: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()
    deadline: tuple[str, ...] = ()
    late: tuple[str, ...] = ()

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Acts:
        """The phrases of a file `locales/*/acts.yaml`. Raises ValueError that names the key that is wrong."""
        for key, given in data.items():
            if key not in (*ACTS, *_LISTS):
                known = did_you_mean(str(key), [*ACTS, *_LISTS])
                raise ValueError(f"acts: {key!r} means nothing here. Did you mean: {known}?")
            if not isinstance(given, list) or not all(isinstance(each, str) and each.strip() for each in given):
                raise ValueError(f"acts: {key}: write a list of phrases.")
        phrases = {act: _folded(data[act]) for act in ACTS if act in data}
        return cls(phrases, *(_folded(data.get(each, [])) for each in _LISTS))

    def joined(self, other: Acts) -> Acts:
        """These phrases and those of another language."""
        both = {act: (*self.phrases.get(act, ()), *other.phrases.get(act, ())) for act in ACTS}
        return Acts(both, *((*getattr(self, each), *getattr(other, each)) for each in _LISTS))

    def reminders(self, text: str) -> tuple[str, ...]:
        """Of which reminders a sentence speaks: of all where it names none."""
        folded = fold(text)
        named = tuple(each for each in REMINDERS if any(word in folded for word in getattr(self, each)))
        return named or REMINDERS

    def find(self, text: str) -> str | None:
        """The act that a sentence asks for; None where it asks for none, or asks about one."""
        found = self.found(text)
        return found[0] if found else None

    def found(self, text: str) -> tuple[str, str] | None:
        """The act that a sentence asks for, and the sentence without the words that ask for it."""
        folded = fold(text)
        if len(folded) > _LONGEST:
            return None
        bare = folded.replace(" ", "") if not folded.isascii() else folded
        if self._some.search(bare) is None:
            return None
        asks = any(word in folded for word in self.unless)
        for act, phrases in self._parts.items():
            if asks and act not in _SHOWN and act not in _REMINDING:
                continue
            for parts in phrases:
                if act in _REMINDING and self._asks_besides(bare, parts):
                    continue
                if all(part in bare for part in parts) and (act in LOOKING or not self._negated(bare, parts[-1])):
                    return act, bare.replace(parts[-1], " ")
        return None

    def _asks_besides(self, text: str, parts: tuple[str, ...]) -> bool:
        """Whether the sentence asks about something, apart from the words that ask for the act."""
        for part in parts:
            text = text.replace(part, " ")
        return any(word in text for word in self.unless)

    @cached_property
    def _parts(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        """The phrases in their parts, in the order in which they are looked for."""
        return {act: tuple(tuple(each.split("&")) for each in self.phrases.get(act, ())) for act in ACTS}

    @cached_property
    def _some(self) -> re.Pattern[str]:
        """The longest part of each phrase: most sentences hold none of them, and then no phrase need be tried."""
        told = {max(parts, key=len) for phrases in self._parts.values() for parts in phrases}
        return re.compile("|".join(map(re.escape, sorted(told))) or "(?!)")

    def _negated(self, text: str, phrase: str) -> bool:
        """Whether it is said that this is not to be done: 别退保, 别给我妈退保, do not withdraw."""
        before = text[: text.index(phrase)]
        clause = max((before.rfind(mark) for mark in SEPARATORS if mark != " "), default=-1) + 1
        before = before[clause:]
        for word in self.negated:
            at = before.rfind(word)
            rest = before[at + len(word) :].strip()
            if at >= 0 and (not rest or (len(rest) <= _NEAR and rest.startswith(self.between))):
                return True
        return False


NO_ACTS = Acts()
"""Where nothing can be asked for."""


def _folded(phrases: list[str]) -> tuple[str, ...]:
    return tuple(fold(each) for each in phrases)
