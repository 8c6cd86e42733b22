"""One row of a village's list of residents: which columns there are, what they say, and what is wrong with them."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from bot.sheets.dates import read_date
from bot.sheets.faults import CellError, Fault
from bot.sheets.reading import Row, Sheet
from bot.sheets.tables import MERGED
from dialogs.members.identity import IdentityDocument, IdentityProblem, IdentityReason, read_identity
from dialogs.members.names import tidy_name
from policy_engine.errors import N_

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名", "名字", "居民姓名", "name"),
    "number": (
        "身份证号",
        "身份证号码",
        "身份证",
        "证件号码",
        "证件号",
        "公民身份号码",
        "identity number",
        "id number",
    ),
    "household": ("户号", "户编号", "家庭编号", "household", "household number"),
    "relation": ("与户主关系", "与户主的关系", "户主关系", "关系", "relation", "relation to head"),
    "phone": ("电话", "联系电话", "手机", "手机号", "手机号码", "phone", "telephone"),
    "address": ("地址", "住址", "家庭住址", "家庭地址", "address"),
    "community": ("村", "社区", "村社区", "村（社区）", "村/社区", "行政村", "community", "village"),
    "registration_kind": ("户口性质", "户籍性质", "户口类别", "户籍类别", "户口", "registration", "registration kind"),
    "certificate": ("困难证件", "救助证件", "困难类别", "救助类别", "hardship certificate"),
    "certificate_number": ("困难证件号", "困难证件号码", "救助证号", "救助证件号", "hardship certificate number"),
    "certificate_until": (
        "困难证件有效期",
        "救助证件有效期",
        "证件有效期至",
        "有效期至",
        "hardship certificate valid until",
    ),
    "permit": ("居住证", "居住证号", "居住证号码", "residence permit"),
}
"""The columns, with the headings that people give them."""

REQUIRED = ("name", "number")

_FILLED_DOWN = ("household", "address", "community")
"""A cell of these that is merged over several rows holds for each of them."""

_KINDS = {
    **dict.fromkeys(("农村", "农业", "农村户口", "农业户口", "农", "rural"), "rural"),
    **dict.fromkeys(("城镇", "城市", "非农", "非农业", "城镇户口", "非农业户口", "居民", "urban"), "urban"),
}
_CERTIFICATES = {
    **dict.fromkeys(("低保", "低保证", "最低生活保障", "最低生活保障救助证", "minimum living"), "minimum_living"),
    **dict.fromkeys(("社会救助", "社会救助金", "社会救助金领取证", "social relief"), "social_relief"),
    **dict.fromkeys(("特困职工", "特困职工优惠证", "hardship worker"), "hardship_worker"),
    **dict.fromkeys(("特困残疾", "特困残疾人", "特困残疾人优惠证", "hardship disabled"), "hardship_disabled"),
}
_NONE = frozenset({"无", "没有", "否", "不", "no", "none", "-", "/", "—"})
_HELD = frozenset({"有", "是", "yes", "√", "✓", "1"})
_HEADS = frozenset({"户主", "本人", "head", "self"})
_PHONE = re.compile(r"\+?[0-9]{7,15}")
_LONGEST = {"household": 40, "address": 200, "community": 64, "certificate_number": 60, "permit": 60}

_NUMBERS = {
    IdentityReason.LENGTH: N_("residents.number.length"),
    IdentityReason.CHARACTERS: N_("residents.number.characters"),
    IdentityReason.REGION: N_("residents.number.region"),
    IdentityReason.DATE: N_("residents.number.date"),
    IdentityReason.FUTURE: N_("residents.number.future"),
    IdentityReason.TOO_OLD: N_("residents.number.too_old"),
    IdentityReason.CHECK: N_("residents.number.check"),
    IdentityReason.NOT_ACCEPTED: N_("residents.number.not_accepted"),
}


@dataclass(frozen=True)
class Resident:
    """What a good row says; None where it says nothing. `permit` is the permit's number, empty where it has none."""

    row: int
    name: str = field(repr=False)
    document: IdentityDocument = field(repr=False)
    household: str | None = None
    is_head: bool = False
    phone: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    community: str | None = None
    registration_kind: str | None = None
    certificate: str | None = None
    certificate_number: str | None = field(default=None, repr=False)
    certificate_until: datetime.date | None = None
    permit: str | None = field(default=None, repr=False)

    @property
    def key(self) -> tuple[str, str]:
        """What tells one person from another: kind and number of the document, however it was written."""
        return self.document.kind.value, self.document.number


