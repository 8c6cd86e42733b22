"""Lists of a community, to take away: who owes, who is enrolled, who is in doubt, who is not enrolled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from bot.sheets.writing import Kind, Value, write_sheet
from dialogs.context import Words
from dialogs.members.identity import mask_number
from member_store.members import participation, people
from member_store.members.participation import Listed
from member_store.members.people import Personal
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.tables.access import Role, StaffUser
from member_store.tables.people import Community

LISTS: Mapping[str, Callable[[Records, int, int], list[Listed]]] = {
    "unpaid": participation.unpaid,
    "enrolled": participation.enrolled,
    "doubtful": lambda records, community, _year: participation.doubtful(records, community),
    "not-enrolled": participation.not_enrolled,
}
"""Each list by its name, for a community and a contribution year."""


def community_of(records: Records, member: StaffUser, county: str | None, name: str | None) -> Community:
    """The community of that name whose lists a member of staff may have; a worker's own where none is named.

    Raises Refusal: `no_community` where there is none of that name, or where it takes a county or a name to tell which
    is meant; `other_community` where it is not theirs.
    """
    own = records.session.get(Community, member.community_id) if member.community_id is not None else None
    if member.role is Role.WORKER:
        if own is None or county not in {None, own.county} or name not in {None, own.name}:
            raise Refusal("other_community")
        return own
    if member.role is Role.OFFICE and county not in {None, member.county}:
        raise Refusal("other_community")
    where = county or member.county
    found = [each for each in people.communities(records, where) if each.name == name] if where and name else []
    if not found:
        raise Refusal("no_community")
    return found[0]


def write_list(
    records: Records,
    member: StaffUser,
    which: str,
    community: Community,
    year: int,
    path: Path,
    words: Words,
    *,
    full: bool = False,
) -> int:
    """Write a list of a community into a file, put down who took it, and return how many people are on it.

    Identity numbers are masked unless it is `full`. Raises Refusal `not_your_role` where a worker wants them whole,
    SheetError where the file cannot be written.
    """
    if full and member.role is Role.WORKER:
        raise Refusal("not_your_role", role=member.role.value)
    listed = LISTS[which](records, community.id or 0, year)
    changes = {"list": which, "people": len(listed), "year": year, "full": full, "staff": member.login}
    records.record("list_exported", community, person_id=None, changes=changes)
    columns: list[tuple[str, Kind]] = [
        (words("lists.household"), "text"),
        (words("lists.name"), "text"),
        (words("lists.number"), "text"),
        (words("lists.phone"), "text"),
        (words("lists.address"), "text"),
        (words("lists.registration_kind"), "text"),
    ]
    if which != "doubtful":
        columns.append((words("lists.state"), "text"))
    if which == "unpaid":
        columns.append((words("lists.outstanding"), "amount"))
    write_sheet(path, columns, (_row(each, each.personal(records), words, full)[: len(columns)] for each in listed))
    return len(listed)


def _row(listed: Listed, personal: Personal, words: Words, full: bool) -> list[Value]:
    kind, state = listed.registration_kind, listed.state
    return [
        str(listed.household_id) if listed.household_id is not None else None,
        personal.name,
        personal.number if full else mask_number(personal.number),
        personal.phone,
        personal.address,
        words(f"value.registration_kind.{kind}") if kind else None,
        words(f"state_of.{state.value}") if state else None,
        max(0, listed.outstanding_fen or 0),
    ]
