"""One turn: from a conversation and what was just said to the conversation after it and what is answered.

Pure: the same conversation, words and day give the same turn. The order is: commands first, then facts and goals,
then whatever the present goal needs next.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dialogs.context import N_, Context
from dialogs.conversation import SHARED, Conversation
from dialogs.flows import FLOWS, plan
from dialogs.going_on import Turn
from dialogs.members.reminded import REMINDED, reminded_choice
from dialogs.members.taking_up import TakingUp
from dialogs.naming import NEITHER
from dialogs.questions import (
    ASKABLE,
    CORRECT,
    GOAL,
    HOSPITAL,
    RESUME,
    UNSURE,
    expecting,
    goal_question,
    goals_of,
    summary,
)
from dialogs.repairs import INSTEAD
from dialogs.replies import HandOver, Question, Reply, Text
from dialogs.understanding import Findings, Person, understand
from dialogs.understanding.text import fold
from policy_engine.errors import PolicyError
from policy_engine.facts import Value

__all__ = ["ELSEWHERE", "LONGEST", "Turn", "ask_again", "greet", "open_question", "respond"]

LONGEST = 2000
"""Characters of one message. More is asked to be said in shorter words."""

CHECKED = frozenset(
    {"age", "birth_date", "admission_date", "provider", "bill_total", "reportable_cost", "class_b_cost"}
)
"""Facts that can be impossible, alone or together."""

ELSEWHERE = ("reminder_settings", "complaint", "human")
"""Intents that this version answers with whom to turn to."""


def greet(locale: str, context: Context) -> Turn:
    """The first words to somebody who has not said anything yet."""
    responder = _Responder(Conversation(locale, asked=GOAL), context)
    return responder.turn(*responder.greeting())


def respond(conversation: Conversation, text: str, context: Context) -> Turn:
    """The turn that answers `text`."""
    return _Responder(conversation, context).answer(text)


def open_question(conversation: Conversation, context: Context) -> Question | None:
    """The question that is open, as it was asked; None where none is."""
    return _Responder(conversation, context).open_question()


def ask_again(conversation: Conversation, context: Context, *before: Reply) -> Turn:
    """The turn that says something, and asks the open question again; where none is open, what one can come for."""
    return _Responder(conversation, context).again(*before)


class _Responder(TakingUp):
    """What was said becomes facts and goals."""

    def answer(self, text: str) -> Turn:
        """The turn for what was said. Those of whom a reminder told are kept while they are asked about."""
        asked = self.conversation.reminded
        turn = self.answered(text)
        if not asked or turn.conversation.asked == REMINDED or turn.conversation.reminded != asked:
            return turn
        return replace(turn, conversation=replace(turn.conversation, reminded=()))

    def answered(self, text: str) -> Turn:
        """The turn for what was said."""
        text = text.strip()
        if len(text) > LONGEST:
            return self.again(Text(self.words("too_long", most=LONGEST)))
        if not text:
            return self.again(Text(self.words("empty")))
        asked = self.open_question()
        lexicons = self.context.lexicons(self.conversation.locale)
        findings = self.sober(text, understand(text, expecting(asked), lexicons, self.today()), asked)
        if asked is not None and findings.choice == UNSURE:
            findings = replace(findings, command="unknown", choice=None)
        if self.conversation.asked == HOSPITAL and findings.command in ("unknown", "skip"):
            return self.hospital_picked(NEITHER)
        if asked is not None and asked.fact == REMINDED and (choice := reminded_choice(text, findings, asked)):
            return self.reminded_picked(choice)
        return (
            self.member_turn(text, findings, asked)
            or self.aside(text, findings, asked)
            or self.command(findings)
            or self.picked(findings, asked)
            or self.told(text, findings, asked)
        )

    def today(self) -> datetime.date | None:
        """The day that people count from; None where the scheme does not go so far, and no such day can be used."""
        scheme, today = self.case().scheme, self.context.today
        return today if scheme.start <= today <= scheme.end else None

    def picked(self, findings: Findings, asked: Question | None) -> Turn | None:
        """The turn for an answer to a question about the conversation itself."""
        if asked is None or findings.choice is None:
            return None
        if asked.fact == GOAL:
            return self.told("", replace(findings, intent=findings.choice, choice=None), None)
        if asked.fact == CORRECT:
            return self.forget(findings.choice)
        if asked.fact == HOSPITAL:
            return self.hospital_picked(findings.choice)
        if asked.fact == RESUME:
            return self.proceed() if findings.choice == "yes" else self.restart()
        return None

    def told(self, text: str, findings: Findings, asked: Question | None) -> Turn:
        """The turn for facts and goals."""
        facts, which = self.settle_hospital(findings.values(), *self.hospitals_named(text, findings))
        if asked is not None and findings.choice is not None and asked.fact == "county":
            facts["county"] = findings.choice
        if "county" not in facts and (named := self.county_named(text)) is not None:
            facts["county"] = named
        facts = {name: value for name, value in facts.items() if self.sayable(name, value)}
        if findings.intent in FLOWS and findings.intent not in goals_of(self.case().scheme):
            return self.without_rules(findings, facts)
        if facts or findings.intent in FLOWS:
            corrected = findings.command == "correct"
            volunteered = corrected or bool(set(facts) - {self.conversation.asked, "subject"})
            noted = (N_("corrected") if corrected else N_("noted")) if volunteered else None
            turn = self.record(facts, findings.intent, noted, findings.others)
            needed = which is not None and self.conversation.flows[-1:] in ((), ("estimate",))
            return self.ask_which(turn, which) if which is not None and needed else turn
        if findings.intent == "human" and self.context.humans:
            return self.turn(HandOver(self.words("human.handed_over", word=self.words("human.back"))))
        if findings.intent == "reminder_settings" and "enrol" in goals_of(self.case().scheme):
            return self.begin_act("remind", {})
        if findings.intent in ELSEWHERE:
            return self.again(Text(self.words(f"elsewhere.{findings.intent}", office=self.office())))
        match findings.intent or findings.command:
            case "greeting" if not self.conversation.flows:
                self.conversation = replace(self.conversation, asked=GOAL)
                return self.turn(*self.greeting())
            case "greeting":
                return self.again(Text(self.words("greeting.again")))
            case "thanks" if self.conversation.asked is None:
                return self.turn(Text(self.words("thanks")))
            case "thanks":
                return self.again(Text(self.words("thanks")))
            case "out_of_scope":
                return self.again(Text(self.words("out_of_scope", scheme=self.scheme())))
        return self.missed()

    def without_rules(self, findings: Findings, facts: Mapping[str, Value]) -> Turn:
        """The turn for a goal on which the scheme says nothing. What was said besides is kept."""
        told = self.words("no_rules", scheme=self.scheme(), flow=self.words(f"flow.{findings.intent}"))
        turn = self.record(facts, None, N_("noted")) if facts else self.again()
        return replace(turn, replies=(Text(told), *turn.replies))

    def greeting(self) -> tuple[Reply, ...]:
        """The first words, and what one can come for."""
        return (Text(self.words("greeting", scheme=self.scheme())), goal_question(self.case()))

    def county_named(self, text: str) -> str | None:
        """The county made up for trials that a text names; None for none. The lexicons have the names of real ones."""
        said, counties = fold(text), self.case().scheme.counties
        for name in self.context.counties:
            if counties[name].illustrative and self.context.county is None:
                called = (self.context.languages(each).source(counties[name].name) for each in self.context.locales)
                if any(fold(each) in said for each in called):
                    return name
        return None

    def sayable(self, fact: str, value: Value) -> bool:
        return fact != "county" or self.offered(value)

    def missed(self) -> Turn:
        """Not understood: first the question again, then an easier way, then a person."""
        misses = self.conversation.misses + 1
        self.conversation = replace(self.conversation, misses=misses)
        if misses == 1:
            return self.again(Text(self.words("missed.once")))
        if misses == 2:
            asked = self.open_question()
            numbered = asked is not None and len(asked.choices) > 1
            return self.again(Text(self.words("missed.twice.choices") if numbered else self.words("missed.twice")))
        return self.again(Text(self.words("missed.often", office=self.office())))

    def record(
        self, facts: Mapping[str, Value], intent: str | None, noted: str | None, others: Sequence[Person] = ()
    ) -> Turn:
        """Take down what was said, then go on with the present goal. `noted` is the message that reads it back."""
        before = self.conversation
        subject = self.subject_of(facts)
        said = {name: value for name, value in facts.items() if name != "subject"}
        known = before.with_step(before.step(subject=subject))
        by_number = "age" in said and "identity" in known.particulars() and "birth_date" in known.facts()
        if by_number:
            del said["age"]
        besides = {other.subject: self.told_of(other) for other in others}
        replaced = tuple(INSTEAD[name] for name in said if name in INSTEAD and INSTEAD[name] not in said)
        waiting = tuple(dict.fromkeys((*(each for each in before.waiting if each != subject), *besides)))
        step = before.step(
            subject=subject, flows=self.goals(intent), said=said, forgotten=replaced, besides=besides, waiting=waiting
        )
        self.conversation = before.with_step(step)
        case = self.case()
        aside: list[str] = []
        if besides:
            aside.append(self.words("several", first=case.who, rest=self.named(waiting)))
        elif step.subject != before.subject:
            aside.append(case.say("subject.now"))
        if noted is not None and said:
            aside.append(self.words(noted, facts=self.words.listed([summary(name, case) for name in said])))
        if by_number:
            aside.append(self.words("age.by_number"))
        opening = [Text("\n".join(aside), "note")] if aside else []
        try:
            if CHECKED & said.keys() and case.scheme.benefits is not None and step.flows[-1:] != ("estimate",):
                # Whatever the present goal, or none: what cannot be must not lie in wait for a later one.
                plan("estimate", case)
            return self.advance(*opening)
        except PolicyError as error:
            self.conversation = before
            return self.again(Text(error.said(self.words.source), "warning"))

    def told_of(self, other: Person) -> dict[str, Value]:
        """What a message said of somebody else besides; nothing of it where it cannot all be so, and is asked then."""
        said = {name: value for name, value in other.values().items() if name not in SHARED}
        case = self.case_in(self.conversation.with_step(self.conversation.step(subject=other.subject, said=said)))
        try:
            for flow in goals_of(case.scheme):
                plan(flow, case)
        except PolicyError:
            return {}
        return said

    def goals(self, intent: str | None) -> tuple[str, ...]:
        """The goals after this message: a new one interrupts one that still has a question open."""
        flows = self.conversation.flows
        if intent not in FLOWS:
            return flows
        waiting = flows if self.conversation.asked in ASKABLE else ()
        return (*(flow for flow in waiting if flow != intent), intent)
