"""Where the figures of one class stand, sorted by the line of a receipt that rests on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from policy_engine.benefits.classes import Entries
from policy_engine.benefits.schedule import Band, BenefitRules, Deductible
from policy_engine.citations import Citation
from policy_engine.parameters import Values

Citations = tuple[Citation, ...]


@dataclass(frozen=True, eq=False)
class Sources:
    """The citations for each line of a receipt; `all` has every one that a payment rests on."""

    deductible: Citations
    class_b: Citations
    rates: Citations
    ceiling: Citations
    cost_ceiling: Citations
    layer: Citations

    @property
    def all(self) -> Citations:
        """Everything that the sum paid rests on, each once."""
        return tuple(dict.fromkeys((*self.rates, *self.ceiling, *self.cost_ceiling, *self.layer)))


def sources_of(entries: Entries, values: Values) -> Sources:
    """The citations of one class on one day."""

    def cited(names: Iterable[str]) -> Citations:
        return tuple(dict.fromkeys(values.citation(name) for name in names if name))

    return Sources(
        deductible=cited(_of_deductible(entries.schedule.deductible)),
        class_b=cited([entries.schedule.class_b_share]),
        rates=cited(_of_rates(entries)),
        ceiling=cited([entries.ceiling.amount] if entries.ceiling else []),
        cost_ceiling=cited([entries.cost_ceiling.amount] if entries.cost_ceiling else []),
        layer=cited(_of_layer(entries)),
    )


def figures_of(entries: Entries) -> tuple[str, ...]:
    """The amounts and rates that play a part for one class, in the order of the calculation."""
    before = _of_deductible(entries.before.deductible) if entries.before else []
    names = (
        entries.schedule.class_b_share,
        entries.cost_ceiling.amount if entries.cost_ceiling else "",
        *_of_deductible(entries.schedule.deductible),
        *before,
        *_of_rates(entries),
        entries.ceiling.amount if entries.ceiling else "",
        *_of_layer(entries),
    )
    return tuple(dict.fromkeys(name for name in names if name))


def choices_of(entries: Entries, rules: BenefitRules, values: Values) -> tuple[str, ...]:
    """The choices that play a part for one class besides its figures; readings of the text are not among them."""
    deductible = entries.schedule.deductible
    names = (deductible.counts, deductible.on_transfer, entries.schedule.guaranteed_of, rules.order, rules.rounding)
    return tuple(name for name in names if name and name in values.scheme.parameters)


def _of_deductible(deductible: Deductible) -> list[str]:
    names = (deductible.amount, deductible.share, deductible.at_least, deductible.at_most, *deductible.later_stays)
    return [name for name in names if name]


def _of_bands(bands: Iterable[Band]) -> list[str]:
    return [name for band in bands for name in (band.ratio, band.up_to) if name]


def _of_rates(entries: Entries) -> list[str]:
    schedule = entries.schedule
    adjusted = (name for each in entries.adjustments for name in (each.points, each.at_least, each.at_most))
    names = (*_of_bands(schedule.bands), *schedule.points, *adjusted, schedule.guaranteed)
    return [name for name in names if name]


def _of_layer(entries: Entries) -> list[str]:
    layer = entries.layer
    if layer is None:
        return []
    return [name for name in (layer.deductible, *_of_bands(layer.bands), layer.ceiling) if name]
