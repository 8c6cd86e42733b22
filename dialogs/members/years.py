"""Which contribution year (筹资年度) an act is about."""

from __future__ import annotations

from dialogs.context import Case
from dialogs.members.standing import Member

_COLLECTS = ("open", "paused")


def present_year(case: Case) -> int:
    """The year in whose rules the day lies."""
    return case.scheme.on(None, case.today).year


def renewal_year(case: Case, member: Member | None) -> int:
    """The year for which somebody is enrolled anew: a later one, once their county collects for it."""
    worker = case.standing.worker
    county = member.latest.county if member is not None and member.latest else worker.county if worker else case.county
    found = case.collection(county) if county else None
    year = present_year(case)
    return max(year, found.year) if found is not None and found.stage in _COLLECTS else year


def withdrawal_year(case: Case, member: Member | None) -> int:
    """The year whose enrolment is ended: the last one that somebody is enrolled for already."""
    latest = member.latest if member is not None else None
    return max(present_year(case), latest.year) if latest is not None and latest.live else present_year(case)
