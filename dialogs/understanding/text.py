"""How text is looked at: folded without changing a single offset, so that a span is a span of what was typed."""

from __future__ import annotations

SEPARATORS = frozenset(',;!?。、\n\r()（）【】[]《》<>…|/\\"“”「」『』')
"""Characters that end a clause. A full stop is one only where it is not inside a number: see `ends_clause`."""

BLANK = "\x00"
"""Stands for a character that nothing may be read out of."""

LONGEST_READ = 2000
"""Characters. A minute of speech has about 300; more is not read, so that nobody can keep the service busy."""

_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FOLD |= {ord("\u3000"): ord(" "), ord("’"): ord("'"), ord("‘"): ord("'"), ord("￥"): ord("¥"), ord("—"): ord("-")}
_FOLD |= {ord("–"): ord("-"), ord("～"): ord("~"), ord("\xa0"): ord(" "), ord("﹣"): ord("-"), ord(BLANK): ord(" ")}


def fold(text: str) -> str:
    """Half width, lower case, plain dashes and apostrophes; as many characters as before, each in its old place."""
    folded = text.translate(_FOLD)
    lowered = folded.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in folded)


def is_latin(char: str) -> bool:
    """Whether words are made of this character and kept apart by spaces."""
    return char.isascii() and char.isalnum()


def is_digit(char: str) -> bool:
    """0 to 9, and none of the other digits that Unicode knows."""
    return "0" <= char <= "9"


def at_word_edge(text: str, at: int) -> bool:
    """Whether a word of Latin letters may start or end at this offset."""
    return not (0 < at < len(text) and is_latin(text[at - 1]) and is_latin(text[at]))


def ends_clause(text: str, at: int) -> bool:
    """Whether the character at this offset parts two clauses."""
    char = text[at]
    if char in SEPARATORS:
        return True
    if char == ".":
        return not (at + 1 < len(text) and is_digit(text[at + 1]))
    # People who write Chinese put a space only between clauses; in English it is between all words.
    if char == " ":
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        return bool(before and after) and not before.isascii() and not after.isascii()
    return False


def canonical(text: str) -> str:
    """What is left when punctuation, and spaces that part no Latin words, are taken out of folded text."""
    out: list[str] = []
    space = False
    for char in text:
        if char.isalnum() or char in "'%":
            if space and out and is_latin(out[-1][-1]) and is_latin(char):
                out.append(" ")
            out.append(char)
            space = False
        else:
            space = True
    return "".join(out)


def head(text: str) -> str:
    """As much of folded text as is read: whole clauses, so that no number is cut in two."""
    if len(text) <= LONGEST_READ:
        return text
    for at in range(LONGEST_READ, LONGEST_READ - 200, -1):
        if ends_clause(text, at):
            return text[:at]
    return text[:LONGEST_READ].rstrip("0123456789,.零〇一二三四五六七八九十百千万亿两" + BLANK)
