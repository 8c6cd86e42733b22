"""What every section of the rule book needs: figures with their dates, places with their grade, conditions."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from fractions import Fraction

from bot.commands import condition_words
from bot.commands.conclusions import places
from bot.commands.figures import label, setting, value
from bot.commands.markdown import plain
from bot.commands.terms import TermWords
from bot.languages import Catalogue
from policy_engine.checking.terms import BandTerms
from policy_engine.citations import Citation
from policy_engine.conditions import Condition
from policy_engine.money import rounded
from policy_engine.parameters import Figure, Values, decided_by
from policy_engine.scheme import Parameter, Scheme, Setting


class BookWords(TermWords):
    """The words of one scheme's book in one language."""

    def __init__(self, scheme: Scheme, words: Catalogue) -> None:
        super().__init__(scheme, words)
        self.scheme, self.words = scheme, words

    def source(self, text: str) -> str:
        """A sentence of the pack, as Markdown."""
        return plain(self.words.source(text))

    def both(self, parts: Iterable[str]) -> str:
        """Several parts in one cell or line."""
        return self._joined(parts)

    def condition(self, found: Condition) -> str:
        """When something applies."""
        return plain(condition_words.condition(found, self.scheme, self.words))

    # -- figures ------------------------------------------------------------------------------------------------------

    def figure(self, found: Figure) -> str:
        """A figure with every value that it has in the period, each with its dates where there are several."""
        return self.dated(self.scheme.parameters[found.parameter])

    def ratio(self, band: BandTerms) -> str:
        """The ratio of a band before any points."""
        return self.figure(band.ratio)

    def named(self, parameter: str) -> str:
        """A parameter's values by its name."""
        return self.dated(self.scheme.parameters[parameter])

    def dated(self, parameter: Parameter) -> str:
        """Every value of a parameter; who decides where there is none."""
        if not parameter.settings:
            authority = self.words.source(decided_by(self.scheme, parameter))
            return self.words("book.unset", authority=authority)
        if len(parameter.settings) == 1:
            return self.value(parameter, parameter.settings[0])
        return self._joined(
            self.words("book.dated", value=self.value(parameter, each), dates=self.dates(each.start, each.end))
            for each in parameter.settings
        )

    def value(self, parameter: Parameter, found: Setting) -> str:
        """One dated value. What follows another parameter is told with what that comes to."""
        said = setting(found, parameter.unit, self.scheme, self.words)
        if not found.same_as:
            return said
        taken = Values(self.scheme, found.start).setting(found.same_as)
        if taken is None or taken.value is None:
            return said
        same = found.times == 1 or isinstance(taken.value, str)
        comes_to = taken.value if same else rounded(found.times * Fraction(taken.value), "half_up")
        return self.words("book.follows", value=value(parameter.unit, comes_to, self.words), how=said)

    def dates(self, start: datetime.date, end: datetime.date) -> str:
        """From a day to a day."""
        return self.words("book.dates", start=self.words.date(start), end=self.words.date(end))

    def labelled(self, label: str, text: str) -> str:
        """A label with what belongs to it; both are Markdown already."""
        return self.words("book.labelled", label=label, text=text)

    def relied_on(self, names: Iterable[str]) -> str:
        """Which of the open places something rests on, by their numbers in the book; empty where there are none."""
        order = list(self.scheme.interpretations)
        numbers = sorted({order.index(name) + 1 for name in names})
        listed = self.words.listed([str(number) for number in numbers])
        return self.words("book.relied_on", numbers=listed) if numbers else ""

    def label(self, parameter: str) -> str:
        """What a parameter is called, as Markdown."""
        return plain(label(self.scheme.parameters[parameter], self.words))

    # -- sources ------------------------------------------------------------------------------------------------------

    def cited(self, citations: Iterable[Citation]) -> str:
        """The places, with how good each source is."""
        by_grade: dict[str, list[Citation]] = {}
        for each in dict.fromkeys(citations):
            by_grade.setdefault(each.grade if each.document else "", []).append(each)
        told = []
        for grade, found in by_grade.items():
            where = places(found, self.words)
            told.append(self.words("book.graded", places=where, grade=self.words(f"grade.{grade}")) if grade else where)
        return plain(self._joined(told)) if told else ""

    def with_source(self, text: str, citations: Iterable[Citation]) -> str:
        """A sentence, which is Markdown already, with where it stands."""
        return self.words("book.with_source", text=text, source=self.cited(citations))

    def citations_of(self, parameters: Iterable[str]) -> list[Citation]:
        """Where the values of some parameters stand; for one that is not set, the place that leaves it open."""
        found: list[Citation] = []
        for name in parameters:
            spec = self.scheme.parameters.get(name)
            if spec is not None:
                found += [each.citation for each in spec.settings] or [spec.citation]
        return list(dict.fromkeys(found))
