"""Answers as WeChat shows them: one text in the response, the rest in messages that follow, choices that can be tapped.

A choice is a link that WeChat's app sends back as if it were typed, with an id beside it. Old apps and desktop ones
show it as text, so each has its number to be typed. How the address has to be written is in no document; this is how
it is done everywhere (`weixin://bizmsgmenu?msgmenucontent=…&msgmenuid=…`), and the id comes back as `bizmsgmenuid`:
https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html#7
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.util import find_spec
from urllib.parse import quote

from wechatpy.replies import BaseReply, TextReply, TransferCustomerServiceReply

from bot.channels.limits import WECHAT_TEXT, utf8_bytes
from bot.channels.parts import split
from bot.channels.plain import plain
from bot.channels.wechat.messages import Received
from bot.exchange import Outbound, Parcel
from bot.languages import Catalogue, catalogue
from bot.settings import Settings
from dialogs.replies import HandOver, Question, Reply
from dialogs.understanding import mask_identity_numbers

Taps = tuple[tuple[str, str], ...]
"""The lines of a text that can be tapped, each with the id that comes back."""

_UNUSABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]")
"""What XML cannot hold, or no font has; among it the characters that stand for links while a text is divided."""
_FIRST_LINK = 0xE000
_LONGEST_CONTENT = 40
_LONGEST_LINK = 400
_LONGEST_HEARD = 200


@dataclass(frozen=True)
class Rendered:
    """An answer for WeChat.

    `text` goes with the response, None where nothing is said there; `transfers`: the response hands the message over to
    customer service. `rest` is what follows then, `whole` what follows where the response came too soon.
    """

    text: str | None = field(repr=False)
    transfers: bool
    rest: tuple[Parcel, ...] = field(repr=False)
    whole: tuple[Parcel, ...] = field(repr=False)


class Rendering:
    """How answers are rendered with these settings. The same answer is rendered the same each time.

    `follows`: something sends what does not go with the response; without it people are told how to ask for the rest.
    """

    def __init__(self, settings: Settings, *, follows: bool = True) -> None:
        self._follows = follows and settings.wechat_window_messages > 0
        self._pictures = settings.wechat_pictures and self._follows and find_spec("resvg_py") is not None
        self._humans = settings.wechat_humans

    def render(self, answer: Outbound, received: Received) -> Rendered:
        """The answer to what was received."""
        is_event = received.kind == "event"
        if not answer.replies:
            # People have the conversation: until one of them has taken it up, each message has to be handed on.
            return Rendered(None, self._humans and not is_event, (), ())
        texts = self._texts(answer, received)
        whole = texts + tuple(self._drawn(answer.replies))
        if any(isinstance(reply, HandOver) for reply in answer.replies) and not is_event:
            return Rendered(None, True, whole, whole)
        return Rendered(
            sendable(texts[0].body, texts[0].taps) if texts else None, False, whole[len(texts[:1]) :], whole
        )

    def _texts(self, answer: Outbound, received: Received) -> tuple[Parcel, ...]:
        """The answer in words, in parts that fit a message each."""
        words = catalogue(answer.locale)
        blocks, taps = _blocks(answer, received, words)
        text = _harmless("\n\n".join(block for block in blocks if block.strip()))
        if self._follows:
            return tuple(_parts(text, taps, WECHAT_TEXT))
        # Nothing can follow by itself, so whoever reads has to ask for the rest.
        onward = "\n\n" + words("wechat.more", word=words("more.word"))
        parts = tuple(_parts(text, taps, WECHAT_TEXT - utf8_bytes(onward)))
        return (replace(parts[0], body=parts[0].body + onward), *parts[1:]) if len(parts) > 1 else parts

    def _drawn(self, replies: Iterable[Reply]) -> Iterator[Parcel]:
        if not self._pictures:
            return
        from bot.pictures.replies import picture_of

        for reply in replies:
            if (picture := picture_of(reply)) is not None:
                yield Parcel("picture", picture)


def response(rendered: Rendered, received: Received) -> BaseReply | None:
    """The passive reply to a message, the same for each copy of it; None where there is nothing to reply."""
    # From us to them, and at the message's own time: a copy gets the same answer, letter for letter.
    ends = {"source": received.to, "target": received.account, "time": received.created}
    if rendered.transfers:
        return TransferCustomerServiceReply(**ends)
    return said(rendered.text, received) if rendered.text is not None else None


def said(text: str, received: Received) -> BaseReply:
    """A passive reply of a text as `sendable` makes it."""
    # The library puts a text between CDATA marks as it is, so the mark that ends them is taken apart.
    content = text.replace("]]>", "]]]]><![CDATA[>")
    return TextReply(source=received.to, target=received.account, time=received.created, content=content)


def sendable(body: str, taps: Taps = ()) -> str:
    """A text as WeChat takes it, its lines that can be tapped as links, and nothing else in it as markup."""
    links = ((line, _link(line, tap)) for line, tap in taps)
    return _with_lines(_harmless(body), {line: link for line, link in links if link is not None})


def _blocks(answer: Outbound, received: Received, words: Catalogue) -> tuple[list[str], dict[str, str]]:
    """The answer, a text for each of its replies, and the lines of it that can be tapped."""
    blocks: list[str] = []
    taps: dict[str, str] = {}
    if received.kind == "voice" and received.text:
        heard = mask_identity_numbers(received.text, "〔…〕").strip()
        blocks.append(words("wechat.heard", text=_shortened(heard, _LONGEST_HEARD)))
    for reply in answer.replies:
        if not isinstance(reply, Question):
            blocks.append(plain(reply, words, leaders=False))
            continue
        lines = [_harmless(f"{number}. {_on_one_line(each.label)}") for number, each in enumerate(reply.choices, 1)]
        # It is the last question that is open.
        taps = {line: f"{answer.offer}.{place}" for place, line in enumerate(lines)} if answer.offer else {}
        blocks.append("\n".join([reply.text, *lines, *([reply.hint] if reply.hint else [])]))
    return blocks, taps


def _parts(text: str, taps: dict[str, str], limit: int) -> Iterator[Parcel]:
    """A text in parts that fit, no link cut in two: each is one character while the text is divided."""
    links = {line: link for line, tap in taps.items() if (link := _link(line, tap)) is not None}
    if utf8_bytes(_with_lines(text, links)) <= limit:
        if text.strip():
            yield Parcel("text", text, tuple((line, taps[line]) for line in links))
        return
    marks = {line: chr(_FIRST_LINK + place) for place, line in enumerate(links)}
    expanded = str.maketrans({mark: links[line] for line, mark in marks.items()})
    told = str.maketrans({mark: line for line, mark in marks.items()})
    for part in split(_with_lines(text, marks), limit, lambda some: utf8_bytes(some.translate(expanded))):
        yield Parcel("text", part.translate(told), tuple((line, taps[line]) for line in links if marks[line] in part))


def _with_lines(text: str, instead: Mapping[str, str]) -> str:
    """The text with some of its lines replaced, each where it stands last: what was said before is no choice."""
    lines = text.split("\n")
    for line, other in instead.items():
        if line in lines:
            lines[len(lines) - 1 - lines[::-1].index(line)] = other
    return "\n".join(lines)


def _on_one_line(label: str) -> str:
    return " ".join(label.split())


# Asked for twice in an answer, and the same in the next answer to somebody else.
@lru_cache(maxsize=1024)
def _link(line: str, tap: str) -> str | None:
    """A line that can be tapped, which says the choice without its number; None where that would be too long."""
    number, _, label = line.partition(". ")
    label = label if number.isdigit() else line
    content = _shortened(label, _LONGEST_CONTENT)
    # What is not ASCII stays as it is, as everybody writes it; of ASCII only what is harmless in an address.
    content = re.sub(r"[^A-Za-z0-9._~\u0080-\U0010ffff-]", lambda found: quote(found[0], safe=""), content)
    link = (
        f'<a href="weixin://bizmsgmenu?msgmenucontent={content}&msgmenuid={quote(tap, safe="")}">{_harmless(line)}</a>'
    )
    return link if utf8_bytes(link) <= _LONGEST_LINK else None


def _harmless(text: str) -> str:
    """A text that is only text: WeChat's app takes `<a …>` in any message for markup, and has no way to escape it."""
    return _UNUSABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).replace("<", "＜")


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
