"""Takes down the particulars that a message gives: typed answers, picked choices, and words that ask for an act."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import replace

from dialogs.context import N_
from dialogs.going_on import Turn
from dialogs.members.asking import PARTICULARS
from dialogs.members.codes import read_bare_code
from dialogs.members.effects import Redeem
from dialogs.members.identity import IdentityProblem, IdentityReason
from dialogs.members.names import is_name
from dialogs.members.particulars import Particulars, find_particulars
from dialogs.members.questions import EVERYBODY, MOST_CHOICES
from dialogs.naming import Naming
from dialogs.questions import CORRECT, GOAL, goals_of, summary
from dialogs.replies import Question, Text
from dialogs.understanding import Findings, understand
from dialogs.understanding.dates import counted_from
from dialogs.understanding.identity import identity_spans
from dialogs.understanding.text import fold, is_digit
from dialogs.understanding.tokens import cut
from policy_engine.errors import PolicyError
from policy_engine.facts import Value

_TYPED = frozenset({"name", "identity", "phone", "new_phone"})
_EARLIEST = 1900
"""No day of a certificate or a death that is recorded here is of a year before."""
_FEWEST_DIGITS = 7
"""A message with fewer holds neither an identity number nor a telephone."""
_DAYS = frozenset({"certificate_until", "permit_until", "died_on"})
_DAY = re.compile(
    r"(?<!\d)(\d{4})\s?[年/.\-]\s?(\d{1,2})\s?[月/.\-]\s?(\d{1,2})(?!\d)|(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)"
)
_NUMBER = re.compile(r"(?=\D{0,20}\d)[A-Za-z0-9\u4e00-\u9fff()（）〔〕\-]{4,40}")
_SAYS_HOW = frozenset({"remind", "unremind"})
"""Acts of which the words that ask for them are the answer as well."""
_REPAIRS = frozenset(
    {"back", "cancel", "restart", "help", "repeat", "skip", "unknown", "language", "large_text", "correct", "readings"}
)
_PROBLEMS = {
    IdentityReason.LENGTH: N_("identity.length"),
    IdentityReason.CHARACTERS: N_("identity.characters"),
    IdentityReason.REGION: N_("identity.region"),
    IdentityReason.DATE: N_("identity.date"),
    IdentityReason.FUTURE: N_("identity.future"),
    IdentityReason.TOO_OLD: N_("identity.too_old"),
    IdentityReason.CHECK: N_("identity.check"),
    IdentityReason.NOT_ACCEPTED: N_("identity.not_accepted"),
}


class Taking(Naming):
    """What members say: who they are, what they want done, and whether it is right so."""

    def member_turn(self, text: str, findings: Findings, asked: Question | None) -> Turn | None:
        """The turn for a particular, a code or an act; None for anything else."""
        open_one = asked.fact if asked is not None and asked.fact in PARTICULARS else None
        found = self._particulars(text, open_one)
        if found.code is not None and findings.command is None:
            relation = str(findings.values().get("subject", "other"))
            return self.effect(Redeem(found.code, "other" if relation == "self" else relation))
        act = self._act_in(text, findings)
        if (
            act is not None
            and not (findings.choice is not None and open_one)
            and (act in _SAYS_HOW or act not in self.conversation.flows[-1:])
        ):
            return self.act(act, text, findings)
        if open_one is None and found.identity is not None and not findings.facts and findings.intent is None:
            return self.again(Text(self.words("identity.unasked")))
        if open_one == "confirm" and findings.command == "correct" and self.conversation.flows[-1:] == ("join",):
            # There is nothing to correct about whose account it is: it is another's.
            return self.particular_picked("confirm", "no")
        if open_one is None or findings.command in _REPAIRS or findings.command in ("delete_my_data", "export_my_data"):
            return None
        if findings.choice is not None:
            return self.particular_picked(open_one, findings.choice)
        if open_one in _DAYS:
            return self._day(open_one, text)
        if open_one in _TYPED:
            return self._typed(open_one, found, findings)
        if open_one == "community":
            return self._community(text)
        if open_one == "certificate_number" and findings.intent is None and (typed := _NUMBER.search(text)):
            return self.take({"certificate_number": typed.group()})
        return None

    def _act_in(self, text: str, findings: Findings) -> str | None:
        """The act that a message asks for; not a death or a move that it only tells of, to enrol somebody else."""
        act, rest = self.context.acts.found(text) or (None, "")
        if act in ("death", "move") and findings.intent == "enrol" and not findings.because:
            lexicons = self.context.lexicons(self.conversation.locale)
            return None if understand(rest, None, lexicons).intent == "enrol" else act
        return act

    def sober(self, text: str, findings: Findings, asked: Question | None) -> Findings:
        """The findings without what was judged by likeness, where it cannot be trusted.

        Names and numbers are like nothing else that people say: 张秀英 is no wish for English.
        """
        if not findings.because:
            return findings
        particular = asked is not None and asked.fact in PARTICULARS
        name = is_name(text) and self.context.names.has_surname(text)
        if particular or name or identity_spans(fold(text)):
            return replace(findings, command=None, intent=None)
        return findings

    def act(self, act: str, text: str, findings: Findings) -> Turn:
        """Begin an act that was asked for in words."""
        if act == "next_client":
            return self.next_client()
        if "enrol" not in goals_of(self.case().scheme):
            return self.again(Text(self.words("no_members", scheme=self.scheme())))
        said = {"about": str(findings.values().get("subject", EVERYBODY))}
        if act in _SAYS_HOW:
            kinds = " ".join(self.context.acts.reminders(text))
            said["reminders"] = f"{'on' if act == 'remind' else 'off'} {kinds}"
        return self.begin_act(act, said)

    def next_client(self) -> Turn:
        """A worker turns to somebody else: nothing of the one before is kept."""
        if self.context.standing.worker is None:
            return self.again(Text(self.words("act.not_staff")))
        before = self.conversation
        self.conversation = type(before)(before.locale, before.large_text, asked=GOAL)
        return self.again(Text(self.words("client.next")))

    def particular_picked(self, name: str, choice: str) -> Turn:
        """The turn for a choice that was picked."""
        if name == "more":
            return self._more(choice)
        if name == "consent" and choice == "no":
            return self.leave(Text(self.words("enrol.no_consent")))
        if name == "confirm" and choice == "no" and self.conversation.flows[-1:] == ("enrol",):
            self.conversation = replace(self.conversation, asked=CORRECT)
            return self.again(Text(self.words("enrol.what_to_change")))
        return self.take({name: choice})

    def take(self, said: Mapping[str, str], facts: Mapping[str, Value] | None = None, *notes: Text) -> Turn:
        """Take particulars down, and facts that follow from them, and go on."""
        forgotten = ("age",) if facts and "birth_date" in facts else ()
        # A confirmation is for what was shown: whatever is said afterwards has to be confirmed anew.
        forgotten = forgotten if "confirm" in said else (*forgotten, "confirm")
        step = self.conversation.step(said={**(facts or {}), **said}, forgotten=forgotten)
        before, self.conversation = self.conversation, self.conversation.with_step(step)
        told = [name for name in said if name != before.asked and name in _TYPED]
        if told:
            case = self.case()
            notes = (
                *notes,
                Text(self.words("noted", facts=self.words.listed([summary(each, case) for each in told])), "note"),
            )
        try:
            return self.advance(*notes)
        except PolicyError as error:
            # A day of birth that the rules cannot be for: nobody is enrolled by it.
            self.conversation = before
            return self.again(Text(error.said(self.words.source), "warning"))

    def _particulars(self, text: str, open_one: str | None) -> Particulars:
        """What a message says of somebody; looked for only where it can hold a number or a code, or is asked for."""
        if open_one is None and (code := read_bare_code(text)) is not None:
            return Particulars(code=code)
        folded = fold(text)
        likely = (
            open_one in _TYPED
            or sum(map(is_digit, folded)) >= _FEWEST_DIGITS
            or "-" in folded
            or any(word in folded for word in self.context.names.code)
        )
        if not likely:
            return Particulars()
        return find_particulars(text, self.context.today, self._wanted(open_one), self.context.names)

    def _wanted(self, open_one: str | None) -> str | None:
        if open_one == "new_phone":
            return "phone"
        return open_one if open_one in _TYPED else None

    def _typed(self, asked: str, found: Particulars, findings: Findings) -> Turn | None:
        """Name, identity number and telephone, whichever of them a message gives."""
        if found.several:
            return self.again(Text(self.words("identity.several")))
        said: dict[str, str] = {}
        facts: dict[str, Value] = {}
        notes: list[Text] = []
        if isinstance(found.identity, IdentityProblem):
            notes.append(Text(self._problem(found.identity), "warning"))
        elif found.identity is not None:
            said["identity"] = f"{found.identity.kind.value}:{found.identity.number}"
            if found.identity.birth_date is not None:
                facts["birth_date"] = found.identity.birth_date
            if found.identity.converted:
                notes.append(Text(self.words("identity.converted"), "note"))
        if found.name is not None and (findings.intent is None or asked == "name"):
            said["name"] = found.name
        if found.phone is not None:
            said["new_phone" if asked == "new_phone" else "phone"] = found.phone
        if said:
            return self.take(said, facts, *notes)
        if notes:
            return self.again(*notes)
        if findings.command == "no" and not PARTICULARS[asked].needed:
            return self.unsure()
        if asked == "name" and not findings.facts and findings.intent is None:
            return self.missed_particular(N_("name.unread"))
        return None

    def missed_particular(self, message: str) -> Turn:
        """Not understood: how to write it; after three times, who can help."""
        misses = self.conversation.misses + 1
        self.conversation = replace(self.conversation, misses=misses)
        told = self.words(message) if misses < 3 else self.words("missed.often", office=self.office())
        return self.again(Text(told))

    def _problem(self, problem: IdentityProblem) -> str:
        """What is wrong with an identity number, and what to look at. The number is not said again."""
        if problem.swapped:
            first, second = problem.swapped
            return self.words("identity.check_swapped", first=first, second=second)
        return self.words(_PROBLEMS[problem.reason], length=problem.length, office=self.office())

    def _day(self, name: str, text: str) -> Turn | None:
        found = _DAY.search(fold(text))
        if found is None:
            on = self._counted(text) if name == "died_on" else None
            if on is None:
                return None
        else:
            year, month, day = (int(each) for each in found.groups() if each is not None)
            try:
                on = datetime.date(year, month, day)
            except ValueError:
                return self.again(Text(self.words("day.impossible")))
        if on.year < _EARLIEST:
            return self.again(Text(self.words("day.impossible")))
        if name == "died_on" and on > self.context.today:
            return self.again(Text(self.words("day.future")))
        return self.take({name: on.isoformat()})

    def _counted(self, text: str) -> datetime.date | None:
        """The day that is counted from today: 昨天, 上个月3号; 2月28日 is the last one that there was."""
        today, folded = self.context.today, fold(text)
        lexicons = self.context.lexicons(self.conversation.locale)
        without_year = (each.date.month_day for each in cut(folded, lexicons).tokens if each.date)
        whole = (each.date for each in cut(folded, lexicons, today).tokens if each.date and each.date.day)
        found = next(whole, None)
        if found is None or found.day is None:
            return None
        named = next((each for each in without_year if each), None)
        if found.day > today and named == (found.day.month, found.day.day):
            return counted_from(today, "years", -1, named)
        return found.day

    def _community(self, text: str) -> Turn | None:
        case = self.case()
        there = case.communities(case.county or str(case.facts.get("county", "")))
        typed = fold(text).strip()
        fitting = [
            (key, label) for key, label in there if fold(label) in typed or (len(typed) > 1 and typed in fold(label))
        ]
        if len(fitting) == 1:
            return self.take({"community": str(fitting[0][0])})
        if len(fitting) > 1:
            names = self.words.listed([label for _, label in fitting[:MOST_CHOICES]])
            return self.again(Text(self.words("community.several", names=names)))
        return None

    def _more(self, choice: str) -> Turn:
        """After one person is enrolled: the next of the family, or what all of them come to."""
        if choice == "none":
            return self.household_done()
        self.conversation = self.conversation.without(choice)
        step = self.conversation.step(subject=choice, flows=("enrol",))
        self.conversation = self.conversation.with_step(step)
        return self.proceed(Text(self.case().say("subject.now"), "note"))
