"""The questions about particulars, and what was answered to them in a few words."""

from __future__ import annotations

import datetime

from dialogs.context import N_, Case
from dialogs.members.asking import OF_AN_ACT, PARTICULARS
from dialogs.members.identity import mask_number
from dialogs.members.standing import Account, Helper, Member
from dialogs.members.years import present_year, renewal_year, withdrawal_year
from dialogs.replies import Choice, Question

EVERYBODY = "everybody"
"""Whom an act is about, where nobody was named."""

MOST_CHOICES = 9
"""Choices that people still find their way in; where there are more, the answer is typed."""

SUMMARISED = (
    "name",
    "identity",
    "phone",
    "community",
    "certificate_number",
    "certificate_until",
    "permit_until",
    "setting",
    "new_phone",
    "move_to",
    "died_on",
    "scope",
    "lasts",
    "notices",
)
"""What can be corrected by name or number, in the order in which it is read back."""

_CONFIRMED = {
    "enrol": N_("confirm.enrol"),
    "renew": N_("confirm.renew"),
    "withdraw": N_("confirm.withdraw"),
    "move": N_("confirm.move"),
    "phone": N_("confirm.phone"),
    "death": N_("confirm.death"),
    "grant": N_("confirm.grant"),
    "revoke": N_("confirm.revoke"),
    "join": N_("confirm.join"),
    "unlink": N_("confirm.unlink"),
    "hardship": N_("confirm.hardship"),
    "erase": N_("confirm.erase"),
}


def particular_question(name: str, case: Case) -> Question:
    """The question for a particular. A choice that is not needed can be skipped, and the hint says so."""
    asking = PARTICULARS[name]
    words = case.words
    choices = tuple(Choice(value, words(label)) for value, label in asking.choices)
    if name == "who":
        choices = tuple(Choice(str(each.key), called(each, case)) for each in case.standing.members)
    elif name == "which_helper":
        choices = _helpers(case)
    elif name == "which_account":
        choices = tuple(Choice(str(each.key), account_label(each, case)) for each in case.standing.accounts)
    elif name == "move_to":
        here = _county_of(case)
        counties = case.scheme.counties
        choices = tuple(Choice(each, words.source(counties[each].name)) for each in case.counties if each != here)
    elif name == "community":
        there = case.communities(str(case.facts.get("county", "")))
        choices = tuple(Choice(str(key), label) for key, label in there) if len(there) <= MOST_CHOICES else ()
    elif name == "more":
        choices = tuple(each for each in choices if not _enrolled_already(each.value, case))
    text = confirmation(case) if name == "confirm" else case.say(asking.ask, **_params(name, case))
    if name == "who" and not spoken_of(case):
        text = f"{not_on_record(case)}\n{text}"
    hint = words("hint.skip") if not asking.needed else ""
    return Question(name, text, choices, hint)


def confirmation(case: Case) -> str:
    """What is about to be done, item by item, and whether it is right so."""
    staff = case.standing.worker is not None
    # What an enrolment that is interrupted was told is of somebody else, and is read back with it alone.
    read = [
        each
        for each in SUMMARISED
        if case.flow == "enrol" or each in OF_AN_ACT or (staff and each in ("identity", "setting"))
    ]
    told = [particular_summary(each, case) for each in read if each in case.particulars]
    return case.say(_CONFIRMED[case.flow], summary="\n".join(told), **_params("confirm", case)).strip("\n")


def correctable(case: Case) -> list[str]:
    """The particulars so far that can be given anew."""
    return [name for name in SUMMARISED if name in case.particulars]


def particular_summary(name: str, case: Case) -> str:
    """One particular in a few words. Of a number only a part is shown."""
    value = case.particulars[name]
    words = case.words
    if name == "identity":
        return words("given.identity", number=mask_number(value.partition(":")[2]))
    if name in ("certificate_until", "permit_until", "died_on"):
        return words(f"given.{name}", date=words.date(datetime.date.fromisoformat(value)))
    if name == "certificate_number":
        return words("given.certificate_number", number=mask_number(value))
    if name == "move_to":
        return words("given.move_to", county=words.source(case.scheme.counties[value].name))
    if name == "community":
        label = next((label for key, label in case.communities(_county_of(case)) if str(key) == value), value)
        return words("given.community", community=label)
    if name in ("name", "phone", "new_phone"):
        return words(f"given.{name}", value=value)
    return words(f"given.{name}", value=words(dict(PARTICULARS[name].choices)[value]))


