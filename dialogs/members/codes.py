"""One-time codes: with one of them somebody shows that a person of the register, or an office, let them."""

from __future__ import annotations

import re

from dialogs.understanding.text import SEPARATORS, fold

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0 and O, 1, I and L, nor U: none that is taken for another."""

CODE_LENGTH = 8

_LONGEST = 60
_ONE = f"[{CODE_ALPHABET.lower()}]"
_HALVES = re.compile(rf"({_ONE}{{4}})[ -]{{0,3}}({_ONE}{{4}})")
_INSIDE = re.compile(rf"(?<![0-9a-z])(?<![0-9a-z]-){_ONE}{{4}}[ -]?{_ONE}{{4}}(?!-?[0-9a-z])")


def read_code(text: str) -> str | None:
    """The code that the text is, as eight capital letters and digits; None where it is anything else.

    Lower case, full width, and blanks or a dash in the middle are taken. A character that is in no code is never
    taken for one that it looks like.
    """
    if len(text) > _LONGEST:
        return None
    whole = _HALVES.fullmatch(fold(text).strip("".join(SEPARATORS) + " .:"))
    return "".join(whole.groups()).upper() if whole else None


def read_bare_code(text: str) -> str | None:
    """The code that the whole text is, also where the dash was left out; None where it may just as well be words.

    Then it must have letters and digits, and be in one piece or in capitals: "aged 65yr" is no code.
    """
    typed = text.strip()
    code = read_code(typed)
    if code is None or code.isdigit() or code.isalpha():
        return None
    return code if " " not in typed or typed.isupper() else None


def code_spans(folded: str) -> list[tuple[int, int]]:
    """Where in folded text something in the form of a code stands by itself."""
    return [found.span() for found in _INSIDE.finditer(folded)]
