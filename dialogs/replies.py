"""What a turn says, in the reader's language and in no channel's form.

A channel draws each reply as it can: the page as a table with citations that open, the terminal and WeChat as lines
of text. Every reply is plain data, so it can be stored with the turn and given again, word for word, when the same
message arrives twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal


@dataclass(frozen=True)
class Source:
    """A citation as a reader sees it: where it stands, and what that place says in plain words.

    `label` is short enough to tap ("嘉政发〔2007〕70号 第十条"); `gist` is our own paraphrase, never the official text;
    `about` names the document in full with issuer and date; `grade` says how good the source is.
    """

    label: str
    gist: str
    about: str
    grade: str


@dataclass(frozen=True)
class Choice:
    """One answer on offer. `value` is what the program keeps, `label` what the reader sees and may send back."""

    value: str
    label: str


@dataclass(frozen=True)
class Reason:
    """One step of a decision. `holds` is true, false, or None where it is not known."""

    text: str
    holds: bool | None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Line:
    """One line of a receipt. Amounts are written out for the reader ("7,020.00元", or a range).

    `role` says how the line adds up: `total` is the whole; every `part` is a share of it that somebody carries, and
    the parts add up to the whole; `step` is worked out on the way; `result` is the answer that people look for.
    """

    label: str
    amount: str
    role: Literal["total", "part", "step", "result"]
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Row:
    """One hospital level in a comparison."""

    label: str
    fund_pays: str
    person_pays: str
    note: str = ""


@dataclass(frozen=True)
class Text:
    """A sentence or a few. `tone` is `note` for an aside, `warning` for what must not be overlooked."""

    kind: ClassVar[str] = "text"
    text: str
    tone: Literal["plain", "note", "warning"] = "plain"


@dataclass(frozen=True)
class Question:
    """A question about one fact, with the answers on offer (none for a number). `hint` says how it can be answered."""

    kind: ClassVar[str] = "question"
    fact: str
    text: str
    choices: tuple[Choice, ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class Decision:
    """May this person join? The answer first, then why, then what would change it."""

    kind: ClassVar[str] = "decision"
    outcome: Literal["eligible", "ineligible", "undetermined"]
    headline: str
    reasons: tuple[Reason, ...]
    advice: tuple[str, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """Money, line by line. `headline` is the answer; `notes` hold assumptions, what is unset, and who decides."""

    kind: ClassVar[str] = "receipt"
    headline: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    badge: str = ""


@dataclass(frozen=True)
class Comparison:
    """The same stay at each level of hospital."""

    kind: ClassVar[str] = "comparison"
    headline: str
    level_heading: str
    fund_heading: str
    person_heading: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    badge: str = ""


@dataclass(frozen=True)
class Answer:
    """The answer to a question about the policy: the short answer, the figures in force, and where it all stands."""

    kind: ClassVar[str] = "answer"
    headline: str
    lines: tuple[Line, ...] = ()
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
    badge: str = ""


@dataclass(frozen=True)
class Attachment:
    """A file to keep: its name, its text, and what it is called in the conversation."""

    kind: ClassVar[str] = "attachment"
    name: str
    text: str
    label: str


@dataclass(frozen=True)
class HandOver:
    """From here on people answer, on the channel's own customer service; `text` says so, and the way back."""

    kind: ClassVar[str] = "hand_over"
    text: str


Reply = Text | Question | Decision | Receipt | Comparison | Answer | Attachment | HandOver

_ALL: tuple[type[Reply], ...] = (Text, Question, Decision, Receipt, Comparison, Answer, Attachment, HandOver)
_KINDS: dict[str, type[Reply]] = {each.kind: each for each in _ALL}
Part = Source | Choice | Reason | Line | Row
_PARTS: dict[str, type[Part]] = {"sources": Source, "choices": Choice, "reasons": Reason, "lines": Line, "rows": Row}


def reply_to_dict(reply: Reply) -> dict[str, Any]:
    """The reply as JSON-ready data, with its `kind`."""
    return {"kind": reply.kind, **_written(reply)}


def _written(part: Reply | Part) -> dict[str, Any]:
    # As `dataclasses.asdict`, which copies every string that it meets with care, for five times as long.
    return {name: _value(value) for name, value in vars(part).items()}


def _value(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_value(each) for each in value)
    return _written(value) if isinstance(value, Part) else value


def reply_from_dict(data: Mapping[str, Any]) -> Reply:
    """The reply that `reply_to_dict` wrote down. Raises KeyError for a kind that this version does not know."""
    return _KINDS[data["kind"]](**{key: _revive(key, value) for key, value in data.items() if key != "kind"})


def _revive(key: str, value: Any) -> Any:
    if not isinstance(value, list | tuple):
        return value
    part = _PARTS.get(key)
    if part is None:
        return tuple(value)
    return tuple(part(**{name: _revive(name, inner) for name, inner in each.items()}) for each in value)
