"""Sums of money in a sentence: exact or a range, and which fact each of them is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dialogs.understanding.mentions import Mention
from dialogs.understanding.number import Number
from dialogs.understanding.tokens import Sentence
from policy_engine.facts import FACTS
from policy_engine.money import LARGEST, Money

_CUES = {
    "cue_total": "bill_total",
    "cue_paid": "fund_paid_this_year",
    "cue_reportable": "reportable_cost",
    "cue_class_b": "class_b_cost",
    "cue_own": "",
    "cue_other": "",
}
_CUE_MARKS = frozenset(_CUES)
_ANSWERS = {
    "reportable_cost": {"cue_total"},
    "class_b_cost": {"cue_total"},
    "reported_this_year": {"cue_total", "cue_reportable"},
    "entered_this_year": {"cue_total", "cue_reportable"},
    "own_share_this_year": {"cue_total", "cue_own"},
    "outpatient_paid_this_year": {"cue_paid"},
}
"""花了一万二 answers what the listed part was, but never what has been paid back: words about an amount that may stand
in the answer to a question about another."""
_CLAIMED = "claimed"
"""报了三千: what was paid back, though not said to be the whole of this year; an answer only where that was asked."""
_FEN = 1000
_REACH = 14
"""Characters between a word such as 花了 and its amount."""
_LONGEST_BARE = 7
"""Digits. A longer bare number is a telephone or a card before it is a bill."""


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount with the tokens it spans; `sure`: it says itself that it is an amount, by its
    unit or, `currency`, by naming money."""

    money: Money
    first: int
    last: int
    sure: bool
    currency: bool
    reason: str


def sums(sentence: Sentence, used: set[int]) -> list[Sum]:
    """Every number that can be an amount, ranges put together; tokens in `used` are something else."""
    found: list[Sum] = []
    index = 0
    while index < len(sentence.tokens):
        one = _amount_at(sentence, index, used)
        if one is not None:
            found.append(one)
            index = one.last
        index += 1
    return found


def _amount_at(sentence: Sentence, index: int, used: set[int]) -> Sum | None:
    tokens = sentence.tokens
    number = tokens[index].number
    if number is None or number.kind != "number" or index in used or number.counts or _crowded(sentence, index):
        return None
    low, high, last, reason = number.low, number.high, index, "money"
    upper = _upper_end(sentence, index, number)
    if upper is not None:
        other = tokens[upper].number
        if other is None or other.counts:
            return None
        low, high, last, reason = _shared(number, other), other.high, upper, "money.range"
        number = other
    elif low != high:
        reason = "money.range"
    after = sentence.neighbour(last, 1)
    currency = number.currency
    if after and after.marks & {"years", "months", "time"}:
        return None
    if after and "currency" in after.marks:
        currency, last = True, last + 1
    hedge = sentence.mark_beside(index, -1, {"about", "below", "above", "at_least", "at_most"}, 0)
    behind = sentence.mark_beside(last, 1, {"about_after", "below_after", "above_after"}, 0)
    if number.great and low == high and after and "odd_after" in after.marks:
        high, last, reason = low + number.scale - 1000, last + 1, "money.range"
    money = _hedged(low, high, hedge or behind)
    if money is None or low % _FEN or high % _FEN:
        return None
    if hedge or behind:
        reason += ".approx" if "about" in (hedge or behind or "") else ".bound"
    sure = currency or number.great
    if not sure and after is not None and not after.known and after.start == tokens[last].end:
        return None  # 12床, 3b: glued to something unknown
    first = tokens[index].number
    if not sure and first and first.plain and tokens[index].end - tokens[index].start > _LONGEST_BARE + 2:
        return None
    return Sum(money, index, last, sure, currency, reason)


def _crowded(sentence: Sentence, index: int) -> bool:
    """Whether another number stands so near that neither can be read: 12,34 and 1.2.3 and 一万 两千."""
    tokens = sentence.tokens
    for first in (index - 1, index):
        if first >= 0 and first + 1 < len(tokens) and tokens[first].number and tokens[first + 1].number:
            between = sentence.text[tokens[first].end : tokens[first + 1].start]
            if between in (",", ".") or not between.strip():
                return True
    return False


def _upper_end(sentence: Sentence, index: int, number: Number) -> int | None:
    """The token of the other end of 八千到一万, where there is one and it is not the smaller."""
    link, upper = sentence.neighbour(index, 1), sentence.neighbour(index + 1, 1)
    if link is None or upper is None or "to" not in link.marks or number.low != number.high:
        return None
    other = upper.number
    if other is None or other.kind != "number" or other.high < _shared(number, other):
        return None
    return index + 2


