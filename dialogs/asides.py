"""Questions about the policy in the middle of anything: answered, then the question that was open is asked again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dialogs.conversation import Aside
from dialogs.flows import FLOWS
from dialogs.going_on import Turn
from dialogs.members.views import collected
from dialogs.policy.answering import CERTAIN, Told, answer, meant, not_covered, told_of
from dialogs.policy.index import FITS, Hit, Index, index_of
from dialogs.policy.passages import Passage
from dialogs.questions import ASKABLE, HOSPITAL, MEANT, goal_question, goals_of
from dialogs.repairs import Repairs
from dialogs.replies import Choice, Question, Text
from dialogs.sources import sources
from dialogs.understanding import Findings
from policy_engine.facts import Value

NEITHER = "neither"
_WHEN_TO_PAY = "faq.when_to_pay"
"""What the documents leave to each county: its office may have said it."""
_SURE = 0.7
"""How well a question must fit that also says something about the person."""
_AMOUNTS = frozenset({"bill_total", "reportable_cost", "class_b_cost", "fund_paid_this_year"})
"""Whoever names one wants their own case worked out."""
_LONGEST_LABEL = 40
_KEPT = 200


class Asides(Repairs):
    """Policy questions: whether one was asked, what was meant, and the official wording."""

    def open_question(self) -> Question | None:
        """The question that is open, as it was asked; None where none is."""
        if self.conversation.asked != MEANT:
            return super().open_question()
        passages = self._passages()
        # After an upgrade the passages may be gone: then there is nothing left to choose from.
        return self._which(passages) if passages else goal_question(self.case())

    def aside(self, text: str, findings: Findings, asked: Question | None) -> Turn | None:
        """The turn for a question about the policy, or about the answer to one; None for anything else."""
        if self.conversation.asked == MEANT:
            if findings.choice is not None:
                return self._picked(findings.choice)
            if findings.command in ("back", "cancel", "unknown", "skip"):
                self._resume()
                return self.again()
        index = self._index()
        if index.vocabulary.wants_original(text):
            return self._original()
        if findings.command is not None:
            return None
        if self._answers(findings, asked) and findings.intent != "policy_question":
            return None
        hits = index.search(text)
        if not self._is_policy(text, findings, asked, index, hits):
            return None
        county = findings.values().get("county")
        if county is not None and county != self.conversation.facts().get("county") and self.offered(county):
            self.conversation = self.conversation.with_step(self.conversation.step(said={"county": county}))
            hits = self._index().search(text)  # by that county's rules
        return self._tell(told_of(hits, text, self.case()), text)

    def offered(self, county: Value) -> bool:
        """Whether somebody can say that this is their county."""
        return self.context.county is None and county in self.context.counties

    @staticmethod
    def _answers(findings: Findings, asked: Question | None) -> bool:
        """Whether what was said answers the open question."""
        said = set(findings.values()) - {"subject", "county"}
        return findings.choice is not None or (asked is not None and asked.fact in said)

    def _is_policy(
        self, text: str, findings: Findings, asked: Question | None, index: Index, hits: Sequence[Hit]
    ) -> bool:
        facts = set(findings.values()) - {"subject"}
        answers = self._answers(findings, asked)
        if findings.intent == "policy_question" and not answers:
            return True
        if not hits:
            return False
        best = hits[0]
        certain = best.score >= CERTAIN and best.passage.asked > 0
        if answers:  # 门诊起付线是多少, where inpatient or outpatient is asked for, is a question all the same
            return certain and index.vocabulary.asks(text)
        if facts & _AMOUNTS:
            return certain and findings.intent is None and index.vocabulary.asks(text)
        if certain:
            return not self._better_by_flow(findings, best)
        if findings.intent is not None or (facts and len(meant(hits)) > 1):
            return False  # 去县医院呢 says more about the person than it asks about the rules
        return best.score >= (_SURE if facts else FITS) and index.vocabulary.asks(text)

    def _better_by_flow(self, findings: Findings, best: Hit) -> bool:
        """Whether a goal of the conversation answers it for the very person who asks."""
        flow = best.passage.flow
        return bool(flow) and findings.intent == flow and flow in FLOWS and flow in goals_of(self.case().scheme)

    def _tell(self, told: Told, text: str) -> Turn:
        waiting = self._waiting()
        kept = Aside(text[:_KEPT], tuple(each.id for each in told.meant), waiting)
        if told.reply is None:
            self.conversation = replace(self.conversation, asked=MEANT, aside=kept, misses=0)
            return self.again()
        self.conversation = replace(self.conversation, asked=waiting, aside=kept, misses=0)
        replies = [told.reply, *self._days(told)]
        if waiting in ASKABLE:
            return self.again(*replies)
        there = any(self.context.original(each) is not None for each in told.citations)
        onward = self.words("next.policy_question.original") if there else self.words("next.policy_question")
        if waiting is None:
            return self.turn(*replies, Text(onward, "note"))
        return self.again(*replies, *([Text(onward, "note")] if there else []))

    def _days(self, told: Told) -> list[Text]:
        """When the office of the person's county collects, where that was asked and it has said so."""
        county = self.case().county or self.conversation.facts().get("county")
        if not told.meant or told.meant[0].id != _WHEN_TO_PAY or not isinstance(county, str):
            return []
        found = self.context.collection(county)
        if found is None:
            return []
        return [Text(self.words("collection.for_year", year=found.year, days=collected(found, self.words)))]

    def _picked(self, choice: str) -> Turn:
        aside = self.conversation.aside
        passage = self._index().passages.get(choice)
        self._resume()
        if passage is None or aside is None:
            return self.again(Text(not_covered(self.case())))
        return self._tell(answer(passage, self.case(), aside.text), aside.text)

    def _resume(self) -> None:
        """Back to the question that was open before."""
        self.conversation = replace(self.conversation, asked=self._waiting())

    def _waiting(self) -> str | None:
        if self.conversation.asked == MEANT:
            return self.conversation.aside.waiting if self.conversation.aside else None
        # Which hospital it was is then asked by its level: there is room for one question in between, not for two.
        return "provider_level" if self.conversation.asked == HOSPITAL else self.conversation.asked

    def _original(self) -> Turn:
        """The official wording of what was told last."""
        passages = self._passages()
        if not passages or self.conversation.asked == MEANT:
            return self.again(Text(self.words("original.nothing")))
        told = []
        for citation in passages[0].citations:
            (source,) = sources([citation], self.words)
            wording = self.context.original(citation)
            if wording is None:
                told.append(self.words("original.not_here", source=source.label))
            else:
                told.append(self.words("original.text", source=source.label, text=wording))
        return self.again(*(Text(each, "note") for each in told))

    def _which(self, passages: tuple[Passage, ...]) -> Question:
        choices = [Choice(each.id, _short(each.title)) for each in passages]
        return Question(MEANT, self.words("ask.meant"), (*choices, Choice(NEITHER, self.words("answer.neither"))))

    def _passages(self) -> tuple[Passage, ...]:
        there: Mapping[str, Passage] = self._index().passages
        meant = self.conversation.aside.meant if self.conversation.aside else ()
        return tuple(there[name] for name in meant if name in there)

    def _index(self) -> Index:
        return index_of(self.case().scheme, self.context.faqs, self.words)


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST_LABEL else title[: _LONGEST_LABEL - 1] + "…"
