"""Repair and control: what the commands do, at every step of every goal."""

from __future__ import annotations

from dataclasses import replace

from dialogs.context import Case
from dialogs.conversation import Conversation
from dialogs.flows import FLOWS, plan
from dialogs.going_on import Progress, Turn
from dialogs.members.asking import PARTICULARS
from dialogs.members.effects import Export
from dialogs.members.outcomes import household_told
from dialogs.members.questions import correctable
from dialogs.notes import all_readings
from dialogs.plans import Conclude
from dialogs.questions import ASKABLE, ASKING, CORRECT, GOAL, correct_question, goal_question, summary
from dialogs.replies import Text
from dialogs.understanding import Findings
from policy_engine.errors import PolicyError
from policy_engine.facts import FACTS

INSTEAD = {"provider": "provider_level", "provider_level": "provider"}
"""Two ways of naming a hospital: the one said last counts."""


class Repairs(Progress):
    """The commands. Each leaves an open question, or a conclusion."""

    def command(self, findings: Findings) -> Turn | None:
        """The turn for a repair command; None where there is none, or it only introduces an answer."""
        match findings.command:
            case "language":
                return self.language(findings.argument)
            case "large_text":
                return self.large_text(findings.argument != "off")
            case "restart":
                return self.restart()
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
            case "readings":
                return self.readings()
            case "export_my_data":
                return self.effect(Export())
            case "delete_my_data":
                return self.erase()
        return None

    def restart(self) -> Turn:
        """Begin anew; the language and the size of type stay."""
        self.conversation = Conversation(self.conversation.locale, self.conversation.large_text, asked=GOAL)
        return self.turn(Text(self.words("restarted")), goal_question(self.case()))

    def language(self, locale: str | None) -> Turn:
        """Go on in another language; or, where there is none such, say which there are."""
        if locale is not None and locale in self.context.locales:
            self.conversation = replace(self.conversation, locale=locale)
            return self.again(Text(self.words("language.changed")))
        return self.again(Text(self.words("language.unknown")))

    def large_text(self, on: bool) -> Turn:
        """Write large, or not any more."""
        self.conversation = replace(self.conversation, large_text=on)
        return self.again(Text(self.words("large_text.on") if on else self.words("large_text.off")))

    def back(self) -> Turn:
        """Undo the last step, or leave the question which answer to change."""
        if self.conversation.asked == CORRECT:
            return self.proceed()
        if not self.conversation.steps:
            return self.again(Text(self.words("back.nothing")))
        self.conversation = self.conversation.back()
        if not self.conversation.flows:
            return self.proceed(Text(self.words("back.start")))
        return self.proceed(Text(self.words("back.done")))

    def cancel(self) -> Turn:
        """Drop the present goal, say what is kept, and return to the goal that it interrupted."""
        flows = self.conversation.flows
        if not flows:
            return self.again(Text(self.words("cancel.nothing")))
        waiting = self.conversation.waiting if len(flows) > 1 else ()
        self.conversation = self.conversation.with_step(self.conversation.step(flows=flows[:-1], waiting=waiting))
        if len(flows) > 1:
            return self.proceed(Text(self.words("cancel.return", flow=self.words(f"flow.{flows[-2]}"))))
        case = self.case()
        kept = [summary(name, case) for name in self.conversation.facts() if name in FACTS and name != "subject"]
        if kept:
            return self.proceed(Text(self.words("cancel.kept", facts=self.words.listed(kept))))
        return self.proceed(Text(self.words("cancel.done")))

    def help(self) -> Turn:
        """Explain the open question, or else what can be asked here, and how to repair."""
        asked = self.conversation.asked
        if asked in ASKABLE:
            explained = PARTICULARS[asked].help if asked in PARTICULARS else ASKING[asked].help
            return self.again(Text(self.words(explained), "note"), Text(self.words("help.repair"), "note"))
        return self.again(Text(self.words("help.general")), Text(self.words("help.repair"), "note"))

    def unsure(self) -> Turn:
        """Go on without the fact that is asked for."""
        asked = self.conversation.asked
        if asked not in ASKABLE:
            return self.again(Text(self.words("unsure.nothing")))
        if asked == "more":
            return self.household_done()
        if asked in PARTICULARS and PARTICULARS[asked].needed:
            return self.without_it(asked)
        self.conversation = self.conversation.with_step(self.conversation.step(unsure=(asked,)))
        return self.proceed(Text(self.words("unsure.noted"), "note"))

    def without_it(self, particular: str) -> Turn:
        """Leave a goal that cannot go on without something that the person does not have; what they said is kept."""
        return self.leave(Text(self.words("act.needs", what=self.words(f"particular.{particular}"))))

    def leave(self, told: Text) -> Turn:
        """Leave the present goal and say why; what it interrupted goes on."""
        step = self.conversation.step(flows=self.conversation.flows[:-1])
        self.conversation = self.conversation.with_step(step)
        return self.proceed(told)

    def erase(self) -> Turn:
        """Begin to erase all that is kept; whether they are sure is asked first."""
        flows = (*(each for each in self.conversation.flows if each != "erase"), "erase")
        self.conversation = self.conversation.with_step(self.conversation.step(flows=flows))
        return self.proceed()

    def household_done(self) -> Turn:
        """Nobody else is to be enrolled: what the family owes."""
        step = self.conversation.step(flows=())
        self.conversation = replace(self.conversation.with_step(step), asked=None)
        return self.turn(*household_told(self))

    def readings(self) -> Turn:
        """Every open place of the text that the last conclusion rests on."""
        case = self.case()
        for flow in dict.fromkeys((*reversed(self.conversation.flows), *FLOWS)):
            found = _concluded(flow, case)
            if found is not None and found.readings:
                told = Text("\n".join(all_readings(found.readings, case)), "note")
                return self.turn(told) if self.conversation.asked is None else self.again(told)
        return self.again(Text(self.words("readings.none")))

    def correct(self, fact: str | None) -> Turn:
        """Ask for a fact again: the one named, or first which one."""
        known = self.conversation.facts()
        if fact in ASKING and (fact in known or INSTEAD.get(fact) in known):
            return self.forget(fact)
        if fact in correctable(self.case()):
            return self.forget(fact)
        if not correct_question(self.case()).choices:
            return self.again(Text(self.words("correct.nothing")))
        self.conversation = replace(self.conversation, asked=CORRECT)
        return self.again()

    def forget(self, fact: str) -> Turn:
        """Take back what was said about a fact, and ask for it."""
        also = (INSTEAD[fact],) if fact in INSTEAD else ("confirm",)
        step = self.conversation.step(forgotten=(fact, *also))
        self.conversation = replace(self.conversation.with_step(step), asked=fact)
        return self.again()


def _concluded(flow: str, case: Case) -> Conclude | None:
    """What a goal comes to; None where it still has to ask, or the scheme has no such rules."""
    try:
        found = plan(flow, case)
    except PolicyError:
        return None
    return found if isinstance(found, Conclude) else None
