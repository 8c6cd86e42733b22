"""An answer as Telegram shows it: text with bold headlines, buttons below the question, pictures and files beside.

Texts are cut while they are plain, as Telegram counts what a reader sees; only then are they escaped and marked up
(https://core.telegram.org/bots/api#html-style).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec

from bot.channels.limits import TELEGRAM_CALLBACK, TELEGRAM_CAPTION, TELEGRAM_TEXT, utf8_bytes, utf16_units
from bot.channels.parts import split
from bot.channels.plain import plain
from bot.exchange import Outbound
from bot.languages import Catalogue, catalogue
from bot.pictures.replies import picture_of
from dialogs.replies import Answer, Attachment, Comparison, Decision, Line, Question, Receipt, Reply, Text

_UNUSABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""What UTF-8 or a chat cannot hold."""
_NARROW = 12
"""Columns of a button of which two go side by side."""


@dataclass(frozen=True)
class Button:
    """A button below a message: `data` comes back when it is tapped."""

    label: str
    data: str


@dataclass(frozen=True)
class Message:
    """One message to send. `text` is Telegram's HTML: the text, or what stands below a picture or a file.

    At most one of `picture` (SVG) and `file` (name and content) is there.
    """

    text: str = field(repr=False)
    buttons: tuple[tuple[Button, ...], ...] = ()
    picture: str | None = field(default=None, repr=False)
    file: tuple[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class _Run:
    """A piece of plain text in one style: `b`, `i`, or none."""

    text: str
    style: str = ""


def messages(answer: Outbound, *, pictures: bool | None = None) -> tuple[Message, ...]:
    """The answer as messages, in the order in which they are sent.

    The question comes last, so that its buttons are at the bottom of the screen. `pictures`: whether receipts and
    comparisons are drawn as well; None: where the extra `pictures` is installed.
    """
    words = catalogue(answer.locale)
    draws = find_spec("resvg_py") is not None if pictures is None else pictures
    last = answer.replies[-1] if answer.replies else None
    asked = last if answer.offer and isinstance(last, Question) else None
    told = answer.replies[:-1] if asked else answer.replies
    beside = [each for reply in told if (each := _beside(reply, draws))]
    blocks = [runs for reply in told if not isinstance(reply, Attachment) and (runs := _runs(reply, words))]
    question = [_runs(asked, words)] if asked else []
    keyboard = _keyboard(asked, answer.offer) if asked and answer.offer else ()
    if not beside:
        return _texts([*blocks, *question], keyboard)
    return (*_texts(blocks), *beside, *_texts(question, keyboard))


def callback(offer: str, place: int) -> str:
    """What the button at a place (from 0) of an offer sends back. Raises ValueError for more than Telegram takes."""
    data = f"{offer}.{place}"
    if utf8_bytes(data) > TELEGRAM_CALLBACK:
        raise ValueError(f"A button sends back at most {TELEGRAM_CALLBACK} bytes")
    return data


def escaped(text: str) -> str:
    """A text that says itself and marks nothing up."""
    return html.escape(_UNUSABLE.sub("", text), quote=False)


def texts(text: str) -> tuple[Message, ...]:
    """A plain text as messages."""
    return _texts([[_Run(text)]])


def _beside(reply: Reply, draws: bool) -> Message | None:
    """What goes in a message of its own: a picture, a file."""
    if isinstance(reply, Attachment):
        return Message(escaped(_caption(reply.label)), file=(reply.name, reply.text))
    drawn = picture_of(reply) if draws else None
    if drawn is None or not isinstance(reply, Receipt | Comparison):
        return None
    return Message(escaped(_caption(reply.headline)), picture=drawn)


def _caption(text: str) -> str:
    return split(text, TELEGRAM_CAPTION, utf16_units)[0] if text.strip() else ""


def _keyboard(question: Question, offer: str) -> tuple[tuple[Button, ...], ...]:
    buttons = [Button(choice.label, callback(offer, place)) for place, choice in enumerate(question.choices)]
    # One below the other is easiest to hit; only short ones, and many, go in pairs.
    columns = 2 if len(buttons) > 3 and all(_columns(each.label) <= _NARROW for each in buttons) else 1
    return tuple(tuple(buttons[at : at + columns]) for at in range(0, len(buttons), columns))


def _columns(text: str) -> int:
    return sum(2 if letter > "\u2e7f" else 1 for letter in text)


def _texts(blocks: Sequence[list[_Run]], keyboard: tuple[tuple[Button, ...], ...] = ()) -> tuple[Message, ...]:
    """Blocks with a blank line between them, in as many messages as they need; the buttons are on the last."""
    runs = [run for place, block in enumerate(blocks) for run in (*([_Run("\n\n")] if place else []), *block)]
    runs = [_Run(_UNUSABLE.sub("", run.text), run.style) for run in runs]
    whole = "".join(run.text for run in runs)
    parts = split(whole, TELEGRAM_TEXT, utf16_units)
    found, at = [], 0
    for place, part in enumerate(parts):
        at = whole.index(part, at)
        found.append(Message(_marked(runs, at, at + len(part)), keyboard if place == len(parts) - 1 else ()))
        at += len(part)
    return tuple(found)


def _marked(runs: Sequence[_Run], start: int, end: int) -> str:
    """The text between two places, escaped and marked up."""
    out, at = [], 0
    for run in runs:
        piece = run.text[max(start - at, 0) : max(end - at, 0)]
        at += len(run.text)
        if piece:
            inside = html.escape(piece, quote=False)
            out.append(f"<{run.style}>{inside}</{run.style}>" if run.style and piece.strip() else inside)
    return "".join(out)


def _runs(reply: Reply, words: Catalogue) -> list[_Run]:
    match reply:
        case Text():
            return [_Run(reply.text, {"note": "i", "warning": "b"}.get(reply.tone, ""))]
        case Question():
            first, _, rest = plain(reply, words).partition("\n")
            return [_Run(first, "b"), _Run(f"\n{rest}" if rest else "")]
        case Receipt():
            return _joined(_headline(reply.headline, reply.badge, words), _lines(reply.lines, words), reply.notes)
        case Answer():
            cited = [_Run(words("plain.source", label=each.label, grade=each.grade), "i") for each in reply.sources]
            lines = [*_lines(reply.lines, words), *([each] for each in cited)]
            return _joined(_headline(reply.headline, reply.badge, words), lines, reply.notes)
        case Comparison():
            return _comparison(reply, words)
        case Decision():
            first, _, rest = plain(reply, words).partition("\n")
            return [_Run(first, "b"), _Run(f"\n{rest}" if rest else "")]
        case _:
            return [_Run(plain(reply, words))]


def _headline(headline: str, badge: str, words: Catalogue) -> str:
    return words("plain.marked", headline=headline, badge=badge) if badge else headline


def _joined(headline: str, lines: Sequence[Sequence[_Run]], notes: Sequence[str]) -> list[_Run]:
    found = [_Run(headline, "b")]
    for line in lines:
        found += [_Run("\n"), *line]
    found += [_Run(f"\n· {note}") for note in notes]
    return found


def _lines(lines: Sequence[Line], words: Catalogue) -> list[list[_Run]]:
    """Each line with its amount, which is bold where it is the answer, and below it where it stands.

    No leaders to bring amounts under one another: no two phones are equally wide.
    """
    found = []
    for line in lines:
        weighty = line.role in {"total", "result"}
        runs = [_Run(words("telegram.line", label=line.label, amount=line.amount), "b" if weighty else "")]
        if line.sources:
            where = words("plain.separator").join(source.label for source in line.sources)
            runs.append(_Run(f"\n    {where}", "i"))
        found.append(runs)
    return found


def _comparison(reply: Comparison, words: Catalogue) -> list[_Run]:
    return _joined(_headline(reply.headline, reply.badge, words), list(_rows(reply, words)), reply.notes) + _cited(
        reply, words
    )


def _rows(reply: Comparison, words: Catalogue) -> Iterator[list[_Run]]:
    for row in reply.rows:
        shares = ((reply.fund_heading, row.fund_pays), (reply.person_heading, row.person_pays))
        told = "".join(f"\n    {words('telegram.line', label=heading, amount=amount)}" for heading, amount in shares)
        note = f"\n    {row.note}" if row.note else ""
        yield [_Run(row.label, "b"), _Run(f"{told}{note}")]


def _cited(reply: Comparison, words: Catalogue) -> list[_Run]:
    if not reply.sources:
        return []
    labels = words("plain.separator").join(source.label for source in reply.sources)
    return [_Run("\n"), _Run(words("plain.sources", sources=labels), "i")]
