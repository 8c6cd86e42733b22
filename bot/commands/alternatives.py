"""What would be otherwise, in words: each alternative with what is then paid and how much more or less that is."""

from __future__ import annotations

from collections.abc import Iterator

from bot.commands.clauses import ClauseWords
from bot.languages import Catalogue
from dialogs.context import N_
from policy_engine.estimate import Estimate
from policy_engine.explaining.alternatives import Alternative, Alternatives
from policy_engine.explaining.difference import Span
from policy_engine.explaining.ways_in import WayIn
from policy_engine.explaining.what_if import WhatIf
from policy_engine.explaining.why_not import WhyNot
from policy_engine.money import Money, exactly
from policy_engine.scheme import Scheme

_KINDS = {
    "place": N_("what_if.place"),
    "referral": N_("what_if.referral"),
    "next_year": N_("what_if.next_year"),
    "larger_bill": N_("what_if.larger_bill"),
    "ceiling_reached": N_("what_if.ceiling_reached"),
    "starting_bill": N_("what_if.starting_bill"),
    "several": N_("what_if.several"),
}
_CAUSES = {
    "no_cost": N_("why_not.no_cost"),
    "cost_ceiling": N_("why_not.cost_ceiling"),
    "deductible": N_("why_not.deductible"),
    "ratio": N_("why_not.ratio"),
    "ceiling": N_("why_not.ceiling"),
}


class AlternativeWords:
    """The words for alternatives under one scheme, in one language."""

    def __init__(self, scheme: Scheme, words: Catalogue) -> None:
        self._scheme, self.words = scheme, words
        self._clauses = ClauseWords(scheme, words)

    def what_if(self, found: WhatIf) -> str:
        """An estimate before and after some changes."""
        changes = self._changes(found.changes)
        before, after = self.paid(found.before), self.paid(found.after)
        return "\n".join(
            [
                self.words("what_if.before", paid=before),
                self.words("what_if.after", changes=changes, paid=after),
                self.words("what_if.difference", more=self._more(found)),
                *self._taken([found]),
            ]
        )

    def alternatives(self, found: Alternatives) -> str:
        """An estimate, and the alternatives that people ask about."""
        lines = [self.words("what_if.before", paid=self.paid(found.before)), ""]
        lines += [self.alternative(each) for each in found.found]
        return "\n".join([*lines, *self._taken([each.what_if for each in found.found])])

    def alternative(self, each: Alternative) -> str:
        """One alternative in a line."""
        words = self.words
        return words(
            "what_if.line",
            what=self._what(each),
            paid=self.paid(each.what_if.after),
            more=self._more(each.what_if),
        )

    def _what(self, each: Alternative) -> str:
        words = self.words
        if each.kind == "reading":
            place = self._scheme.interpretations[each.reading]
            chosen = words.source(place.choices[each.choice]).rstrip("。.")
            return words("what_if.reading", name=each.reading, choice=each.choice, chosen=chosen)
        changes = self._changes(each.what_if.changes)
        what = words(_KINDS[each.kind], changes=changes)
        return words("what_if.this_years_rules", what=what) if each.next_year_unknown else what

    def _changes(self, changes: tuple[tuple[str, object], ...]) -> str:
        return self.words.listed([self._clauses.stated(fact, value) for fact, value in changes])  # type: ignore[arg-type]

    def paid(self, found: Estimate) -> str:
        """What the fund pays and what is left to the person."""
        return self.words("what_if.paid", fund=self._money(found.fund_pays), person=self._money(found.person_pays))

    def _money(self, amount: Money) -> str:
        nothing_known = amount.low == 0 and amount.high is None
        return self.words("amount.undecided") if nothing_known else self.words.money(amount)

    def _more(self, found: WhatIf) -> str:
        """How much more the fund pays, or less."""
        words, span = self.words, found.difference.fund
        low, high = span
        if span == Span(0, 0):
            return words("what_if.same")
        if low is not None and low >= 0:
            return words("what_if.more", amount=words.money(Money(low, high)))
        if high is not None and high <= 0:
            return words("what_if.less", amount=words.money(Money(-high, None if low is None else -low)))
        if low is None or high is None:
            return words("what_if.either_open")
        return words("what_if.either", less=words.money(exactly(-low)), more=words.money(exactly(high)))

    def _taken(self, found: list[WhatIf]) -> Iterator[str]:
        """That some ranges may be wider than what can turn out."""
        if any(each.difference.taken == "apart" for each in found):
            yield ""
            yield self.words("what_if.apart")

    def why_not(self, found: WhyNot) -> str:
        """Why nothing is paid, and what would have to be otherwise."""
        words = self.words
        lines = [words(_CAUSES[each]) for each in found.causes]
        lines += [words("why_not.ways"), *map(self.alternative, found.ways)] if found.ways else [words("why_not.none")]
        return "\n".join(lines)

    def ways_in(self, found: tuple[WayIn, ...]) -> str:
        """Every smallest set of changes that would turn a no."""
        words = self.words
        lines = []
        for way in found:
            changes = self._changes(way.changes)
            if way.outcome == "eligible":
                lines.append(words("ways_in.eligible", changes=changes))
            else:
                missing = words.listed([words(f"fact.{name}") for name in way.missing])
                lines.append(words("ways_in.open", changes=changes, missing=missing))
        return "\n".join([words("ways_in.heading"), *lines]) if lines else words("ways_in.none")
