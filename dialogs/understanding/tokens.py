"""Cuts a sentence into words of the lexicons, numbers and dates, from left to right, each the longest there is."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dialogs.understanding.dates import DateFound, counted_from, nearest, read_date
from dialogs.understanding.lexicon import Entry, Lexicon
from dialogs.understanding.number import DIGITS, MILLE, Number
from dialogs.understanding.numerals import read_number
from dialogs.understanding.phrasebook import State, longest
from dialogs.understanding.text import at_word_edge, ends_clause, is_digit, is_latin

_PLACES = frozenset(("here", "away"))
_NONE: frozenset[str] = frozenset()
_PERSONS = frozenset(("pronoun", "pronoun_self"))
_DAY_SIGNS = ("号", "日")
_HUNDRED = 100 * MILLE
_HIGHEST = 10**12 * MILLE
_NUMBER_STARTS = frozenset(DIGITS) | frozenset("0123456789十拾半百千万第¥rc廿卅")


@dataclass(slots=True)
class Token:
    """A stretch of the text: an entry, a number, a date, or none of them for words that nobody knows.

    `clause` counts the clauses from 0, `marks` are those of the entry.
    """

    start: int
    end: int
    clause: int
    entry: Entry | None = None
    number: Number | None = None
    date: DateFound | None = None
    marks: frozenset[str] = _NONE

    @property
    def known(self) -> bool:
        """Whether this is anything but unknown words."""
        return bool(self.entry or self.number or self.date)

    def states(self, *facts: str) -> bool:
        """Whether its words say something of one of these facts."""
        return self.entry is not None and any(fact in facts for fact, _ in self.entry.facts)

    @property
    def names_somebody(self) -> bool:
        """Whether it is a person: by relation, or as "I" or "she"."""
        return self.states("subject") or not self.marks.isdisjoint(_PERSONS)


@dataclass(slots=True)
class Sentence:
    """The folded text with its tokens and the character that ends each clause."""

    text: str
    tokens: list[Token]
    ends: list[str]

    def neighbour(self, index: int, step: int) -> Token | None:
        """The token before (-1) or after (1) in the same clause."""
        at = index + step
        if 0 <= at < len(self.tokens) and self.tokens[at].clause == self.tokens[index].clause:
            return self.tokens[at]
        return None

    def mark_beside(self, index: int, step: int, marks: frozenset[str] | set[str], over: int = 2) -> str | None:
        """The first of these marks on the neighbouring tokens of the same clause, passing over up to `over` glue."""
        at = index
        for _ in range(over + 1):
            token = self.neighbour(at, step)
            if token is None:
                return None
            found = token.marks & marks
            if found:
                return min(found)
            if "glue" not in token.marks:
                return None
            at += step
        return None


def cut(text: str, lexicons: Sequence[Lexicon], today: datetime.date | None = None) -> Sentence:
    """The tokens of folded text. Dates counted from today are dates only where `today` is known."""
    tokens: list[Token] = []
    ends: list[str] = []
    phrases = [lexicon.phrases.start for lexicon in lexicons]
    months = {name: number for lexicon in lexicons for name, number in lexicon.months.items()}
    starts = frozenset(name[0] for name in months)

    def month(at: int) -> tuple[int, int]:
        if text[at : at + 1] not in starts:
            return at, 0
        end = at
        while end < len(text) and end - at < 12 and is_latin(text[end]):
            end += 1
        return (end, months.get(text[at:end], 0)) if at_word_edge(text, at) else (at, 0)

    at, clause, size = 0, 0, len(text)
    while at < size:
        char = text[at]
        if ends_clause(text, at):
            if tokens and tokens[-1].clause == clause:
                clause += 1
                ends.append(char)
            elif ends and char in "?":
                ends[-1] = char
            at += 1
            continue
        if char in " .:\t":
            at += 1
            continue
        after_number = bool(tokens) and tokens[-1].number is not None and tokens[-1].end == at
        if is_latin(char) and not after_number and not at_word_edge(text, at):
            end = _word_end(text, at)
        else:
            token = _known(text, at, clause, phrases, month, starts)
            if token is not None:
                tokens.append(token)
                at = token.end
                continue
            end = _word_end(text, at)
        if tokens and not tokens[-1].known and tokens[-1].clause == clause:
            tokens[-1].end = end
        else:
            tokens.append(Token(at, end, clause))
        at = end
    ends += [""] * (clause + 1 - len(ends))
    tokens = _spoken(tokens)
    return Sentence(text, _from_today(tokens, text, today) if today else tokens, ends)


def _word_end(text: str, at: int) -> int:
    end = at + 1
    if is_latin(text[at]) and not is_digit(text[at]):
        while end < len(text) and is_latin(text[end]):
            end += 1
    return end


def _known(
    text: str,
    at: int,
    clause: int,
    phrases: Sequence[State[Entry]],
    month: Callable[[int], tuple[int, int]],
    starts: frozenset[str],
) -> Token | None:
    """The longest of a phrase, a date and a number at this offset."""
    char = text[at]
    best: tuple[int, Entry] | None = None
    for start in phrases:
        found = longest(start, text, at)
        if found and (best is None or found[0] > best[0]):
            best = found
    if best and best[1].marks & _PLACES:
        # 在海宁 is a place, but 在海宁市人民医院 is 在 and a hospital, and so is in Jiaxing First Hospital.
        after = text.find(" ", at) + 1 if is_latin(char) else at + 1
        inner = max((found[0] for start in phrases if (found := longest(start, text, after))), default=at)
        if inner > best[0]:
            best = next((found for start in phrases if (found := longest(start, text[:after].rstrip(), at))), None)
    end = best[0] if best else at
    if char in _NUMBER_STARTS or char in starts:
        date = read_date(text, at, month)
        if date and date.end >= end:
            return Token(at, date.end, clause, date=date)
        number = read_number(text, at)
        if number and number.end >= end:
            return Token(at, number.end, clause, number=number)
    return Token(at, end, clause, best[1], marks=best[1].marks) if best else None


def _spoken(tokens: list[Token]) -> list[Token]:
    """Number words of languages that say them one by one: twelve thousand five hundred, 12 thousand."""
    if not any(token.entry and (token.entry.scale or token.entry.word is not None) for token in tokens):
        return tokens
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        end, value, scale = _spoken_at(tokens, at)
        if end == at:
            out.append(tokens[at])
            at += 1
            continue
        first, last = tokens[at], tokens[end - 1]
        number = Number(
            "number", first.start, last.end, value, value, scale * MILLE, scale, great=scale >= 100,
            currency=bool(first.number and first.number.currency),
        )  # fmt: skip
        out.append(Token(first.start, last.end, first.clause, number=number))
        at = end
    return out


def _spoken_at(tokens: list[Token], start: int) -> tuple[int, int, int]:
    """(end, value in thousandths of a fen, last scale) of the number words from this token on.

    The end is the start where there are none.
    """
    total, section, at, last = 0, None, start, 1
    done = start
    while at < len(tokens) and tokens[at].clause == tokens[start].clause:
        token = tokens[at]
        entry = token.entry
        if entry and entry.word is not None:
            tens = section is not None and section % _HUNDRED >= 20 * MILLE and entry.word < 10
            if section is not None and section % _HUNDRED and not (tens and section % (10 * MILLE) == 0):
                break
            section = (section or 0) + entry.word * MILLE
        elif entry and entry.scale and (section is not None):
            last = entry.scale
            if entry.scale == 100:
                section *= 100
            else:
                total, section = total + section * entry.scale, None
        elif at == start and token.number and token.number.plain and token.number.low == token.number.high:
            if not _scaled(tokens, at + 1):
                break
            section = token.number.low
        elif at > start and last >= 1000 and section is None and _rest(tokens, at, last):
            section = token.number.low if token.number else 0
        elif section is not None and "half_more" in token.marks and _scaled(tokens, at + 1):
            section += MILLE // 2
            at += 1
            continue
        elif (at > start and token.start + 1 == token.end and "to" in token.marks) or (
            at > start and last >= 100 and "or" in token.marks
        ):
            at += 1
            continue
        else:
            break
        at += 1
        done = at
        if total > _HIGHEST or (section or 0) > _HIGHEST:
            return start, 0, 1
    if done == start or (done == start + 1 and tokens[start].number):
        return start, 0, 1
    return done, total + (section or 0), last


def _scaled(tokens: list[Token], at: int) -> bool:
    """Whether the word here is thousand or the like, with "and a half" before it or not."""
    at += at < len(tokens) and "half_more" in tokens[at].marks
    entry = tokens[at].entry if at < len(tokens) else None
    return bool(entry and entry.scale)


def _rest(tokens: list[Token], at: int, scale: int) -> bool:
    """4 thousand 200: whether a number is the rest below the unit named right before it; not 4 thousand, 5 nights."""
    number, before = tokens[at].number, tokens[at - 1].entry
    if number is None or not number.plain or number.low != number.high or not (before and before.scale):
        return False
    return scale * MILLE // 10 <= number.low < scale * MILLE


def _from_today(tokens: list[Token], text: str, today: datetime.date) -> list[Token]:
    """The tokens with every date that is counted from today in one: 昨天, 下个月3号, 去年5月8号, 5月8号."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        found, used = _counted(tokens, at, text, today)
        if found is None:
            out.append(tokens[at])
        else:
            out.append(Token(found.start, found.end, tokens[at].clause, date=found))
        at += used
    return out


def _counted(tokens: list[Token], at: int, text: str, today: datetime.date) -> tuple[DateFound | None, int]:
    """The date that starts at a token, counted from today, and how many tokens it takes."""
    token = tokens[at]
    shift = token.entry.shift if token.entry else None
    following = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].clause == token.clause else None
    day, end, used = None, token.end, 1
    if shift and shift[0] == "days":
        day = today + datetime.timedelta(days=shift[1])
    elif shift and following and following.date and following.date.month_day and shift[0] == "years":
        day, end, used = counted_from(today, *shift, following.date.month_day), following.end, 2
    elif shift and following and following.number and following.number.whole and shift[0] == "months":
        if text[following.end : following.end + 1] in _DAY_SIGNS:
            whole, end, used = following.number.whole, following.end + 1, 2
            day = counted_from(today, *shift, (1, whole)) if whole <= 31 else None
            used += at + 2 < len(tokens) and tokens[at + 2].start < end
    elif token.date and token.date.month_day:
        day = nearest(today, token.date.month_day)
    return (DateFound(token.start, end, day, day.year, relative=True), used) if day else (None, 1)
