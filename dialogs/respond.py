"""One turn: from a conversation and what was just said to the conversation after it and what is answered.

Pure: the same conversation, words and day give the same turn. The order is: commands first, then facts and goals,
then whatever the present goal needs next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dialogs.context import N_, Case, Context, Words
from dialogs.conversation import Conversation, Step
from dialogs.flows import FLOWS, Ask, Plan, plan
from dialogs.questions import (
    ASKING,
    CORRECT,
    GOAL,
    UNSURE,
    correct_question,
    expecting,
    goal_question,
    question,
    summary,
)
from dialogs.replies import Decision, Question, Reply, Text
from dialogs.understanding import Findings, understand
from policy_engine.errors import PolicyError
from policy_engine.facts import FACTS, Value

LONGEST = 2000
"""Characters of one message. More is asked to be said in shorter words."""

CHECKED = frozenset({"age", "birth_date", "admission_date", "bill_total", "reportable_cost"})
"""Facts that can be impossible, alone or together."""

ELSEWHERE = ("enrol", "policy_question", "reminder_settings", "complaint", "human")
"""Intents that this version answers with whom to turn to."""


@dataclass(frozen=True)
class Turn:
    """What a turn leaves behind: the conversation after it, and the replies, in order."""

    conversation: Conversation
    replies: tuple[Reply, ...]


def greet(locale: str, context: Context) -> Turn:
    """The first words to somebody who has not said anything yet."""
    conversation = Conversation(locale, asked=GOAL)
    return Turn(conversation, _greeting(context.languages(locale)))


def respond(conversation: Conversation, text: str, context: Context) -> Turn:
    """The turn that answers `text`."""
    return _Responder(conversation, context).answer(text)


def open_question(conversation: Conversation, context: Context) -> Question | None:
    """The question that is open, as it was asked; None where none is."""
    return _Responder(conversation, context).open_question()


def _greeting(words: Words) -> tuple[Reply, ...]:
    return (Text(words("greeting")), goal_question(words))


class _Responder:
    """The work of one turn. It holds the conversation as it changes and nothing that outlives the turn."""

    def __init__(self, conversation: Conversation, context: Context) -> None:
        self.conversation = conversation
        self.context = context

    @property
    def words(self) -> Words:
        return self.context.languages(self.conversation.locale)

    def case(self) -> Case:
        facts = self.conversation.facts()
        county = self.context.county or facts.get("county")
        scheme = self.context.scheme(county if isinstance(county, str) else None)
        unsure = self.conversation.unsure()
        return Case(self.conversation.subject, facts, unsure, scheme, self.context.today, self.words)

    def open_question(self) -> Question | None:
        asked = self.conversation.asked
        if asked is None:
            return None
        if asked == GOAL:
            return goal_question(self.words)
        if asked == CORRECT:
            return correct_question(self.case())
        return question(asked, self.case(), self.context)

    def turn(self, *replies: Reply) -> Turn:
        return Turn(self.conversation, replies)

    def answer(self, text: str) -> Turn:
        text = text.strip()
        if len(text) > LONGEST:
            return self.again(Text(self.words("too_long", most=LONGEST)))
        if not text:
            return self.again(Text(self.words("empty")))
        asked = self.open_question()
        findings = understand(text, expecting(asked), self.context.lexicons(self.conversation.locale))
        if asked is not None and findings.choice == UNSURE:
            findings = replace(findings, command="unknown", choice=None)
        return self.command(findings) or self.picked(findings, asked) or self.told(findings, asked)

    def again(self, *before: Reply) -> Turn:
        """Some words, and the open question after them, so that nobody is left without a way on."""
        asked = self.open_question()
        if asked is None:
            self.conversation = replace(self.conversation, asked=GOAL)
            asked = goal_question(self.words)
        return self.turn(*before, asked)

    # -- commands ---------------------------------------------------------------------------------------------------

    def command(self, findings: Findings) -> Turn | None:
        """The turn for a repair command; None where there is none, or it only introduces an answer."""
        match findings.command:
            case "language":
                return self.language(findings.argument)
            case "large_text":
                return self.large_text(findings.argument != "off")
            case "restart":
                self.conversation = Conversation(self.conversation.locale, self.conversation.large_text, asked=GOAL)
                return self.turn(Text(self.words("restarted")), goal_question(self.words))
            case "back":
                return self.back()
            case "cancel":
                return self.cancel()
            case "help":
                return self.help()
            case "repeat":
                return self.again()
            case "unknown" | "skip":
                return self.unsure()
            case "correct" if not findings.facts:
                return self.correct(findings.argument)
            case "delete_my_data" | "export_my_data":
                return self.again(Text(self.words("data.not_here")))
        return None

    def language(self, locale: str | None) -> Turn:
        if locale is not None and locale in self.context.locales:
            self.conversation = replace(self.conversation, locale=locale)
            return self.again(Text(self.words("language.changed")))
        return self.again(Text(self.words("language.unknown")))

    def large_text(self, on: bool) -> Turn:
        self.conversation = replace(self.conversation, large_text=on)
        return self.again(Text(self.words("large_text.on") if on else self.words("large_text.off")))

    def back(self) -> Turn:
        if self.conversation.asked == CORRECT:
            return self.proceed()
        if not self.conversation.steps:
            return self.again(Text(self.words("back.nothing")))
        self.conversation = self.conversation.back()
        if not self.conversation.flows:
            return self.proceed(Text(self.words("back.start")))
        return self.proceed(Text(self.words("back.done")))

    def cancel(self) -> Turn:
        flows = self.conversation.flows
        if not flows:
            return self.again(Text(self.words("cancel.nothing")))
        self.conversation = self.conversation.with_step(Step(self.conversation.subject, flows[:-1]))
        if len(flows) > 1:
            return self.proceed(Text(self.words("cancel.return", flow=self.words(f"flow.{flows[-2]}"))))
        case = self.case()
        kept = [summary(name, case) for name in case.facts if name in FACTS and name != "subject"]
        if kept:
            return self.proceed(Text(self.words("cancel.kept", facts=self.words.listed(kept))))
        return self.proceed(Text(self.words("cancel.done")))

    def help(self) -> Turn:
        asked = self.conversation.asked
        if asked in ASKING:
            return self.again(Text(self.words(ASKING[asked].help), "note"), Text(self.words("help.repair"), "note"))
        return self.again(Text(self.words("help.general")), Text(self.words("help.repair"), "note"))

    def unsure(self) -> Turn:
        asked = self.conversation.asked
        if asked not in ASKING:
            return self.again(Text(self.words("unsure.nothing")))
        step = Step(self.conversation.subject, self.conversation.flows, unsure=(asked,))
        self.conversation = self.conversation.with_step(step)
        return self.proceed(Text(self.words("unsure.noted"), "note"))

    def correct(self, fact: str | None) -> Turn:
        if fact is not None and fact in self.conversation.facts() and fact in ASKING:
            return self.forget(fact)
        if not correct_question(self.case()).choices:
            return self.again(Text(self.words("correct.nothing")))
        self.conversation = replace(self.conversation, asked=CORRECT)
        return self.again()

    def forget(self, fact: str) -> Turn:
        step = Step(self.conversation.subject, self.conversation.flows, forgotten=(fact,))
        self.conversation = replace(self.conversation.with_step(step), asked=fact)
        return self.again()

    # -- what was told ----------------------------------------------------------------------------------------------

    def picked(self, findings: Findings, asked: Question | None) -> Turn | None:
        """The turn for an answer to a question about the conversation itself."""
        if asked is None or findings.choice is None:
            return None
        if asked.fact == GOAL:
            return self.told(replace(findings, intent=findings.choice, choice=None), None)
        if asked.fact == CORRECT:
            return self.forget(findings.choice)
        return None

    def told(self, findings: Findings, asked: Question | None) -> Turn:
        """The turn for facts and goals."""
        facts = findings.values()
        if asked is not None and findings.choice is not None and asked.fact == "county":
            facts["county"] = findings.choice
        facts = {name: value for name, value in facts.items() if self.sayable(name, value)}
        if facts or findings.intent in FLOWS:
            corrected = findings.command == "correct"
            volunteered = corrected or bool(set(facts) - {self.conversation.asked, "subject"})
            noted = (N_("corrected") if corrected else N_("noted")) if volunteered else None
            return self.record(facts, findings.intent, noted)
        if findings.intent in ELSEWHERE:
            return self.again(Text(self.words(f"elsewhere.{findings.intent}", office=self.office())))
        match findings.intent or findings.command:
            case "greeting" if not self.conversation.flows:
                self.conversation = replace(self.conversation, asked=GOAL)
                return self.turn(*_greeting(self.words))
            case "greeting":
                return self.again(Text(self.words("greeting.again")))
            case "thanks" if self.conversation.asked is None:
                return self.turn(Text(self.words("thanks")))
            case "thanks":
                return self.again(Text(self.words("thanks")))
            case "out_of_scope":
                return self.again(Text(self.words("out_of_scope")))
        return self.missed()

    def sayable(self, fact: str, value: Value) -> bool:
        return fact != "county" or (self.context.county is None and value in self.context.counties)

    def office(self) -> str:
        offices = self.case().scheme.offices
        return self.words.source(offices["county"].name) if "county" in offices else ""

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

    def record(self, facts: Mapping[str, Value], intent: str | None, noted: str | None) -> Turn:
        """Take down what was said, then go on with the present goal. `noted` is the message that reads it back."""
        before = self.conversation
        subject = facts.get("subject", before.subject)
        said = {name: value for name, value in facts.items() if name != "subject"}
        step = Step(str(subject), self.goals(intent), said)
        self.conversation = before.with_step(step)
        case = self.case()
        aside: list[str] = []
        if step.subject != before.subject:
            aside.append(case.say("subject.now"))
        if noted is not None and said:
            aside.append(self.words(noted, facts=self.words.listed([summary(name, case) for name in said])))
        opening = [Text("\n".join(aside), "note")] if aside else []
        try:
            if CHECKED & said.keys():
                # Whatever the present goal, or none: what cannot be must not lie in wait for a later one.
                plan("estimate", case)
            return self.proceed(*opening)
        except PolicyError as error:
            self.conversation = before
            return self.again(Text(error.said(self.words.source), "warning"))

    def goals(self, intent: str | None) -> tuple[str, ...]:
        """The goals after this message: a new one interrupts one that still has a question open."""
        flows = self.conversation.flows
        if intent not in FLOWS:
            return flows
        waiting = flows if self.conversation.asked in ASKING else ()
        return (*(flow for flow in waiting if flow != intent), intent)

    # -- going on ---------------------------------------------------------------------------------------------------

    def proceed(self, *opening: Reply) -> Turn:
        """Ask what the present goal needs, or conclude it and return to the one that it interrupted.

        Without a goal, ask for one.
        """
        if not self.conversation.flows:
            self.conversation = replace(self.conversation, asked=GOAL)
            return self.again(*opening)
        replies = list(opening)
        while True:
            flows = self.conversation.flows
            following = self.plan()
            if isinstance(following, Ask):
                self.conversation = replace(self.conversation, asked=following.fact)
                return self.turn(*replies, question(following.fact, self.case(), self.context))
            replies += following.replies
            self.conversation = replace(self.conversation, asked=None)
            if len(flows) < 2:
                refused = any(isinstance(each, Decision) and each.outcome == "ineligible" for each in replies)
                onward = self.words("next.ineligible") if refused else self.words(f"next.{flows[-1]}")
                return self.turn(*replies, Text(onward, "note"))
            replies.append(Text(self.words("returning", flow=self.words(f"flow.{flows[-2]}")), "note"))
            last = self.conversation.steps[-1]
            steps = (*self.conversation.steps[:-1], replace(last, flows=flows[:-1]))
            self.conversation = replace(self.conversation, steps=steps)

    def plan(self) -> Plan:
        return plan(self.conversation.flows[-1], self.case())
