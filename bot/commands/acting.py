"""Commands by which a member of staff does something for a resident: who acts, for whom, on which day."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot.commands.options import catalogue_of, refuse, settings_of

if TYPE_CHECKING:
    import datetime

    from bot.languages import Catalogue
    from bot.settings import Settings
    from member_store.members.records import Records
    from member_store.tables.access import StaffUser
    from member_store.tables.people import Person
    from policy_engine.scheme import Scheme

_Value = TypeVar("_Value")

_LISTED = re.compile("#?[0-9]{1,9}", re.ASCII)
"""How a person is called in the lists of the office."""
_REASON = re.compile("[a-z][a-z0-9_]{0,31}")
STDIN = "-"

As = Annotated[str, typer.Option("--as", metavar="LOGIN", help="The member of staff who does it.")]
Identity = Annotated[
    str, typer.Argument(metavar="NUMBER", help="The identity number, or the number in a list; - reads it from stdin.")
]
Amount = Annotated[str, typer.Argument(metavar="YUAN", help="The amount in yuan, e.g. 60 or 60.50.")]
Year = Annotated[int | None, typer.Option(help="The contribution year; the current one if not given.")]
On = Annotated[str | None, typer.Option(metavar="DATE", help="The day of it, e.g. 2008-03-01; today if not given.")]
Reference = Annotated[str | None, typer.Option(help="The payer's or the bank's own number: booked once.")]
County = Annotated[str | None, typer.Option(help="The county; that of the member of staff if not given.")]
Reason = Annotated[str, typer.Option(help="Why, in one word of small letters, e.g. mistake.")]


@dataclass
class Acting:
    """One act of a member of staff: a transaction of the store, which is written at the end of the command."""

    records: Records
    member: StaffUser
    settings: Settings
    words: Catalogue

    @property
    def today(self) -> datetime.date:
        """The day of the act."""
        return self.settings.now

    def scheme(self, county: str | None) -> Scheme:
        """The rules as they stand in a county."""
        return self.settings.rules(county)

    def year(self, given: int | None) -> int:
        """The contribution year: the one given, else that of the scheme's day."""
        return self.scheme(None).on(None, self.today).year if given is None else given

    def person(self, number: str) -> Person:
        """The person with this identity number, or with this number in our lists, if the member of staff may act for
        them.

        Raises Refusal: `no_person`, `not_your_place`, `not_your_role`.
        """
        from dialogs.members.identity import IdentityDocument, read_identity
        from member_store.members import people, staff
        from member_store.members.refusals import Refusal
        from member_store.tables.access import Role
        from member_store.tables.people import Person

        given = (sys.stdin.readline() if number == STDIN else number).strip()
        if _LISTED.fullmatch(given):
            found = self.records.session.get(Person, int(given.lstrip("#")))
        else:
            document = read_identity(given, self.today)
            if not isinstance(document, IdentityDocument):
                refuse(self.words("import.no_identity"))
            found = people.find(self.records, document.kind.value, document.number)
        if found is None:
            raise Refusal("no_person")
        if found.county != self.member.county and self._was_here(found):
            return found
        staff.require(self.member, found, Role.OFFICE)
        return found

    def _was_here(self, person: Person) -> bool:
        """Whether the office has an enrolment of somebody who moved away, with whatever money belongs to it."""
        from member_store.members import enrolments
        from member_store.tables.access import Role

        if self.member.role is not Role.OFFICE:
            return False
        return any(each.county == self.member.county for each in enrolments.all_of(self.records, person.id or 0))

    def county(self, given: str | None) -> str:
        """The county that is meant. Raises Refusal `not_your_place` for one of somebody else's."""
        from member_store.members.refusals import Refusal
        from member_store.tables.access import Role

        county = given or self.member.county or self.settings.county
        if county is None:
            refuse(self.words("acting.no_county"))
        if self.member.role is not Role.ADMINISTRATOR and county != self.member.county:
            raise Refusal("not_your_place")
        self.scheme(county)
        return county

    def amount(self, text: str) -> int:
        """An amount in fen."""
        from bot.sheets.money import read_amount

        return self._read(read_amount, text)

    def day(self, text: str | None) -> datetime.date:
        """A day that has come; today where none is given."""
        if text is None:
            return self.today
        day = self.any_day(text)
        if day > self.today:
            refuse(self.words("import.in_future"))
        return day

    def any_day(self, text: str) -> datetime.date:
        """A day, whether it has come or not."""
        from bot.sheets.dates import read_date

        return self._read(read_date, text)

    def reason(self, text: str) -> str:
        """A reason that is an id."""
        if not _REASON.fullmatch(text):
            refuse(self.words("acting.no_reason"))
        return text

    def _read(self, read: Callable[[str], _Value], text: str) -> _Value:
        from bot.sheets.faults import CellError

        try:
            return read(text)
        except CellError as error:
            refuse(error.said(self.words))


@contextmanager
def acting(login: str, **given: Any) -> Iterator[Acting]:
    """Act as a member of staff of an office, or as an administrator. A refusal leaves with exit code 2."""
    from member_store.members.refusals import Refusal
    from member_store.tables.access import Role

    with any_staff(login, **given) as act:
        if act.member.role not in (Role.OFFICE, Role.ADMINISTRATOR):
            raise Refusal("not_your_role", role=act.member.role.value)
        yield act


@contextmanager
def any_staff(login: str, **given: Any) -> Iterator[Acting]:
    """Act as any member of staff: what they may do is for the caller to see to. A refusal leaves with exit code 2."""
    from bot.members.refused import refused
    from bot.opening import open_store
    from member_store.members import staff
    from member_store.members.refusals import Refusal

    settings, words = settings_of(**given), catalogue_of(None)
    with open_store(settings) as store:
        try:
            with store.records(today=settings.now) as records:
                member = staff.by_login(records, login)
                records.actor = staff.actor(member, "command")
                yield Acting(records, member, settings, words)
        except Refusal as refusal:
            refuse(refused(refusal, words))
