"""Money as a person hears it: a contribution or a hospital bill, line by line, with what it rests on."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from dialogs.context import N_, Case
from dialogs.grades import grade_costs, graded
from dialogs.hospitals import hospital_notes
from dialogs.notes import (
    ask_county,
    assumption,
    badge,
    known_amount,
    labels,
    readings,
    stated,
    still_open,
    unset_notes,
)
from dialogs.replies import Line, Receipt
from dialogs.sources import sources
from policy_engine.benefits.calculation import ReceiptLine
from policy_engine.citations import Citation
from policy_engine.contribution import UNDECIDED, Contribution, Part
from policy_engine.estimate import Estimate
from policy_engine.money import NOTHING, UNBOUNDED, Money, exactly

_LABELS = {
    "bill_total": N_("line.bill_total"),
    "not_on_the_list": N_("line.not_on_the_list"),
    "class_b": N_("line.class_b"),
    "above_cost_ceiling": N_("line.above_cost_ceiling"),
    "deductible": N_("line.deductible"),
    "after_deductible": N_("line.after_deductible"),
    "band": N_("line.band"),
    "before_ceiling": N_("line.before_ceiling"),
    "above_ceiling": N_("line.above_ceiling"),
    "basic_pays": N_("line.basic_pays"),
    "second_layer_counts": N_("line.second_layer_counts"),
    "second_layer_pays": N_("line.second_layer_pays"),
    "fund_pays": N_("line.fund_pays"),
    "person_pays": N_("line.person_pays"),
}
"""The lines that are shown, with their message. The person's own share is what the result says, so it has none."""

AT_FIRST = ("class_b", "above_cost_ceiling", "deductible", "above_ceiling")
"""What is left to the person; where a second layer may pay some of it back, their message is `.at_first`."""

RATED = ("band", "before_ceiling", "basic_pays", "fund_pays")
"""Lines worked out by a ratio, which their message names; `.plain` is for one that is not known well enough."""

_RESULTS = {"fund_pays", "person_pays"}


def contribution_receipt(found: Contribution, case: Case) -> Receipt:
    """What a year costs, what the person pays, and who pays the rest."""
    words = case.words
    lines = [Line(_total(case), words.money(found.total), "total")]
    lines += [_part(part, case) for part in found.parts]
    told = [part.text for part in found.parts if part.line == "remainder" or part.payer != "individual"]
    notes = [words.source(text) for text in dict.fromkeys([*told, *(each.text for each in found.advice)])]
    notes += unset_notes(found.unset, case)
    notes += still_open(found.missing, case)
    if "contribution_grade" in found.missing:
        notes.append(words("note.grades", costs=words.listed(grade_costs(case))))
    notes += readings(found.interpretations, case)
    notes += [*stated("ways_to_pay", case), *ask_county(case)]
    return Receipt(
        _contribution_headline(found, case), tuple(lines), tuple(dict.fromkeys(notes)), badge([found.grade], case)
    )


def _total(case: Case) -> str:
    """What the year's total is called: with the grade, where contributions come in grades."""
    grade = case.facts.get("contribution_grade")
    if grade is None or not graded(case.scheme):
        return case.words("line.total")
    return case.words("line.total_of_grade", grade=case.words(f"value.contribution_grade.{grade}"))


def _contribution_headline(found: Contribution, case: Case) -> str:
    if found.person_pays == NOTHING:
        return case.say("contribution.nothing")
    if found.person_pays.exact:
        return case.say("contribution.exact", amount=case.words.money(found.person_pays))
    if found.person_pays.high is None:
        return case.say("contribution.unset")
    return case.say("contribution.range", amount=case.words.money(found.person_pays))


def _part(part: Part, case: Case) -> Line:
    words = case.words
    if part.payer == UNDECIDED:
        label = words("line.remainder_undecided")
    elif part.line == "own_part" and part.payer != "individual":
        label = words("line.own_part_paid_by", payer=words(f"payer.{part.payer}"))
    elif part.line == "own_part":
        label = case.say("line.own_part")
    else:
        label = words("line.paid_by", payer=words(f"payer.{part.payer}"))
    return Line(label, known_amount(part.amount, case), "part", sources(part.citations, words))


def estimate_receipt(found: Estimate, case: Case) -> Receipt:
    """What the fund pays of a bill, line by line."""
    layered = _layered(found, case)
    shown = [line for line in found.receipt if line.line in _LABELS and not _is_nothing(line)]
    lines = tuple(_line(line, layered, case) for line in shown)
    notes = [*hospital_notes(case, found.on), *_certain(found, case), *_notes(found, case)]
    return Receipt(_estimate_headline(found, case), lines, tuple(notes), badge([found.grade], case))


