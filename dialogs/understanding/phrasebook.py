"""The phrases of a lexicon, looked up a character at a time, without writing out all that a pattern stands for.

A few hundred patterns such as 户口在{elsewhere_city}, each of several sets, stand for hundreds of thousands of phrases.
Written out they would take seconds and a lot of memory at every start. So a pattern is kept as its parts, and where all
patterns stand after some characters is worked out when a text first gets there, and kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, Protocol, Self, TypeVar

from dialogs.understanding.text import is_latin


class Joinable(Protocol):
    """What ends a phrase, and can be told more of the same phrase by another section."""

    def joined(self, other: Self) -> Self:
        """Both. Raises ValueError where they contradict one another."""


Ending = TypeVar("Ending", bound=Joinable)

Words = dict[str, "Words"]
"""The words of a set as a tree: characters to what may follow; under the empty string an empty tree where one ends."""

Place = tuple[int, int, "Words"]
"""A pattern, its part, and how far into that part."""


class State(dict[str, "State[Ending]"], Generic[Ending]):
    """Where the phrases stand after some characters; what it holds is where they stand after one more, once asked for.

    `ends` is the entry of the phrase that is whole here, if one is; `wrong` says what two entries for it contradict one
    another in.
    """

    __slots__ = ("_book", "_following", "_places", "ends", "wrong")

    def __init__(
        self, book: Phrasebook[Ending], places: Sequence[Place], ends: Ending | None, wrong: ValueError | None = None
    ) -> None:
        super().__init__()
        self._book, self._places, self.ends, self.wrong = book, places, ends, wrong
        self._following: frozenset[str] | None = None

    def after(self, char: str) -> State[Ending] | None:
        """Where they stand after one more character; None where no phrase goes on with it."""
        found = self.get(char)
        if found is None and (found := self._next(char)) is not None:
            self[char] = found  # what leads nowhere is not kept: people may type any character there is
        return found

    def _next(self, char: str) -> State[Ending] | None:
        if self._following is None:
            self._following = frozenset(char for _, _, node in self._places for char in node)
        return self._book.after(self._places, char) if char in self._following else None

    def every(self) -> Iterator[tuple[str, State[Ending]]]:
        """Every character that a phrase goes on with, and where they stand then."""
        for char in sorted({char for _, _, node in self._places for char in node if char}):
            if (state := self.after(char)) is not None:
                yield char, state


class Phrasebook(Generic[Ending]):
    """All phrases of a language. `start` is where a look-up begins."""

    def __init__(self, patterns: Iterable[tuple[Sequence[Words], Ending]]) -> None:
        self._parts: list[Sequence[Words]] = []
        self._endings: list[Ending] = []
        self._states: dict[frozenset[tuple[int, int, int]], State[Ending]] = {}
        first: dict[str, list[Place]] = {}
        for number, (parts, ending) in enumerate(patterns):
            self._parts.append(parts)
            self._endings.append(ending)
            for char, node in parts[0].items():
                first.setdefault(char, []).append((number, 0, node))
        self._first = first
        self.start: State[Ending] = _Start(self, (), None)

    def begun(self, char: str) -> State[Ending] | None:
        """The state after the first character of a phrase; None where none begins with it."""
        return self._state(self._first.get(char, ()))

    def after(self, places: Sequence[Place], char: str) -> State[Ending] | None:
        """The state one character on; None where no phrase goes on so."""
        return self._state([(pattern, part, node[char]) for pattern, part, node in places if char in node])

    def _state(self, places: Sequence[Place]) -> State[Ending] | None:
        if not places:
            return None
        key = frozenset((pattern, part, id(node)) for pattern, part, node in places)
        found = self._states.get(key)
        if found is None:
            found = self._states[key] = self._worked_out(places)
        return found

    def _worked_out(self, places: Sequence[Place]) -> State[Ending]:
        """Also where the next part begins, and which phrases are whole."""
        whole: list[int] = []
        found = list(places)
        for pattern, part, node in found:
            if "" not in node:
                continue
            if part + 1 == len(self._parts[pattern]):
                whole.append(pattern)
            else:
                found.append((pattern, part + 1, self._parts[pattern][part + 1]))
        ends: Ending | None = None
        wrong: ValueError | None = None
        for pattern in sorted(set(whole)):
            try:
                ends = self._endings[pattern] if ends is None else ends.joined(self._endings[pattern])
            except ValueError as error:  # for `check`; in the middle of a conversation the first has to do
                wrong = error
        return State(self, found, ends, wrong)

    def check(self) -> None:
        """Go through every phrase. Raises ValueError where two entries for one phrase contradict one another."""
        waiting = [(char, state) for char in self._first if (state := self.start.after(char)) is not None]
        seen: set[int] = set()
        while waiting:
            text, state = waiting.pop()
            if state.wrong is not None:
                raise ValueError(f"{text!r}: {state.wrong}")
            if id(state) not in seen:
                seen.add(id(state))
                waiting += [(text + char, following) for char, following in state.every()]


class _Start(State[Ending]):
    """Before the first character."""

    __slots__ = ()

    def _next(self, char: str) -> State[Ending] | None:
        return self._book.begun(char)


_END: Words = {}
_LAST: Words = {"": _END}
"""After the last character of a word that none goes on from: one for all of them, as most of a tree is that."""


def words_of(phrases: Iterable[str]) -> Words:
    """Some words as a tree, which must not be changed. The empty word stands for nothing at all."""
    root: Words = {}
    last: list[tuple[Words, str]] = []
    for phrase in phrases:
        before = node = root
        for char in phrase:
            before, node = node, node.setdefault(char, {})
        node[""] = _END
        last.append((before, phrase[-1:]))
    for before, char in last:
        if char and len(before[char]) == 1:
            before[char] = _LAST
    return root


def longest(start: State[Ending], text: str, at: int) -> tuple[int, Ending] | None:
    """The longest phrase that starts at this offset, with its end. Runs of spaces count as one."""
    state, size = start, len(text)
    best: tuple[int, Ending] | None = None
    while at < size:
        char = text[at]
        following = state.after(char)
        if following is None:
            break
        state = following
        at += 1
        if char == " ":
            while at < size and text[at] == " ":
                at += 1
        if state.ends is not None and not (at < size and is_latin(char) and is_latin(text[at])):
            best = (at, state.ends)
    return best
