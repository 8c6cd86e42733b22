"""Whom their community worker should call: nothing reaches them, and something is to be paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlmodel import col, select

from bot.outreach.moments import occasions
from bot.outreach.workdays import is_workday
from bot.sheets.writing import Kind, Value, write_sheet
from dialogs.context import N_, Words
from member_store.members import collection, remindable
from member_store.members.people import Personal
from member_store.members.records import Records
from member_store.members.remindable import Standing
from member_store.tables.access import StaffUser
from member_store.tables.people import Certificate, Community
from member_store.tables.reminders import Situation

UNREACHED = ("no_channel", "blocked")
"""Why nothing reaches somebody."""

_CALLED = (Situation.OWES_ALL, Situation.OWES_PART, Situation.RENEW)
_OLD = 60
_VERY_OLD = 80

WHY = {
    "no_channel": N_("calls.no_channel"),
    "blocked": N_("calls.blocked"),
}
_WHAT = {
    Situation.OWES_ALL: N_("calls.owes_all"),
    Situation.OWES_PART: N_("calls.owes_part"),
    Situation.RENEW: N_("calls.renew"),
}


@dataclass(frozen=True)
class Call:
    """One person to be called. `age` is in whole years, None where the birth date is not known."""

    standing: Standing
    personal: Personal = field(repr=False)
    age: int | None
    certificates: tuple[str, ...]

    @property
    def need(self) -> tuple[int, int, int]:
        """What the list is ordered by: the very old first, then the old and those with a certificate, then the others;
        within each who owes before who has not renewed, and the older before the younger.
        """
        age = self.age or 0
        band = 0 if age >= _VERY_OLD else 1 if age >= _OLD or self.certificates else 2
        return band, _CALLED.index(self.standing.situation), -age


def calls(records: Records, community: Community, year: int) -> list[Call]:
    """Who of a community is to be called for a year, who needs it most first; nobody without a collection window."""
    window = collection.window_of(records, community.county, year)
    if window is None:
        return []
    found = occasions(window, is_workday)
    occasion = next((each for each in found if records.today <= each.last_on), found[-1])
    listed = remindable.listed(records, occasion, community_id=community.id or 0, reasons=UNREACHED, situations=_CALLED)
    held = _certificates(records, [each.standing.person_id for each in listed])
    all_of_them = [
        Call(
            *(each.standing, each.personal, _age(each.personal.birth_date, records.today)),
            tuple(held.get(each.standing.person_id, ())),
        )
        for each in listed
    ]
    return sorted(all_of_them, key=lambda each: (each.need, each.standing.person_id))


def write_calls(records: Records, member: StaffUser, community: Community, year: int, path: Path, words: Words) -> int:
    """Write the list into a file, put down who took it, and return how many people are on it. Raises SheetError."""
    found = calls(records, community, year)
    changes = {"list": "calls", "people": len(found), "year": year, "full": False, "staff": member.login}
    records.record("list_exported", community, person_id=None, changes=changes)
    columns: list[tuple[str, Kind]] = [
        (words("lists.name"), "text"),
        (words("lists.phone"), "text"),
        (words("lists.address"), "text"),
        (words("calls.age"), "text"),
        (words("calls.certificates"), "text"),
        (words("calls.what"), "text"),
        (words("lists.outstanding"), "amount"),
        (words("calls.why"), "text"),
    ]
    write_sheet(path, columns, (_row(each, words) for each in found))
    return len(found)


def _row(one: Call, words: Words) -> list[Value]:
    return [
        one.personal.name,
        one.personal.phone,
        one.personal.address,
        str(one.age) if one.age is not None else None,
        words.listed([words(f"certificate.{each}") for each in one.certificates]) if one.certificates else None,
        words(_WHAT[one.standing.situation]),
        max(0, one.standing.owed_fen),
        words(WHY[one.standing.reason or "no_channel"]),
    ]


def _age(born: date | None, today: date) -> int | None:
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _certificates(records: Records, people: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    wanted = select(Certificate.person_id, Certificate.kind).where(col(Certificate.person_id).in_(people))
    for person_id, kind in records.session.exec(wanted.order_by(col(Certificate.id))):
        found.setdefault(person_id, []).append(kind)
    return found
