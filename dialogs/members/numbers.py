"""Telephone and identity numbers in a message, told apart by how long they are and how they are grouped."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from dialogs.members.identity import IdentityDocument, IdentityKind, IdentityProblem, IdentityReason, read_identity
from dialogs.understanding.text import is_digit, is_latin

Span = tuple[int, int]

_RUN = re.compile(r"[0-9]+(?:[ -]{1,2}[0-9]+)*(?: ?x(?![a-z]))?")
_GROUP = re.compile("[0-9]+(?: ?x)?")
_OLD_FOREIGN = re.compile("(?<![0-9a-z])[a-z]{3} ?[0-9]{12}(?![0-9a-z])")
_TRAVEL_PERMIT = re.compile("(?<![0-9a-z])[hm](?:[0-9]{8}|[0-9]{10})(?![0-9a-z])")
_SHORT = re.compile("(?<![0-9a-z])(?=[a-z]{0,2}[0-9]{5})[0-9a-z]{6,12}(?![0-9a-z])")
_MIXED = re.compile("(?<![0-9a-z])(?=[a-z]{0,3}[0-9])[0-9a-z](?:[ -]?[0-9a-z]){5,40}")
_MOBILE = re.compile("1[3-9][0-9]{9}")
_LANDLINE = re.compile("0(?:10|2[0-9]|[3-9][0-9]{2})[2-9][0-9]{6,7}")
_COUNTRY = re.compile("(?:00)?86(?=1[3-9][0-9]{9}$)")
_MOBILE_GROUPS = ([11], [3, 4, 4], [3, 8], [4, 4, 3], [5, 6], [3, 3, 5])
_MOST_GROUPS = 6
_LENGTH, _OLD_LENGTH = 18, 15
_OLD_GROUPS = ([15], [6, 6, 3])
_FEWEST_DIGITS = 6
"""A number with fewer is an age or a year, not an identity number of the wrong length."""
_PLAUSIBLE = frozenset((IdentityReason.CHECK, IdentityReason.FUTURE, IdentityReason.TOO_OLD))

Identity = IdentityDocument | IdentityProblem


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a message has, each with its place, in the order typed: identity numbers, telephone numbers as digits."""

    identities: tuple[tuple[Span, Identity], ...]
    phones: tuple[tuple[Span, str], ...]


@dataclass(frozen=True, slots=True)
class _Group:
    start: int
    end: int
    text: str


def find_numbers(
    folded: str, today: datetime.date, *, labelled: Sequence[int], asked: bool, named: IdentityKind | None
) -> Numbers:
    """The numbers in folded text.

    `labelled`: offsets at which, by the words before them, an identity number starts. `asked`: whether one was asked
    for. `named`: the document spoken of. A number that is wrong as an identity number is one only with any of these,
    or where its area and its length leave no doubt what was meant.
    """
    identities: list[tuple[Span, Identity]] = []
    phones: list[tuple[Span, str]] = []
    # (0573) 8212 3456
    rest = folded.replace("(", " ").replace(")", " ")
    lettered = [_OLD_FOREIGN, _TRAVEL_PERMIT, *([_SHORT] if named else ())]
    for form in lettered:
        for found in form.finditer(rest):
            if form is _SHORT and _is_phone(found.group()):
                continue
            identities.append((found.span(), read_identity(found.group(), today, named)))
            rest = _without(rest, found.span())
    doubtful: list[tuple[Span, IdentityProblem]] = []
    for run in _RUN.finditer(rest):
        _read_run(_groups(run), _by_itself(rest, run), today, identities, phones, doubtful)
    taken = [span for span, _ in (*identities, *phones)]
    for span, problem in doubtful:
        if asked or _starts(span, labelled) or (_counts(span, folded) == _LENGTH and problem.reason in _PLAUSIBLE):
            identities.append((span, problem))
    if not identities and (asked or labelled):
        identities += _mixed(folded, taken, today, None if asked else labelled)
    return Numbers(tuple(sorted(identities, key=_place)), tuple(sorted(phones, key=_place)))


def _read_run(
    groups: list[_Group],
    whole: bool,
    today: datetime.date,
    identities: list[tuple[Span, Identity]],
    phones: list[tuple[Span, str]],
    doubtful: list[tuple[Span, IdentityProblem]],
) -> None:
    """Sort the groups of one run of digits into the three lists; one that is not `whole` may be part of a number."""
    at, left = 0, 0
    while at < len(groups):
        document = _document(groups, at, today, whole)
        phone = None if document else _phone(groups, at)
        if document is None and phone is None:
            at += 1
            continue
        _doubt(groups[left:at] if whole else [], today, doubtful)
        if document is not None:
            count, found = document
            identities.append(((groups[at].start, groups[at + count - 1].end), found))
        else:
            count, digits = phone or (1, "")
            phones.append(((groups[at].start, groups[at + count - 1].end), digits))
        at += count
        left = at
    _doubt(groups[left:] if whole else [], today, doubtful)


