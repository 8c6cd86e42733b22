"""A simulation in the reader's language: as text, and as a chart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from bot.commands import figures
from bot.commands.svg import Bar, Section, chart
from bot.languages import Catalogue
from policy_engine.batch.simulation import Group, Simulation
from policy_engine.facts import LEVELS
from policy_engine.money import Money, exactly
from policy_engine.parameters import Figure
from policy_engine.scheme import Scheme

Groups = list[tuple[str, Group]]
"""Groups of bills, each with its name in the reader's language."""


@dataclass(frozen=True)
class Simulated:
    """A simulation and what it is of.

    `scheme` are the rules before, `changes` the figures before and after, `bills` how many there were. They come from
    the file `population`, or are invented from a `seed` where that is None. `named` is where the rules come from.
    """

    found: Simulation
    scheme: Scheme
    changes: Sequence[tuple[Figure, Figure]]
    bills: int
    population: Path | None
    seed: int
    named: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON."""
        source = {"invented": True, "seed": self.seed} if self.population is None else {"file": str(self.population)}
        return {
            **self.named,
            "changes": {
                before.parameter: {"before": before.to_json(), "after": after.to_json()}
                for before, after in self.changes
            },
            "illustrative": True,
            "population": {"bills": self.bills, **source},
            **self.found.to_dict(),
        }


def simulated_text(simulated: Simulated, words: Catalogue) -> str:
    """What a change costs and whom it helps: the answer first, then a table of each kind of group."""
    lines = [*_changes(simulated, words), *_answer(simulated.found, words), *_notes(simulated, words)]
    for heading, groups in _sections(simulated.found, words):
        lines += ["", *_table(heading, groups, words)]
    return "\n".join(lines)


def simulated_chart(simulated: Simulated, words: Catalogue) -> str:
    """The same as a chart."""
    answer = [*_answer(simulated.found, words), *_notes(simulated, words), words("simulate.chart")]
    return chart(
        words.listed(list(_changes(simulated, words))),
        " ".join(answer),
        answer,
        [
            Section(heading, [Bar(name, group.difference, _in_words(group, words)) for name, group in groups])
            for heading, groups in _sections(simulated.found, words)
        ],
    )


def _changes(simulated: Simulated, words: Catalogue) -> Iterator[str]:
    for before, after in simulated.changes:
        yield words(
            "simulate.change",
            label=figures.label(simulated.scheme.parameters[before.parameter], words),
            before=figures.figure(before, simulated.scheme, words),
            after=figures.figure(after, simulated.scheme, words),
        )


def _answer(found: Simulation, words: Catalogue) -> Iterator[str]:
    total = found.total
    yield words(
        "simulate.fund",
        before=words.money(exactly(total.before)),
        after=words.money(exactly(total.after)),
        difference=_difference(total, words),
        share=_share(abs(total.difference), total.before, words),
    )
    yield words(
        "simulate.people",
        bills=f"{total.bills:,}",
        helped=f"{total.helped:,}",
        helped_share=_share(total.helped, total.bills, words),
        hurt=f"{total.hurt:,}",
        hurt_share=_share(total.hurt, total.bills, words),
    )


def _notes(simulated: Simulated, words: Catalogue) -> Iterator[str]:
    found = simulated.found
    yield words("simulate.illustrative")
    if simulated.population is None:
        yield words("simulate.invented", bills=f"{simulated.bills:,}", seed=simulated.seed)
    else:
        yield words("simulate.from_file", bills=f"{simulated.bills:,}", file=simulated.population)
    yield words("simulate.each_bill")
    if found.open_bills:
        before, after = (words.money(each) for each in (found.open_before, found.open_after))
        yield words("simulate.open", bills=f"{found.open_bills:,}", before=before, after=after)


def _sections(found: Simulation, words: Catalogue) -> Iterator[tuple[str, Groups]]:
    ages = {
        "under_18": words("simulate.under_18"),
        "18_to_59": words("simulate.18_to_59"),
        "60_to_69": words("simulate.60_to_69"),
        "70_and_over": words("simulate.70_and_over"),
        "unknown": words("simulate.unknown"),
    }
    levels = {level: words(f"value.provider_level.{level}") for level in LEVELS} | {"unknown": ages["unknown"]}
    yield words("simulate.by_age"), [(ages[each.name], each) for each in found.by_age]
    yield words("simulate.by_level"), [(levels[each.name], each) for each in found.by_level]
    tenths: Groups = [(words.money(Money(each.smallest, each.largest)), each.group) for each in found.by_bill]
    yield words("simulate.by_bill"), tenths


def _table(heading: str, groups: Groups, words: Catalogue) -> Iterator[str]:
    columns = [
        heading,
        words("simulate.bills"),
        words("simulate.before"),
        words("simulate.after"),
        words("simulate.difference"),
        words("simulate.pay_less"),
        words("simulate.pay_more"),
    ]
    yield _row(columns)
    yield _row(["---", *["---:"] * (len(columns) - 1)])
    for name, group in groups:
        yield _row(
            [
                name,
                f"{group.bills:,}",
                words.money(exactly(group.before)),
                words.money(exactly(group.after)),
                _difference(group, words),
                f"{group.helped:,} ({_share(group.helped, group.bills, words)})",
                f"{group.hurt:,} ({_share(group.hurt, group.bills, words)})",
            ]
        )


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _in_words(group: Group, words: Catalogue) -> str:
    return words(
        "simulate.figures",
        difference=_difference(group, words),
        helped=_share(group.helped, group.bills, words),
        hurt=_share(group.hurt, group.bills, words),
    )


def _difference(group: Group, words: Catalogue) -> str:
    amount = words.money(exactly(abs(group.difference)))
    if group.difference == 0:
        return words("simulate.same")
    return words("simulate.less", amount=amount) if group.difference < 0 else words("simulate.more", amount=amount)


def _share(part: int, whole: int, words: Catalogue) -> str:
    return words.percent(Fraction(part, whole), Fraction(part, whole)) if whole else "–"
