"""What a flow can come to: a question, an answer, or something to be done."""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.members.effects import Effect
from dialogs.replies import Reply


@dataclass(frozen=True)
class Ask:
    """The flow needs this fact, or this particular, next."""

    fact: str


@dataclass(frozen=True)
class Conclude:
    """The flow has its answer, which rests on these readings of open places in the text."""

    replies: tuple[Reply, ...]
    readings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Do:
    """The flow has all that it needs for this to be done; what is said depends on how that goes."""

    effect: Effect


Plan = Ask | Conclude | Do
