"""A village's list of residents taken into the store: it says who lives there, and enrols nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from bot.members.residents_report import ImportReport, Outcome, RowReport
from bot.members.residents_rows import Resident, read_rows
from bot.sheets.faults import Fault
from bot.sheets.reading import Sheet
from member_store.members import files, people
from member_store.members.people import Personal
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.tables.access import Role, StaffUser
from member_store.tables.people import Community, Person
from policy_engine.errors import N_

RESIDENTS = "residents"
"""The kind of file."""

_PERMIT = "residence_permit"
_AT_ONCE = 500

_Key = tuple[str, str]
"""Kind and number of an identity document."""


@dataclass(frozen=True)
class Place:
    """Where the residents of a file live: the county, and the community where the rows name none."""

    county: str
    community: str | None = None


def place_of(records: Records, member: StaffUser, county: str | None, community: str | None) -> Place:
    """Where a member of staff may take residents in, of the place that they asked for.

    A worker's is their own community, somebody of an office has their own county. Raises Refusal: `other_community` for
    any other, `no_county` where an administrator names none.
    """
    own = records.session.get(Community, member.community_id) if member.community_id is not None else None
    if member.role is Role.WORKER:
        if own is None or county not in {None, own.county} or community not in {None, own.name}:
            raise Refusal("other_community")
        return Place(own.county, own.name)
    if member.role is Role.OFFICE and county not in {None, member.county}:
        raise Refusal("other_community")
    chosen = county or member.county
    if chosen is None:
        raise Refusal("no_county")
    return Place(chosen, community)


def import_residents(records: Records, member: StaffUser, sheet: Sheet, place: Place) -> ImportReport:
    """Take a list of residents in; only good rows are applied, and the same file again changes nothing.

    For a dry run, let the transaction of `records` be rolled back. Nothing that a row says is in the report but its
    number. A row is doubtful, and changes nothing, where its number is known with another name or at another place,
    stands in two rows, or belongs to somebody of whom a death is recorded; and where a household does not fit.
    """
    if files.known(records, RESIDENTS, sheet.digest) is not None:
        return ImportReport(before=True)
    found = _Import(records, member, place).run(sheet)
    file = files.take_in(records, RESIDENTS, sheet.digest, len(sheet.rows))
    kept = {each.row: each.outcome.value for each in found.rows}
    files.report(records, file, {"rows": kept, "counts": {key.value: number for key, number in found.counts().items()}})
    return found


class _Import:
    def __init__(self, records: Records, member: StaffUser, place: Place) -> None:
        self._records = records
        self._only_own = member.role is Role.WORKER
        self._place = place
        self._report = ImportReport()
        self._communities = {each.name: each for each in people.communities(records, place.county)}

    def run(self, sheet: Sheet) -> ImportReport:
        self._report.ignored_columns = sheet.ignored
        good: list[Resident] = []
        for number, read in read_rows(sheet, self._records.today):
            if isinstance(read, Resident):
                good.append(read)
            else:
                self._tell(number, Outcome.REFUSED, *read)
        known = self._known(good)
        households = self._households(good, known)
        numbers = Counter(each.key for each in good)
        heads: dict[tuple[str | None, str], int] = {}
        for each in good:
            key = self._household_key(each)
            if key is not None and each.is_head:
                heads[key] = heads.get(key, 0) + 1
        taken: dict[tuple[str | None, str], list[Person]] = {}
        for each in good:
            person = known.get(each.key)
            key = self._household_key(each)
            fault = self._misplaced(each)
            if fault is not None:
                self._tell(each.row, Outcome.REFUSED, fault)
                continue
            doubt = self._doubt(each, person, numbers[each.key], heads.get(key, 0) if key else 0, households)
            if doubt is not None:
                self._tell(each.row, Outcome.DOUBTFUL, Fault(doubt, {}, each.row))
                continue
            resident = self._apply(each, person)
            if key is not None:
                taken.setdefault(key, []).append(resident)
        for (community, _), members in taken.items():
            people.join_household(self._records, members, self._communities[community or ""].id)
        self._report.rows.sort(key=lambda each: each.row)
        return self._report

    def _tell(self, row: int, outcome: Outcome, *faults: Fault, fields: Sequence[str] = ()) -> None:
        self._report.rows.append(RowReport(row, outcome, faults, tuple(fields)))

    def _community_name(self, resident: Resident) -> str | None:
        return resident.community or self._place.community

    def _household_key(self, resident: Resident) -> tuple[str | None, str] | None:
        """Two communities may number their households alike."""
        return (self._community_name(resident), resident.household) if resident.household else None

    def _known(self, residents: Sequence[Resident]) -> dict[_Key, Person]:
        """Who is in the store already."""
        hashes = {people.identity_hash(self._records, *each.key): each.key for each in residents}
        found: dict[_Key, Person] = {}
        wanted = list(hashes)
        for start in range(0, len(wanted), _AT_ONCE):
            page = select(Person).where(col(Person.identity).in_(wanted[start : start + _AT_ONCE]))
            found |= {hashes[person.identity or ""]: person for person in self._records.session.exec(page)}
        return found

    def _households(
        self, residents: Sequence[Resident], known: Mapping[_Key, Person]
    ) -> dict[tuple[str | None, str], set[int]]:
        """In which households of the store the people of each household of the file already are."""
        found: dict[tuple[str | None, str], set[int]] = {}
        for each in residents:
            person, key = known.get(each.key), self._household_key(each)
            if key is not None and person is not None and person.household_id is not None:
                found.setdefault(key, set()).add(person.household_id)
        return found

    def _misplaced(self, resident: Resident) -> Fault | None:
        named = self._community_name(resident)
        if named is None:
            return Fault(N_("residents.community.missing"), {}, resident.row)
        if named != self._place.community and (self._only_own or self._place.community is not None):
            return Fault(N_("residents.community.other"), {}, resident.row)
        return None

    def _doubt(
        self,
        resident: Resident,
        person: Person | None,
        times: int,
        heads: int,
        households: Mapping[tuple[str | None, str], set[int]],
    ) -> str | None:
        if times > 1:
            return N_("residents.doubt.twice")
        if heads > 1 and resident.is_head:
            return N_("residents.doubt.two_heads")
        key = self._household_key(resident)
        if key is not None and len(households.get(key, ())) > 1:
            return N_("residents.doubt.household")
        if person is None:
            return None
        personal = people.personal_of(self._records, person)
        if personal is None or personal.name != resident.name:
            return N_("residents.doubt.name")
        if person.died_on is not None:
            return N_("residents.doubt.deceased")
        community = self._communities.get(self._community_name(resident) or "")
        elsewhere = person.community_id is not None and (community is None or person.community_id != community.id)
        return N_("residents.doubt.elsewhere") if elsewhere or person.county != self._place.county else None

    def _community(self, name: str) -> Community:
        if name not in self._communities:
            self._communities[name] = people.community(self._records, self._place.county, name)
            self._report.new_communities.append(name)
        return self._communities[name]

    def _apply(self, resident: Resident, person: Person | None) -> Person:
        community = self._community(self._community_name(resident) or "")
        document = resident.document
        if person is None:
            personal = Personal(
                resident.name,
                document.kind.value,
                document.number,
                document.birth_date,
                document.sex,
                resident.phone,
                resident.address,
            )
            person = people.add(
                self._records,
                personal,
                self._place.county,
                community_id=community.id,
                registration_kind=resident.registration_kind,
            )
            self._certificates(resident, person)
            self._tell(resident.row, Outcome.ADDED)
            return person
        fields = self._changed(resident, person, community)
        self._tell(resident.row, Outcome.CHANGED if fields else Outcome.UNCHANGED, fields=fields)
        return person

    def _changed(self, resident: Resident, person: Person, community: Community) -> list[str]:
        """Bring what is known of a person up to date; what the row does not say stays. The names of what changed."""
        records = self._records
        before = people.personal_of(records, person)
        told = {"phone": resident.phone, "address": resident.address}
        personal = {name: value for name, value in told.items() if value and value != getattr(before, name)}
        if personal:
            people.change_personal(records, person, **personal)
        columns: dict[str, Any] = {}
        if resident.registration_kind and resident.registration_kind != person.registration_kind:
            columns["registration_kind"] = resident.registration_kind
        if person.community_id is None:
            columns["community_id"] = community.id
        if columns:
            records.change(person, "person_changed", person_id=person.id, **columns)
        household = ["household"] if resident.household and person.household_id is None else []
        names = {"community_id": "community"}
        return [
            *personal,
            *(names.get(each, each) for each in columns),
            *household,
            *self._certificates(resident, person),
        ]

    def _certificates(self, resident: Resident, person: Person) -> list[str]:
        """Put down the certificate and the permit that a row tells of. The names of what that changed."""
        records = self._records
        told: dict[str, dict[str, Any]] = {}
        if resident.certificate:
            told[resident.certificate] = {
                "number": resident.certificate_number,
                "valid_until": resident.certificate_until,
            }
        if resident.permit is not None:
            told[_PERMIT] = {"number": resident.permit or None}
        if not told:
            return []
        held = {each.kind: each for each in people.certificates(records, person)}
        changed = []
        for kind, columns in told.items():
            known = held.get(kind)
            if known is not None:
                number = records.unseal(known.number, f"certificate {known.id}")
                new = columns["number"] not in {None, number}
                until = columns.get("valid_until")
                if not new and until in {None, known.valid_until}:
                    continue
            people.hold_certificate(records, person, kind, **columns)
            changed.append("residence_permit" if kind == _PERMIT else "certificate")
        return changed
