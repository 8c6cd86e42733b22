"""Money as a person hears it: a contribution or a hospital bill, line by line, with what it rests on."""

from __future__ import annotations

from fractions import Fraction

from dialogs.context import N_, Case
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
from policy_engine.calculation import ReceiptLine
from policy_engine.contribution import UNDECIDED, Contribution, Part
from policy_engine.estimate import Estimate
from policy_engine.money import NOTHING, exactly

_ROLES: dict[str, tuple[str, str]] = {
    "bill_total": (N_("line.bill_total"), "total"),
    "not_on_the_list": (N_("line.not_on_the_list"), "part"),
    "deductible": (N_("line.deductible"), "part"),
    "after_deductible": (N_("line.after_deductible"), "step"),
    "before_ceiling": (N_("line.before_ceiling"), "step"),
    "above_ceiling": (N_("line.above_ceiling"), "part"),
    "fund_pays": (N_("line.fund_pays"), "result"),
    "person_pays": (N_("line.person_pays"), "result"),
}


def contribution_receipt(found: Contribution, case: Case) -> Receipt:
    """What a year costs, what the person pays, and who pays the rest."""
    words = case.words
    lines = [Line(words("line.total"), words.money(found.total), "total")]
    lines += [_part(part, case) for part in found.parts]
    told = [part.text for part in found.parts if part.line == "remainder" or part.payer != "individual"]
    notes = [words.source(text) for text in dict.fromkeys([*told, *(each.text for each in found.advice)])]
    notes += unset_notes(found.unset, case)
    notes += still_open(found.missing, case)
    notes += readings(found.interpretations, case)
    notes += [*stated("ways_to_pay", case), *ask_county(case)]
    return Receipt(
        _contribution_headline(found, case), tuple(lines), tuple(dict.fromkeys(notes)), badge(found.illustrative, case)
    )


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
    shown = [line for line in found.receipt if line.line in _ROLES and not _is_nothing(line)]
    lines = tuple(_line(line, case) for line in shown)
    notes = [*_certain(found, case), *_notes(found, case)]
    return Receipt(_estimate_headline(found, case), lines, tuple(notes), badge(found.illustrative, case))


def _is_nothing(line: ReceiptLine) -> bool:
    """A share of nothing that somebody carries: no deductible, say. The results are shown whatever they are."""
    return line.amount == NOTHING and _ROLES[line.line][1] == "part"


def _estimate_headline(found: Estimate, case: Case) -> str:
    words = case.words
    if found.fund_pays == NOTHING:
        return words("estimate.nothing")
    if found.fund_pays.exact:
        return words("estimate.exact", fund=words.money(found.fund_pays), person=words.money(found.person_pays))
    if found.fund_pays.high is None:
        return words("estimate.unknown")
    return words("estimate.range", fund=words.money(found.fund_pays), person=words.money(found.person_pays))


def _line(line: ReceiptLine, case: Case) -> Line:
    label, role = _ROLES[line.line]
    params: dict[str, object] = {}
    if line.line in {"fund_pays", "before_ceiling"}:
        unclear = line.rate is None or line.rate[1] - line.rate[0] >= Fraction(1, 2)
        if unclear or line.rate is None:
            label += ".plain"
        else:
            params["rate"] = case.words.percent(*line.rate)
    words = case.words
    return Line(
        words(label, **params),
        known_amount(line.amount, case),
        role,  # type: ignore[arg-type]
        sources(line.citations, words),
    )


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
    if found.ceiling is not None:
        ceiling, citations = found.ceiling
        place = labels(citations, case)
        if ceiling.exact or ceiling.high is None:
            told.append(words("certain.ceiling", amount=words.money(ceiling), source=place))
        else:
            most, least = words.money(exactly(ceiling.high)), words.money(exactly(ceiling.low))
            told.append(words("certain.ceilings", most=most, least=least, source=place))
    return told


def _notes(found: Estimate, case: Case) -> list[str]:
    notes = unset_notes(found.unset, case)
    notes += still_open(found.missing, case)
    notes += [assumption(fact, case) for fact, _ in found.assumptions]
    notes += readings(found.interpretations, case)
    notes.append(case.words("note.insured"))
    return notes
