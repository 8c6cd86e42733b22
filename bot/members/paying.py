"""What somebody may pay for whom: each enrolment that goes on, with what is owed and the rule that says who pays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.members.dues import SchemeFor
from bot.members.standing import member_of
from dialogs.context import Words
from dialogs.members.standing import ACT, LIVE
from dialogs.sources import place_of
from member_store.members import contributions, delegations, enrolments
from member_store.members.contributions import Due
from member_store.members.records import Records
from member_store.tables.access import Contact
from policy_engine.money import Money


@dataclass(frozen=True)
class Rule:
    """The rule that names who pays the own part, in the reader's language, and where it stands (may be empty)."""

    text: str
    place: str


@dataclass(frozen=True)
class Owed:
    """How one person's enrolment for one year stands.

    `due` is the own part, a range or None where it is not known; `outstanding_fen` what is still to be paid of it,
    below nothing where there is money left, None before it is due. `may_pay`: whether the contact may pay for them.
    """

    person: int
    name: str = field(repr=False)
    year: int
    state: str
    due: Money | None
    outstanding_fen: int | None
    payer: str | None
    illustrative: bool
    may_pay: bool
    rule: Rule | None = None

    @property
    def to_pay_fen(self) -> int:
        """What is to be paid now."""
        return max(0, self.outstanding_fen or 0)


def owed(records: Records, contact: Contact, scheme_for: SchemeFor, year: int, words: Words) -> tuple[Owed, ...]:
    """For everybody whom a contact may see, the enrolments that go on, oldest year first; `year` is the present one."""
    found = []
    for each in delegations.represented(records, contact):
        member = member_of(records, each, contact, scheme_for, year)
        for view in member.enrolments:
            if view.state not in LIVE or member.deceased:
                continue
            enrolment = enrolments.current(records, member.key, view.year)
            due = contributions.due_of(records, enrolment) if enrolment is not None else None
            found.append(
                Owed(
                    member.key,
                    member.name,
                    view.year,
                    view.state,
                    view.due,
                    view.outstanding,
                    view.paid_by,
                    view.illustrative,
                    each.may(ACT),
                    _rule(due, words),
                )
            )
    return tuple(found)


def _rule(due: Due | None, words: Words) -> Rule | None:
    """What was kept of the rule when it was worked out: that one holds, whatever the pack says by now."""
    if due is None or due.contribution is None:
        return None
    parts = contributions.worked_out(due.contribution).get("parts", ())
    part: dict[str, Any] | None = next(
        (each for each in parts if isinstance(each, dict) and each.get("line") == "own_part"), None
    )
    if part is None:
        return None
    cited = part.get("citation") or {}
    document, article = cited.get("document"), cited.get("article")
    place = ""
    if document and article:
        at = place_of(str(article), int(cited.get("item", 0)), words)
        place = words("source.label", document=document, place=at)
    return Rule(words.source(str(part.get("text", ""))), place)
