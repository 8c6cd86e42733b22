"""How a class of treatment and person is paid, in a few words for each part: for tables and for the rule book."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence

from bot.commands.figures import choices, figure, rate
from bot.languages import Catalogue
from policy_engine.benefits.schedule import Basis
from policy_engine.checking.terms import BandTerms, Choice, DeductibleTerms, LayerTerms, Terms
from policy_engine.parameters import Figure
from policy_engine.scheme import Scheme


class TermWords:
    """The words for the terms of one scheme in one language."""

    def __init__(self, scheme: Scheme, words: Catalogue) -> None:
        self._scheme, self._words = scheme, words

    def figure(self, found: Figure) -> str:
        """A figure with its value in force."""
        return figure(found, self._scheme, self._words)

    def ratio(self, band: BandTerms) -> str:
        """The ratio of a band, with all points."""
        return rate(band.rate, self._words)

    def deductible(self, terms: Terms) -> str:
        """What is carried first."""
        parts = list(self._deductible(terms.deductible)) if terms.deductible else [self._words("terms.no_deductible")]
        if terms.carried is not None:
            parts.append(self._words("terms.carried", amount=self.figure(terms.carried)))
        return self._joined(parts)

    def _deductible(self, found: DeductibleTerms) -> Iterator[str]:
        words = self._words
        if found.share is not None:
            share = self.figure(found.share)
            yield (
                words("terms.share_of_bill", share=share)
                if found.of_whole_bill
                else words("terms.share_of_cost", share=share)
            )
            if found.at_least is not None:
                yield words("figure.at_least", value=self.figure(found.at_least))
            if found.at_most is not None:
                yield words("figure.at_most", value=self.figure(found.at_most))
        if found.amount is not None:
            yield self.figure(found.amount)
        for number, amount in enumerate(found.later_stays, 2):
            last = number == len(found.later_stays) + 1
            told = self.figure(amount)
            yield (
                words("terms.stays_from", number=number, amount=told)
                if last
                else words("terms.stay", number=number, amount=told)
            )
        if found.counts is not None:
            yield self._choice(found.counts) or words("terms.counts_open")
        if found.on_transfer is not None and found.on_transfer.chosen != "full":
            yield words("terms.on_transfer", how=self._choice(found.on_transfer) or words("figure.unset"))

    def _choice(self, found: Choice) -> str:
        return choices(self._words)[found.chosen] if found.chosen else ""

    def bands(self, terms: Terms) -> str:
        """The ratio, or the ratio of each stretch of cost with what is measured."""
        stretches = self.stretches(terms.bands)
        if len(terms.bands) > 1:
            stretches.append(self.basis(terms.basis))
        return self._joined(stretches)

    def stretches(self, bands: Sequence[BandTerms]) -> list[str]:
        """Each stretch of cost with its ratio; a single one has the ratio only."""
        if len(bands) == 1:
            return [self.ratio(bands[0])]
        found = []
        before: BandTerms | None = None
        for band in bands:
            found.append(f"{self._stretch(before, band)}: {self.ratio(band)}")
            before = band
        return found

    def _stretch(self, before: BandTerms | None, band: BandTerms) -> str:
        """From where to where: > 3000, ≤ 4000. An end that belongs to a stretch has ≤ or ≥."""
        ends = []
        if before is not None and before.up_to is not None:
            ends.append(f"{'>' if before.closed else '≥'} {self.figure(before.up_to)}")
        if band.up_to is not None:
            ends.append(f"{'≤' if band.closed else '<'} {self.figure(band.up_to)}")
        return self._words.listed(ends)

    def basis(self, basis: Basis) -> str:
        """What the bounds of bands measure."""
        return {
            "gross": self._words("terms.basis.gross"),
            "after_deductible": self._words("terms.basis.after_deductible"),
            "year_gross": self._words("terms.basis.year_gross"),
            "year_net": self._words("terms.basis.year_net"),
        }[basis]

    def guaranteed(self, terms: Terms) -> str:
        """What the fund pays at the least; empty where nothing is guaranteed."""
        if terms.guaranteed is None:
            return ""
        share = self.figure(terms.guaranteed)
        of = terms.guaranteed_of.chosen if terms.guaranteed_of else "reportable_cost"
        if of is None:
            return self._words("terms.guaranteed_open", share=share)
        return self._words("terms.guaranteed", share=share, of=choices(self._words)[of])

    def class_b(self, terms: Terms) -> str:
        """What is carried of class-B items; empty where nothing is said."""
        return (
            "" if terms.class_b_share is None else self._words("terms.class_b", share=self.figure(terms.class_b_share))
        )

    def ceiling(self, terms: Terms) -> str:
        """The most that the fund pays in a year."""
        if terms.ceiling is None:
            return self._words("terms.no_ceiling")
        amount = self.figure(terms.ceiling)
        if terms.ceiling_counts == "outpatient_paid_this_year":
            return self._words("terms.ceiling_outpatient", amount=amount)
        return amount

    def cost_ceiling(self, terms: Terms) -> str:
        """The most of a year's cost that counts; empty where there is no limit."""
        return "" if terms.cost_ceiling is None else self.figure(terms.cost_ceiling)

    def layer(self, found: LayerTerms | None) -> str:
        """The second layer; empty where there is none."""
        if found is None:
            return ""
        words = self._words
        parts = [words("terms.feeds", feeds=words.listed([self._feed(each) for each in found.feeds]))]
        if found.deductible is not None:
            parts.append(words("terms.layer_above", amount=self.figure(found.deductible)))
        parts += self.stretches(found.bands)
        if found.ceiling is not None:
            parts.append(words("terms.layer_ceiling", amount=self.figure(found.ceiling)))
        return self._joined(parts)

    def _feed(self, feed: str) -> str:
        return {
            "class_b": self._words("terms.feed.class_b"),
            "deductible": self._words("terms.feed.deductible"),
            "own_share": self._words("terms.feed.own_share"),
            "above_cost_ceiling": self._words("terms.feed.above_cost_ceiling"),
            "above_ceiling": self._words("terms.feed.above_ceiling"),
        }[feed]

    def _joined(self, parts: Iterable[str]) -> str:
        return functools.reduce(lambda first, second: self._words("terms.both", first=first, second=second), parts)
