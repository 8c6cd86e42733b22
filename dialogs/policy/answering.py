"""From a question to its answer: the short answer first, the figures in force, then where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from dialogs.context import N_, Case
from dialogs.notes import ask_county, badge, known_amount, unset_notes
from dialogs.policy.faq import placeholders
from dialogs.policy.figures_asked import figures_of
from dialogs.policy.index import FITS, Hit, Index
from dialogs.policy.passages import Passage, place
from dialogs.replies import Answer, Line, Text
from dialogs.sources import sources
from policy_engine.citations import Citation
from policy_engine.parameters import Unset, Values, decided_by

AS_WELL = 0.88
"""How near to the best another one comes that may have been meant instead."""
CERTAIN = 0.9
"""From here on the question is one that people really put in these words, and nothing else is meant."""
MOST_MEANT = 3
_CHOICES = {
    "per_stay": N_("answer.choice.per_stay"),
    "per_year": N_("answer.choice.per_year"),
    "half_up": N_("answer.choice.half_up"),
    "down": N_("answer.choice.down"),
    "up": N_("answer.choice.up"),
}


@dataclass(frozen=True)
class Told:
    """What a question came to.

    `answered` and `silent` (the documents leave it open) have the passage and the reply; `unclear` the passages of
    which one is meant; `not_covered` the reply that says whom to ask.
    """

    outcome: Literal["answered", "silent", "unclear", "not_covered"]
    reply: Answer | Text | None
    meant: tuple[Passage, ...]
    unset: tuple[Unset, ...] = ()

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The places that the answer rests on; none unless there is one."""
        return self.meant[0].citations if self.outcome in ("answered", "silent") else ()


def ask(text: str, case: Case, index: Index) -> Told:
    """The answer to a question about the policy. Never raises, whatever is asked."""
    return told_of(index.search(text), text, case)


def told_of(hits: Sequence[Hit], text: str, case: Case) -> Told:
    """The answer that was found for a question, by what fits it, best first."""
    passages = meant(hits)
    if not passages:
        return Told("not_covered", Text(not_covered(case)), ())
    return Told("unclear", None, passages) if len(passages) > 1 else answer(passages[0], case, text)


def meant(hits: Sequence[Hit]) -> tuple[Passage, ...]:
    """The passages that answer the question, or of which one may be meant; none where nothing fits well enough."""
    hits = [hit for hit in hits if hit.score >= FITS]
    if not hits:
        return ()
    best = hits[0].score
    if best >= CERTAIN:
        return (hits[0].passage,)
    # What stands at a place that the best one cites is the same answer in other words.
    cited = {place(each) for each in hits[0].passage.citations}
    rivals = [
        hit.passage for hit in hits[1:] if hit.score >= AS_WELL * best and place(hit.passage.citations[0]) not in cited
    ]
    return (hits[0].passage, *rivals)[:MOST_MEANT]


def not_covered(case: Case) -> str:
    """Nothing in the documents answers it: who can be asked."""
    told = ask_county(case)
    return "\n".join([case.words("answer.not_covered"), *told]) if told else case.words("answer.not_covered.no_office")


def answer(passage: Passage, case: Case, question: str = "") -> Told:
    """The answer that a passage gives, to the question that led to it."""
    words = case.words
    values = Values(case.scheme, case.scheme.on(None, case.today))
    figure = passage.id.startswith("figure.")
    spoken = passage.parameters if figure else placeholders(passage.says)
    shown = passage.shown
    known = [name for name in shown if values.setting(name) is not None]
    unset = tuple(values.unset(name) for name in shown if not values.is_set(name))
    headline = _headline(passage, case, values)
    lines = tuple(
        Line(words.source(case.scheme.parameters[name].label), written(name, case, values), "result")
        for name in passage.parameters
        if name in known and name not in spoken
    )
    citations = tuple(dict.fromkeys((*passage.citations, *(values.citation(name) for name in known))))
    notes = [*_doubted(question, headline, lines, citations, case), *unset_notes(unset, case)]
    if passage.silent and not unset:
        notes += ask_county(case)
    reply = Answer(
        headline, lines, sources(citations, words), tuple(notes), badge([each.grade for each in citations], case)
    )
    return Told("silent" if passage.silent else "answered", reply, (passage,), unset)


def _headline(passage: Passage, case: Case, values: Values) -> str:
    words = case.words
    if passage.read_as:
        reading = case.scheme.interpretations[passage.read_as]
        return words(
            "answer.reading",
            question=words.source(reading.question),
            chosen=words.source(reading.chosen),
            office=words.source(reading.confirmed_by),
        )
    if passage.says:
        return _filled(passage.says, case, values)
    if passage.id.startswith("figure."):
        return words("answer.figure", label=passage.title, value=written(passage.parameters[0], case, values))
    if passage.silent:
        return words("answer.silent", title=passage.title)
    return " ".join(words.source(each.gist) for each in passage.citations)


def _filled(says: str, case: Case, values: Values) -> str:
    """The sentence with its figures. A parameter's name has dots, which `str.format` would take for attributes."""
    for name in placeholders(says):
        says = says.replace(f"{{{name}}}", written(name, case, values))
    return says.replace("{{", "{").replace("}}", "}")


def written(name: str, case: Case, values: Values) -> str:
    """A parameter's value in force in the reader's language; where there is none, who decides."""
    words, spec = case.words, case.scheme.parameters[name]
    setting = values.setting(name)
    if setting is None:
        return words("answer.unset", authority=words.source(decided_by(case.scheme, spec)))
    if spec.unit == "yuan":
        return known_amount(values.money(name), case)
    if spec.unit in ("ratio", "points"):
        return _rate(values.rate(name), points=spec.unit == "points", case=case)
    if setting.value is True:
        return words("answer.yes")
    if setting.value is False:
        return words("answer.no")
    # A pack of one's own may have choices that no catalogue knows: then its word for it.
    return words(_CHOICES[str(setting.value)]) if setting.value in _CHOICES else str(setting.value)


def _rate(rate: tuple[Fraction, Fraction], *, points: bool, case: Case) -> str:
    low, high = rate
    if not points:
        return case.words.percent(low, high)
    # Ten points less is said as ten points, with the direction in the sentence around it.
    number = case.words.percent(abs(low), abs(high)).replace("%", "").strip()
    message = N_("answer.points_less") if high < 0 else N_("answer.points_more")
    return case.words(message, points=number)


def _doubted(
    question: str, headline: str, lines: Sequence[Line], citations: Sequence[Citation], case: Case
) -> list[str]:
    """A word of warning where the question takes a figure for granted that the answer does not have."""
    asked = figures_of(question)
    gists = " ".join(each.gist for each in citations)
    there = figures_of(" ".join((headline, gists, *(line.amount for line in lines))))
    return [case.words("answer.not_that_figure")] if asked - there else []
