"""What goes on beside an enrolment and must stop when somebody leaves, moves, dies or is erased."""

from __future__ import annotations

from member_store.members import agreements, hardship
from member_store.members.records import Records
from member_store.members.states import HARDSHIP
from member_store.tables.money import HardshipState


def stop(records: Records, person_id: int, reason: str) -> int:
    """End a person's agreements and withdraw their hardship applications that go on. Returns how many there were."""
    stopped = 0
    for case in hardship.of_person(records, person_id):
        if HardshipState.WITHDRAWN in HARDSHIP.moves[case.state]:
            hardship.withdraw(records, case, reason)
            stopped += 1
    for agreement in agreements.of_person(records, person_id):
        if agreement.ended_on is None:
            agreements.end(records, agreement, records.today, reason)
            stopped += 1
    return stopped
