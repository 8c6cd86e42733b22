"""A text that is too long for one message, in parts that are not."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator

_ENDS = (
    re.compile(r"(?=\n[^\S\n]*\n)"),
    re.compile(r"(?=\n)"),
    re.compile(r"[。！？；][”’」』）】]*|(?<!\.)[.!?;][\"')\]]*(?=\s)"),
    re.compile(r"(?=\s)"),
)
"""Where a paragraph, a line, a sentence and a word end. The dots before an amount end no sentence. Chinese has no
blanks between words, so there the last finds nothing."""

_BETWEEN = re.compile(r"\s*\n|\s+")
"""What is left out between two parts. The indentation of the next line is kept."""

_JOINER = "\u200d"
"""Between the pictures of one emoji: a family, a profession."""


def split(text: str, limit: int, measure: Callable[[str], int]) -> tuple[str, ...]:
    """The text in parts that each measure no more than the limit; as it is where it fits, nothing for a blank one.

    It is cut where a paragraph ends, else a line, a sentence, a word, or a character as a reader sees it: an emoji made
    of several is not taken apart, unless it alone is too long. Blanks at a cut are left out and nothing else is.
    `measure` must not be less for a longer beginning. Raises ValueError for a limit below a single character.
    """
    parts = []
    while measure(text) > limit:
        cut = _cut(text, bisect_right(range(len(text)), limit, key=lambda end: measure(text[:end])) - 1)
        parts.append(text[:cut].rstrip())
        text = text[_resumed(text, cut) :]
    return tuple(part for part in (*parts, text) if part.strip())


def _cut(text: str, most: int) -> int:
    """Where the first part ends, of which `most` characters fit."""
    if most < 1:
        raise ValueError("not even one character fits the limit")
    # First in the second half: every message counts against a quota, so none should hold two words and no more.
    for least in (most // 2, 0):
        for ends in _ENDS:
            if places := list(_places(ends, text, least, most)):
                return places[-1]
    return next((place for place in range(most, 0, -1) if _whole(text, place)), most)


def _places(ends: re.Pattern[str], text: str, least: int, most: int) -> Iterator[int]:
    for match in ends.finditer(text, least):
        place = match.end()
        if place > most:
            return
        if place > least and _whole(text, place):
            yield place


def _resumed(text: str, cut: int) -> int:
    """Where the text goes on after a cut."""
    between = _BETWEEN.match(text, cut)
    return between.end() if between else cut


def _whole(text: str, cut: int) -> bool:
    """Whether a cut here leaves the characters on both sides of it as they are."""
    return not _joined(text, cut) and not _joined(text, _resumed(text, cut))


def _joined(text: str, place: int) -> bool:
    """Whether what stands here belongs to the character before it."""
    if not 0 < place < len(text):
        return False
    before, here = text[place - 1], text[place]
    if _is_flag(here) and _is_flag(before):
        # A flag is two letters, and flags may follow one another.
        letters = next((back for back in range(place) if not _is_flag(text[place - 1 - back])), place)
        return letters % 2 == 1
    return _JOINER in (before, here) or _extends(here)


def _is_flag(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"


def _extends(letter: str) -> bool:
    """Whether it changes the character before it: an accent, a variant, a skin colour, the region of a flag."""
    skin, region = "\U0001f3fb" <= letter <= "\U0001f3ff", "\U000e0020" <= letter <= "\U000e007f"
    return skin or region or unicodedata.category(letter).startswith("M")
