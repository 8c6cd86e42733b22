"""Draws the web chat page and its parts: plain values in, HTML out.

Nothing here knows a request, a session or a member. The templates are read once, and every sentence that they show
comes through `words`, so the same templates serve every language.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dialogs.replies import Question, Reply

STATIC = Path(__file__).parent / "static"
"""The folder to serve under `/static`."""

MAX_TEXT = 2000
"""The longest message that the page lets a person type, in characters."""

Words = Callable[..., str]
"""`words(message_id, **params)`: the sentence with that id in the reader's language, its `{params}` filled in."""


@dataclass(frozen=True)
class TurnView:
    """One exchange: what the person wrote (empty for the opening greeting) and what was answered."""

    said: str
    replies: tuple[Reply, ...]


@dataclass(frozen=True)
class PageView:
    """All that one page shows.

    `locale` is a catalogue's name (`zh_Hans`, `en`). `message_id` must be fresh for every page that is rendered: a
    form sent twice carries the same one. `offer_large_text` puts the large-type offer at the top, `earlier_hidden`
    says that the conversation is longer than `turns`. `error` is a sentence for the entry field, and `draft` the text
    to keep in it, where a form without JavaScript could not be accepted. `known`: the person has logged in.
    """

    locale: str
    large_text: bool
    turns: tuple[TurnView, ...]
    message_id: str
    offer_large_text: bool
    earlier_hidden: bool
    error: str = ""
    draft: str = ""
    known: bool = False


@dataclass(frozen=True)
class PaymentView:
    """The page to pay on: for whom, which year and how much, as it is written. It can be paid only `in_wechat`."""

    locale: str
    name: str = field(repr=False)
    year: int
    amount: str
    in_wechat: bool


@dataclass(frozen=True)
class NoticeView:
    """A notice on offer: WeChat's id of its template, the message id of what it is for, and whether one agreement is
    for good (`standing`) or for one notice."""

    template: str
    about: str
    standing: bool


@dataclass(frozen=True)
class NoticesView:
    """The page to agree to notices on. `script` is the address of WeChat's own; the next four are what it is told."""

    locale: str
    large_text: bool
    script: str
    app_id: str
    nonce: str
    timestamp: int
    signature: str
    notices: tuple[NoticeView, ...]


def language_tag(locale: str) -> str:
    """The BCP 47 tag that `lang` takes, for a catalogue's name: `zh_Hans` gives `zh-Hans`."""
    return locale.replace("_", "-")


def render_page(view: PageView, words: Words) -> str:
    """The whole page as HTML.

    Raises KeyError or jinja2.UndefinedError for a kind of reply that no template draws, and whatever `words` raises.
    """
    return (
        _templates()
        .get_template("page.html")
        .render(view=view, lang=language_tag(view.locale), max_text=MAX_TEXT, message_id=view.message_id, _=words)
    )


def render_turn(
    turn: TurnView, locale: str, words: Words, *, message_id: str = "", large_text: bool | None = None
) -> str:
    """The newest turn alone, for a page that is already open: the same HTML as the page itself has for it.

    `message_id` goes into the choices' hidden field (the page's script sends a fresh one of its own). The fragment
    tells its language and, where `large_text` is given, the type size that now holds, so that "大字" or "English"
    said in the conversation changes the open page too. Raises as `render_page` does.
    """
    return (
        _templates()
        .get_template("fragment.html")
        .render(turn=turn, lang=language_tag(locale), message_id=message_id, large_text=large_text, _=words)
    )


def render_payment(view: PaymentView, words: Words) -> str:
    """The page to pay on as HTML. Raises as `render_page` does."""
    payment_html = _templates().get_template("payment.html")
    return payment_html.render(view=view, lang=language_tag(view.locale), large=False, _=words)


def render_told(locale: str, words: Words, told: Sequence[str], onward: tuple[str, str] | None = None) -> str:
    """A page that says a few sentences, the first as its heading; `onward` is where it leads on and what that says.

    Raises whatever `words` raises.
    """
    told_html = _templates().get_template("told.html")
    return told_html.render(lang=language_tag(locale), large=False, told=told, onward=onward, _=words)


def render_notices(view: NoticesView, words: Words) -> str:
    """The page to agree to notices on as HTML. Raises as `render_page` does."""
    notices_html = _templates().get_template("notices.html")
    return notices_html.render(view=view, lang=language_tag(view.locale), large=view.large_text, _=words)


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["asset"] = _asset
    templates.globals["open_question"] = _open_question
    return templates


@cache
def _asset(name: str) -> str:
    # In-app browsers keep old files for days; an address that changes with the content makes that harmless.
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


def _open_question(turn: TurnView) -> int:
    """Where in the turn's replies the question stands that can still be answered by a tap; -1 for nowhere."""
    asked = [at for at, reply in enumerate(turn.replies) if isinstance(reply, Question)]
    return asked[-1] if asked else -1
