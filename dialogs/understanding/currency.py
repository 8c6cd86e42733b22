"""What stands after a number: its currency with 角 and 分, a per cent sign, or what else it counts."""

from __future__ import annotations

from dataclasses import replace

from dialogs.understanding.number import DIGITS, GREAT, MILLE, SMALL, Number
from dialogs.understanding.text import is_digit, is_latin

_CURRENCY = ("块钱", "元钱", "块", "元", "圆", "yuan", "rmb", "cny", "人民币")
_COUNTED = frozenset("个人天次年月日号岁级楼床位名种家里米斤公点届章条期代份口户倍院病区村组栋室层周趟回件台分页辆")
"""What follows a number that counts something else than money."""


def with_ending(text: str, number: Number) -> Number:
    """Take the currency, the 角 and 分 after it, or see that the number counts something else."""
    at = number.end + (text[number.end : number.end + 1] == " ")
    for word in _CURRENCY:
        if text.startswith(word, at) and not (word.isascii() and is_latin(text[at + len(word) : at + len(word) + 1])):
            number = replace(number, end=at + len(word), currency=True)
            if word in ("块", "元", "圆"):
                number = _small_change(text, number)
            if text[number.end : number.end + 1] and text[number.end] in "整正":
                number = replace(number, end=number.end + 1)
            if word == "块" and number.low == number.high == MILLE and number.end == at + 1:
                return replace(number, kind="unreadable")  # 我们一块去: together, not one yuan
            return number
    if text[at : at + 1] == "%" or text.startswith("个百分点", at):
        return replace(number, kind="percent", end=at + 1)
    after = text[number.end : number.end + 1]
    if after and after in "成折":
        return replace(number, kind="percent", end=number.end + 1)
    return replace(number, counts=after in _COUNTED)


def _small_change(text: str, number: Number) -> Number:
    """86块5, 五元三角二分, 八十块零五分, 86块多."""
    end, extra = number.end, 0
    if number.low != number.high:
        return number
    if text[end : end + 1] == "多":
        return replace(number, end=end + 1, high=number.low + MILLE - 1000)
    skip = text[end : end + 1] in ("零", "〇")
    for names, worth in (("角毛", MILLE // 10), ("分", MILLE // 100)):
        char, name = text[end + skip : end + skip + 1], text[end + skip + 1 : end + skip + 2]
        digit = DIGITS.get(char, int(char) if char and is_digit(char) else 0)
        if not digit:
            continue
        if name and name in names:
            extra, end = extra + digit * worth, end + skip + 2
        elif worth == MILLE // 10 and not skip and not _goes_on(name):
            return replace(number, end=end + 1, low=number.low + digit * worth, high=number.high + digit * worth)
        elif worth == MILLE // 100 and extra and not _goes_on(name):
            extra, end = extra + digit * worth, end + 1
        skip = False if extra else skip
    return replace(number, end=end, low=number.low + extra, high=number.high + extra)


def _goes_on(char: str) -> bool:
    return bool(char) and (char in DIGITS or is_digit(char) or char in SMALL or char in GREAT or char in _COUNTED)
