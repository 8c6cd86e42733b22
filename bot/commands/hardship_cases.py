"""`hebao staff hardship …`: hardship applications, step by step (嘉政发〔2007〕70号 article 十三 item 3)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.acting import Acting, As, County, Identity, On, Year, acting
from bot.commands.options import AsJson, print_json

if TYPE_CHECKING:
    from member_store.tables.money import HardshipApplication

hardship = typer.Typer(no_args_is_help=True, help="Hardship applications: apply, review, notice, decide.")


@hardship.command("apply")
def apply(
    number: Identity,
    login: As,
    year: Year = None,
    on: On = None,
    grounds: Annotated[
        bool, typer.Option("--grounds", help="Read the grounds, in the person's own words, from stdin.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take down an application."""
    from member_store.members import hardship as cases

    with acting(login) as act:
        person = act.person(number)
        said = sys.stdin.read().strip() if grounds else None
        _tell(act, cases.apply(act.records, person, act.year(year), said, act.day(on)), as_json=as_json)


@hardship.command("review")
def review(number: Identity, login: As, year: Year = None, on: On = None, as_json: AsJson = False) -> None:
    """Begin to look at an application."""
    from member_store.members import hardship as cases

    with acting(login) as act:
        found = cases.going_on(act.records, act.person(number).id or 0, act.year(year))
        _tell(act, cases.review(act.records, found, act.day(on)), as_json=as_json)


@hardship.command("notice")
def notice(
    number: Identity,
    login: As,
    days: Annotated[int, typer.Option(help="For how many days, the first and the last included.")],
    year: Year = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Put an application on public notice."""
    from member_store.members import hardship as cases

    with acting(login) as act:
        found = cases.going_on(act.records, act.person(number).id or 0, act.year(year))
        _tell(act, cases.give_notice(act.records, found, act.day(on), days), as_json=as_json)


@hardship.command("decide")
def decide(
    number: Identity,
    login: As,
    approve: Annotated[bool, typer.Option("--approve/--refuse", help="What was decided.")],
    reason: Annotated[str | None, typer.Option(help="Why, in one word of small letters.")] = None,
    year: Year = None,
    as_json: AsJson = False,
) -> None:
    """Decide an application; an approval changes what is due at once."""
    from bot.members.dues import decide_hardship
    from member_store.members import hardship as cases

    with acting(login) as act:
        person, of = act.person(number), act.year(year)
        why = act.reason(reason) if reason is not None else None
        found = cases.going_on(act.records, person.id or 0, of)
        decide_hardship(act.records, person.id or 0, of, act.scheme, act.today, approve=approve, reason=why)
        _tell(act, found, as_json=as_json)


@hardship.command("list")
def on_notice(login: As, county: County = None, on: On = None, as_json: AsJson = False) -> None:
    """What hangs out as public notice on a day, names masked."""
    from bot.members.hardship_notice import notice_list

    with acting(login) as act:
        found = notice_list(act.records, act.county(county), act.day(on))
        if as_json:
            print_json([each.to_dict() for each in found])
            return
        for each in found:
            dates = {"since": act.words.date(each.since), "until": act.words.date(each.until)}
            typer.echo(act.words("hardship_notice.line", name=each.name, year=each.year, **dates))
        if not found:
            typer.echo(act.words("hardship_notice.none"))


def _tell(act: Acting, found: HardshipApplication, *, as_json: bool) -> None:
    from bot.members.refused import state_told

    if not as_json:
        typer.echo(act.words("hardship_case.stands", year=found.year, state=state_told(found.state.value, act.words)))
        return
    days = ("applied_on", "reviewed_on", "notice_from", "notice_until", "decided_on")
    dates = {name: getattr(found, name) for name in days}
    print_json(
        {
            "application": found.id,
            "year": found.year,
            "state": found.state.value,
            **{name: day.isoformat() if day else None for name, day in dates.items()},
        }
    )
