"""The words that people put around names and numbers, as data: one file a language, `locales/*/particulars.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from dialogs.members.names import DOT
from dialogs.understanding.text import at_word_edge, canonical, fold
from policy_engine.errors import did_you_mean


@dataclass(frozen=True, slots=True)
class NameWords:
    """Words of one language, or of several joined, folded.

    `introductions`: a name follows (我叫). `labels`: a name follows a colon, else only what looks like one by itself
    (姓名). `asked_introductions`: may stand before a name that was asked for (我是). `owners`: theirs follows, where it
    begins with a surname (我妈). `besides`: may stand next to a name, between commas (女). `endings`: stand after a
    name and are none of it. `stops`: where a name ends (今年). `not_names`: answers that have a name's form.
    `never_in_names`: in no name (什么). `surnames`: how a name begins that nobody introduced. `identity`, `phone`,
    `code`: name a number of that sort; `passport` and `travel_permit` a document.
    """

    introductions: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    asked_introductions: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    not_names: tuple[str, ...] = ()
    never_in_names: tuple[str, ...] = ()
    surnames: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()
    phone: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    passport: tuple[str, ...] = ()
    travel_permit: tuple[str, ...] = ()

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> NameWords:
        """The words of a file. Raises ValueError that names the key and what is wrong with it."""
        known = [each.name for each in fields(cls)]
        if not isinstance(data, Mapping):
            raise ValueError(f"particulars: write names with values, not {data!r}.")  # noqa: TRY004 - one error
        for key in data:
            if key not in known:
                raise ValueError(
                    f"particulars: {key!r} means nothing here. Did you mean: {did_you_mean(str(key), known)}?"
                )
        return cls(**{key: _words(given, key) for key, given in data.items()})

    def joined(self, other: NameWords) -> NameWords:
        """These words and those of another language."""
        return NameWords(
            **{each.name: _longest_first(getattr(self, each.name) + getattr(other, each.name)) for each in fields(self)}
        )

    def is_refused(self, name: str) -> bool:
        """Whether something in a name's form is known to be none."""
        folded = fold(name)
        # 阿不都热合曼·买买提: what is written for its sound alone may have any single character in it.
        shortest = 2 if DOT in name else 1
        return canonical(folded) in self.not_names or any(
            len(word) >= shortest and next(places(folded, word), None) is not None for word in self.never_in_names
        )

    def has_surname(self, name: str) -> bool:
        """Whether the name begins with a surname."""
        return fold(name).startswith(self.surnames) if self.surnames else False


def places(folded: str, word: str) -> Iterator[tuple[int, int]]:
    """Where a folded word stands in folded text; a word of Latin letters only as a whole word."""
    at = folded.find(word)
    while at >= 0:
        end = at + len(word)
        if at_word_edge(folded, at) and at_word_edge(folded, end):
            yield at, end
        at = folded.find(word, end)


def _words(given: Any, key: str) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(word, str) and word.strip() for word in given):
        raise ValueError(f"{key}: write a list of words, each in quotes where YAML would read something else.")
    return _longest_first(fold(word) for word in given)


def _longest_first(words: Any) -> tuple[str, ...]:
    return tuple(sorted(dict.fromkeys(words), key=len, reverse=True))
