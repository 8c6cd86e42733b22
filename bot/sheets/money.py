"""Amounts of money as people and banks write them in a table."""

from __future__ import annotations

import re
import unicodedata

from bot.sheets.faults import CellError
from policy_engine.errors import N_, FactError
from policy_engine.money import parse_money

_SIGN = "¥"
"""The sign of the yuan once its full-width form is folded."""
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?", re.ASCII)
_DECIMALS = re.compile(r"[0-9,]*\.[0-9]{3,}", re.ASCII)
_SCIENTIFIC = re.compile(r"[0-9.]+e[+-]?[0-9]+", re.ASCII | re.IGNORECASE)
_LONGEST = 40


def read_amount(text: str) -> int:
    """The amount, in fen, that a text gives in yuan: "60", "60.00", "￥1,234.50", "60元", full-width digits as well.

    Raises CellError for a blank, a negative amount, more than two decimals other than noughts, a comma that does not
    stand between thousands ("1,23"), scientific notation, and everything else that is no amount.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    if not folded:
        raise CellError(N_("sheet.amount.blank"))
    if len(folded) > _LONGEST:
        raise CellError(N_("sheet.amount.unreadable"))
    if folded[0] in "-−(" or folded.startswith(f"{_SIGN}-"):
        raise CellError(N_("sheet.amount.negative"))
    bare = folded.removeprefix(_SIGN).removesuffix("元").strip()
    if _SCIENTIFIC.fullmatch(bare):
        raise CellError(N_("sheet.amount.scientific"))
    if "," in bare:
        if not _THOUSANDS.fullmatch(bare):
            raise CellError(N_("sheet.amount.comma"))
        bare = bare.replace(",", "")
    if _DECIMALS.fullmatch(bare):
        kept = bare.rstrip("0")
        if _DECIMALS.fullmatch(kept):
            raise CellError(N_("sheet.amount.decimals"))
        bare = kept.removesuffix(".")
    try:
        return parse_money(bare, "amount").low
    except FactError:
        raise CellError(N_("sheet.amount.unreadable")) from None
