"""What is done again and again while a turn is worked out: the open question, and going on with the present goal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dialogs.context import Case, Context, Words
from dialogs.conversation import Conversation
from dialogs.flows import plan
from dialogs.members.asking import OF_AN_ACT, PARTICULARS
from dialogs.members.effects import Effect
from dialogs.members.flows import MEMBER_FLOWS
from dialogs.members.reminded import REMINDED, reminded_question
from dialogs.plainer import plainer
from dialogs.plans import Ask, Do, Plan
from dialogs.questions import (
    ASKABLE,
    CORRECT,
    GOAL,
    RESUME,
    correct_question,
    goal_question,
    question,
    resume_question,
    summary,
)
from dialogs.replies import Decision, Question, Reply, Text
from policy_engine.compare import compared_by
from policy_engine.errors import PolicyError
from policy_engine.facts import FACTS, Value, stated_facts
from policy_engine.scheme import Scheme

BY_GRADE = ("estimate", "compare_hospitals")
"""Goals after which another hospital is suggested; where a scheme goes by grades, another grade: `.by_grade`."""

ACTS_ON_MEMBERS = frozenset(MEMBER_FLOWS) - {"enrol"}
"""Goals that are over once they are reached: nothing said later is about them."""


@dataclass(frozen=True)
class Turn:
    """What a turn leaves behind: the conversation after it, and the replies, in order.

    `effect` is to be done now; what else is said depends on how it goes (`members.outcomes.concluded`).
    """

    conversation: Conversation
    replies: tuple[Reply, ...]
    effect: Effect | None = None


class Progress:
    """The work of one turn. It holds the conversation as it changes and nothing that outlives the turn."""

    def __init__(self, conversation: Conversation, context: Context) -> None:
        self.conversation = conversation
        self.context = context
        self._known: tuple[Conversation, Case] | None = None

    @property
    def words(self) -> Words:
        """The words of the conversation's language; plainer ones for those who asked for large type."""
        words = self.context.languages(self.conversation.locale)
        return plainer(words) if self.conversation.large_text else words

    def case(self) -> Case:
        """The case of the present subject, as far as it is known."""
        known = self._known
        # What is asked, and how often in vain, changes nothing about the case.
        if known is None or not known[0].is_about_the_same_as(self.conversation):
            known = self._known = self.conversation, self.case_in(self.conversation)
        return known[1]

    def case_in(self, conversation: Conversation) -> Case:
        """The case that a conversation is about, as far as it is known there."""
        facts, context = conversation.facts(), self.context
        worker = context.standing.worker
        recorded = _on_record(conversation, facts, context)
        scheme = self.rules({**recorded, **facts}.get("county"))
        return Case(
            conversation.subject,
            {**facts, **recorded},
            conversation.unsure(),
            scheme,
            context.today,
            self.words,
            flow=conversation.flows[-1] if conversation.flows else "",
            particulars=conversation.particulars(),
            standing=context.standing,
            communities=context.communities,
            collection=context.collection,
            county=context.county or (worker.county if worker else None),
            counties=context.counties,
            on_record=frozenset(recorded),
        )

    def rules(self, said: Value | None) -> Scheme:
        """The rules that hold: of the county of the service or of a worker, else of the one that was said."""
        worker = self.context.standing.worker
        county = self.context.county or (worker.county if worker else None) or said
        return self.context.scheme(county if isinstance(county, str) else None)

    def effect(self, effect: Effect, *replies: Reply) -> Turn:
        """The turn that has something done, and what is said before it is known how that went."""
        return replace(self.turn(*replies), effect=effect)

    def office(self) -> str:
        """Whom to turn to."""
        offices = self.case().scheme.offices
        return self.words.source(offices["county"].name) if "county" in offices else ""

    def scheme(self) -> str:
        """The scheme with its year, or its years."""
        scheme = self.case().scheme
        first, last = scheme.start.year, scheme.end.year
        years = str(first) if first == last else f"{first}–{last}"
        return self.words("scheme", years=years, name=self.words.source(scheme.name))

    def subject_of(self, facts: Mapping[str, Value]) -> str:
        """Whom a message is about: the one it names, or the one spoken of before. A worker speaks of their client."""
        if self.context.standing.worker is not None:
            return "other"
        return str(facts.get("subject", self.conversation.subject))

    def open_question(self) -> Question | None:
        """The question that is open, as it was asked; None where none is."""
        asked = self.conversation.asked
        if asked is None:
            return None
        if asked == GOAL:
            return goal_question(self.case())
        if asked == CORRECT:
            return correct_question(self.case())
        if asked == RESUME:
            return resume_question(self.case())
        if asked == REMINDED:
            return reminded_question(self.case(), self.conversation.reminded)
        return question(asked, self.case(), self.context)

    def turn(self, *replies: Reply) -> Turn:
        """The turn as it stands, with these replies, and with the rules that it went by."""
        rules = self.case().scheme.version if self.conversation.flows else None
        return Turn(replace(self.conversation, rules=rules), replies)

    def again(self, *before: Reply) -> Turn:
        """Some words, and the open question after them, so that nobody is left without a way on."""
        asked = self.open_question()
        if asked is None:
            self.conversation = replace(self.conversation, asked=GOAL)
            asked = goal_question(self.case())
        return self.turn(*before, asked)

    def proceed(self, *opening: Reply) -> Turn:
        """Ask what the present goal needs, or conclude it and return to the one that it interrupted.

        Without a goal, ask for one. A goal for which what was said cannot all be so is left, and why is said.
        """
        return self.advance(*opening, strict=False)

    def advance(self, *opening: Reply, strict: bool = True) -> Turn:
        """As `proceed`; where it is `strict`, raises PolicyError for what cannot all be so."""
        replies = list(opening)
        while True:
            flows = self.conversation.flows
            if not flows:
                self.conversation = replace(self.conversation, asked=GOAL)
                return self.again(*replies)
            try:
                following = self.plan()
            except PolicyError as error:
                if strict:
                    raise
                replies.append(Text(error.said(self.words.source), "warning"))
                self.conversation = self.conversation.with_step(self.conversation.step(flows=flows[:-1], waiting=()))
                continue
            if isinstance(following, Ask):
                self.conversation = replace(self.conversation, asked=following.fact)
                return self.turn(*replies, question(following.fact, self.case(), self.context))
            self.conversation = replace(self.conversation, asked=None)
            if isinstance(following, Do):
                return self.effect(following.effect, *replies)
            replies += following.replies
            if self.conversation.waiting:
                replies.append(self.next_person())
                continue
            if flows[-1] in ACTS_ON_MEMBERS:
                self.conversation = self.act_over()
                if self.conversation.flows:
                    continue
                return self.turn(*replies)
            if len(flows) < 2:
                refused = any(isinstance(each, Decision) and each.outcome == "ineligible" for each in replies)
                return self.turn(*replies, Text(self.onward(refused), "note"))
            replies.append(Text(self.words("returning", flow=self.words(f"flow.{flows[-2]}")), "note"))
            last = self.conversation.steps[-1]
            steps = (*self.conversation.steps[:-1], replace(last, flows=flows[:-1]))
            self.conversation = replace(self.conversation, steps=steps)

    def begin_act(self, act: str, said: Mapping[str, str]) -> Turn:
        """Begin an act on members. What was begun before waits, if it still has a question open."""
        if self.conversation.steps:
            self.conversation = self.without_act()
        waiting = self.conversation.flows if self.is_in_the_middle() else ()
        flows = (*(each for each in waiting if each != act), act)
        # Whom an act is about is its own affair: the enrolment that it interrupts goes on for whom it was for.
        worker = self.context.standing.worker is not None
        subject = "other" if worker else self.conversation.subject
        self.conversation = self.conversation.with_step(self.conversation.step(subject=subject, flows=flows, said=said))
        return self.proceed()

    def is_in_the_middle(self) -> bool:
        """Whether the present goal still has a question open, be it that a reminder came in between."""
        if self.conversation.asked != REMINDED or not self.conversation.flows:
            return self.conversation.asked in ASKABLE
        try:
            return isinstance(self.plan(), Ask)
        except PolicyError:
            return False

    def act_over(self) -> Conversation:
        """The conversation once an act is over: nothing that was said for it stays; what it interrupted goes on."""
        conversation = self.without_act()
        last = conversation.steps[-1]
        return replace(conversation, steps=(*conversation.steps[:-1], replace(last, flows=last.flows[:-1])))

    def without_act(self) -> Conversation:
        """The conversation without what was said for an act. An enrolment that is not handed in yet keeps its own."""
        enrolling = "enrol" in self.conversation.flows
        return self.conversation.without(self.conversation.subject, OF_AN_ACT if enrolling else PARTICULARS)

    def next_person(self) -> Text:
        """Go on with the same goal for whoever was spoken of besides, and say so."""
        subject, *rest = self.conversation.waiting
        self.conversation = self.conversation.with_step(self.conversation.step(subject=subject, waiting=tuple(rest)))
        case = self.case()
        known = [summary(name, case) for name in case.facts if name in FACTS]
        if known:
            return Text(self.words("next_person.known", who=case.who, facts=self.words.listed(known)), "note")
        return Text(self.words("next_person", who=case.who), "note")

    def named(self, people: Sequence[str]) -> str:
        """These people, as they are called in a sentence."""
        return self.words.listed([self.words(f"who.{person}") for person in people])

    def plan(self) -> Plan:
        """What the present goal does next."""
        return plan(self.conversation.flows[-1], self.case())

    def onward(self, refused: bool) -> str:
        """What can be said after a conclusion."""
        if refused:
            return self.words("next.ineligible")
        flow = self.conversation.flows[-1]
        by_grade = flow in BY_GRADE and compared_by(self.case().scheme) == "provider_grade"
        return self.words(f"next.{flow}.by_grade" if by_grade else f"next.{flow}")


def _on_record(conversation: Conversation, facts: Mapping[str, Value], context: Context) -> dict[str, Value]:
    """What the store knows of the person spoken of, for an estimate, where it is clear who that is.

    The year's hospital costs, and what was stated for the enrolment. Not of a child: there may be another one.
    """
    related = context.standing.related(conversation.subject)
    estimating = conversation.flows[-1:] in (("estimate",), ("compare_hospitals",))
    if not estimating or conversation.subject == "child" or len(related) != 1 or related[0].fund_paid is None:
        return {}
    member = related[0]
    known: dict[str, Value] = {"fund_paid_this_year": related[0].fund_paid}
    if member.stays:
        known["stays_this_year"] = member.stays + 1
    latest = member.latest
    if latest is not None:
        known = {**stated_facts(latest.facts), **known}
        if latest.county in context.counties:
            known["county"] = latest.county
    return {name: value for name, value in known.items() if name not in facts and _INSTEAD.get(name) not in facts}


_INSTEAD = {"age": "birth_date", "birth_date": "age"}
"""Two ways of saying how old somebody is: what is said counts, not what is on record."""
