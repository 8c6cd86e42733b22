"""What the imports of payments and settlements share: reading a row, and finding whose it is."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlmodel import col, select

from bot.sheets.dates import read_date
from bot.sheets.faults import CellError, Fault
from bot.sheets.money import read_amount
from bot.sheets.reading import Row, Sheet
from dialogs.members.identity import IdentityDocument, read_identity
from dialogs.members.names import tidy_name
from member_store.members import people, staff
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.members.states import LIVE
from member_store.tables.access import StaffUser
from member_store.tables.people import Enrolment, Person
from policy_engine.errors import N_

IDENTITY = (
    "身份证号",
    "身份证号码",
    "公民身份号码",
    "公民身份证号",
    "证件号码",
    "证件号",
    "identity number",
    "id number",
    "identity",
)
NAME = ("姓名", "参保人", "参保人姓名", "户名", "name")
REFERENCE = ("流水号", "交易流水号", "凭证号", "凭证号码", "业务流水号", "结算单号", "单据号", "reference")

_Value = TypeVar("_Value")


@dataclass
class Reading:
    """One row while it is read: `faults` are what stands in the way of using it at all."""

    sheet: Sheet
    row: Row
    today: datetime.date
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.faults += self.row.problems

    def text(self, column: str) -> str:
        """A cell as it stands; empty where the table has no such column."""
        return self.row.cells.get(column, "")

    def value(self, column: str, read: Callable[[str], _Value]) -> _Value | None:
        """A cell as `read` takes it; None, and a fault, where it cannot."""
        try:
            return read(self.text(column))
        except CellError as error:
            self._fault(column, error)
            return None

    def amount(self, column: str) -> int | None:
        """A cell as fen."""
        return self.value(column, read_amount)

    def date(self, column: str) -> datetime.date | None:
        """A cell as a day that has come."""
        day = self.value(column, read_date)
        if day is not None and day > self.today:
            self._fault(column, CellError(N_("import.in_future")))
            return None
        return day

    def year(self, column: str, otherwise: int | None) -> int | None:
        """A cell as a year; `otherwise` where there is none."""
        text = self.text(column)
        return self.value(column, _year) if text else otherwise

    def choice(self, column: str, names: Mapping[str, Sequence[str]], otherwise: str | None) -> str | None:
        """A cell as the id whose names it is among."""
        text = self.text(column).casefold()
        if not text:
            return otherwise
        for value, spellings in names.items():
            if text == value or text in spellings:
                return value
        listed = "、".join(spellings[0] for spellings in names.values())
        self._fault(column, CellError(N_("import.not_a_choice"), choices=listed))
        return None

    def document(self) -> IdentityDocument | None:
        """The identity number of the row."""
        found = read_identity(self.text("identity"), self.today)
        if isinstance(found, IdentityDocument):
            return found
        self._fault("identity", CellError(N_("import.no_identity")))
        return None

    def _fault(self, column: str, error: CellError) -> None:
        # What is wrong with the cell as such has been said by whoever read the table.
        if not any(each.column == self.sheet.headings[column] for each in self.row.problems):
            self.faults.append(self.sheet.fault(self.row, column, error))


class Found:
    """The people of some rows, with their enrolments: looked up together, since one by one takes most of the time."""

    def __init__(self, records: Records, rows: Iterable[Row], today: datetime.date) -> None:
        self._records = records
        numbers = {row.cells.get("identity", "") for row in rows}
        documents = (read_identity(each, today) for each in numbers)
        wanted = [self._hash(each) for each in documents if isinstance(each, IdentityDocument)]
        session = records.session
        found = session.exec(select(Person).where(col(Person.identity).in_(wanted)))
        self._people = {person.identity: person for person in found}
        self._enrolments: dict[tuple[int, int], list[Enrolment]] = {}
        keys = [person.id for person in self._people.values()]
        for each in session.exec(
            select(Enrolment).where(col(Enrolment.person_id).in_(keys)).order_by(col(Enrolment.id))
        ):
            self._enrolments.setdefault((each.person_id, each.year), []).append(each)

    def person(self, document: IdentityDocument) -> Person | None:
        """The person with this document."""
        return self._people.get(self._hash(document))

    def enrolment(self, person: Person, year: int) -> Enrolment | None:
        """The enrolment of a year, as `enrolments.current` has it."""
        found = self._enrolments.get((person.id or 0, year), [])
        return next((each for each in found if each.state in LIVE), found[-1] if found else None)

    def _hash(self, document: IdentityDocument) -> str:
        return people.identity_hash(self._records, document.kind.value, document.number)


def is_elsewhere(member: StaffUser | None, person: Person) -> bool:
    """Whether a member of staff may not act for this person: of them they hear no more than of a stranger."""
    if member is None:
        return False
    try:
        staff.require(member, person)
    except Refusal:
        return True
    return False


def doubts_of(records: Records, person: Person, name: str) -> list[Fault]:
    """What speaks against this being the right person, or one that money still comes for."""
    doubts = []
    personal = people.personal_of(records, person) if name else None
    if personal is not None and _spelling(name) != _spelling(personal.name):
        doubts.append(Fault(N_("import.other_name")))
    if person.died_on is not None:
        doubts.append(Fault(N_("import.deceased")))
    return doubts


def _spelling(name: str) -> str:
    return (tidy_name(name, long=True) or "".join(name.split())).casefold()


def _year(text: str) -> int:
    digits = text.removesuffix("年度").removesuffix("年").strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) == len("2008")):
        raise CellError(N_("import.no_year"))
    return int(digits)
