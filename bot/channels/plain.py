"""Replies as lines of text, for channels that draw nothing: the terminal, and messengers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from dialogs.replies import (
    Answer,
    Attachment,
    Comparison,
    Decision,
    HandOver,
    Line,
    Question,
    Receipt,
    Reply,
    Source,
    Text,
)

Words = Callable[..., str]
_Pair = Callable[[Line, Iterable[Line]], str]

_MARKS = {True: "✓", False: "✗", None: "?"}


def plain(reply: Reply, words: Words, *, leaders: bool = True) -> str:
    """One reply as text, in the language that it was written in.

    `leaders` are the dots that bring amounts under one another, where all letters are equally wide; where they are not,
    an amount stands right after what it is for.
    """
    pair = _with_dots if leaders else _beside(words)
    match reply:
        case Text() | HandOver():
            return reply.text
        case Question():
            return "\n".join(_question(reply))
        case Decision():
            return "\n".join(_decision(reply, words))
        case Receipt():
            return "\n".join(_receipt(reply, words, pair))
        case Comparison():
            return "\n".join(_comparison(reply, words))
        case Answer():
            return "\n".join(_answer(reply, words, pair))
        case Attachment():
            return f"{reply.label} {reply.name}\n{reply.text}"


def _question(reply: Question) -> Iterator[str]:
    yield reply.text
    for number, choice in enumerate(reply.choices, 1):
        yield f"  {number}. {choice.label}"
    if reply.hint:
        yield f"  {reply.hint}"


def _decision(reply: Decision, words: Words) -> Iterator[str]:
    yield reply.headline
    for reason in reply.reasons:
        yield f"  {_MARKS[reason.holds]} {reason.text}{_places(reason.sources, words)}"
    yield from _bullets(reply.advice)


def _receipt(reply: Receipt, words: Words, pair: _Pair) -> Iterator[str]:
    yield _marked(reply.headline, reply.badge, words)
    for line in reply.lines:
        yield f"  {pair(line, reply.lines)}{_places(line.sources, words)}"
    yield from _bullets(reply.notes)


def _comparison(reply: Comparison, words: Words) -> Iterator[str]:
    yield _marked(reply.headline, reply.badge, words)
    for row in reply.rows:
        yield words(
            "plain.row",
            level=row.label,
            fund=f"{reply.fund_heading} {row.fund_pays}",
            person=f"{reply.person_heading} {row.person_pays}",
        )
    yield from _bullets(reply.notes)
    if reply.sources:
        yield words("plain.sources", sources=_labels(reply.sources, words))


def _answer(reply: Answer, words: Words, pair: _Pair) -> Iterator[str]:
    yield _marked(reply.headline, reply.badge, words)
    for line in reply.lines:
        yield f"  {pair(line, reply.lines)}"
    yield from (words("plain.source", label=source.label, grade=source.grade) for source in reply.sources)
    yield from _bullets(reply.notes)


def _bullets(notes: Iterable[str]) -> Iterator[str]:
    for note in notes:
        yield f"  · {note}"


def _places(cited: tuple[Source, ...], words: Words) -> str:
    return words("plain.places", sources=_labels(cited, words)) if cited else ""


def _labels(cited: Iterable[Source], words: Words) -> str:
    return words("plain.separator").join(source.label for source in cited)


def _marked(headline: str, badge: str, words: Words) -> str:
    return words("plain.marked", headline=headline, badge=badge) if badge else headline


def _with_dots(line: Line, lines: Iterable[Line]) -> str:
    """Leaders bring the amounts under one another. A Chinese character is two columns wide."""
    widest = max(_columns(each.label) for each in lines)
    return f"{line.label} {'.' * (widest - _columns(line.label) + 2)} {line.amount}"


def _beside(words: Words) -> _Pair:
    return lambda line, _: words("plain.pair", label=line.label, amount=line.amount)


def _columns(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
