"""`hebao staff pay|refund|settle|dues|import …`: what offices do about money."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bot.commands.acting import Acting, Amount, As, County, Identity, On, Reason, Reference, Year, acting
from bot.commands.agreements import agreement
from bot.commands.collections import collection
from bot.commands.hardship_cases import hardship
from bot.commands.options import AsJson, refuse
from bot.commands.statements import reverse, statement
from bot.commands.telling import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from bot.members.import_report import Report
    from member_store.tables.people import Person

File = Annotated[Path, typer.Argument(metavar="FILE", help="A table, XLSX or CSV.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]
Accept = Annotated[
    str, typer.Option("--accept-doubtful", metavar="ROW,ROW", help="Doubtful rows to book all the same.")
]

imports = typer.Typer(no_args_is_help=True, help="Take in files of payments and settlements.")


def add_money(staff: typer.Typer) -> None:
    """Add the commands about money to those of the staff."""
    for command in (pay, refund, statement, reverse, settle, dues):
        staff.command()(command)
    staff.add_typer(hardship, name="hardship")
    staff.add_typer(agreement, name="agreement")
    staff.add_typer(collection, name="collection")
    staff.add_typer(imports, name="import")


def pay(
    number: Identity,
    amount: Amount,
    login: As,
    year: Year = None,
    on: On = None,
    reference: Reference = None,
    as_json: AsJson = False,
) -> None:
    """Book a payment towards what somebody owes for a year."""
    from member_store.members import ledger

    _booked(ledger.pay, number, amount, login, year, on, reference, as_json=as_json)


def refund(
    number: Identity,
    amount: Amount,
    login: As,
    year: Year = None,
    on: On = None,
    reference: Reference = None,
    as_json: AsJson = False,
) -> None:
    """Book money that went back to somebody."""
    from member_store.members import ledger

    _booked(ledger.refund, number, amount, login, year, on, reference, as_json=as_json)


def _booked(
    book: Callable[..., object],
    number: str,
    amount: str,
    login: str,
    year: int | None,
    on: str | None,
    reference: str | None,
    *,
    as_json: bool,
) -> None:
    """Book money that moved one way or the other, and tell how the person stands then."""
    with acting(login) as act:
        person, of = act.person(number), act.year(year)
        book(act.records, person, of, act.amount(amount), act.day(on), reference)
        stands = _standing(act, person, of)
    tell(*stands, as_json=as_json)


def settle(
    number: Identity,
    login: As,
    paid: Annotated[str | None, typer.Option(metavar="YUAN", help="What the fund paid.")] = None,
    care: Annotated[Literal["inpatient", "outpatient"], typer.Option(help="The kind of care.")] = "inpatient",
    level: Annotated[str | None, typer.Option(help="The level of the hospital, e.g. county.")] = None,
    bill: Annotated[str | None, typer.Option(metavar="YUAN", help="The whole bill.")] = None,
    year: Annotated[int | None, typer.Option(help="The pooling year; that of the day if not given.")] = None,
    on: On = None,
    reference: Reference = None,
    reverse: Annotated[int | None, typer.Option(metavar="ID", help="Take back this settlement instead.")] = None,
    reason: Reason = "mistake",
    as_json: AsJson = False,
) -> None:
    """Enter what the fund paid for a stay or visit, or take an entry back."""
    from member_store.members import settlements
    from member_store.members.refusals import Refusal
    from policy_engine.facts import LEVELS

    with acting(login) as act:
        if (paid is None) == (reverse is None):
            refuse(act.words("settle.paid_or_reverse"))
        if level is not None and level not in LEVELS:
            refuse(act.words("import.not_a_choice", choices=", ".join(LEVELS)))
        person, day = act.person(number), act.day(on)
        if reverse is not None:
            wanted = [each for each in settlements.of_person(act.records, person.id or 0) if each.id == reverse]
            if not wanted:
                raise Refusal("no_settlement")
            found = wanted[0]
            settlements.reverse(act.records, found, act.reason(reason))
        else:
            found = settlements.enter(
                act.records,
                person,
                year or day.year,
                day,
                care,
                act.amount(paid or ""),
                provider_level=level,
                bill_fen=act.amount(bill) if bill is not None else None,
                reference=reference,
            )
        total = settlements.paid_this_year(act.records, person.id or 0, found.year)
        stays = settlements.stays_this_year(act.records, person.id or 0, found.year)
        told = {"settlement": found.id, "year": found.year, "fund_paid_fen": total, "stays": stays}
        sentence = act.words("settle.done", id=found.id, year=found.year, amount=_yuan(act, total), stays=stays)
    tell(told, sentence, as_json=as_json)


def dues(login: As, county: County = None, year: Year = None, as_json: AsJson = False) -> None:
    """Work out again what waits for a county's figures, once they are set."""
    from bot.members.dues import work_out_again

    with acting(login) as act:
        found = work_out_again(act.records, act.county(county), act.year(year), act.scheme, act.today)
        sentence = act.words("dues.done", due=found.due, waiting=found.waiting, refused=len(found.refused))
    tell(found.to_dict(), sentence, as_json=as_json)