def _by_itself(folded: str, run: re.Match[str]) -> bool:
    """Whether no letter parts the run from more digits, as in 33O402, or follows it."""
    start = run.start()
    while start > max(0, run.start() - _LENGTH) and is_latin(folded[start - 1]):
        start -= 1
    before = folded[start : run.start()]
    return not any(map(is_digit, before)) and not (run.end() < len(folded) and is_latin(folded[run.end()]))


def _groups(run: re.Match[str]) -> list[_Group]:
    groups = []
    for found in _GROUP.finditer(run.group()):
        start, text = run.start() + found.start(), found.group().replace(" ", "")
        cut = next((size for size in (_LENGTH, _OLD_LENGTH) if _MOBILE.fullmatch(text[size:])), None)
        if cut is None:
            groups.append(_Group(start, run.start() + found.end(), text))
        else:
            # 330402194803153324 and 13812345678 without anything between them.
            groups += [_Group(start, start + cut, text[:cut]), _Group(start + cut, start + len(text), text[cut:])]
    return groups


def _document(groups: list[_Group], at: int, today: datetime.date, whole: bool) -> tuple[int, IdentityDocument] | None:
    """How many groups from this one make up a right number; with 18 digits before 15."""
    fitting: dict[int, tuple[int, IdentityDocument]] = {}
    number, sizes = "", []
    for count, group in enumerate(groups[at : at + _MOST_GROUPS], 1):
        number += group.text
        sizes.append(len(group.text))
        if len(number) > _LENGTH:
            break
        if len(number) == _LENGTH or sizes in _OLD_GROUPS:
            found = read_identity(number, today)
            if isinstance(found, IdentityDocument):
                fitting[len(number)] = count, found
    return fitting.get(_LENGTH) or (fitting.get(_OLD_LENGTH) if whole else None)


def _phone(groups: list[_Group], at: int) -> tuple[int, str] | None:
    """How many groups from this one make up a telephone number, and its digits."""
    before = 1 if groups[at].text in ("86", "0086") and len(groups) > at + 1 else 0
    for count in (1, 2, 3):
        part = groups[at + before : at + before + count]
        digits = _COUNTRY.sub("", "".join(group.text for group in part))
        sizes = [len(group.text) for group in part]
        if _MOBILE.fullmatch(digits) and (count == 1 or sizes in _MOBILE_GROUPS):
            return before + count, digits
        if not before and _LANDLINE.fullmatch(digits) and (count < 3 or sizes[0] in (3, 4)):
            return count, digits
    return None


def _is_phone(text: str) -> bool:
    return bool(_MOBILE.fullmatch(text) or _LANDLINE.fullmatch(text))


def _doubt(groups: list[_Group], today: datetime.date, doubtful: list[tuple[Span, IdentityProblem]]) -> None:
    """What may have been meant as an identity number, though it is none."""
    number = "".join(group.text for group in groups[: _MOST_GROUPS + 1])
    if len(number) >= _FEWEST_DIGITS:
        found = read_identity(number, today)
        # A right number that is grouped as none is written is two amounts side by side.
        if isinstance(found, IdentityProblem):
            doubtful.append(((groups[0].start, groups[min(len(groups), _MOST_GROUPS + 1) - 1].end), found))


def _mixed(
    folded: str, taken: list[Span], today: datetime.date, labelled: Sequence[int] | None
) -> list[tuple[Span, Identity]]:
    """The run with most digits that has letters among them: an O for a 0."""
    for span in taken:
        folded = _without(folded, span)
    runs = [run for run in _MIXED.finditer(folded) if labelled is None or _starts(run.span(), labelled)]
    best = max(runs, key=_digits, default=None)
    if best is None or _digits(best) < _FEWEST_DIGITS:
        return []
    return [(best.span(), read_identity(best.group(), today))]


def _digits(run: re.Match[str]) -> int:
    return sum(map(is_digit, run.group()))


def _counts(span: Span, folded: str) -> int:
    return sum(char.isalnum() for char in folded[span[0] : span[1]])


def _starts(span: Span, labelled: Sequence[int]) -> bool:
    return any(span[0] - 4 <= at <= span[0] for at in labelled)


def _without(folded: str, span: Span) -> str:
    return folded[: span[0]] + "\n" * (span[1] - span[0]) + folded[span[1] :]


def _place(found: tuple[Span, object]) -> Span:
    return found[0]
