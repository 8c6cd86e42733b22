"""Contributions: what an enrolment costs as it was worked out, kept with the rules and figures it came from."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import col, select

from member_store.members import ledger
from member_store.members.enrolments import current
from member_store.members.ledger import Balance, balance
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.members.standing import PAYABLE, in_force, own_part_is_known, parts_of, settle
from member_store.tables.money import Contribution, ContributionPart
from member_store.tables.people import Enrolment, EnrolmentState, Person

__all__ = [
    "PAYABLE",
    "Due",
    "Part",
    "cancel",
    "due_in",
    "due_of",
    "in_force",
    "keep",
    "parts_of",
    "to_work_out",
    "worked_out",
]


@dataclass(frozen=True)
class Part:
    """What one payer pays: `line` is own_part or remainder, `amount_fen` none where the amount is not settled.

    `payer` is one of the ledger's accounts, or `undecided` where the rules name nobody.
    """

    line: str
    payer: str
    amount_fen: int | None


@dataclass(frozen=True)
class Due:
    """What is due for an enrolment.

    `contribution` is none where nothing was worked out yet; `own_fen` is the part that the person pays themselves, none
    as long as that waits for a figure. `balance` is how the person stands for that year.
    """

    enrolment: Enrolment
    contribution: Contribution | None
    parts: tuple[ContributionPart, ...]
    own_fen: int | None
    balance: Balance


def keep(
    records: Records,
    enrolment: Enrolment,
    *,
    total_fen: int | None,
    parts: Iterable[Part],
    rules: str,
    rules_on: date,
    illustrative: bool,
    worked_out: dict[str, Any],
) -> Contribution:
    """Keep what was worked out for an enrolment in place of what was kept before, and book what is due.

    `rules` is the version of the rules, `worked_out` JSON data without anything personal: figures, citations, what is
    not set. Where it is open what the person pays, nothing is charged and a verified enrolment stays as it is.

    What comes to the same under the same rules stays as it is. Raises Refusal: `not_payable` for an enrolment that is
    not verified or has ended; `due_unknown` where it was settled what the person pays and would be open again.
    """
    records.locked(Person, enrolment.person_id)
    enrolment = records.locked(Enrolment, enrolment.id or 0)
    if enrolment.state not in PAYABLE:
        raise Refusal("not_payable", state=enrolment.state.value)
    before = in_force(records, enrolment)
    written = json.dumps(worked_out, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    if before is not None and (before.rules, before.rules_on, before.worked_out) == (rules, rules_on, written):
        return before
    new = [
        ContributionPart(contribution_id=0, line=each.line, payer=each.payer, amount_fen=each.amount_fen)
        for each in parts
    ]
    if enrolment.state is not EnrolmentState.VERIFIED and not own_part_is_known(new):
        raise Refusal("due_unknown", year=enrolment.year)
    if before is not None:
        records.change(before, "contribution_replaced", person_id=enrolment.person_id, replaced_at=records.now)
    found = records.add(
        Contribution(
            enrolment_id=enrolment.id or 0,
            total_fen=total_fen,
            rules=rules,
            rules_on=rules_on,
            illustrative=illustrative,
            worked_out=written,
            worked_out_at=records.now,
        )
    )
    for part in new:
        part.contribution_id = found.id or 0
        records.add(part)
    changes = {
        "rules": rules,
        "total_fen": total_fen,
        "parts": [[part.line, part.payer, part.amount_fen] for part in new],
    }
    records.record("contribution_worked_out", found, person_id=enrolment.person_id, changes=changes)
    ledger.charge(records, enrolment, found, new)
    return found


def cancel(records: Records, enrolment: Enrolment, reason: str) -> bool:
    """Nothing is due for an enrolment any more: it was withdrawn before it began. Whether anything had been.

    What was paid for it becomes a credit. Raises Refusal `refunded_already` as `ledger.cancel`.
    """
    found = ledger.cancel(records, enrolment, reason)
    settle(records, enrolment.person_id, enrolment.year)
    return found


def due_of(records: Records, enrolment: Enrolment) -> Due:
    """What is due for an enrolment, and what was paid."""
    contribution = in_force(records, enrolment)
    parts = tuple(parts_of(records, contribution)) if contribution is not None else ()
    known = contribution is not None and own_part_is_known(parts)
    own = sum(part.amount_fen or 0 for part in parts if part.payer == "individual")
    stands = balance(records, enrolment.person_id, enrolment.year)
    return Due(enrolment, contribution, parts, own if known else None, stands)


def due_in(records: Records, person_id: int, year: int) -> Due | None:
    """What is due from a person for a year; None where they never enrolled for it."""
    enrolment = current(records, person_id, year)
    return due_of(records, enrolment) if enrolment is not None else None


def worked_out(contribution: Contribution) -> dict[str, Any]:
    """What was kept of how it was worked out."""
    return dict(json.loads(contribution.worked_out))


def to_work_out(records: Records, county: str, year: int) -> list[Enrolment]:
    """A county's enrolments that wait for figures: verified, or charged although a part of the total is not set."""
    waiting = (
        select(Enrolment)
        .outerjoin(
            Contribution,
            (col(Contribution.enrolment_id) == col(Enrolment.id)) & col(Contribution.replaced_at).is_(None),
        )
        .where(
            Enrolment.county == county,
            Enrolment.year == year,
            col(Enrolment.state).in_(PAYABLE),
            (col(Enrolment.state) == EnrolmentState.VERIFIED)
            | (col(Contribution.id).is_not(None) & col(Contribution.total_fen).is_(None)),
        )
        .order_by(col(Enrolment.id))
    )
    return list(records.session.exec(waiting))
