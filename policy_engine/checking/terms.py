"""How one class of treatment and person is paid, spelled out with its figures: no bill, no calculation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from policy_engine.benefits.classes import Entries
from policy_engine.benefits.schedule import Band, Basis, Deductible, Feed, Layer, Schedule
from policy_engine.benefits.sources import figures_of
from policy_engine.citations import Citation
from policy_engine.parameters import Figure, Rate, Values, percent_range


@dataclass(frozen=True)
class Choice:
    """One of a few ways to do something: `chosen`, or None where nobody has said; `name` is where it is set."""

    name: str
    chosen: str | None


@dataclass(frozen=True)
class BandTerms:
    """A stretch of cost up to `up_to` (None: open).

    `ratio` is its figure, `rate` what that comes to with all points, a range where figures are not set.
    """

    up_to: Figure | None
    closed: bool
    ratio: Figure
    rate: Rate

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a band."""
        end = {"up_to" if self.closed else "below": self.up_to.to_json()} if self.up_to else {}
        return {**end, "ratio": percent_range(self.rate)}


@dataclass(frozen=True)
class DeductibleTerms:
    """What is carried first: an amount, or a share between two amounts; None where there is no such figure."""

    amount: Figure | None
    share: Figure | None
    of_whole_bill: bool
    at_least: Figure | None
    at_most: Figure | None
    later_stays: tuple[Figure, ...]
    counts: Choice | None
    on_transfer: Choice | None

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a deductible; what does not apply is left out."""
        figures = {"amount": self.amount, "share": self.share, "at_least": self.at_least, "at_most": self.at_most}
        choices = {"counts": self.counts, "on_transfer": self.on_transfer}
        return {
            **{name: each.to_json() for name, each in figures.items() if each is not None},
            **({"of": "bill_total"} if self.of_whole_bill else {}),
            **({"later_stays": [each.to_json() for each in self.later_stays]} if self.later_stays else {}),
            **{name: each.chosen for name, each in choices.items() if each is not None},
        }


@dataclass(frozen=True)
class LayerTerms:
    """A second layer: its bands above the `deductible`, up to `ceiling`, of the parts that feed it."""

    deductible: Figure | None
    bands: tuple[BandTerms, ...]
    ceiling: Figure | None
    feeds: tuple[Feed, ...]

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a second layer."""
        figures = {"deductible": self.deductible, "ceiling": self.ceiling}
        return {
            **{name: each.to_json() for name, each in figures.items() if each is not None},
            "bands": [each.to_dict() for each in self.bands],
            "feeds": list(self.feeds),
        }


@dataclass(frozen=True)
class Terms:
    """How one class is paid. `ceiling` and `cost_ceiling` are None where there is no limit.

    `ceiling_counts` is the fact with the payments that use up the ceiling, `carried` the deductible of the hospital
    before a transfer where that counts. `figures` are all that it rests on, in the order of the calculation, those
    without an exact value among them; `citations` is where they stand.
    """

    deductible: DeductibleTerms | None
    bands: tuple[BandTerms, ...]
    basis: Basis
    guaranteed: Figure | None
    guaranteed_of: Choice | None
    class_b_share: Figure | None
    ceiling: Figure | None
    ceiling_counts: str
    cost_ceiling: Figure | None
    layer: LayerTerms | None
    carried: Figure | None
    figures: tuple[Figure, ...]
    citations: tuple[Citation, ...]

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of terms; what does not apply is null."""

        def json(figure: Figure | None) -> Any:
            return figure.to_json() if figure is not None else None

        return {
            "deductible": self.deductible.to_dict() if self.deductible else None,
            "bands": [each.to_dict() for each in self.bands],
            "basis": self.basis,
            "guaranteed": json(self.guaranteed),
            "guaranteed_of": self.guaranteed_of.chosen if self.guaranteed_of else None,
            "class_b_share": json(self.class_b_share),
            "ceiling": json(self.ceiling),
            "ceiling_counts": self.ceiling_counts if self.ceiling else None,
            "cost_ceiling": json(self.cost_ceiling),
            "second_layer": self.layer.to_dict() if self.layer else None,
            "carried_before_transfer": json(self.carried),
            "figures": {each.parameter: each.to_json() for each in self.figures},
            "citations": [each.to_dict() for each in self.citations],
        }


def schedule_terms(schedule: Schedule, values: Values) -> Terms:
    """How one schedule pays by itself, with no adjustment, ceiling or second layer."""
    entries = Entries(schedule, (), None, None, None, None)
    rates = [values.rate(band.ratio) for band in schedule.bands]
    return terms_of(entries, rates, figures_of(entries), values)


def terms_of(entries: Entries, rates: Sequence[Rate], figures: Sequence[str], values: Values) -> Terms:
    """The terms of one class, whose bands come to these `rates`."""
    schedule, before, ceiling = entries.schedule, entries.before, entries.ceiling
    return Terms(
        deductible=_deductible(schedule.deductible, values),
        bands=_bands(schedule.bands, rates, values),
        basis=schedule.basis,
        guaranteed=_figure(schedule.guaranteed, values),
        guaranteed_of=_choice(schedule.guaranteed_of, values),
        class_b_share=_figure(schedule.class_b_share, values),
        ceiling=_figure(ceiling.amount if ceiling else "", values),
        ceiling_counts=ceiling.counts if ceiling else "",
        cost_ceiling=_figure(entries.cost_ceiling.amount if entries.cost_ceiling else "", values),
        layer=layer_terms(entries.layer, values) if entries.layer else None,
        carried=_figure(before.deductible.amount if before else "", values),
        figures=tuple(map(values.figure, figures)),
        citations=tuple(dict.fromkeys(values.citation(name) for name in figures)),
    )


def _figure(name: str, values: Values) -> Figure | None:
    return values.figure(name) if name else None


def _choice(name: str, values: Values) -> Choice | None:
    return Choice(name, values.choice(name)) if name else None


def _deductible(deductible: Deductible, values: Values) -> DeductibleTerms | None:
    if not deductible.amount and not deductible.share:
        return None
    return DeductibleTerms(
        amount=_figure(deductible.amount, values),
        share=_figure(deductible.share, values),
        of_whole_bill=deductible.of_whole_bill,
        at_least=_figure(deductible.at_least, values),
        at_most=_figure(deductible.at_most, values),
        later_stays=tuple(map(values.figure, deductible.later_stays)),
        counts=_choice(deductible.counts, values),
        on_transfer=_choice(deductible.on_transfer, values),
    )


def _bands(bands: Sequence[Band], rates: Sequence[Rate], values: Values) -> tuple[BandTerms, ...]:
    return tuple(
        BandTerms(_figure(band.up_to, values), band.closed, values.figure(band.ratio), rate)
        for band, rate in zip(bands, rates, strict=True)
    )


def layer_terms(layer: Layer, values: Values) -> LayerTerms:
    """How a second layer pays."""
    return LayerTerms(
        deductible=_figure(layer.deductible, values),
        bands=_bands(layer.bands, [values.rate(each.ratio) for each in layer.bands], values),
        ceiling=_figure(layer.ceiling, values),
        feeds=layer.feeds,
    )
