"""A scheme as loaded: who may join, who pays, what the fund pays, and where each of these stands.

Nothing here computes; `eligibility`, `contribution`, `estimate` and `compare` do. A scheme is read by `loader`, once
for the municipality and once for each county that overlays it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from policy_engine.citations import Citation, Document
from policy_engine.conditions import Condition
from policy_engine.errors import N_, DateError

Scalar = int | Fraction | bool | str
"""A parameter's value: fen, a rate or points as a fraction, yes/no, or one of a few words."""

Unit = Literal["yuan", "ratio", "points", "boolean", "choice"]


@dataclass(frozen=True)
class Setting:
    """One dated value of a parameter: `value` exactly, or only bounds, in force from `start` to `end` inclusive.

    `same_as` names another parameter whose value this one takes. `where`, here and below, is "file:line" in the pack.
    """

    start: datetime.date
    end: datetime.date
    citation: Citation
    value: Scalar | None = None
    at_least: Scalar | None = None
    same_as: str = ""
    note: str = ""
    where: str = ""


@dataclass(frozen=True)
class Parameter:
    """A figure or a choice that the rules need.

    `settings` are its dated values, none where it is unset. `set_by` says who may set it, `stated` whether the
    document leaves it to them in so many words (`delegated`), only lays down a floor (`floor`) or says nothing
    (`silent`); `citation` is that place.
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


@dataclass(frozen=True)
class ContributionRules:
    """Who pays how much. `shares` names the parameter of each payer's regular part."""

    total: str
    shares: Mapping[str, str]
    own_part: tuple[Bearer, ...]
    remainder: tuple[Bearer, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Schedule:
    """How one kind of care at one level of hospital is paid: parameters by name, `points` added to the ratio.

    `guaranteed` names a share of the reportable cost that the fund pays at the least.
    """

    deductible: str
    ratio: str
    points: tuple[str, ...] = ()
    guaranteed: str = ""
    interpretations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Adjustment:
    """Points added to the ratio of one kind of care for a class of people."""

    id: str
    care: str
    when: Condition
    points: str
    where: str = ""


@dataclass(frozen=True)
class Ceiling:
    """The most that the fund pays one person in a pooling year. Of a list, the first whose `when` holds applies."""

    id: str
    when: Condition
    amount: str
    where: str = ""


@dataclass(frozen=True)
class BenefitRules:
    """What the fund pays. `schedules` by kind of care and level of hospital."""

    schedules: Mapping[tuple[str, str], Schedule]
    adjustments: tuple[Adjustment, ...]
    ceilings: tuple[Ceiling, ...]
    ceiling_counts_outpatient: str
    deductible_counts: str
    rounding: str

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions that tell people apart."""
        return (*(each.when for each in self.adjustments), *(each.when for each in self.ceilings))


@dataclass(frozen=True)
class Interpretation:
    """A reading of an open place in the text: the `question`, the reading `chosen`, and who could confirm it."""

    id: str
    question: str
    chosen: str
    confirmed_by: str
    citation: Citation
    where: str = ""


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
    from. `counties` lists the units that overlay it.
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
