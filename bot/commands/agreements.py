"""`hebao staff agreement …`: agreements over several years (嘉政发〔2007〕70号 article 十六)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.acting import Acting, As, County, Identity, On, Reason, Year, acting
from bot.commands.options import AsJson, print_json

if TYPE_CHECKING:
    from member_store.tables.money import Agreement

agreement = typer.Typer(no_args_is_help=True, help="Agreements to pay for several years from an account.")


@agreement.command("sign")
def sign(
    number: Identity,
    from_year: Annotated[int, typer.Argument(metavar="FROM", help="The first year.")],
    to_year: Annotated[int, typer.Argument(metavar="TO", help="The last year.")],
    login: As,
    account: Annotated[
        bool, typer.Option("--account", help="Read from stdin the account that is deducted from.")
    ] = False,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Take down an agreement."""
    from member_store.members import agreements

    with acting(login) as act:
        person = act.person(number)
        told = sys.stdin.readline().strip() if account else None
        found = agreements.sign(act.records, person, from_year, to_year, act.day(on), told)
        _tell(act, found, as_json=as_json)


@agreement.command("end")
def end(
    number: Identity,
    login: As,
    year: Year = None,
    reason: Reason = "asked",
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """End the agreement that covers a year."""
    from member_store.members import agreements
    from member_store.members.refusals import Refusal

    with acting(login) as act:
        person, of = act.person(number), act.year(year)
        found = agreements.covering(act.records, person.id or 0, of)
        if found is None:
            raise Refusal("no_agreement", year=of)
        agreements.end(act.records, found, act.day(on), act.reason(reason))
        _tell(act, found, as_json=as_json)


@agreement.command("list")
def deductions(login: As, county: County = None, year: Year = None, as_json: AsJson = False) -> None:
    """What is to be deducted for a year: the agreement's number and the amount, without accounts or names."""
    from member_store.members import agreements
    from policy_engine.money import exactly

    with acting(login) as act:
        found = agreements.deductions(act.records, act.year(year), act.county(county))
        if as_json:
            print_json([{"agreement": each.agreement_id, "outstanding_fen": each.outstanding_fen} for each in found])
            return
        for each in found:
            amount = act.words.money(exactly(each.outstanding_fen))
            typer.echo(act.words("agreement.deduct", agreement=each.agreement_id, amount=amount))
        if not found:
            typer.echo(act.words("agreement.none"))


def _tell(act: Acting, found: Agreement, *, as_json: bool) -> None:
    if as_json:
        ended = found.ended_on.isoformat() if found.ended_on else None
        years = {"from_year": found.from_year, "to_year": found.to_year}
        print_json({"agreement": found.id, **years, "ended_on": ended})
    elif found.ended_on is None:
        typer.echo(act.words("agreement.signed", first=found.from_year, last=found.to_year))
    else:
        typer.echo(act.words("agreement.ended", on=act.words.date(found.ended_on)))
