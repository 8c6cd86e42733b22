"""How things stand, as a person hears it: one member, the household, and who may act for whom."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.context import N_, Case, Words
from dialogs.members.questions import called, helper_line
from dialogs.members.standing import OWN, Collection, EnrolmentView, Member
from dialogs.members.years import present_year
from dialogs.replies import Line, Receipt, Reply, Text
from policy_engine.money import exactly

COLLECTED = {
    "before": N_("collection.before"),
    "open": N_("collection.open"),
    "paused": N_("collection.paused"),
    "closed": N_("collection.closed"),
}
"""When to pay, by how the collection stands."""

OWES, OWES_AT_LEAST, OWES_UNKNOWN = N_("household.owes"), N_("household.owes_at_least"), N_("household.owes_unknown")
PERMITTED, PERMITTED_NOBODY = N_("permissions.of"), N_("permissions.nobody")


def status_view(case: Case, members: Sequence[Member]) -> tuple[Reply, ...]:
    """Where the enrolment of each member stands, what is still to be paid, and what comes next."""
    return tuple(Text("\n".join(_lines(case, each))) for each in members)


def _lines(case: Case, member: Member) -> list[str]:
    words = case.words
    latest = member.latest
    if member.deceased:
        return [words("status.deceased", name=called(member, case))]
    if latest is None:
        return [words("status.none", name=called(member, case))]
    told = []
    now = member.enrolment(present_year(case))
    if now is not None and now.live and now.year < latest.year:
        told = [words(f"status.{now.state}", name=called(member, case), year=now.year), *money_lines(now, case)]
    told.append(words(f"status.{latest.state}", name=called(member, case), year=latest.year))
    if not latest.live:
        return told
    told += money_lines(latest, case)
    if member.fund_paid is not None and member.fund_paid.low:
        told.append(words("status.fund_paid", amount=words.money(member.fund_paid), stays=member.stays or 0))
    if latest.stale:
        told.append(
            words("status.stale", certificates=words.listed([words(f"certificate.{each}") for each in latest.stale]))
        )
    return told


def money_lines(latest: EnrolmentView, case: Case) -> list[str]:
    """What is due of an enrolment, paid, or still to be paid."""
    words = case.words
    told = []
    if latest.outstanding is not None and latest.outstanding > 0:
        told.append(words("due.outstanding", amount=words.money(exactly(latest.outstanding))))
    elif latest.outstanding is not None and latest.outstanding < 0:
        told.append(words("due.overpaid", amount=words.money(exactly(-latest.outstanding))))
    elif latest.paid_by is not None and latest.paid_by != "individual":
        told.append(words("due.covered"))
    elif latest.outstanding is not None:
        told.append(words("due.paid"))
    elif latest.due is not None and latest.due.exact:
        told.append(words("due.expected", amount=words.money(latest.due)))
    else:
        told.append(words("due.unset"))
    if latest.illustrative:
        told.append(words("due.illustrative"))
    if (when := when_to_pay(latest, case)) is not None:
        told.append(when)
    if latest.pay_at:
        told.append(words("pay.here", address=latest.pay_at))
    return told


def when_to_pay(latest: EnrolmentView, case: Case) -> str | None:
    """By when to pay, where something is to be paid and the office has said when; None else."""
    found = latest.collection
    owed = latest.outstanding if latest.outstanding is not None else (latest.due.high if latest.due else None)
    if found is None or owed == 0 or (latest.outstanding is not None and latest.outstanding < 0):
        return None
    return collected(found, case.words)


def collected(found: Collection, words: Words) -> str:
    """When to pay, as it stands today."""
    days = {"first": words.date(found.first), "last": words.date(found.last)}
    if found.resumes_on is not None:
        days["resumes"] = words.date(found.resumes_on)
    return words(COLLECTED[found.stage], **days)


def household_view(case: Case, elsewhere: Sequence[tuple[str, str]] = ()) -> tuple[Reply, ...]:
    """What the family owes for this year, and for a later one for which some are enrolled already: one line each.

    `elsewhere` are those of the conversation who may not join: who they are, and the rule that says so.
    """
    year = present_year(case)
    later = {
        each.year for member in case.standing.members for each in member.enrolments if each.live and each.year > year
    }
    return (_household(case, year, elsewhere), *(_household(case, each) for each in sorted(later)))


def _household(case: Case, year: int, elsewhere: Sequence[tuple[str, str]] = ()) -> Receipt:
    words = case.words
    lines: list[Line] = []
    days: dict[str, None] = {}
    total, known, illustrative = 0, True, False
    for member in case.standing.members:
        found = member.enrolment(year)
        if found is None or not found.live:
            lines.append(Line(called(member, case), words("household.not_enrolled"), "step"))
            continue
        amount = _owed(found)
        label = words("household.member", name=called(member, case), state=words(f"state_of.{found.state}"))
        illustrative = illustrative or found.illustrative
        if (when := when_to_pay(found, case)) is not None:
            days[when] = None
        if amount is None:
            known = False
            lines.append(Line(label, words("household.unset"), "step"))
        else:
            total += amount
            lines.append(Line(label, words.money(exactly(amount)), "part"))
    lines += [Line(words(f"relation.{relation}"), reason, "step") for relation, reason in elsewhere]
    amount_told = words.money(exactly(total))
    headline = words(OWES if known else OWES_AT_LEAST if total else OWES_UNKNOWN, year=year, amount=amount_told)
    if known or total:
        lines.append(Line(words("household.total"), amount_told, "total"))
    notes = (list(days) or [words("household.when")]) if total or not known else []
    badge = words("badge.illustrative") if illustrative else ""
    return Receipt(headline, tuple(lines), tuple(notes), badge)


def _owed(found: EnrolmentView) -> int | None:
    """What a person still has to pay, in fen; None where the county has not set it."""
    if found.outstanding is not None:
        return max(found.outstanding, 0)
    return found.due.low if found.due is not None and found.due.exact else None


def permissions_view(case: Case) -> tuple[Reply, ...]:
    """Who may act for those for whom the contact decides, and how to take it back."""
    words = case.words
    told = []
    for member in case.standing.members:
        if OWN in member.scopes:
            lines = [helper_line(each, case) for each in member.helpers]
            head = PERMITTED if lines else PERMITTED_NOBODY
            told.append("\n".join([words(head, name=called(member, case)), *lines]))
    return (Text("\n".join(told)), Text(words("permissions.onward"), "note"))
