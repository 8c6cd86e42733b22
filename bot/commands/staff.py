"""`hebao staff …`: who the staff are, and the one-time codes that bind their chat accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bot.commands.acting import As
from bot.commands.applications import add_applications
from bot.commands.money import add_money
from bot.commands.options import AsJson, catalogue_of, refuse, settings_of
from bot.commands.telling import say, tell, tell_code
from dialogs.context import N_

if TYPE_CHECKING:
    from collections.abc import Callable

    from member_store.members.records import Records
    from member_store.store import Store
    from member_store.tables.access import StaffUser

staff = typer.Typer(no_args_is_help=True, help="Staff: who they are, and what they decide.")

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="What the member of staff is called in commands.")]


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
    tell_code(found.login, code, as_json=as_json)


@staff.command("code")
def code(login: Login, by: As, as_json: AsJson = False) -> None:
    """Print a new one-time code for a member of staff, say for a new telephone; the old account is unbound."""
    from member_store.members import staff as members

    def work(records: Records, acting_one: StaffUser | None) -> str:
        found = _may_manage(records, acting_one, login)
        members.unbind(records, found)
        return members.new_code(records, found)

    tell_code(login, _as_staff(by, work), as_json=as_json)


@staff.command("dismiss")
def dismiss(login: Login, by: As, as_json: AsJson = False) -> None:
    """Somebody has left: from now on they may do nothing, and their chat is forgotten."""
    from member_store.members import staff as members
    from member_store.tables.access import Contact

    def work(records: Records, one: StaffUser | None) -> tuple[str, str] | None:
        found = _may_manage(records, one, login)
        contact = records.session.get(Contact, found.contact_id) if found.contact_id is not None else None
        members.dismiss(records, found)
        if contact is None or contact.account is None:
            return None
        return contact.channel, str(records.unseal(contact.account, f"contact {contact.id}"))

    _as_staff(by, work, lambda store, chat: chat and store.forget_conversation(*chat))
    tell({"login": login, "active": False}, say(N_("staff.dismissed"), login=login), as_json=as_json)


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
    shown = {True: say(N_("label.yes")), False: say(N_("label.no")), None: "–"}
    lines = ["\t".join(str(shown.get(value, value)) for value in row.values()) for row in rows]
    tell(rows, "\n".join([say(N_("staff.heading_list")), *lines]), as_json=as_json)


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


def _as_staff(by: str | None, work: Any, afterwards: Callable[[Store, Any], Any] = lambda _store, _done: None) -> Any:
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
                done = work(records, one)
        except Refusal as refusal:
            refuse(refused(refusal, catalogue_of(None)))
        afterwards(store, done)
        return done


add_applications(staff)
add_money(staff)
