"""`hebao staff …`: who the staff are, and what offices decide on applications."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bot.commands.acting import As, County, Identity, On, Year, acting
from bot.commands.money import add_money
from bot.commands.options import AsJson, catalogue_of, print_json, refuse, settings_of
from dialogs.context import N_

if TYPE_CHECKING:
    from bot.commands.acting import Acting
    from member_store.members.records import Records
    from member_store.tables.access import StaffUser
    from member_store.tables.people import Person

staff = typer.Typer(no_args_is_help=True, help="Staff: who they are, and what they decide.")

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="What the member of staff is called in commands.")]
Why = Literal["papers_missing", "not_eligible", "not_here", "wrong_person", "other"]


@staff.command("add")
def add(
    login: Login,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Their name.")],
    role: Annotated[Literal["worker", "office", "administrator"], typer.Option(help="What they are there for.")],
    county: Annotated[str | None, typer.Option(help="The county, for somebody of an office.")] = None,
    community: Annotated[str | None, typer.Option(help="The village or community, for a worker.")] = None,
    by: Annotated[
        str | None, typer.Option("--as", metavar="LOGIN", help="Who adds them; nobody for the first administrator.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add a member of staff, and print the one-time code that binds their chat account."""
    from member_store.members import people
    from member_store.members import staff as members
    from member_store.members.refusals import Refusal
    from member_store.tables.access import Role

    def work(records: Records, adding: StaffUser | None) -> tuple[StaffUser, str]:
        wanted = Role(role)
        place = county or (adding.county if adding else None) or settings_of().county
        if adding is None and (members.everybody(records) or wanted is not Role.ADMINISTRATOR):
            raise Refusal("add_as_whom")
        within = adding is not None and place == adding.county and wanted is Role.WORKER
        if adding is not None and adding.role is not Role.ADMINISTRATOR and not within:
            raise Refusal("not_your_role", role=adding.role.value)
        if place is not None:
            settings_of().rules(place)
        where = people.community(records, place, community) if community and place else None
        found = members.add(records, login, name, wanted, county=place, community=where)
        return found, members.new_code(records, found)

    found, code = _as_staff(by, work)
    _tell_code(found.login, code, as_json=as_json)


@staff.command("code")
def code(login: Login, by: As, as_json: AsJson = False) -> None:
    """Print a new one-time code for a member of staff, say for a new telephone; the old account is unbound."""
    from member_store.members import staff as members

    def work(records: Records, acting_one: StaffUser | None) -> str:
        found = _may_manage(records, acting_one, login)
        members.unbind(records, found)
        return members.new_code(records, found)

    _tell_code(login, _as_staff(by, work), as_json=as_json)


@staff.command("dismiss")
def dismiss(login: Login, by: As, as_json: AsJson = False) -> None:
    """Somebody has left: from now on they may do nothing."""
    from member_store.members import staff as members

    _as_staff(by, lambda records, one: members.dismiss(records, _may_manage(records, one, login)))
    _print({"login": login, "active": False}, _say(N_("staff.dismissed"), login=login), as_json=as_json)


@staff.command("list")
def everybody(by: As, as_json: AsJson = False) -> None:
    """List the staff."""
    from member_store.members import people
    from member_store.members import staff as members

    def work(records: Records, _one: StaffUser | None) -> list[dict[str, Any]]:
        return [
            {
                "login": each.login,
                "role": each.role.value,
                "county": each.county,
                "community": people.place_of(records, each.community_id),
                "bound": each.contact_id is not None,
                "active": each.active,
            }
            for each in members.everybody(records)
        ]

    rows = _as_staff(by, work)
    lines = ["\t".join(str(value if value is not None else "–") for value in row.values()) for row in rows]
    _print(rows, "\n".join(lines), as_json=as_json)


@staff.command("waiting")
def waiting(login: As, county: County = None, year: Year = None, as_json: AsJson = False) -> None:
    """List the applications that wait to be verified, oldest first; names are masked."""
    from bot.members.waiting import applications

    with acting(login) as act:
        rows = applications(act.records, act.county(county), act.year(year))
    lines = [f"#{row['person']}\t{row['name']}\t{row['year']}\t{row['submitted']}" for row in rows]
    _print(rows, "\n".join(lines) or _say(N_("staff.none_waiting")), as_json=as_json)


@staff.command("verify")
def verify(number: Identity, login: As, year: Year = None, as_json: AsJson = False) -> None:
    """The papers are in order: take an application; what is due is worked out at once."""
    from bot.members import deciding

    with acting(login) as act:
        person, of = act.person(number), act.year(year)
        deciding.verify(act.records, person, of, act.scheme, act.today)
        told = _stands(act, person, of)
    _print(*told, as_json=as_json)


@staff.command("reject")
def reject(
    number: Identity,
    login: As,
    reason: Annotated[Why, typer.Option(help="Why.")],
    year: Year = None,
    as_json: AsJson = False,
) -> None:
    """Refuse an application; the resident can apply again."""
    from bot.members import deciding

    with acting(login) as act:
        person, of = act.person(number), act.year(year)
        deciding.reject(act.records, person, of, reason)
        told = _stands(act, person, of)
    _print(*told, as_json=as_json)


@staff.command("status")
def status(number: Identity, login: As, year: Year = None, as_json: AsJson = False) -> None:
    """How a resident's enrolment stands, and what is due."""
    with acting(login) as act:
        person = act.person(number)
        act.records.record("person_looked_up", person, person_id=person.id)
        told = _stands(act, person, act.year(year))
    _print(*told, as_json=as_json)


