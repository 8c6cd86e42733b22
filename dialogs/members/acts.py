"""What people say to have something done: to withdraw, to see how things stand, to let somebody act for them.

These are phrases, and no judgement by likeness: what changes a person's enrolment must be said in so many words, and
is asked about once more before it is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dialogs.understanding.text import fold
from policy_engine.errors import did_you_mean

ACTS = (
    "status",
    "renew",
    "erase",
    "withdraw",
    "move",
    "phone",
    "death",
    "revoke",
    "who_may",
    "grant",
    "household",
    "notices",
    "hardship",
    "next_client",
)
"""Every act that can be asked for in words, the more particular before the more general."""

_LONGEST = 60
"""Characters of a sentence that asks for an act; who tells a story asks for something else."""


@dataclass(frozen=True)
class Acts:
    """The phrases of the languages, folded. `unless`: a sentence with one of these asks about something."""

    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: tuple[str, ...] = ()

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Acts:
        """The phrases of a file `locales/*/acts.yaml`. Raises ValueError that names the key that is wrong."""
        for key, given in data.items():
            if key not in (*ACTS, "unless"):
                known = did_you_mean(str(key), [*ACTS, "unless"])
                raise ValueError(f"acts: {key!r} means nothing here. Did you mean: {known}?")
            if not isinstance(given, list) or not all(isinstance(each, str) and each.strip() for each in given):
                raise ValueError(f"acts: {key}: write a list of phrases.")
        phrases = {act: _folded(data[act]) for act in ACTS if act in data}
        return cls(phrases, _folded(data.get("unless", [])))

    def joined(self, other: Acts) -> Acts:
        """These phrases and those of another language."""
        both = {act: (*self.phrases.get(act, ()), *other.phrases.get(act, ())) for act in ACTS}
        return Acts(both, (*self.unless, *other.unless))

    def find(self, text: str) -> str | None:
        """The act that a sentence asks for; None where it asks for none, or asks about one."""
        folded = fold(text)
        if len(folded) > _LONGEST or any(word in folded for word in self.unless):
            return None
        bare = folded.replace(" ", "") if not folded.isascii() else folded
        return next((act for act in ACTS if any(each in bare for each in self.phrases.get(act, ()))), None)


NO_ACTS = Acts()
"""Where nothing can be asked for."""


def _folded(phrases: list[str]) -> tuple[str, ...]:
    return tuple(fold(each) for each in phrases)
