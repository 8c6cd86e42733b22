"""What is said once something was done to the members, or was refused; and where the conversation goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from dialogs.context import N_, Case, Context
from dialogs.conversation import Conversation
from dialogs.going_on import Progress, Turn
from dialogs.members.acts import REMINDERS
from dialogs.members.effects import (
    AskHardship,
    ChangePhone,
    ChooseNotices,
    ChooseReminders,
    Die,
    Done,
    Effect,
    Enrol,
    Erase,
    Export,
    Grant,
    Link,
    LookUp,
    Move,
    OfferLink,
    Outcome,
    Redeem,
    Refused,
    Renew,
    Revoke,
    Unlink,
    Withdraw,
)
from dialogs.members.standing import Member
from dialogs.members.views import household_view, money_lines, status_view
from dialogs.questions import GOAL
from dialogs.replies import Attachment, Reply, Text
from policy_engine.contribution import contribution
from policy_engine.eligibility import eligibility
from policy_engine.errors import PolicyError

_REMINDED = {
    "opening": N_("reminders.opening"),
    "deadline": N_("reminders.deadline"),
    "late": N_("reminders.late"),
}
"""What each kind of reminder is called."""


def concluded(conversation: Conversation, effect: Effect, outcome: Outcome, context: Context) -> Turn:
    """The turn after an effect. `context` is as things stand now that it was done."""
    return Concluding(conversation, context).after(effect, outcome)


class Concluding(Progress):
    """What follows an effect."""

    def after(self, effect: Effect, outcome: Outcome) -> Turn:
        """The turn that tells how it went."""
        if isinstance(outcome, Refused):
            return self._refused(effect, outcome)
        handlers: dict[type[Any], Callable[[Any, Done], Turn]] = {
            Enrol: self._enrolled,
            LookUp: self._looked_up,
            Renew: self._renewed,
            Withdraw: self._withdrawn,
            Move: self._moved,
            ChangePhone: self._plain(N_("phone.done")),
            Die: self._plain(N_("death.done")),
            Grant: self._granted,
            Revoke: self._plain(N_("revoke.done")),
            Redeem: self._redeemed,
            OfferLink: self._offered,
            Link: self._plain(N_("link.done")),
            Unlink: self._unlinked,
            ChooseNotices: self._plain(N_("notices.done")),
            ChooseReminders: self._reminded,
            AskHardship: self._plain(N_("hardship.done")),
            Export: self._exported,
            Erase: self._erased,
        }
        return handlers[type(effect)](effect, outcome)

    def ended(self, *replies: Reply) -> Turn:
        """The end of an act: nothing that was said for it stays; what it interrupted goes on."""
        if self.context.standing.worker is not None:
            before = self.conversation
            self.conversation = Conversation(before.locale, before.large_text, asked=GOAL)
            return self.again(*replies, Text(self.words("client.done"), "note"))
        conversation = self.act_over() if self.conversation.steps else self.conversation
        self.conversation = replace(conversation, asked=None)
        return self.proceed(*replies) if self.conversation.flows else self.turn(*replies)

    def _plain(self, message: str) -> Callable[[Effect, Done], Turn]:
        return lambda _effect, done: self.ended(Text(self.words(message, **self._told(done))))

    def _told(self, done: Done) -> dict[str, Any]:
        """The details as they are written in this language."""
        told = dict(done.details)
        if "county" in told:
            told["county"] = self.words.source(self.case().scheme.counties[told["county"]].name)
        for name in ("on", "expires_on"):
            if told.get(name) is not None:
                told[name] = self.words.date(told[name])
        return {"name": "", "office": self.office(), **told}

    def _refused(self, effect: Effect, refused: Refused) -> Turn:
        reply = Text(refused.told, "warning")
        if isinstance(effect, Redeem):
            return self.again(reply)
        return self.ended(reply)

    def _enrolled(self, effect: Enrol, done: Done) -> Turn:
        words = self.words
        case = self.case()
        if done.details.get("state"):
            told = words("enrol.known", name=effect.name, state=words(f"state_of.{done.details['state']}"))
            replies: list[Reply] = [Text(told)]
        else:
            replies = [Text(case.say("enrol.submitted", name=effect.name, office=self.office()))]
            replies.append(Text("\n".join(self._dues(case))))
            if self.context.standing.worker is None and not self.context.standing.reminded:
                replies.append(Text(words("reminders.offer"), "note"))
        if self.context.standing.worker is not None:
            return self.ended(*replies)
        conversation = self.conversation.without(self.conversation.subject)
        self.conversation = replace(conversation, asked=None)
        if self.conversation.waiting:
            return self.proceed(*replies, self.next_person())
        self.conversation = replace(self.conversation, asked="more")
        return self.again(*replies)

    def _dues(self, case: Case) -> list[str]:
        """What the person will pay once the office has verified it: worked out from what was stated, whoever asks."""
        due = contribution(case.scheme, case.facts, today=case.today)
        words = self.words
        own = next((part for part in due.parts if part.line == "own_part"), None)
        if own is not None and own.payer not in ("individual", "undecided"):
            told = [words("due.will_be_covered")]
        elif due.person_pays.exact:
            told = [words("due.will_be", amount=words.money(due.person_pays))]
        else:
            told = [words("due.unset")]
        return [*told, words("due.illustrative")] if due.illustrative else told

    def _looked_up(self, _effect: LookUp, done: Done) -> Turn:
        member = done.details["member"]
        assert isinstance(member, Member)  # noqa: S101
        return self.ended(*status_view(self.case(), (member,)))

    def _renewed(self, effect: Renew, done: Done) -> Turn:
        told = [self.words("renew.done", year=effect.year, **self._told(done))]
        member = next((each for each in self.context.standing.members if each.key == effect.whom), None)
        found = member.enrolment(effect.year) if member else None
        if found is not None:
            told += money_lines(found, self.case())
        return self.ended(Text("\n".join(told)))

    def _withdrawn(self, _effect: Withdraw, done: Done) -> Turn:
        message = N_("withdraw.taken_back") if done.details.get("taken_back") else N_("withdraw.done")
        return self.ended(Text(self.words(message, **self._told(done))))

    def _moved(self, _effect: Move, done: Done) -> Turn:
        message = N_("move.done_covered") if done.details.get("covered") else N_("move.done")
        return self.ended(Text(self.words(message, **self._told(done))))

    def _granted(self, _effect: Grant, done: Done) -> Turn:
        told = self._told(done)
        scope = self.words("value.scope.act" if "act" in done.details["scopes"] else "value.scope.look")
        return self.ended(
            Text(self.words("grant.done", **{**told, "scope": scope})), Text(self.words("grant.onward"), "note")
        )

    def _redeemed(self, _effect: Redeem, done: Done) -> Turn:
        if "link_code" in done.details:
            return self.begin_act("join", done.details)
        told = self._told(done)
        if "login" in done.details:
            self.conversation = Conversation(self.conversation.locale, self.conversation.large_text, asked=GOAL)
            return self.again(Text(self.words("staff.bound", **told)))
        scope = self.words("value.scope.act" if "act" in done.details["scopes"] else "value.scope.look")
        return self.again(Text(self.words("redeem.done", **{**told, "scope": scope})))

    def _offered(self, _effect: OfferLink, done: Done) -> Turn:
        told = Text(self.words("link.offered", code=done.details["code"], minutes=done.details["minutes"]))
        return self.ended(told, Text(self.words("link.onward"), "note"))

    def _unlinked(self, _effect: Unlink, done: Done) -> Turn:
        return self.ended(Text(self.words(N_("unlink.done_here") if done.details["here"] else N_("unlink.done"))))

    def _reminded(self, _effect: ChooseReminders, done: Done) -> Turn:
        kinds = [self.words(_REMINDED[each]) for each in REMINDERS if each in done.details["kinds"]]
        if not kinds:
            return self.ended(Text(self.words("reminders.none")))
        return self.ended(Text(self.words("reminders.wanted", kinds=self.words.listed(kinds))))

    def _exported(self, _effect: Export, done: Done) -> Turn:
        name = self.words("export.file_name", date=self.context.today.isoformat())
        told = (Text(self.words("export.done")), Attachment(name, done.details["text"], self.words("export.label")))
        return self.again(*told) if self.conversation.asked is not None else self.turn(*told)

    def _erased(self, _effect: Erase, done: Done) -> Turn:
        self.conversation = Conversation(self.conversation.locale, self.conversation.large_text, asked=GOAL)
        held: Sequence[tuple[str, str]] = done.details["held"]
        if not held:
            return self.turn(Text("\n".join([self.words("erase.done"), self.words("erase.kept")])))
        told = [self.words("erase.held", name=name, why=why) for name, why in held]
        return self.turn(Text("\n".join([self.words("erase.partly"), *told]), "warning"))


def insured_elsewhere(progress: Progress) -> list[tuple[str, str]]:
    """Those of whom the conversation knows that they may not join: who it is, and why, in a few words."""
    found = []
    conversation = progress.conversation
    people = dict.fromkeys(
        (*(step.subject for step in conversation.steps), *(who for step in conversation.steps for who in step.besides))
    )
    for subject in people:
        case = progress.case_in(conversation.with_step(conversation.step(subject=subject)))
        if not case.facts or not case.scheme.may_join:
            continue
        try:
            joining = eligibility(case.scheme, case.facts, today=case.today)
        except PolicyError:
            continue
        if joining.outcome == "ineligible":
            insured = case.facts.get("employee_insured")
            reason = N_("household.employee_insured") if insured else N_("household.may_not_join")
            found.append((subject, progress.words(reason)))
    return found


def household_told(progress: Progress) -> tuple[Reply, ...]:
    """The plan of the household, with those who are insured elsewhere."""
    return household_view(progress.case(), insured_elsewhere(progress))