@imports.command("payments")
def import_payments(
    file: File, login: As, year: Year = None, dry_run: DryRun = False, accept: Accept = "", as_json: AsJson = False
) -> None:
    """Book the payments of a file: those that match, and the doubtful ones that you accept."""
    from bot.members import payment_import

    def run(act: Acting, rows: Collection[int]) -> Report:
        return payment_import.import_payments(
            act.records, file, act.year(year), member=act.member, accept=rows, dry_run=dry_run
        )

    _import(login, accept, run, as_json=as_json)


@imports.command("settlements")
def import_settlements(
    file: File, login: As, dry_run: DryRun = False, accept: Accept = "", as_json: AsJson = False
) -> None:
    """Enter the settlements of a file: those that match, and the doubtful ones that you accept."""
    from bot.members import settlement_import

    def run(act: Acting, rows: Collection[int]) -> Report:
        return settlement_import.import_settlements(act.records, file, member=act.member, accept=rows, dry_run=dry_run)

    _import(login, accept, run, as_json=as_json)


def _import(login: str, accept: str, run: Callable[[Acting, Collection[int]], Report], *, as_json: bool) -> None:
    from bot.members.import_report import OUTCOMES, Outcome
    from bot.sheets.faults import SheetError

    with acting(login) as act:
        words = act.words
        try:
            report = run(act, _rows(accept, act))
        except SheetError as error:
            refuse(error.said(words))
        told = report.to_dict(words)
        lines = [words("import.dry_run")] if report.dry_run else []
        lines += [words("import.again")] if report.again else []
        lines += [
            words("import.count", outcome=words(OUTCOMES[Outcome(name)]), count=count)
            for name, count in report.counts.items()
            if count
        ]
        lines.append(words("import.sum", amount=_yuan(act, report.booked_fen)))
        for row in report.rows:
            if row.outcome is not Outcome.MATCHED:
                reasons = " ".join(reason.said(words) for reason in row.reasons)
                lines.append(
                    words("import.row", row=row.number, outcome=words(OUTCOMES[row.outcome]), reasons=reasons).rstrip()
                )
        if report.ignored:
            lines.append(words("import.ignored", columns=words.listed(report.ignored)))
    tell(told, "\n".join(lines), as_json=as_json)


def _rows(text: str, act: Acting) -> list[int]:
    parts = [each.strip() for each in text.replace("，", ",").split(",") if each.strip()]
    if not all(each.isascii() and each.isdecimal() for each in parts):
        refuse(act.words("import.no_rows"))
    return [int(each) for each in parts]


def _standing(act: Acting, person: Person, year: int) -> tuple[dict[str, Any], str]:
    """How somebody stands for a year: as JSON data, and in words."""
    from member_store.members import enrolments, ledger

    found = ledger.balance(act.records, person.id or 0, year)
    enrolment = enrolments.current(act.records, person.id or 0, year)
    told = {
        "year": year,
        "due_fen": found.due_fen,
        "paid_fen": found.paid_fen,
        "outstanding_fen": found.outstanding_fen,
        "state": enrolment.state.value if enrolment else None,
    }
    words = act.words
    amounts = {"year": year, "due": _yuan(act, found.due_fen), "paid": _yuan(act, found.paid_fen)}
    if found.outstanding_fen < 0:
        return told, words("money.credit", **amounts, credit=_yuan(act, found.credit_fen))
    return told, words("money.stands", **amounts, outstanding=_yuan(act, found.outstanding_fen))


def _yuan(act: Acting, fen: int) -> str:
    from policy_engine.money import exactly

    return act.words.money(exactly(max(0, fen)))