def _layered(found: Estimate, case: Case) -> bool:
    """Whether a second layer pays some of what is left to the person, or may do so where the amounts are open."""
    layers = case.scheme.benefits.layers if case.scheme.benefits is not None else ()
    may = not found.fund_pays.exact and any(each.when.holds(case.facts) is not False for each in layers)
    return may or any(line.line == "second_layer_pays" for line in found.receipt)


def _is_nothing(line: ReceiptLine) -> bool:
    """A share of nothing: no deductible, say. The results are shown whatever they are."""
    return line.amount == NOTHING and line.line in {"not_on_the_list", *AT_FIRST}


def _estimate_headline(found: Estimate, case: Case) -> str:
    words = case.words
    if found.fund_pays == NOTHING:
        return words("estimate.nothing")
    if found.fund_pays.exact:
        return words("estimate.exact", fund=words.money(found.fund_pays), person=words.money(found.person_pays))
    if found.fund_pays.high is None:
        return words("estimate.unknown")
    return words("estimate.range", fund=words.money(found.fund_pays), person=words.money(found.person_pays))


def _line(line: ReceiptLine, layered: bool, case: Case) -> Line:
    words = case.words
    label, params = _LABELS[line.line], _in_label(line, case)
    if layered and line.line == "fund_pays":
        label, params = N_("line.fund_pays.both"), {}
    elif layered and line.line in AT_FIRST:
        label += ".at_first"
    elif line.line in RATED and not params:
        label += ".plain"
    return Line(words(label, **params), _amount(line, case), _role(line), sources(line.citations, words))


def _in_label(line: ReceiptLine, case: Case) -> dict[str, str]:
    """What the label of a line names: the ratio, unless it is too open to tell anything, and the stretch of a band."""
    if line.rate is None or line.rate[1] - line.rate[0] >= Fraction(1, 2):
        return {}
    named = {"rate": case.words.percent(*line.rate)}
    if line.line != "band":
        return named
    return {**named, "span": case.words.money(Money(*line.span))} if line.span is not None else {}


def _role(line: ReceiptLine) -> Literal["total", "part", "step", "result"]:
    if line.line in _RESULTS:
        return "result"
    match line.role:
        case "total":
            return "total"
        case "person":
            return "part"
        case _:
            return "step"


def _amount(line: ReceiptLine, case: Case) -> str:
    """What a line comes to. A band's payment may lie between two fen: it is rounded only in the sum."""
    low, high = line.amount.low, line.amount.high
    if line.line == "band" and high == low + 1:
        return case.words("amount.about", amount=case.words.money(exactly(low)))
    return known_amount(line.amount, case)


def _certain(found: Estimate, case: Case) -> list[str]:
    """Where the result is only a range: what is certain all the same."""
    if found.fund_pays.exact:
        return []
    words = case.words
    told = []
    deductible = next((line for line in found.receipt if line.line == "deductible"), None)
    if deductible is not None and deductible.amount.exact and deductible.amount != NOTHING:
        amount = words.money(deductible.amount)
        told.append(words("certain.deductible", amount=amount, source=labels(deductible.citations, case)))
    if found.ceiling is not None and found.ceiling[0] != UNBOUNDED:
        told.append(_certain_ceiling(found.ceiling, _layered(found, case), case))
    return told


def _certain_ceiling(ceiling: tuple[Money, tuple[Citation, ...]], layered: bool, case: Case) -> str:
    """The most that is paid in a year; with a second layer, that is the most that the first one pays."""
    words = case.words
    amount, place = ceiling[0], labels(ceiling[1], case)
    if amount.exact or amount.high is None:
        one = N_("certain.ceiling.basic") if layered else N_("certain.ceiling")
        return words(one, amount=words.money(amount), source=place)
    most, least = words.money(exactly(amount.high)), words.money(exactly(amount.low))
    several = N_("certain.ceilings.basic") if layered else N_("certain.ceilings")
    return words(several, most=most, least=least, source=place)


def _notes(found: Estimate, case: Case) -> list[str]:
    notes = unset_notes(found.unset, case)
    notes += still_open(found.missing, case)
    notes += [assumption(fact, case) for fact, _ in found.assumptions]
    notes += readings(found.interpretations, case)
    notes.append(case.words("note.insured"))
    return notes
