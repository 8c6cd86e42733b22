"""`hebao staff waiting|verify|reject|…`: what offices decide on applications, and record for residents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bot.commands.acting import As, County, Identity, On, Year, acting
from bot.commands.options import AsJson, refuse
from bot.commands.telling import say, tell, tell_code
from dialogs.context import N_

if TYPE_CHECKING:
    from bot.commands.acting import Acting
    from member_store.tables.people import Person

Why = Literal["papers_missing", "not_eligible", "not_here", "wrong_person", "other"]


def add_applications(staff: typer.Typer) -> None:
    """Add these commands to those of the staff."""
    for command in (waiting, verify, reject, status, correct, doubts, decide, delegate, death, withdraw):
        staff.command()(command)


def waiting(login: As, county: County = None, year: Year = None, as_json: AsJson = False) -> None:
    """List the applications that wait to be verified, oldest first; names are masked."""
    from bot.members.waiting import applications

    with acting(login) as act:
        rows = applications(act.records, act.county(county), act.year(year))
    lines = [f"#{row['person']}\t{row['name']}\t{row['year']}\t{row['by']}\t{row['submitted']}" for row in rows]
    said = "\n".join([say(N_("staff.heading_waiting")), *lines]) if lines else say(N_("staff.none_waiting"))
    tell(rows, said, as_json=as_json)


def verify(number: Identity, login: As, year: Year = None, as_json: AsJson = False) -> None:
    """The papers are in order: take an application; what is due is worked out at once."""
    from bot.members import deciding

    with acting(login) as act:
        person, of = act.person(number), act.year(year)
        deciding.verify(act.records, person, of, act.scheme, act.today)
        told = _stands(act, person, of)
    tell(*told, as_json=as_json)


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
    tell(*told, as_json=as_json)


def status(number: Identity, login: As, year: Year = None, as_json: AsJson = False) -> None:
    """How a resident's enrolment stands, and what is due."""
    with acting(login) as act:
        person = act.person(number)
        act.records.record("person_looked_up", person, person_id=person.id)
        told = _stands(act, person, act.year(year))
    tell(*told, as_json=as_json)


def correct(
    number: Identity,
    login: As,
    name: Annotated[str | None, typer.Option(help="The name as on the identity card.")] = None,
    phone: Annotated[str | None, typer.Option(help="The telephone.")] = None,
    address: Annotated[str | None, typer.Option(help="The address.")] = None,
    as_json: AsJson = False,
) -> None:
    """Correct what is on record of somebody; what stood there before is kept."""
    from dialogs.members.names import tidy_name
    from member_store.members import people

    with acting(login) as act:
        person = act.person(number)
        to = {"name": tidy_name(name, long=True) if name else None, "phone": phone, "address": address}
        if name and to["name"] is None:
            refuse(act.words("name.unread"))
        changed = people.change_personal(act.records, person, **{key: each for key, each in to.items() if each})
        data = {"person": person.id, "changed": changed}
        said = act.words("staff.corrected", person=person.id) if changed else act.words("staff.nothing_changed")
    tell(data, said, as_json=as_json)


def doubts(login: As, county: County = None, as_json: AsJson = False) -> None:
    """List the applications for people who are on record already; names are masked."""
    from bot.members.waiting import in_doubt

    with acting(login) as act:
        rows = in_doubt(act.records, act.county(county))
    lines = [
        f"{row['doubt']}\t#{row['person']}\t{row['stated_name']}\t{row['name']}\t{row['relation']}\t{row['year']}"
        for row in rows
    ]
    said = "\n".join([say(N_("staff.heading_doubts")), *lines]) if lines else say(N_("staff.none_in_doubt"))
    tell(rows, said, as_json=as_json)


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
    said = say(N_("staff.decided"), doubt=doubt)
    tell({"doubt": doubt, "decision": decision}, said, as_json=as_json)


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
    tell_code(f"#{person.id}", found, as_json=as_json)


def death(
    number: Identity,
    login: As,
    on: On = None,
    undo: Annotated[bool, typer.Option("--undo", help="It was recorded by mistake: the person is alive.")] = False,
    as_json: AsJson = False,
) -> None:
    """Record a death: enrolments, agreements and permissions end."""
    from bot.members import leaving

    with acting(login) as act:
        person = act.person(number)
        if undo:
            leaving.alive(act, person)
        else:
            leaving.die(act, person, act.day(on))
        told = _stands(act, person, act.year(None))
    tell(*told, as_json=as_json)


def withdraw(number: Identity, login: As, year: Year = None, as_json: AsJson = False) -> None:
    """Withdraw a resident at their own wish."""
    from bot.members import leaving

    with acting(login) as act:
        person, of = act.person(number), act.year(year)
        leaving.withdraw(act, person, of)
        told = _stands(act, person, of)
    tell(*told, as_json=as_json)


def _stands(act: Acting, person: Person, year: int) -> tuple[dict[str, Any], str]:
    """How a person stands, as data without anything personal and as a sentence."""
    from member_store.members import contributions
    from member_store.members.states import LIVE
    from policy_engine.money import exactly

    due = contributions.due_in(act.records, person.id or 0, year)
    if due is None:
        return {"person": person.id, "year": year, "state": None}, act.words("staff.stands_none", year=year)
    state = due.enrolment.state.value
    if due.contribution is None and due.enrolment.state in LIVE:
        said = act.words("staff.stands_open", person=person.id, year=year, state=act.words(f"state_of.{state}"))
        return {"person": person.id, "year": year, "state": state, "category": due.enrolment.category}, said
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