def read_rows(sheet: Sheet, today: datetime.date) -> Iterator[tuple[int, Resident | list[Fault]]]:
    """Each row with its number: what it says, or everything that is wrong with it."""
    above: Mapping[str, str] = {}
    for row in sheet.rows:
        filled = _filled_down(sheet, row, above)
        above = filled.cells
        yield row.number, _Reading(sheet, filled, today).resident()


def _filled_down(sheet: Sheet, row: Row, above: Mapping[str, str]) -> Row:
    merged = {each.column for each in row.problems if each.message == MERGED}
    columns = [each for each in _FILLED_DOWN if sheet.headings.get(each) in merged and above.get(each)]
    if not columns:
        return row
    kept = {sheet.headings[each] for each in columns}
    problems = tuple(each for each in row.problems if each.message != MERGED or each.column not in kept)
    return replace(row, cells={**row.cells, **{each: above[each] for each in columns}}, problems=problems)


class _Reading:
    """Reads one row, and gathers what is wrong with it."""

    def __init__(self, sheet: Sheet, row: Row, today: datetime.date) -> None:
        self._sheet = sheet
        self._row = row
        self._today = today
        self._faults: list[Fault] = list(row.problems)

    def resident(self) -> Resident | list[Fault]:
        name, document = self._name(), self._document()
        certificate = self._choice("certificate", _CERTIFICATES, N_("residents.certificate"))
        household, phone, address = self._text("household"), self._phone(), self._text("address")
        community, permit = self._text("community"), self._permit()
        kind = self._choice("registration_kind", _KINDS, N_("residents.registration_kind"))
        number = self._text("certificate_number") if certificate else None
        until = self._until() if certificate else None
        if self._faults or name is None or document is None:
            return self._faults
        return Resident(
            self._row.number,
            name,
            document,
            household,
            _plain(self._row.cells.get("relation", "")) in _HEADS,
            phone,
            address,
            community,
            kind,
            certificate,
            number,
            until,
            permit,
        )

    def _wrong(self, column: str, message: str, **params: object) -> None:
        heading = self._sheet.headings.get(column)
        # A cell that could not be read has been complained of already.
        if not any(each.column == heading for each in self._faults):
            self._faults.append(Fault(message, params, self._row.number, heading))

    def _name(self) -> str | None:
        written = self._row.cells.get("name", "")
        name = tidy_name(written, long=True) if written else None
        if name is None:
            self._wrong("name", N_("residents.name.unreadable") if written else N_("residents.name.missing"))
        return name

    def _document(self) -> IdentityDocument | None:
        written = self._row.cells.get("number", "")
        if not written:
            self._wrong("number", N_("residents.number.missing"))
            return None
        found = read_identity(written, self._today)
        if isinstance(found, IdentityProblem):
            self._wrong("number", _NUMBERS[found.reason], length=found.length)
            return None
        return found

    def _text(self, column: str) -> str | None:
        text = " ".join(self._row.cells.get(column, "").split())
        if len(text) > _LONGEST[column]:
            self._wrong(column, N_("residents.too_long"), most=_LONGEST[column])
        return text or None

    def _phone(self) -> str | None:
        written = unicodedata.normalize("NFKC", self._row.cells.get("phone", ""))
        digits = re.sub(r"[\s()\-]", "", written)
        if not digits or digits in _NONE:
            return None
        if not _PHONE.fullmatch(digits):
            self._wrong("phone", N_("residents.phone"))
        return digits

    def _choice(self, column: str, choices: Mapping[str, str], message: str) -> str | None:
        written = _plain(self._row.cells.get(column, ""))
        if not written or written in _NONE:
            return None
        if written not in choices:
            self._wrong(column, message)
        return choices.get(written)

    def _until(self) -> datetime.date | None:
        written = self._row.cells.get("certificate_until", "")
        if not written:
            return None
        try:
            return read_date(written)
        except CellError as error:
            self._wrong("certificate_until", error.fault.message, **error.fault.params)
            return None

    def _permit(self) -> str | None:
        written = self._text("permit")
        if written is None or _plain(written) in _NONE:
            return None
        return "" if _plain(written) in _HELD else written


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
