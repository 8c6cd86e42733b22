"""A hospital by what people call it: the one of the directory that is meant, or the question which of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dialogs.asides import Asides
from dialogs.conversation import Aside
from dialogs.going_on import Turn
from dialogs.hospitals import hospital_name
from dialogs.questions import HOSPITAL
from dialogs.replies import Choice, Question, Text
from dialogs.understanding import Findings
from dialogs.understanding.text import fold
from policy_engine.directory import load_directory
from policy_engine.facts import Value
from policy_engine.hospitals import Hospital

NEITHER = "none"
"""None of the hospitals on offer."""


class Naming(Asides):
    """Hospitals that were named: put down as the one that is meant, or asked about where it may be any of several."""

    def open_question(self) -> Question | None:
        """The question that is open, as it was asked; None where none is."""
        aside = self.conversation.aside
        if self.conversation.asked != HOSPITAL or aside is None:
            return super().open_question()
        case = self.case()
        choices = [Choice(each, hospital_name(each, case)) for each in aside.meant]
        choices.append(Choice(NEITHER, self.words("answer.neither")))
        return Question(HOSPITAL, self.words("ask.hospital", named=aside.text), tuple(choices))

    def hospitals_named(self, text: str, findings: Findings) -> tuple[str, tuple[Hospital, ...]]:
        """What was said where a level was understood, and the hospitals of the directory that are called so."""
        case = self.case()
        found = next((each for each in findings.facts if each.fact == "provider_level"), None)
        if found is None or not case.scheme.hospitals:
            return "", ()
        said = heard = text[found.start : found.end]
        for lexicon in self.context.lexicons(self.conversation.locale):
            heard = lexicon.heard(fold(heard))
        return said, load_directory(case.scheme.hospitals).find(heard)

    def settle_hospital(
        self, facts: dict[str, Value], said: str, hospitals: Sequence[Hospital]
    ) -> tuple[dict[str, Value], Aside | None]:
        """The facts with the one hospital that is meant in place of its level; or the question which, to be asked."""
        day = self.case().scheme.on(None, self.context.today)
        levels = {each.levels_on(day) for each in hospitals}
        without = {name: value for name, value in facts.items() if name != "provider_level"}
        if len(hospitals) == 1 and all(levels):
            return {**without, "provider": hospitals[0].id}, None
        if len(levels) < 2:
            return facts, None
        county = facts.get("county", self.conversation.facts().get("county"))
        near = sorted(hospitals, key=lambda each: each.county != county)
        return without, Aside(said, tuple(each.id for each in near))

    def ask_which(self, turn: Turn, aside: Aside) -> Turn:
        """The same turn with the question which hospital is meant in place of the one it ends with."""
        self.conversation = replace(self.conversation, asked=HOSPITAL, aside=aside)
        return self.again(*(each for each in turn.replies if isinstance(each, Text)))

    def hospital_picked(self, choice: str) -> Turn:
        """Go on with the hospital that was picked; where it is none of them, without."""
        self.conversation = replace(self.conversation, asked=None, aside=None)
        if choice != NEITHER:
            step = self.conversation.step(said={"provider": choice}, forgotten=("provider_level",))
            self.conversation = self.conversation.with_step(step)
        return self.proceed()
