"""What was found in a sentence, and what it may have been an answer to."""

from __future__ import annotations

from dataclasses import dataclass

from policy_engine.facts import Value


@dataclass(frozen=True)
class Finding:
    """One fact with its value, the span of the typed text that it came from, and the rule or word that found it."""

    fact: str
    value: Value
    start: int
    end: int
    reason: str


@dataclass(frozen=True)
class Person:
    """Somebody else in the same message, with what was said of them."""

    subject: str
    facts: tuple[Finding, ...]

    def values(self) -> dict[str, Value]:
        """The facts without where they came from."""
        return {finding.fact: finding.value for finding in self.facts}


@dataclass(frozen=True)
class Findings:
    """All that was understood of one utterance.

    `facts` has at most one finding a fact: the one that the person ends up meaning. `argument` belongs to `command`;
    `choice` is the value that was picked of the choices on offer; `others` are further people spoken of;
    `because` is what spoke most for an intent or a command that was judged by likeness (see `wishes.Wish`).
    """

    intent: str | None
    command: str | None
    facts: tuple[Finding, ...]
    argument: str | None = None
    choice: str | None = None
    others: tuple[Person, ...] = ()
    because: tuple[str, ...] = ()

    def values(self) -> dict[str, Value]:
        """The facts without where they came from."""
        return {finding.fact: finding.value for finding in self.facts}


@dataclass(frozen=True)
class Expecting:
    """The question that is open: a fact id, or the id of a question about the conversation itself.

    `choices` are (value, label as shown), in the order shown; people count them from 1.
    """

    fact: str
    choices: tuple[tuple[str, str], ...] = ()