def _shared(low: Number, high: Number) -> int:
    """三到五万: the first number borrows the unit of the second."""
    shared = low.low * high.shared if not low.great and not low.currency and high.shared > 1 else low.low
    return shared if shared <= high.high else low.low


def _hedged(low: int, high: int, hedge: str | None) -> Money | None:
    if high // _FEN > LARGEST:
        return None
    match hedge:
        case "below":
            return Money(0, max(0, high // _FEN - 1))
        case "below_after" | "at_most":
            return Money(0, high // _FEN)
        case "above":
            return Money(low // _FEN + 1, None)
        case "above_after" | "at_least":
            return Money(low // _FEN, None)
        case _:
            return Money(low // _FEN, high // _FEN)


def amounts(sentence: Sentence, used: set[int], expected: str | None, stay: bool) -> Iterator[Mention]:
    """The sums as facts. `stay` says that hospitals or getting money back are spoken of."""
    asked = expected if expected is not None and FACTS.get(expected, FACTS["age"]).kind == "money" else None
    counting = expected in FACTS and FACTS[expected].kind == "int"
    found = sums(sentence, used)
    for place, one in enumerate(found):
        cue = _cue(sentence, found, place)
        if not one.sure and cue is None and asked is None and not (stay and _looks_like_money(sentence, one)):
            continue
        if cue == _CLAIMED and asked in ("fund_paid_this_year", "outpatient_paid_this_year"):
            cue = "cue_paid"
        asked_for = asked if cue is None or cue in _ANSWERS.get(asked or "", ()) else None
        if cue in ("cue_other", _CLAIMED) or (cue == "cue_own" and not asked_for):
            continue
        if cue is None and counting and not one.currency:
            continue
        fact = asked_for or _CUES.get(cue or "cue_total", "")
        tokens = sentence.tokens
        reason = one.reason + (f":{cue[4:]}" if cue else ":asked" if asked else ":default")
        yield Mention(
            fact, one.money, tokens[one.first].start, tokens[one.last].end, reason, one.first, one.last, firm=True
        )


def _looks_like_money(sentence: Sentence, one: Sum) -> bool:
    """Bare digits that can be a hospital bill: at least three, and not a year."""
    number = sentence.tokens[one.first].number
    whole = number.whole if number else None
    return whole is None or (whole >= 100 and not 1900 <= whole <= 2100)


def _cue(sentence: Sentence, found: list[Sum], place: int) -> str | None:
    """The word that says which amount this is: the last one since the amount before, or else the one right after."""
    tokens, one = sentence.tokens, found[place]
    behind = _cue_behind(sentence, found, place)
    if behind in ("cue_own", "cue_other"):
        return behind
    floor = found[place - 1].last if place else -1
    for at in range(one.first - 1, max(floor, one.first - 8), -1):
        if tokens[one.first].start - tokens[at].end > _REACH:
            break
        cues = tokens[at].marks & _CUE_MARKS
        if cues:
            if at == floor + 1 and place and behind not in (None, "cue_total"):
                break  # of the 20,000 bill 16,000 is listed: the word belongs to the amount before it
            return _CLAIMED if "claim" in tokens[at].marks and "cue_other" in cues else min(cues)
    before, after = sentence.neighbour(one.first, -1), sentence.neighbour(one.last, 1)
    if before and "part" in before.marks and after and "claim" in after.marks:
        return "cue_reportable"
    if before and "claim" in before.marks:
        return _CLAIMED  # 能报一万吗: not a bill
    return behind


def _cue_behind(sentence: Sentence, found: list[Sum], place: int) -> str | None:
    """The word right after an amount that says what it is, unless it belongs to the next one."""
    tokens, one = sentence.tokens, found[place]
    at = one.last + 1
    limit = found[place + 1].first if place + 1 < len(found) else len(tokens)
    steps = 0
    while at < limit and steps < 4 and tokens[at].clause == tokens[one.last].clause:
        cues = tokens[at].marks & _CUE_MARKS
        if cues:
            between = tokens[at + 1 : limit]
            governs_next = limit < len(tokens) and all("glue" in token.marks for token in between)
            # of the 20,000 bill 16,000 is listed: the amount after it has a word of its own.
            if governs_next and not sentence.mark_beside(found[place + 1].last, 1, _CUE_MARKS - {"cue_total"}):
                return None
            return min(cues)
        if not tokens[at].marks & {"glue", "have", "about_after"}:
            return None
        at, steps = at + 1, steps + 1
    return None
