"""What people type about a person to be enrolled: name, identity number, telephone and code, in one message or several.

Nothing is guessed. A name counts where it was asked for, where words introduce it, or where it stands beside an
identity number in a message that has nothing else; otherwise there is none.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dialogs.members.codes import CODE_ALPHABET, code_spans, read_code
from dialogs.members.identity import IdentityDocument, IdentityKind, IdentityProblem
from dialogs.members.name_words import NameWords, places
from dialogs.members.names import DOT, HAN, LATIN, is_chinese, is_name, tidy_name
from dialogs.members.numbers import Numbers, Span, find_numbers
from dialogs.understanding.text import LONGEST_READ, SEPARATORS, fold

__all__ = ["CODE_ALPHABET", "NameWords", "Particulars", "find_particulars", "is_name", "read_code"]

_GAP = 4
"""Characters between a label and what it labels: 身份证号 是： 3304…"""
_LONGEST_WITH_NUMBER = 80
_LONGEST_READ_NAME = 80
_TRIES = 20
_GLUE = re.compile(r"[\s\"“”「」『』《》'是为:]{0,6}")
_RUN_OF_HAN = re.compile(rf"[{HAN}](?: ?[{HAN}{DOT}•‧∙⋅・･.]){{0,40}}")
_RUN_OF_LATIN = re.compile(rf"[{LATIN}][{LATIN}'’. -]{{0,80}}")
_PARTED = "\n"
_AROUND = "".join(SEPARATORS) + " .:-~·'"


@dataclass(frozen=True, slots=True)
class Particulars:
    """What one message says. `phone`: digits only. `code`: eight capital letters and digits. `several`: it speaks
    of more than one person by name or number; `name` and `identity` are the first ones, and what belongs together is
    open."""

    name: str | None = field(default=None, repr=False)
    identity: IdentityDocument | IdentityProblem | None = None
    phone: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)
    several: bool = False


def find_particulars(text: str, today: datetime.date, asked: str | None, words: NameWords) -> Particulars:
    """What the message says of a person.

    `asked`: what the answer is to, one of name, identity, phone and code; None or anything else for a message to
    which no such question led. `words`: those of the languages that it may be in. Never raises, whatever the text.
    """
    text = text[:LONGEST_READ]
    folded = fold(text)
    code_at = _code_span(text, folded, asked, words)
    code = read_code(text[slice(*code_at)]) if code_at else None
    folded = _blanked(folded, [code_at] if code_at else [])
    named = _document_named(folded, words)
    labels = (*words.identity, *words.passport, *words.travel_permit)
    labelled = [end for word in labels for _, end in places(folded, word)]
    numbers = find_numbers(folded, today, labelled=labelled, asked=asked == "identity", named=named)
    identity = _chosen(numbers)
    names = _introduced(text, words, asked=asked == "name")
    name = names[0] if names else None
    if name is None and not _asks(folded):
        spans = [span for span, _ in (*numbers.identities, *numbers.phones)]
        beside = identity is not None and len(text) <= _LONGEST_WITH_NUMBER
        if asked == "name" or beside:
            name = _left_over(text, _blanked(folded, spans), words, sure=asked == "name")
    return Particulars(
        name=name,
        identity=identity,
        phone=numbers.phones[0][1] if numbers.phones else None,
        code=code,
        several=len(names) > 1 or len(set(_right(numbers))) > 1,
    )


def _right(numbers: Numbers) -> list[IdentityDocument]:
    return [found for _, found in numbers.identities if isinstance(found, IdentityDocument)]


def _chosen(numbers: Numbers) -> IdentityDocument | IdentityProblem | None:
    return next(iter([*_right(numbers), *(found for _, found in numbers.identities)]), None)


def _document_named(folded: str, words: NameWords) -> IdentityKind | None:
    if any(_stands(folded, word) for word in words.travel_permit):
        return IdentityKind.MAINLAND_TRAVEL_PERMIT
    return IdentityKind.PASSPORT if any(_stands(folded, word) for word in words.passport) else None


def _code_span(text: str, folded: str, asked: str | None, words: NameWords) -> Span | None:
    """Where the code stands: the whole message, or one that was asked for or introduced."""
    whole = read_code(text)
    if whole and (asked == "code" or ("-" in folded.strip(_AROUND) and not whole.isdigit())):
        return 0, len(text)
    spans = code_spans(folded)
    if asked == "code":
        return spans[0] if len(spans) == 1 else None
    labelled = [end for word in words.code for _, end in places(folded, word)]
    for start, end in spans:
        typed = text[start:end]
        # Neither an English word of eight letters after "code" nor a bare number is one.
        mixed = any(map(str.isdigit, typed)) and any(map(str.isalpha, typed))
        deliberate = "-" in folded[start:end] or mixed or (typed.isupper() and typed.isalpha())
        if deliberate and any(0 <= start - at <= _GAP for at in labelled):
            return start, end
    return None


def _introduced(text: str, words: NameWords, *, asked: bool) -> list[str]:
    """The names that words lead to; 妈妈叫 leads to one for sure only where a name was `asked` for."""
    folded = fold(text)
    found = [(*place, True) for word in words.introductions for place in places(folded, word)]
    found += [(*place, asked) for word in words.labels for place in places(folded, word)]
    names: dict[str, None] = {}
    done = 0
    for start, end, sure in sorted(found, key=lambda each: (each[0], -each[1]))[:_TRIES]:
        if start < done:
            continue
        done = end
        piece = unicodedata.normalize("NFKC", text[end : end + _LONGEST_READ_NAME])
        glue = _GLUE.match(fold(piece))
        begins = glue.end() if glue else 0
        as_form = ":" in fold(piece[:begins])
        name = _name_at(piece[begins:], words, as_form=as_form)
        if name is not None and (sure or as_form or _stands_alone(name, words)):
            names[name] = None
    return list(names)


def _name_at(piece: str, words: NameWords, *, as_form: bool) -> str | None:
    """The name that the piece begins with; `as_form`: after a colon, where people write nothing else."""
    run = _RUN_OF_HAN.match(piece) or _RUN_OF_LATIN.match(piece)
    if run is None or _asks(fold(piece)[run.end() : run.end() + 1]):
        return None
    folded = fold(run.group())
    stops = (*words.stops, *words.identity, *words.phone, *words.code, *words.passport, *words.travel_permit)
    ends = [start for word in stops for start, _ in places(folded, word) if start > 0]
    piece = run.group()[: min(ends, default=None)]
    # 张秀英退休在家 is more than a name, 乌云其其格 is not.
    return _named(piece, words, long=as_form or not words.has_surname(piece))


def _left_over(text: str, blanked: str, words: NameWords, *, sure: bool) -> str | None:
    """The name that is all there is besides numbers and the words for them."""
    labels = (*words.identity, *words.phone, *words.code, *words.passport, *words.travel_permit)
    for word in sorted(labels, key=len, reverse=True):
        blanked = _blanked(blanked, list(places(blanked, word)))
    pieces = [text[start:end].strip() for start, end in _pieces(blanked)]
    if len(pieces) > 1:
        pieces = [piece for piece in pieces if fold(piece) not in words.besides]
    if len(pieces) != 1:
        return None
    owned = _without_first(pieces[0], words.owners)
    sure = sure and owned == pieces[0]
    name = _named(_without_first(owned, words.asked_introductions), words, long=False)
    # 哎 is no name: one character is one only where words introduce it.
    return name if name is not None and len(name) > 1 and (sure or _stands_alone(name, words)) else None


def _without_first(piece: str, words: Iterable[str]) -> str:
    """The piece without the word that it begins with, if it begins with one and more than a character is left."""
    folded = fold(piece)
    for word in words:
        if len(folded) > len(word) + 1 and next(places(folded, word), (1, 0))[0] == 0:
            return piece[len(word) :].strip(_AROUND)
    return piece


def _named(piece: str, words: NameWords, *, long: bool) -> str | None:
    """The piece as a name, without what people add to one."""
    name = tidy_name(_without_endings(piece.strip(_AROUND), words), long=long)
    return None if name is None or words.is_refused(name) else name


def _without_endings(piece: str, words: NameWords) -> str:
    for _ in range(2):
        folded = fold(piece)
        for word in words.endings:
            rest = len(folded) - len(word)
            if rest > 1 and folded.endswith(word) and any(start == rest for start, _ in places(folded, word)):
                piece = piece[:rest].strip(_AROUND)
                break
    return piece


def _stands_alone(name: str, words: NameWords) -> bool:
    """Whether it looks like a name by itself: by its surname, its dot, or two words or more with capitals."""
    if is_chinese(name):
        return DOT in name or (len(name) > 1 and words.has_surname(name))
    parts = name.split()
    return len(parts) > 1 and all(part[0].isupper() for part in parts)


def _pieces(blanked: str) -> Iterator[Span]:
    """The stretches between punctuation, colons and what was blanked."""
    start = None
    for at in range(len(blanked) + 1):
        parts = at == len(blanked) or blanked[at] in SEPARATORS or blanked[at] in ":"
        if not parts and start is None and blanked[at] not in _AROUND:
            start = at
        elif parts and start is not None:
            yield start, at
            start = None


def _stands(folded: str, word: str) -> bool:
    return next(places(folded, word), None) is not None


def _asks(folded: str) -> bool:
    return "?" in folded


def _blanked(folded: str, spans: Iterable[Span]) -> str:
    for start, end in spans:
        folded = folded[:start] + _PARTED * (end - start) + folded[end:]
    return folded
