"""Replies as lines of text, for channels that draw nothing: the terminal, and messengers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from dialogs.replies import Answer, Attachment, Comparison, Decision, Line, Question, Receipt, Reply, Source, Text

Words = Callable[..., str]

_MARKS = {True: "✓", False: "✗", None: "?"}


def plain(reply: Reply, words: Words) -> str:
    """One reply as text, in the language that it was written in."""
    match reply:
        case Text():
            return reply.text
        case Question():
            return "\n".join(_question(reply))
        case Decision():
            return "\n".join(_decision(reply, words))
        case Receipt():
            return "\n".join(_receipt(reply, words))
        case Comparison():
            return "\n".join(_comparison(reply, words))
        case Answer():
            return "\n".join(_answer(reply, words))
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


def _receipt(reply: Receipt, words: Words) -> Iterator[str]:
    yield _marked(reply.headline, reply.badge, words)
    for line in reply.lines:
        yield f"  {line.label}{_dots(line, reply.lines)}{line.amount}{_places(line.sources, words)}"
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


def _answer(reply: Answer, words: Words) -> Iterator[str]:
    yield _marked(reply.headline, reply.badge, words)
    for line in reply.lines:
        yield f"  {line.label}{_dots(line, reply.lines)}{line.amount}"
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


def _dots(line: Line, lines: Iterable[Line]) -> str:
    """Leaders that bring the amounts under one another. A Chinese character is two columns wide."""
    widest = max(_columns(each.label) for each in lines)
    return " " + "." * (widest - _columns(line.label) + 2) + " "


def _columns(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
