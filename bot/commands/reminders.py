"""`hebao reminders …`: who would be told what and why, or why not; what is planned; what became of it; whom to call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.acting import Acting, As, County, Year, acting
from bot.commands.options import AsJson, catalogue_of, print_json, refuse, settings_of
from bot.commands.telling import tell
from policy_engine.errors import N_

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from bot.languages import Catalogue
    from bot.outreach.planning import Plan
    from member_store.members.remindable import Occasion
    from member_store.members.reminders import Account
    from member_store.tables.people import Community

reminders = typer.Typer(no_args_is_help=True, help="Reminders to pay.")

Moment = Annotated[
    str | None,
    typer.Option(help="Only this moment: opening, halfway, seven_days, one_day, last_day or late."),
]
CommunityName = Annotated[str | None, typer.Option(help="The village or community.")]
People = Annotated[bool, typer.Option("--people", help="Name the people as well, masked.")]
Most = Annotated[int, typer.Option(min=1, max=10_000, help="How many people at most.")]

MOMENTS = {
    "opening": N_("moment.opening"),
    "halfway": N_("moment.halfway"),
    "seven_days": N_("moment.seven_days"),
    "one_day": N_("moment.one_day"),
    "last_day": N_("moment.last_day"),
    "late": N_("moment.late"),
}
SITUATIONS = {
    "renew": N_("situation.renew"),
    "not_due": N_("situation.not_due"),
    "covered": N_("situation.covered"),
    "paid": N_("situation.paid"),
    "deduction": N_("situation.deduction"),
    "owes_part": N_("situation.owes_part"),
    "owes_all": N_("situation.owes_all"),
}
RESULTS = {
    "delivered": N_("result.delivered"),
    "in_doubt": N_("result.in_doubt"),
    "waiting": N_("result.waiting"),
    "not_sent": N_("result.not_sent"),
}
REASONS = {
    "already_paid": N_("unsent.already_paid"),
    "bad_target": N_("unsent.bad_target"),
    "blocked": N_("unsent.blocked"),
    "covered": N_("unsent.covered"),
    "deceased": N_("unsent.deceased"),
    "deduction": N_("unsent.deduction"),
    "erased": N_("unsent.erased"),
    "failed": N_("unsent.failed"),
    "in_doubt": N_("unsent.in_doubt"),
    "misconfigured": N_("unsent.misconfigured"),
    "moved": N_("unsent.moved"),
    "next_visit": N_("unsent.next_visit"),
    "no_channel": N_("unsent.no_channel"),
    "no_collection": N_("unsent.no_collection"),
    "no_consent": N_("unsent.no_consent"),
    "no_window": N_("unsent.no_window"),
    "not_accepted": N_("unsent.not_accepted"),
    "nothing_due": N_("unsent.nothing_due"),
    "quota": N_("unsent.quota"),
    "rescheduled": N_("unsent.rescheduled"),
    "too_fast": N_("unsent.too_fast"),
    "too_late": N_("unsent.too_late"),
    "unavailable": N_("unsent.unavailable"),
    "withdrawn": N_("unsent.withdrawn"),
}
"""Why a reminder was not sent, in a few words."""


@reminders.command()
def preview(
    login: As,
    county: County = None,
    moment: Moment = None,
    community: CommunityName = None,
    people: People = False,
    most: Most = 100,
    as_json: AsJson = False,
) -> None:
    """Who would be told at each moment still to come, as things stand today; and who not, and why not."""
    from bot.outreach.planning import coming_occasions
    from member_store.members import remindable

    if moment is not None and moment not in MOMENTS:
        refuse(catalogue_of(None)(N_("reminders.no_moment"), text=moment, moments=", ".join(MOMENTS)))
    with acting(login) as act:
        where = act.county(county)
        place = _community(act, where, community)
        found = [
            each for each in coming_occasions(act.records, act.today, where) if moment in (None, each.moment.value)
        ]
        told: list[dict[str, Any]] = []
        for occasion in found:
            entry: dict[str, Any] = {**_occasion(occasion), "people": _counts(act, occasion, place)}
            if people:
                entry["listed"] = [
                    {
                        "person": each.standing.person_id,
                        "name": _masked(each.personal.name),
                        "situation": each.standing.situation.value,
                        "reason": each.standing.reason,
                        "owed_fen": each.standing.owed_fen,
                    }
                    for each in remindable.listed(
                        act.records, occasion, community_id=place.id if place else None, most=most
                    )
                ]
            told.append(entry)
        if as_json:
            print_json(told)
        elif not told:
            typer.echo(act.words(N_("reminders.nothing_comes")))
        else:
            typer.echo("\n\n".join(_previewed(each, act.words) for each in told))
            _say_years(found, act.words)


@reminders.command()
def plan(login: As, county: County = None, as_json: AsJson = False) -> None:
    """Plan what has come due now, as the server does by itself every minute."""
    import asyncio

    from bot.opening import open_store
    from bot.outreach.working import Working

    with acting(login) as act:
        where, settings = act.county(county), act.settings
    words = catalogue_of(None)

    async def work() -> list[Plan]:
        with open_store(settings) as store:
            working = Working(store, settings)
            planned = await working.plan(where)
            await working.tidy()
            return planned

    found = asyncio.run(work())
    if as_json:
        print_json([_planned(each) for each in found])
        return
    for each in found:
        data = _planned(each)
        typer.echo(
            words(
                N_("reminders.planned"),
                moment=words(MOMENTS[data["moment"]]),
                year=data["year"],
                count=data["reminders"],
                messages=data["messages"],
            )
        )
    if not found:
        typer.echo(words(N_("reminders.nothing_due")))


@reminders.command()
def report(login: As, county: County = None, year: Year = None, as_json: AsJson = False) -> None:
    """What became of every reminder of a year."""
    from member_store.members.reminders import accounts

    with acting(login) as act:
        where, of = act.county(county), act.year(year)
        found = accounts(act.records, where, of)
        if as_json:
            print_json(
                [
                    {"moment": each.moment.value, "result": each.result, "reason": each.reason, "count": each.count}
                    for each in found
                ]
            )
        else:
            typer.echo(_reported(found, of, act.words))


@reminders.command()
def calls(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where it goes: .xlsx or .csv.")],
    login: As,
    county: County = None,
    community: CommunityName = None,
    year: Year = None,
    as_json: AsJson = False,
) -> None:
    """Write a list of those who owe something and whom nothing reaches: who needs a call most comes first."""
    from bot.commands.acting import any_staff
    from bot.members.village_lists import community_of
    from bot.outreach.calls import write_calls
    from bot.sheets.faults import SheetError

    with any_staff(login) as act:
        place = community_of(act.records, act.member, county or settings_of().county, community)
        of = act.year(year)
        try:
            count = write_calls(act.records, act.member, place, of, file, act.words)
        except SheetError as error:
            refuse(error.said(act.words))
        said = act.words(N_("lists.written"), count=count, community=place.name, file=file)
        tell({"community": place.name, "year": of, "people": count, "file": str(file)}, said, as_json=as_json)


def _community(act: Acting, county: str, name: str | None) -> Community | None:
    from member_store.members import people
    from member_store.members.refusals import Refusal

    if name is None:
        return None
    found = [each for each in people.communities(act.records, county) if each.name == name]
    if not found:
        raise Refusal("no_community")
    return found[0]


def _counts(act: Acting, occasion: Occasion, place: Community | None) -> list[dict[str, Any]]:
    from member_store.members import remindable

    counted = remindable.counted(act.records, occasion, place.id if place is not None else None)
    return [{"situation": situation.value, "reason": reason, "count": count} for situation, reason, count in counted]


def _occasion(occasion: Occasion) -> dict[str, Any]:
    return {
        "county": occasion.county,
        "year": occasion.year,
        "moment": occasion.moment.value,
        "due_on": occasion.due_on.isoformat(),
        "last_on": occasion.last_on.isoformat(),
    }


def _planned(one: Plan) -> dict[str, Any]:
    return {**_occasion(one.occasion), "reminders": one.reminders, "messages": one.messages}


def _previewed(entry: dict[str, Any], words: Catalogue) -> str:
    from datetime import date as day

    lines = [
        words(
            N_("reminders.preview"),
            moment=words(MOMENTS[entry["moment"]]),
            year=entry["year"],
            date=words.date(day.fromisoformat(entry["due_on"])),
        )
    ]
    counted: list[dict[str, Any]] = entry["people"]
    for each in counted:
        situation = words(SITUATIONS[each["situation"]])
        if each["reason"] is None:
            lines.append(words(N_("reminders.would"), situation=situation, count=each["count"]))
        else:
            reason = words(REASONS[each["reason"]])
            lines.append(words(N_("reminders.would_not"), situation=situation, count=each["count"], reason=reason))
    if not counted:
        lines.append(words(N_("reminders.nobody")))
    for one in entry.get("listed", ()):
        reason = words(REASONS[one["reason"]]) if one["reason"] else words(N_("reminders.told"))
        lines.append(f"  #{one['person']} {one['name']}: {words(SITUATIONS[one['situation']])}, {reason}")
    return "\n".join(lines)


def _say_years(found: Iterable[Occasion], words: Catalogue) -> None:
    """Say where the holidays of a year are not known."""
    from bot.outreach.workdays import FIRST_YEAR, LAST_YEAR

    days: list[date] = [each.due_on for each in found]
    unknown = sorted({each.year for each in days if not FIRST_YEAR <= each.year <= LAST_YEAR})
    for year in unknown:
        typer.echo(words(N_("reminders.holidays_unknown"), year=year))


def _reported(found: list[Account], year: int, words: Catalogue) -> str:
    if not found:
        return words(N_("reminders.no_report"), year=year)
    lines = []
    for moment in MOMENTS:
        theirs = [each for each in found if each.moment.value == moment]
        if theirs:
            total = sum(each.count for each in theirs)
            lines.append(words(N_("reminders.of_moment"), moment=words(MOMENTS[moment]), count=total))
        for each in sorted(theirs, key=lambda one: (list(RESULTS).index(one.result), -one.count)):
            result = words(RESULTS[each.result])
            if each.reason is None:
                lines.append(words(N_("reminders.result"), result=result, count=each.count))
            else:
                reason = words(REASONS[each.reason])
                lines.append(words(N_("reminders.result_because"), result=result, count=each.count, reason=reason))
    return "\n".join(lines)


def _masked(name: str) -> str:
    from dialogs.members.names import mask_name

    return mask_name(name)
