"""A scheme as loaded: who may join, who pays, what the fund pays, and where each of these stands.

Nothing here computes; `eligibility`, `contribution`, `estimate` and `compare` do. A scheme is read by `loader`, once
for the municipality and once for each county that overlays it.
"""

from __future__ import annotations

import bisect
import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Literal

from policy_engine.benefits.schedule import BenefitRules
from policy_engine.citations import Citation, Document
from policy_engine.conditions import Condition, Conditional
from policy_engine.errors import N_, DateError

Scalar = int | Fraction | bool | str
"""A parameter's value: fen, a rate or points as a fraction, yes/no, or one of a few words."""

Unit = Literal["yuan", "ratio", "points", "boolean", "choice"]


@dataclass(frozen=True)
class Setting:
    """One dated value of a parameter: `value` exactly, or only bounds, in force from `start` to `end` inclusive.

    `same_as` names another parameter whose value this one takes, so many `times`. `where`, here and below, is
    "file:line" in the pack.
    """

    start: datetime.date
    end: datetime.date
    citation: Citation
    value: Scalar | None = None
    at_least: Scalar | None = None
    at_most: Scalar | None = None
    same_as: str = ""
    times: Fraction = Fraction(1)
    note: str = ""
    where: str = ""


@dataclass(frozen=True)
class Parameter:
    """A figure or a choice that the rules need.

    `settings` are its dated values, none where it is unset. `set_by` says who may set it, `stated` whether the
    document leaves it to them in so many words (`delegated`), only lays down a floor (`floor`) or says nothing
    (`silent`); `citation` is that place. `lowest` and `highest` bound what can be set at all, where the text does.
    """

    id: str
    unit: Unit
    label: str
    settings: tuple[Setting, ...]
    set_by: Literal["county", "city", ""]
    stated: Literal["fixed", "floor", "delegated", "silent"]
    citation: Citation
    choices: tuple[str, ...] = ()
    where: str = ""
    lowest: Scalar | None = None
    highest: Scalar | None = None


@dataclass(frozen=True)
class Rule:
    """A rule for or against joining: it applies where `when` holds; `text` says it in plain words."""

    id: str
    when: Condition
    text: str
    citation: Citation
    interpretations: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True)
class Bearer:
    """Who carries a part of the contribution where `when` holds.

    `payer` is a payer, `shares` (each regular share by its payer), or `undecided` where no authority has said.
    `joins_as` names a rule on joining: for whoever certainly joins by that rule this one applies, whatever `when` would
    still need to know.
    """

    id: str
    when: Condition
    payer: str
    text: str
    citation: Citation
    joins_as: str = ""
    interpretations: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True)
class Note:
    """What a person in this situation should hear besides the figures."""

    id: str
    when: Condition
    text: str
    citation: Citation
    where: str = ""


