"""The clauses of a reason in words: what is so, what would have to be, how an open place of the text is read."""

from __future__ import annotations

from collections.abc import Iterable

from bot.commands.conclusions import answered_in, places
from bot.commands.figures import label
from bot.languages import Catalogue
from dialogs.context import N_, Case
from dialogs.questions import summary
from policy_engine.citations import Citation
from policy_engine.conditions import PARAMETER
from policy_engine.explaining.reasons import Reason
from policy_engine.facts import FACTS, Value
from policy_engine.scheme import Scheme

JOINED = {"all": N_("explain.all"), "any": N_("explain.any"), "not": N_("explain.not")}
MARKS = {True: "✓", False: "✗", None: "?"}


class ClauseWords:
    """The words for clauses under one scheme, in one language."""

    def __init__(self, scheme: Scheme, words: Catalogue) -> None:
        self.scheme, self.words = scheme, words

    def stated(self, fact: str, value: Value | None) -> str:
        """A fact as a statement: "no residence permit", "age 40"; that it would not be known where it is None."""
        if value is None:
            return self.words("what_if.unknown", fact=self.words(f"fact.{fact}"))
        if fact.startswith(PARAMETER) or fact == "county" or FACTS[fact].kind in {"bool", "enum"}:
            return answered_in(fact, value, self.scheme, self.words)
        return summary(fact, Case("self", {fact: value}, frozenset(), self.scheme, self.scheme.start, self.words))

    def clause(self, reason: Reason) -> str:
        """A clause that has no parts of its own kind: a fact, a yes/no parameter, a reading, a rule to join by."""
        match reason.kind:
            case "not":
                return self.words("explain.ruled_out", inner=self._inner(reason.parts[0]))
            case "fact":
                return self._fact(reason)
            case "parameter":
                name = label(self.scheme.parameters[reason.id], self.words)
                return self.with_source(self._set(reason, name), reason.citations)
            case "reading":
                return self._reading(reason)
            case "joins_as":
                text = self.words("explain.joins_as", rule=self.words.source(reason.text))
                return self.with_source(text, reason.citations)
        raise TypeError(reason.kind)

    def _inner(self, reason: Reason) -> str:
        """What a clause asks for, whether or not it is so."""
        match reason.kind:
            case "fact":
                return self._wanted(reason)
            case "parameter":
                name = label(self.scheme.parameters[reason.id], self.words)
                return self.with_source(self.words("condition.parameter", label=name), reason.citations)
            case "reading":
                choices = self.scheme.interpretations[reason.id].choices
                return self.words(
                    "condition.reading", chosen=self.words.source(choices[str(reason.wanted[0])]).rstrip("。.")
                )
        inner = "; ".join(map(self._inner, reason.parts))
        return self.words("explain.because", entry=self.words(JOINED[reason.kind]), why=inner)

    def _fact(self, reason: Reason) -> str:
        wanted = self._wanted(reason)
        if reason.value is not None:
            said = self.stated(reason.id, reason.value)
            return said if said == wanted or not wanted else self.words("explain.wanted", said=said, wanted=wanted)
        about = self.words(f"fact.{reason.id}")
        if reason.possible:
            possible = " / ".join(self.stated(reason.id, each) for each in reason.possible)
            return self.words("explain.possible", fact=about, possible=possible, wanted=wanted)
        return self.words("explain.unknown", fact=about, wanted=wanted)

    def _wanted(self, reason: Reason) -> str:
        if reason.at_least is not None:
            return self.words("table.at_least", number=reason.at_least)
        if reason.below is not None:
            return self.words("explain.below", bound=reason.below)
        return " / ".join(self.stated(reason.id, each) for each in reason.wanted)

    def _set(self, reason: Reason, name: str) -> str:
        """A yes/no parameter: as it is set, or as it would have to be."""
        is_set = reason.figure is not None and reason.figure.setting is not None and reason.figure.setting.value
        if reason.unset is None:
            said = self.words("label.yes") if is_set else self.words("label.no")
            return self.words("explain.set", label=name, said=said)
        wanted = self.words("label.yes") if True in reason.wanted else self.words("label.no")
        authority = self.words.source(reason.unset.decided_by)
        return self.words("explain.not_set", label=name, wanted=wanted, authority=authority)

    def _reading(self, reason: Reason) -> str:
        """How a place is read; as a clause that fails, also how it would have to be."""
        place = self.scheme.interpretations[reason.id]
        chosen = self.words.source(place.chosen).rstrip("。.")
        if reason.holds is False:
            wanted = self.words.source(place.choices[str(reason.wanted[0])]).rstrip("。.")
            text = self.words("explain.read_otherwise", name=reason.id, chosen=chosen, wanted=wanted)
        else:
            text = self.words("explain.read_as", name=reason.id, chosen=chosen)
        return self.with_source(text, reason.citations)

    def with_source(self, text: str, citations: Iterable[Citation]) -> str:
        """A sentence with where it stands, and how good each source is."""
        by_grade: dict[str, list[Citation]] = {}
        for each in dict.fromkeys(citations):
            by_grade.setdefault(each.grade, []).append(each)
        if not by_grade:
            return text
        told = [
            places(found, self.words)
            if grade == "illustrative"
            else self.words("explain.graded", places=places(found, self.words), grade=self.words(f"grade.{grade}"))
            for grade, found in by_grade.items()
        ]
        return self.words("explain.sourced", text=text, source="; ".join(told))