@staff.command("doubts")
def doubts(login: As, county: County = None, as_json: AsJson = False) -> None:
    """List the applications for people who are on record already; names are masked."""
    from bot.members.waiting import in_doubt

    with acting(login) as act:
        rows = in_doubt(act.records, act.county(county))
    lines = [
        f"{row['doubt']}\t#{row['person']}\t{row['stated_name']}\t{row['name']}\t{row['relation']}\t{row['year']}"
        for row in rows
    ]
    _print(rows, "\n".join(lines) or _say(N_("staff.none_in_doubt")), as_json=as_json)


@staff.command("decide")
def decide(
    doubt: Annotated[int, typer.Argument(metavar="DOUBT", help="The number of the doubt.")],
    decision: Annotated[Literal["join", "refuse"], typer.Argument(help="The same person and in order, or not.")],
    login: As,
    as_json: AsJson = False,
) -> None:
    """Decide on an application for somebody who is on record already."""
    from bot.members import deciding
    from member_store.members import doubts as store
    from member_store.members import staff as members
    from member_store.tables.access import Role
    from member_store.tables.people import Doubt, Person

    with acting(login) as act:
        found = act.records.locked(Doubt, doubt)
        members.require(act.member, act.records.locked(Person, found.person_id), Role.OFFICE)
        if decision == "join":
            deciding.join(act.records, doubt, act.scheme, act.today)
        else:
            store.decide(act.records, doubt, join=False)
    said = _say(N_("staff.decided"), doubt=doubt)
    _print({"doubt": doubt, "decision": decision}, said, as_json=as_json)


@staff.command("delegate")
def delegate(
    number: Identity,
    login: As,
    scope: Annotated[Literal["look", "act"], typer.Option(help="What the helper may do.")] = "look",
    days: Annotated[int, typer.Option(min=1, max=3650, help="For how many days.")] = 180,
    as_json: AsJson = False,
) -> None:
    """At the desk, for a resident without a telephone: a code by which somebody they trust may act for them."""
    import datetime

    from member_store.members import delegations

    with acting(login) as act:
        person = act.person(number)
        scopes = (delegations.LOOK, delegations.ACT) if scope == "act" else (delegations.LOOK,)
        until = act.records.today + datetime.timedelta(days=days)
        found = delegations.offer(act.records, person, scopes, until)
    _tell_code(f"#{person.id}", found, as_json=as_json)


@staff.command("death")
def death(number: Identity, login: As, on: On = None, as_json: AsJson = False) -> None:
    """Record a death: enrolments, agreements and permissions end."""
    from bot.members import leaving

    with acting(login) as act:
        person = act.person(number)
        leaving.die(act, person, act.day(on))
        told = _stands(act, person, act.year(None))
    _print(*told, as_json=as_json)


@staff.command("withdraw")
def withdraw(number: Identity, login: As, year: Year = None, as_json: AsJson = False) -> None:
    """Withdraw a resident at their own wish."""
    from bot.members import leaving

    with acting(login) as act:
        person, of = act.person(number), act.year(year)
        leaving.withdraw(act, person, of)
        told = _stands(act, person, of)
    _print(*told, as_json=as_json)


def _stands(act: Acting, person: Person, year: int) -> tuple[dict[str, Any], str]:
    """How a person stands, as data without anything personal and as a sentence."""
    from member_store.members import contributions
    from policy_engine.money import exactly

    due = contributions.due_in(act.records, person.id or 0, year)
    if due is None:
        return {"person": person.id, "year": year, "state": None}, act.words("staff.stands_none", year=year)
    state = due.enrolment.state.value
    own = act.words.money(exactly(due.own_fen)) if due.own_fen is not None else act.words("staff.not_set")
    left = act.words.money(exactly(max(due.balance.outstanding_fen, 0)))
    said = act.words(
        "staff.stands", person=person.id, year=year, state=act.words(f"state_of.{state}"), own=own, outstanding=left
    )
    data = {
        "person": person.id,
        "year": year,
        "state": state,
        "category": due.enrolment.category,
        "own_fen": due.own_fen,
        "outstanding_fen": due.balance.outstanding_fen,
        "parts": {part.payer: part.amount_fen for part in due.parts},
    }
    return data, said


def _may_manage(records: Records, one: StaffUser | None, login: str) -> StaffUser:
    from member_store.members import staff as members
    from member_store.members.refusals import Refusal
    from member_store.tables.access import Role

    found = members.by_login(records, login)
    if one is None or (
        one.role is not Role.ADMINISTRATOR and (found.role is not Role.WORKER or found.county != one.county)
    ):
        raise Refusal("not_your_role", role=one.role.value if one else "worker")
    return found


def _as_staff(by: str | None, work: Any) -> Any:
    """Do something about the staff in one transaction, as somebody of an office or an administrator, if given."""
    from bot.members.refused import refused
    from bot.opening import open_store
    from member_store.members import staff as members
    from member_store.members.refusals import Refusal
    from member_store.tables.access import Role

    settings = settings_of()
    with open_store(settings) as store:
        try:
            with store.records(today=settings.now) as records:
                one = members.by_login(records, by) if by is not None else None
                if one is not None:
                    if one.role is Role.WORKER:
                        raise Refusal("not_your_role", role=one.role.value)
                    records.actor = members.actor(one, "command")
                return work(records, one)
        except Refusal as refusal:
            refuse(refused(refusal, catalogue_of(None)))


def _tell_code(login: str, found: str, *, as_json: bool) -> None:
    shown = f"{found[:4]}-{found[4:]}"
    _print({"login": login, "code": shown}, _say(N_("staff.code"), login=login, code=shown), as_json=as_json)


def _say(message: str, **params: object) -> str:
    return catalogue_of(None)(message, **params)


def _print(data: Any, said: str, *, as_json: bool) -> None:
    if as_json:
        print_json(data)
    else:
        typer.echo(said)


add_money(staff)
