"""What an enrolment costs, worked out by the policy engine from what was stated, and kept and booked by the store."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from member_store.members import contributions, delegations, enrolments, hardship, people
from member_store.members.contributions import Part
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.tables.money import Contribution
from member_store.tables.people import Certificate, Enrolment, EnrolmentState, Person
from policy_engine.contribution import Contribution as WorkedOut
from policy_engine.contribution import contribution
from policy_engine.errors import PolicyError
from policy_engine.facts import Value, stated_facts
from policy_engine.money import Money
from policy_engine.scheme import Scheme

SchemeFor = Callable[[str | None], Scheme]
"""The scheme as it stands in a county: `Settings.rules`."""

EXPIRED = "certificate_expired"
"""What the kept result says where a certificate no longer held, so that it waived nothing."""

BY_APPLICATION = "hardship_by_application"
"""The note of a pack that gives those approved by application the same as the holders of a certificate (十三.3)."""

_CERTIFICATE = "hardship_certificate"
_SAME_AS = "hardship_disabled"


def has_rules_for(scheme: Scheme, year: int) -> bool:
    """Whether a scheme says what the contributions of a year are. Those of another year are not taken for them."""
    return scheme.start.year <= year <= scheme.end.year


def work_out(
    records: Records, enrolment: Enrolment, scheme_for: SchemeFor, today: datetime.date
) -> Contribution | None:
    """Work out what is due for an enrolment by the rules of its county on its own day, keep it and book it.

    None where there are no rules for its year. Where it is open what the person pays, nothing is charged and the
    enrolment waits, verified, for the county's figures. A certificate counts if it is valid on the scheme's day for
    `today`; one that has run out waives nothing, and the result says so (`certificate_has_expired`).

    Raises Refusal as `contributions.keep` does, and PolicyError where the rules do not cover the day or the facts do
    not go together.
    """
    scheme = scheme_for(enrolment.county)
    if not has_rules_for(scheme, enrolment.year):
        return None
    person = records.locked(Person, enrolment.person_id)
    held = people.certificates(records, person)
    facts = stated_facts(enrolments.facts_of(records, enrolment))
    expired = _let_go_expired(facts, held, scheme.on(None, today))
    approved = facts.get(_CERTIFICATE, "none") == "none" and hardship.holds_decision(held, enrolment.year)
    same = approved and scheme.contribution is not None and BY_APPLICATION in {n.id for n in scheme.contribution.notes}
    if same:
        facts[_CERTIFICATE] = _SAME_AS
    # Who renewed ahead of the year did so under the rules of the one before.
    found = contribution(scheme, facts, on=scheme.on(None, enrolment.rules_on))
    # Where the pack says nothing on approval by application, the government takes over the own part all the same.
    parts = _parts(found, waived=approved and not same)
    told = {name: value for name, value in found.to_dict().items() if name != "facts"}
    return contributions.keep(
        records,
        enrolment,
        total_fen=_fen(found.total),
        parts=parts,
        rules=found.provenance.version,
        rules_on=found.on,
        illustrative=found.illustrative,
        worked_out=told | {EXPIRED: expired} | ({"waived": True} if approved else {}),
    )


def certificate_has_expired(found: Contribution) -> bool:
    """Whether a certificate had run out, so that the person pays although they hold one."""
    return bool(contributions.worked_out(found).get(EXPIRED))


def verify(records: Records, enrolment: Enrolment, scheme_for: SchemeFor, today: datetime.date) -> Contribution | None:
    """The office has looked at an application and takes it: what is due is worked out, and whoever applied for
    themselves or for a minor now acts for them.

    Raises Refusal `no_move`, and otherwise as `work_out`.
    """
    enrolment = enrolments.move(records, enrolment, EnrolmentState.VERIFIED)
    if enrolment.contact_id is not None:
        minor = not people.is_adult(records, records.locked(Person, enrolment.person_id))
        delegations.confirm(records, enrolment.person_id, enrolment.contact_id, minor)
    return work_out(records, enrolment, scheme_for, today)


@dataclass(frozen=True)
class WorkedOutAgain:
    """What came of working out a county's dues again: how many are now due, still wait, or were refused.

    `refused` has the id of the enrolment and the code of the refusal.
    """

    due: int
    waiting: int
    refused: tuple[tuple[int, str], ...]

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON data."""
        return {"due": self.due, "waiting": self.waiting, "refused": [list(each) for each in self.refused]}


def work_out_again(
    records: Records, county: str, year: int, scheme_for: SchemeFor, today: datetime.date
) -> WorkedOutAgain:
    """Work out what waits for a county's figures, once they are set: see `contributions.to_work_out`."""
    due = waiting = 0
    refused: list[tuple[int, str]] = []
    for key in [each.id or 0 for each in contributions.to_work_out(records, county, year)]:
        try:
            with records.undoable():
                enrolment = records.locked(Enrolment, key)
                _work_out_one(records, enrolment, scheme_for, today)
        except Refusal as refusal:
            refused.append((key, refusal.code))
            continue
        if contributions.due_of(records, enrolment).own_fen is None:
            waiting += 1
        else:
            due += 1
    return WorkedOutAgain(due, waiting, tuple(refused))


def _work_out_one(records: Records, enrolment: Enrolment, scheme_for: SchemeFor, today: datetime.date) -> None:
    """One of many: facts that do not go together must not stop the others."""
    try:
        work_out(records, enrolment, scheme_for, today)
    except PolicyError:
        raise Refusal("rules_refuse") from None


def decide_hardship(
    records: Records,
    person_id: int,
    year: int,
    scheme_for: SchemeFor,
    today: datetime.date,
    *,
    approve: bool,
    reason: str | None = None,
) -> None:
    """Decide a hardship application; an approval changes what is due at once, where something was worked out.

    Raises Refusal: `no_hardship`, and as `hardship.decide` and `work_out` do.
    """
    application = hardship.going_on(records, person_id, year)
    hardship.decide(records, application, today, approve=approve, reason=reason)
    enrolment = enrolments.current(records, person_id, year)
    if approve and enrolment is not None and enrolment.state in contributions.PAYABLE:
        work_out(records, enrolment, scheme_for, today)


def _let_go_expired(facts: dict[str, Value], held: list[Certificate], day: datetime.date) -> bool:
    """Take a certificate out of the facts where what is recorded of it says that it is not valid on the day."""
    kind = facts.get(_CERTIFICATE, "none")
    recorded = [each for each in held if each.kind in (kind, _CERTIFICATE)]
    if kind == "none" or not recorded or any(_is_valid(each, day) for each in recorded):
        return False
    facts[_CERTIFICATE] = "none"
    return True


def _is_valid(certificate: Certificate, day: datetime.date) -> bool:
    begun = certificate.valid_from is None or certificate.valid_from <= day
    return begun and (certificate.valid_until is None or day <= certificate.valid_until)


def _parts(found: WorkedOut, *, waived: bool) -> list[Part]:
    return [
        Part(
            each.line,
            "government" if waived and each.line == "own_part" else each.payer,
            _fen(each.amount),
        )
        for each in found.parts
    ]


def _fen(amount: Money) -> int | None:
    return amount.low if amount.exact else None
