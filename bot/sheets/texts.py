"""What stands in a cell, as the person who looks at it sees it."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

from policy_engine.errors import N_

CELL_LENGTH = 2_000
"""Letters. Longer than any remark that a form asks for."""

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
"""Controls and marks of direction, which come along when a number is copied from a chat or a database."""
_MARKED = re.compile(r"'(?=[0-9=+\-@＝＋－＠'])")
"""An apostrophe that says "this is text": put there by a person, or by `marked`."""
_FORMULA = re.compile(r"[=+\-@＝＋－＠]")
"""What a spreadsheet computes instead of showing it; a Chinese Excel takes the full-width signs as well."""
_AS_FORMULA = re.compile(r'="([^"]*)"')
"""How banks keep Excel from turning an account number in CSV into a number."""
_SCIENTIFIC = re.compile(r"-?[1-9](?:\.[0-9]+)?E\+(?:1[1-9]|[2-9][0-9]|[1-9][0-9]{2})", re.ASCII | re.IGNORECASE)
"""How Excel shows a number of twelve digits and more, and writes it into CSV: most of its digits are gone."""
_EXACT = 10**15
"""Excel keeps fifteen digits of a number."""


def tidy(text: str) -> str:
    """The text without what nobody sees: blanks at its ends, controls, marks of direction. Lines end in a newline."""
    return _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def marked(text: str, *, formulas: bool) -> str:
    """The text with an apostrophe before it where `seen` would otherwise take it for something else.

    With `formulas`, also where a spreadsheet would take it for a formula.
    """
    mistaken = _MARKED.match(text) or _AS_FORMULA.fullmatch(text) or _SCIENTIFIC.fullmatch(text)
    return f"'{text}" if mistaken or (formulas and _FORMULA.match(text)) else text


def seen(value: object) -> tuple[str, str | None]:
    """A cell as text, and the id of the message that says what is wrong with it, if something is.

    A number that has lost digits gives an empty text, so that nobody takes the rest of it for the whole.
    """
    if isinstance(value, str):
        return _seen_text(value)
    if isinstance(value, bool):
        return str(value).upper(), None
    if isinstance(value, int | float):
        return _seen_number(value)
    if isinstance(value, datetime.datetime):
        whole = value.time() == datetime.time()
        return (value.date().isoformat() if whole else value.isoformat(" ", "seconds")), None
    if isinstance(value, datetime.date):
        return value.isoformat(), None
    return ("" if value is None else str(value)), None


def _seen_text(value: str) -> tuple[str, str | None]:
    text = tidy(value)
    formula = _AS_FORMULA.fullmatch(text)
    if formula:
        text = tidy(formula[1])
    elif _MARKED.match(text):
        text = text[1:].strip()
    elif _SCIENTIFIC.fullmatch(text):
        return "", N_("sheet.cell.digits_lost")
    if len(text) > CELL_LENGTH:
        return text[:CELL_LENGTH].rstrip(), N_("sheet.cell.too_long")
    return text, None


def _seen_number(value: float) -> tuple[str, str | None]:
    if not -_EXACT < value < _EXACT:
        return "", N_("sheet.cell.digits_lost")
    if value == int(value):
        return str(int(value)), None
    # Fifteen digits, as Excel has them: 0.1 + 0.2 is 0.3 to whoever looks at it.
    return f"{Decimal(f'{value:.15g}'):f}", None
