"""What would the fund pay of this bill, and what is left to the person? A receipt, or an honest range."""

from __future__ import annotations

import datetime
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from policy_engine.benefits.bill import Bill, read_bill
from policy_engine.benefits.calculation import Case, ReceiptLine, calculate, exact_lines, hull
from policy_engine.benefits.classes import CHOOSING, TRANSFERS
from policy_engine.benefits.open_figures import deciding
from policy_engine.benefits.profiles import Possible, Profile, benefit_day
from policy_engine.citations import Citation
from policy_engine.conditions import PARAMETER
from policy_engine.diagram import Node, ask_first, mapped
from policy_engine.errors import N_, PolicyError
from policy_engine.facts import ASSUMED, EARLIER, FACTS, Facts, Value, fact_to_json
from policy_engine.known import Known, known_on
from policy_engine.money import LARGEST, NOTHING, Money, exactly
from policy_engine.parameters import Figure, Unset
from policy_engine.provenance import Provenance, facts_to_dict, provenance
from policy_engine.scheme import Scheme


@dataclass(frozen=True)
class Estimate:
    """What the fund pays of one stay or visit.

    Exact where everything needed is known; then the `fund` and `person` lines of the receipt add up to the bill, to
    the fen. `ceiling` is the most that the basic layer pays this person in a year, with where that stands; None where
    no ceiling applies. `assumptions` are the facts taken for granted because nobody said them. `unset` and `missing`
    hold only what can still change the result. `figures` are the values that it rests on, `grade` the weakest source of
    any.
    """

    fund_pays: Money
    person_pays: Money
    receipt: tuple[ReceiptLine, ...]
    ceiling: tuple[Money, tuple[Citation, ...]] | None
    unset: tuple[Unset, ...]
    missing: tuple[str, ...]
    assumptions: tuple[tuple[str, Value], ...]
    interpretations: tuple[str, ...]
    illustrative: bool
    grade: str
    figures: tuple[Figure, ...]
    facts: Facts
    provenance: Provenance

    @property
    def on(self) -> datetime.date:
        """The day whose rules were applied."""
        return self.provenance.on

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of an estimate."""
        return {
            "fund_pays": self.fund_pays.to_json(),
            "person_pays": self.person_pays.to_json(),
            "receipt": [line.to_dict() for line in self.receipt],
            "ceiling": self.ceiling[0].to_json() if self.ceiling else None,
            "unset": [each.to_dict() for each in self.unset],
            "missing": list(self.missing),
            "assumptions": [{"fact": fact, "value": fact_to_json(value)} for fact, value in self.assumptions],
            "interpretations": list(self.interpretations),
            "illustrative": self.illustrative,
            "grade": self.grade,
            "figures": {each.parameter: each.to_json() for each in self.figures},
            "facts": facts_to_dict(self.facts),
            **self.provenance.to_dict(),
        }


def estimate(
    scheme: Scheme, facts: Facts, on: datetime.date | None = None, today: datetime.date | None = None
) -> Estimate:
    """What the fund pays of the bill in `facts`, under the rules of the day of admission, or else the day `on`.

    Article 十四 for Jiaxing 2008. Raises DateError for a day that the scheme does not cover, FactError for facts that
    cannot be together, PolicyError for a document that has no such rules.
    """
    if scheme.benefits is None:
        raise PolicyError(N_("{scheme} has no rules on benefits. Choose a city's scheme."), scheme=scheme.id)
    admitted = facts.get("admission_date")
    day = scheme.on(admitted if isinstance(admitted, datetime.date) else on, today)
    settled = known_on(scheme, facts, day)
    known = settled.facts
    stay = known.get("stays_this_year", 1)
    profile = benefit_day(scheme, day).profile(known, stay if isinstance(stay, int) else 1, settled.possible)
    bill = read_bill(known, profile.uses)
    if profile.only is not None and bill.exact:
        steps = profile.only.sides.least.steps(bill.amounts())
        fund = exactly(steps.fund + steps.second)
        person = exactly(bill.whole.low - fund.low)
        receipt = exact_lines(profile.only.sides, profile.only.sources, bill, steps)
        missing: tuple[str, ...] = ()
        unset: tuple[Unset, ...] = ()
    else:
        fund, person, receipt, missing, unset = _open(
            scheme, profile, bill, frozenset(known), settled.possible, settled.interpretations
        )
    return Estimate(
        fund_pays=fund,
        person_pays=person,
        receipt=receipt,
        ceiling=profile.ceiling,
        unset=unset,
        missing=missing,
        assumptions=_assumptions(profile, known, fund),
        interpretations=_interpretations(settled, profile),
        illustrative=profile.illustrative,
        grade=profile.grade,
        figures=profile.settings,
        facts=facts,
        provenance=provenance(scheme, day),
    )


def _interpretations(settled: Known, profile: Profile) -> tuple[str, ...]:
    """The open places of the text that the result rests on; how a transfer counts, where there was one."""
    transferred = any(settled.facts.get(fact, "none") != "none" for fact in TRANSFERS.values())
    if not settled.interpretations and not transferred:
        return profile.interpretations
    read = profile.day.scheme.interpretations
    counted = [each.entries.schedule.deductible.on_transfer for each in profile.options.values() if transferred]
    named = [name for name in counted if name in read]
    return tuple(dict.fromkeys((*settled.interpretations, *profile.interpretations, *named)))


# The first questions to everybody are the same few; working out which to ask next is what takes long.
@lru_cache(maxsize=2048)
def _open(
    scheme: Scheme,
    profile: Profile,
    bill: Bill,
    known: frozenset[str],
    possible: Possible,
    interpretations: tuple[str, ...],
) -> tuple[Money, Money, tuple[ReceiptLine, ...], tuple[str, ...], tuple[Unset, ...]]:
    """The result where something is open: ranges, and what would narrow them. `known` are the facts that are."""
    cases = {each: calculate(option.sides, option.sources, bill) for each, option in profile.options.items()}
    fund, person, receipt = hull(list(cases.values()))
    alike: dict[Hashable, Case] = {}
    # While it is open which payments count, two classes may come to the same only because either might.
    told_apart = profile.counted if len(profile.paid_apart) > 1 and not bill.paid.exact else {}
    remaining = mapped(
        profile.classes, lambda each: alike.setdefault((cases[each].sameness, told_apart.get(each)), cases[each])
    )
    missing = list(ask_first(remaining, tuple(FACTS), _doubt, _ways_left))
    if interpretations:
        # Which of its possible levels a hospital has is for who interprets the text to say, not for the person.
        missing = [name for name in missing if name not in dict(possible)]
    if not {"bill_total", "reportable_cost"} & known and fund != NOTHING:
        missing = _after_schedule(missing, "bill_total")
    if not fund.exact:
        missing += [name for name in _amounts_wanted(profile, bill, known) if name not in missing]
    if scheme.overlay is None and not fund.exact and profile.left_to_counties and "county" not in missing:
        missing.insert(0, "county")
    named = [name for name in scheme.parameters if PARAMETER + name in remaining.support]
    if bill.reportable.high is None:
        named = []  # what decides while the bill itself is unknown is the bill
    values = profile.day.values
    open_figures = dict.fromkeys(map(values.named, (*deciding(profile, bill), *named)))
    return fund, person, receipt, tuple(missing), tuple(values.unset(name) for name in open_figures)


def _after_schedule(missing: list[str], fact: str) -> list[str]:
    """The treatment chooses the schedule, so it comes first; then the bill; then who the person is."""
    schedule = [name for name in missing if name in CHOOSING]
    return [*schedule, fact, *(name for name in missing if name not in schedule)]


def _amounts_wanted(profile: Profile, bill: Bill, known: frozenset[str]) -> list[str]:
    """The amounts besides the bill that nobody has said and that can change what is paid."""
    ranges = {
        "bill_total": bill.whole,
        "outpatient_paid_this_year": bill.paid,
        "class_b_cost": bill.class_b,
        **dict(zip(EARLIER, (bill.reported, bill.entered, bill.own_share), strict=True)),
    }
    return [name for name, amount in ranges.items() if name in profile.uses and not amount.exact and name not in known]


def _doubt(node: Node[Case]) -> float:
    """How wide the range still is, in fen; an open end counts as a bill larger than any."""
    highs = [LARGEST if case.probe.high is None else case.probe.high for case in node.odds]
    return float(max(highs) - min(case.probe.low for case in node.odds))


def _ways_left(node: Node[Case]) -> int:
    """How many results are still possible. Where a county's figures are open, every answer leaves a range as wide."""
    return len(node.odds)


def _assumptions(profile: Profile, known: Mapping[str, Value], fund: Money) -> tuple[tuple[str, Value], ...]:
    """What nobody said and was taken for granted, where it can matter."""
    assumed: list[tuple[str, Value]] = []
    if "bill_total" in known and "reportable_cost" not in known:
        assumed.append(("reportable_cost", known["bill_total"]))
    apart = "outpatient_paid_this_year" in known and {"outpatient_paid_this_year"} == profile.paid_apart
    if "fund_paid_this_year" not in known and not apart and fund != NOTHING and profile.may_be_capped:
        assumed.append(("fund_paid_this_year", ASSUMED["fund_paid_this_year"]))
    if "stays_this_year" not in known and profile.stay_matters:
        assumed.append(("stays_this_year", ASSUMED["stays_this_year"]))
    return tuple(assumed)