def called(member: Member, case: Case) -> str:
    """A member as this contact knows them: name, and who it is to them, where that is known."""
    if member.relation == "other":
        return member.name
    return case.words("member.called", name=member.name, relation=case.words(f"relation.{member.relation}"))


def chosen(case: Case) -> Member | None:
    """The member whom the present goal is about, where that is settled."""
    if case.flow == "enrol":
        return None
    who = case.particulars.get("who")
    if who is not None:
        return case.standing.by_key(who)
    related = spoken_of(case)
    return related[0] if len(related) == 1 else None


def spoken_of(case: Case) -> tuple[Member, ...]:
    """The members whom the present goal may be about: those who were named, or all of them."""
    about = case.particulars.get("about", EVERYBODY)
    return case.standing.members if about == EVERYBODY else case.standing.related(about)


def not_on_record(case: Case) -> str:
    """That the person whom the present goal was said to be about is not among those of this contact."""
    return case.words("act.not_on_record", who=case.words(f"who.{case.particulars['about']}"))


def _params(name: str, case: Case) -> dict[str, object]:
    member = chosen(case)
    params: dict[str, object] = {
        "year": _year(case, member),
        "name": member.name if member else case.particulars.get("name", case.who),
    }
    if name == "confirm" and case.flow == "join":
        params["whose"] = case.particulars.get("link_whose", "")
    if name == "confirm" and case.flow == "unlink":
        wanted = case.particulars.get("which_account")
        labels = {str(each.key): account_label(each, case) for each in case.standing.accounts}
        params["account"] = labels.get(wanted or "", "")
    if name in ("certificate_number", "certificate_until"):
        kind = case.facts.get("hardship_certificate", "none")
        params["certificate"] = case.words(f"value.hardship_certificate.{kind}")
    return params


def _year(case: Case, member: Member | None) -> int:
    if case.flow == "renew":
        return renewal_year(case, member)
    return withdrawal_year(case, member) if case.flow == "withdraw" else present_year(case)


def _helpers(case: Case) -> tuple[Choice, ...]:
    member = chosen(case)
    told = [Choice(str(each.key), helper_line(each, case)) for each in (member.helpers if member else ())]
    return (*told, Choice("all", case.words("label.all_helpers"))) if len(told) > 1 else tuple(told)


def helper_line(helper: Helper, case: Case) -> str:
    """One who may act for a member: who, what for, until when."""
    words = case.words
    scopes, expires = helper.scopes, helper.expires_on
    scope = words("value.scope.act") if "act" in scopes else words("value.scope.look")
    who = words("helper.waiting") if helper.waiting else words(f"helper.{helper.relation}")
    if expires is None:
        return words("helper.line", who=who, scope=scope)
    return words("helper.line_until", who=who, scope=scope, date=words.date(expires))


def account_label(account: Account, case: Case) -> str:
    """An account in a few words: its channel, since when, and whether it is the one that asks."""
    words = case.words
    named = f"export.channel.{account.channel}"
    channel = words(named) if words.has(named) else account.channel
    date = words.date(account.since)
    if account.here:
        return words("accounts.here", channel=channel, date=date)
    return words("accounts.line", channel=channel, date=date)


def _county_of(case: Case) -> str:
    member = chosen(case)
    latest = member.latest if member else None
    return latest.county if latest else str(case.facts.get("county", case.county or ""))


def _enrolled_already(relation: str, case: Case) -> bool:
    """Whether there is but one such person and they are enrolled: oneself, the spouse, a parent."""
    if relation in ("child", "none"):
        return False
    year = present_year(case)
    known = [each.enrolment(year) for each in case.standing.related(relation)]
    return any(each is not None and each.live for each in known)
