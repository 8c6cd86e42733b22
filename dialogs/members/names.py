"""Names of people: their form, and how they are shown to others."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 60
"""Characters of a name."""

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
"""Chinese characters, as they stand in a regular expression."""

LATIN = "A-Za-zÀ-ÖØ-öø-\u02af\u1e00-\u1eff"
"""Latin letters, also those of Vietnamese, as they stand in a regular expression."""

DOT = "·"
"""Between the parts of a name that was not Chinese at first: 古丽·买买提."""

_DOTS = dict.fromkeys(map(ord, "•‧∙⋅・･·"), DOT)
_DOT_TYPED = re.compile(rf"(?<=[{HAN}]) ?[.{DOT}] ?(?=[{HAN}])")
_SURNAME_APART = re.compile(rf"([{HAN}]) +([{HAN}]{{1,2}})")
_CHINESE = re.compile(rf"[{HAN}]{{1,4}}")
_CHINESE_IN_PARTS = re.compile(rf"[{HAN}]+(?:{DOT}[{HAN}]+)+")
_LONGEST_IN_PARTS = 20
_LONG = re.compile(rf"[{HAN}]{{5,8}}")
_WORD = rf"[{LATIN}]+(?:['-][{LATIN}]+)*\.?"
_FOREIGN = re.compile(rf"{_WORD}(?: {_WORD})*")
_MOST_WORDS = 8


def is_name(text: str) -> bool:
    """Whether the text, and all of it, has the form of a name: Chinese or in Latin letters.

    Chinese names have up to four characters, with a dot between parts up to twenty. What the words mean is not looked
    at: 谢谢 has the form of a name, and `NameWords.is_refused` knows that it is none.
    """
    return tidy_name(text) is not None


def tidy_name(text: str, *, long: bool = False) -> str | None:
    """The name in one spelling: half width, `·` for every dot, no needless blanks; None for what is no name.

    `long`: five to eight Chinese characters without a dot count too, as Mongolian names have: 乌云其其格.
    """
    if len(text) > LONGEST or any(unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") for char in text):
        return None
    name = " ".join(unicodedata.normalize("NFKC", text.replace("’", "'")).translate(_DOTS).split())
    name = _DOT_TYPED.sub(DOT, name)
    if (apart := _SURNAME_APART.fullmatch(name)) is not None:
        name = "".join(apart.groups())
    if _CHINESE.fullmatch(name) or (long and _LONG.fullmatch(name)):
        return None if len(name) > 2 and len(set(name)) == 1 else name
    if _CHINESE_IN_PARTS.fullmatch(name):
        return name if len(name) <= _LONGEST_IN_PARTS else None
    if len(name) > LONGEST or not _FOREIGN.fullmatch(name) or name.count(" ") >= _MOST_WORDS:
        return None
    return name if sum(char.isalpha() for char in name) > 1 else None


def is_chinese(name: str) -> bool:
    """Whether a tidy name is written in Chinese characters."""
    return bool(re.match(f"[{HAN}]", name))


def mask_name(name: str) -> str:
    """The name for public notices and strangers: 张*英, 张*, 古*·**提, A*** S****; never the whole of it.

    Of a Chinese name the first and last characters are shown, of one with two only the first. Of a word in any other
    script the first letter is shown. A single character, or a word of one, is hidden altogether.
    """
    tidy = tidy_name(name, long=True)
    if tidy is None or not is_chinese(tidy):
        return " ".join(word[0] + "*" * (len(word) - 1) if len(word) > 1 else "*" for word in name.split())
    shown = {0} if len(tidy) > 1 else set()
    if len(tidy.replace(DOT, "")) > 2:
        shown.add(len(tidy) - 1)
    return "".join(char if at in shown or char == DOT else "*" for at, char in enumerate(tidy))
