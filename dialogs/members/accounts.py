"""Several accounts of one person: linking another one by a code, seeing which there are, taking one away."""

from __future__ import annotations

from dialogs.context import Case
from dialogs.members.effects import Link, OfferLink, Unlink
from dialogs.members.enrolling import confirmed
from dialogs.members.questions import account_label
from dialogs.plans import Ask, Conclude, Do, Plan
from dialogs.replies import Reply, Text


def link(case: Case) -> Plan:
    """A code for another account of whoever is known here."""
    if case.standing.worker is not None:
        return Conclude((Text(case.words("act.not_for_staff")),))
    if not case.standing.members:
        return Conclude((Text(case.words("link.nobody")),))
    return Do(OfferLink())


def join(case: Case) -> Plan:
    """This account is to be linked to the one that gave the code: begun by the code itself, never by words."""
    code = case.particulars.get("link_code")
    if code is None:
        # Something else came in between, about somebody else.
        return Conclude((Text(case.words("act.not_done")),))
    return confirmed(case, lambda: Link(code))


def unlink(case: Case) -> Plan:
    """Take one of several accounts away from the others."""
    if len(case.standing.accounts) < 2:
        return channels(case)
    if "which_account" not in case.particulars:
        return Ask("which_account")
    return confirmed(case, lambda: Unlink(int(case.particulars["which_account"])))


def channels(case: Case) -> Plan:
    """Which accounts somebody has here."""
    if case.standing.worker is not None:
        return Conclude((Text(case.words("act.not_for_staff")),))
    if not case.standing.members:
        return Conclude((Text(case.words("link.nobody")),))
    return Conclude(_told(case))


def _told(case: Case) -> tuple[Reply, ...]:
    words = case.words
    lines = [account_label(each, case) for each in case.standing.accounts]
    if len(lines) < 2:
        return (Text(words("accounts.one")),)
    return (Text("\n".join([words("accounts.several"), *lines])), Text(words("accounts.onward"), "note"))