@dataclass(frozen=True, eq=False)
class Shares:
    """How much is paid for a class of people: the parameters of the `total` and of each payer's regular part."""

    id: str
    when: Condition
    total: str
    by_payer: Mapping[str, str]
    interpretations: tuple[str, ...] = ()
    where: str = ""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The total and every share, once each."""
        return tuple(dict.fromkeys((self.total, *self.by_payer.values())))


@dataclass(frozen=True)
class ContributionRules:
    """Who pays how much. Of `amounts` the first whose `when` holds applies; the last one has no condition."""

    amounts: tuple[Shares, ...]
    own_part: tuple[Bearer, ...]
    remainder: tuple[Bearer, ...]
    notes: tuple[Note, ...]

    @property
    def entries(self) -> tuple[Conditional, ...]:
        """The entries that decide how much is paid and by whom."""
        return (*self.amounts, *self.own_part, *self.remainder)


@dataclass(frozen=True)
class Interpretation:
    """A reading of an open place in the text: the `question`, the `choices` by id, and who could confirm one.

    `choice` is the one in force, `default` the one that the pack takes where nobody switches it. `sets` has, for each
    choice, the parameters to which it gives other values than the pack does.
    """

    id: str
    question: str
    choices: Mapping[str, str]
    choice: str
    default: str
    confirmed_by: str
    citation: Citation
    where: str = ""
    sets: Mapping[str, Mapping[str, Parameter]] = field(default_factory=dict)

    @property
    def chosen(self) -> str:
        """The reading in force, in plain words."""
        return self.choices[self.choice]

    @property
    def set_now(self) -> Mapping[str, Parameter]:
        """The parameters to which the choice in force gives values."""
        return self.sets.get(self.choice, {})


@dataclass(frozen=True)
class Statement:
    """What a document says without deciding anybody's case: a target, a floor, a process, a duty.

    `parameter` and `at_least` (fen) make a national floor, applied only where `applies_when` (a yes/no of the scheme)
    is true.
    """

    id: str
    kind: str
    text: str
    citation: Citation
    parameter: str = ""
    at_least: int | None = None
    applies_when: str = ""
    where: str = ""


@dataclass(frozen=True)
class Office:
    """Whom to ask about a fact."""

    fact: str
    name: str
    citation: Citation
    where: str = ""


@dataclass(frozen=True)
class Overlay:
    """A county-level unit: it may set what was left to it, and nothing else."""

    id: str
    name: str
    illustrative: bool


@dataclass(frozen=True, eq=False)
class Scheme:
    """One scheme in one period, as it stands in one county-level unit, or in the municipality where `overlay` is None.

    A national document is a scheme of kind `national`: statements only. `version` is a hash over all that it was read
    from. `counties` lists the units that overlay it, `hospitals` names
    the directory of the hospitals around it.
    """

    id: str
    kind: Literal["municipal", "national"]
    name: str
    jurisdiction: str
    start: datetime.date
    end: datetime.date
    pilot_city: bool | None
    documents: Mapping[str, Document]
    parameters: Mapping[str, Parameter]
    cannot_join: tuple[Rule, ...]
    may_join: tuple[Rule, ...]
    contribution: ContributionRules | None
    benefits: BenefitRules | None
    interpretations: Mapping[str, Interpretation]
    statements: tuple[Statement, ...]
    offices: Mapping[str, Office]
    counties: Mapping[str, Overlay]
    overlay: Overlay | None
    version: str
    hospitals: str = ""

    @property
    def switched(self) -> tuple[tuple[str, str], ...]:
        """The readings that are not the pack's own, each with the choice in force."""
        return tuple((name, each.choice) for name, each in self.interpretations.items() if each.choice != each.default)

    @cached_property
    def turns(self) -> tuple[datetime.date, ...]:
        """The days on which something changes, the scheme's first day included, in order."""
        days = {setting.start for each in self.parameters.values() for setting in each.settings}
        if self.benefits is not None:
            days.update(self.benefits.turns)
        return tuple(sorted({self.start, *(day for day in days if self.start <= day <= self.end)}))

    def since(self, day: datetime.date) -> datetime.date:
        """The day since which the rules are as they are on `day`."""
        return self.turns[bisect.bisect_right(self.turns, day) - 1]

    def __repr__(self) -> str:
        """Short, since all its rules written out would fill a log."""
        return f"Scheme({self.id!r}, {self.overlay.id if self.overlay else None!r})"

    def on(self, asked: datetime.date | None, today: datetime.date | None = None) -> datetime.date:
        """The day whose rules apply: the one asked for, else today where the scheme covers it, else its first day.

        Raises DateError for a day asked for that the scheme does not cover.
        """
        if asked is not None and not self.start <= asked <= self.end:
            raise DateError(
                N_("{scheme} has rules for {start} to {end}, none for {asked}. Choose a date in that period."),
                scheme=self.id,
                start=self.start.isoformat(),
                end=self.end.isoformat(),
                asked=asked.isoformat(),
            )
        if asked is not None:
            return asked
        return today if today is not None and self.start <= today <= self.end else self.start
