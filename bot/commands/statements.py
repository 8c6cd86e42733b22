"""`hebao staff statement` and `reverse`: what was booked for somebody, and taking a mistake back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.acting import Acting, As, Identity, Reason, acting
from bot.commands.options import AsJson, print_json
from policy_engine.errors import N_

if TYPE_CHECKING:
    from member_store.members.ledger import Line
    from member_store.tables.people import Person

KINDS: Mapping[str, str] = {
    "due": N_("entry.due"),
    "payment": N_("entry.payment"),
    "refund": N_("entry.refund"),
    "carried_over": N_("entry.carried_over"),
    "reversal": N_("entry.reversal"),
}
"""The words for each kind of entry."""


def statement(number: Identity, login: As, as_json: AsJson = False) -> None:
    """Everything that was booked for somebody, with the numbers of the entries."""
    with acting(login) as act:
        _tell(act, act.person(number), as_json=as_json)


def reverse(
    number: Identity,
    entry: Annotated[int, typer.Argument(metavar="ENTRY", help="The entry's number; `statement` shows it.")],
    login: As,
    reason: Reason = "mistake",
    as_json: AsJson = False,
) -> None:
    """Take back a payment, a refund or a carrying over that was a mistake."""
    from member_store.members import ledger
    from member_store.members.refusals import Refusal
    from member_store.tables.money import LedgerEntry

    with acting(login) as act:
        person = act.person(number)
        found = act.records.locked(LedgerEntry, entry)
        if found.person_id != person.id:
            # Whose it is instead is nobody's business here.
            raise Refusal("gone", what="ledger_entry", id=entry)
        ledger.reverse(act.records, found, act.reason(reason))
        _tell(act, person, as_json=as_json)


def _tell(act: Acting, person: Person, *, as_json: bool) -> None:
    from member_store.members import ledger

    lines = ledger.statement(act.records, person.id or 0)
    if as_json:
        print_json([_to_dict(each) for each in lines])
        return
    for each in lines:
        amount = f"{'-' if each.amount_fen < 0 else '+'}{_yuan(abs(each.amount_fen))}"
        kind = act.words(KINDS[each.kind.value])
        about = {"entry": each.entry_id, "on": act.words.date(each.on), "kind": kind, "year": each.year}
        typer.echo(act.words("entry.line", **about, amount=amount))
    if not lines:
        typer.echo(act.words("entry.none"))


def _yuan(fen: int) -> str:
    from policy_engine.money import yuan

    return yuan(fen)


def _to_dict(line: Line) -> dict[str, Any]:
    return {
        "entry": line.entry_id,
        "on": line.on.isoformat(),
        "kind": line.kind.value,
        "year": line.year,
        "amount_fen": line.amount_fen,
        "reverses": line.reverses_id,
    }
