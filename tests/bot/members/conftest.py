"""People with real-looking numbers that are nobody's."""

from __future__ import annotations

import itertools

from dialogs.understanding.resident_number import check_character
from member_store.members import people
from member_store.members.records import Records
from member_store.tables.people import Person

_orders = itertools.count(1)


def new_number(born: str = "19400101") -> str:
    """An identity number that no other test has."""
    order = next(_orders)
    body = f"3304{2 + order // 999:02d}{born}{order % 999:03d}"
    return body + check_character(body)


def add_person(records: Records, number: str | None = None, name: str = "张秀英", county: str = "demo") -> Person:
    """Somebody in the demonstration county, whose figures are all set."""
    personal = people.Personal(name, "resident_identity_card", number or new_number())
    return people.add(records, personal, county)
