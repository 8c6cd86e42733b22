"""The public notice of hardship applications: who asks for it, with their names masked."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from dialogs.members.names import mask_name
from member_store.members import hardship, people
from member_store.members.records import Records


@dataclass(frozen=True)
class Notice:
    """One line of the notice; the days are the first and the last of it."""

    name: str
    year: int
    since: datetime.date
    until: datetime.date

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON data."""
        return {
            "name": self.name,
            "year": self.year,
            "from": self.since.isoformat(),
            "until": self.until.isoformat(),
        }


def notice_list(records: Records, county: str, day: datetime.date) -> list[Notice]:
    """What hangs out in a county on a day (嘉政发〔2007〕70号 article 十三 item 3: 公示)."""
    found = []
    for application, person in hardship.on_notice(records, county, day):
        personal = people.personal_of(records, person)
        if personal is not None and application.notice_from and application.notice_until:
            name = mask_name(personal.name)
            found.append(Notice(name, application.year, application.notice_from, application.notice_until))
    return found
