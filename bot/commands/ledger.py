"""`hebao ledger …`: does the ledger hold together?"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

from bot.commands.options import AsJson, catalogue_of, print_json, settings_of
from policy_engine.errors import N_

if TYPE_CHECKING:
    from bot.languages import Catalogue
    from member_store.members.ledger_check import Finding

ledger = typer.Typer(no_args_is_help=True, help="The ledger.")

FINDINGS: Mapping[str, str] = {
    "unbalanced": N_("ledger.unbalanced"),
    "empty": N_("ledger.empty"),
    "stranger": N_("ledger.stranger"),
    "not_a_mirror": N_("ledger.not_a_mirror"),
    "charge": N_("ledger.charge"),
    "active_unpaid": N_("ledger.active_unpaid"),
    "paid_waiting": N_("ledger.paid_waiting"),
    "taken_out": N_("ledger.taken_out"),
    "slipped_in": N_("ledger.slipped_in"),
    "changed": N_("ledger.changed"),
    "audit": N_("ledger.audit"),
}
"""The message of each thing that the check can find."""

ACCOUNTS: Mapping[str, str] = {
    "individual": N_("account.individual"),
    "collective": N_("account.collective"),
    "enterprise": N_("account.enterprise"),
    "government": N_("account.government"),
    "social": N_("account.social"),
    "bank": N_("account.bank"),
    "income": N_("account.income"),
}


@ledger.callback()
def _group() -> None:
    """The ledger."""


@ledger.command("check")
def check(as_json: AsJson = False) -> None:
    """See that all that was booked adds up, fits what is due, and is what the audit says. Exits 1 where it does not."""
    from bot.opening import open_store
    from member_store.members.ledger_check import at_one_moment, findings, sums

    settings, words = settings_of(), catalogue_of(None)
    with open_store(settings) as store, store.reading_records(today=settings.now) as records:
        at_one_moment(records)
        found = list(findings(records))
        totals = {account.value: fen for account, fen in sums(records).items()}
    if as_json:
        print_json(
            {
                "findings": [{"code": each.code, **each.details, "text": _said(each, words)} for each in found],
                "sums_fen": totals,
            }
        )
    else:
        for account, fen in totals.items():
            if fen:
                typer.echo(words("ledger.sum", account=words(ACCOUNTS[account]), amount=_signed(fen)))
        for each in found:
            typer.echo(_said(each, words))
        typer.echo(words("ledger.findings", count=len(found)) if found else words("ledger.fine"))
    sys.exit(1 if found else 0)


def _said(finding: Finding, words: Catalogue) -> str:
    details: dict[str, Any] = dict(finding.details)
    if "account" in details:
        details["account"] = words(ACCOUNTS[str(getattr(details["account"], "value", details["account"]))])
    if "amount_fen" in details:
        details["amount"] = _signed(details.pop("amount_fen"))
    return words(FINDINGS[finding.code], **details)


def _signed(fen: int) -> str:
    """Fen as yuan, with its sign."""
    from policy_engine.money import yuan

    return f"-{yuan(-fen)}" if fen < 0 else yuan(fen)
