"""What the policy engine found, as a person hears it: the answer first, then why, then what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from dialogs.context import N_, Case
from dialogs.replies import Comparison, Decision, Line, Reason, Receipt, Row
from dialogs.sources import sources
from policy_engine.calculation import ReceiptLine
from policy_engine.citations import Citation
from policy_engine.compare import Comparison as Compared
from policy_engine.contribution import UNDECIDED, Contribution, Part
from policy_engine.eligibility import Eligibility, Step
from policy_engine.estimate import Estimate
from policy_engine.facts import Value
from policy_engine.money import NOTHING, Money, exactly
from policy_engine.parameters import Unset

_ROLES: dict[str, tuple[str, str]] = {
    "bill_total": (N_("line.bill_total"), "total"),
    "not_on_the_list": (N_("line.not_on_the_list"), "part"),
    "deductible": (N_("line.deductible"), "part"),
    "after_deductible": (N_("line.after_deductible"), "step"),
    "own_share": (N_("line.own_share"), "part"),
    "before_ceiling": (N_("line.before_ceiling"), "step"),
    "above_ceiling": (N_("line.above_ceiling"), "part"),
    "fund_pays": (N_("line.fund_pays"), "result"),
    "person_pays": (N_("line.person_pays"), "result"),
}


def decision(found: Eligibility, case: Case) -> Decision:
    """May they join, why, and what would change it."""
    changed = {fact for fact, _ in found.changes}
    reasons = _reasons(found, changed, case)
    advice = [*_changes(found, case), *_open_facts(found.missing, case), *_interpretations(found.interpretations, case)]
    if found.outcome == "eligible":
        advice = [*_stated("voluntary", case), *advice]
    return Decision(found.outcome, case.say(f"decision.{found.outcome}"), tuple(reasons), tuple(advice))


def _reasons(found: Eligibility, changed: set[str], case: Case) -> list[Reason]:
    """The steps as reasons. Where one of several rules admits the person whichever it is, that is one reason."""
    steps = _telling(found, changed)
    open_steps = [step for step in steps if step.holds is None]
    if found.outcome != "eligible" or not open_steps:
        return [_reason(step, case) for step in steps]
    rules = case.words.listed([case.words.source(step.text).rstrip("。.") for step in open_steps])
    cited = sources([step.citation for step in open_steps], case.words)
    either = Reason(case.words("reason.either", rules=rules), True, cited)
    return [either, *(_reason(step, case) for step in steps if step.holds is not None)]


def _telling(found: Eligibility, changed: set[str]) -> Sequence[Step]:
    """The steps worth telling. Of the ways in that are closed, those that the proposed changes would open."""
    if found.outcome != "ineligible" or any(step.holds for step in found.reasons):
        return found.reasons
    closed = [step for step in found.reasons if step.holds is False]
    return [step for step in closed if set(step.against) <= changed] or closed


def _reason(step: Step, case: Case) -> Reason:
    """A rule and how it fits. An exclusion that does not apply is told as the fact that keeps it away."""
    cited = sources([step.citation], case.words)
    excluding = step.rule in {rule.id for rule in case.scheme.cannot_join}
    if excluding and step.holds is False:
        return Reason(_facts(step.against, case), True, cited)
    text = case.words.source(step.text)
    if excluding:
        return Reason(text, False if step.holds else None, cited)
    if step.holds is False and step.against:
        text = case.words("reason.not_met", rule=text, facts=_facts(step.against, case))
    return Reason(text, step.holds, cited)


def _facts(names: Iterable[str], case: Case) -> str:
    return case.words.listed([state(name, case.facts[name], case) for name in names])


def state(fact: str, value: Value, case: Case) -> str:
    """A yes/no or a choice as a statement: "no residence permit"."""
    return case.words(f"state.{fact}.{str(value).lower()}")


def _changes(found: Eligibility, case: Case) -> list[str]:
    if not found.changes:
        return []
    changes = case.words.listed([state(fact, value, case) for fact, value in found.changes])
    told = [case.say("advice.change", changes=changes)]
    return told + [text for fact, _ in found.changes for text in _office(fact, case)]


def _open_facts(missing: Iterable[str], case: Case) -> list[str]:
    """What would decide, and who can tell."""
    names = list(missing)
    if not names:
        return []
    told = [case.words("advice.missing", facts=case.words.listed([case.words(f"fact.{name}") for name in names]))]
    return told + [text for name in names if name in case.unsure for text in _office(name, case)]


def _office(fact: str, case: Case) -> list[str]:
    office = case.scheme.offices.get(fact)
    if office is None:
        return []
    return [case.words("advice.office", fact=case.words(f"fact.{fact}"), office=case.words.source(office.name))]


def _stated(statement_id: str, case: Case) -> list[str]:
    """What a document says about it besides the rules, where this scheme has such a statement."""
    return [
        case.words("note.stated", text=case.words.source(each.text), source=_labels([each.citation], case))
        for each in case.scheme.statements
        if each.id == statement_id
    ]


def _labels(citations: Iterable[Citation], case: Case) -> str:
    return case.words.listed([source.label for source in sources(citations, case.words)])


def _interpretations(names: Iterable[str], case: Case) -> list[str]:
    source = case.words.source
    told = []
    for name in names:
        reading = case.scheme.interpretations[name]
        told.append(
            case.words(
                "note.interpretation",
                question=source(reading.question),
                chosen=source(reading.chosen),
                office=source(reading.confirmed_by),
            )
        )
    return told


def contribution_receipt(found: Contribution, case: Case) -> Receipt:
    """What a year costs, what the person pays, and who pays the rest."""
    words = case.words
    lines = [Line(words("line.total"), words.money(found.total), "total")]
    lines += [_part(part, case) for part in found.parts]
    told = [part.text for part in found.parts if part.line == "remainder" or part.payer != "individual"]
    notes = [words.source(text) for text in dict.fromkeys([*told, *(each.text for each in found.advice)])]
    notes += _unset_notes(found.unset, case)
    notes += _open_facts(found.missing, case)
    notes += _interpretations(found.interpretations, case)
    notes += [*_stated("ways_to_pay", case), *_ask_county(case)]
    return Receipt(
        _contribution_headline(found, case), tuple(lines), tuple(dict.fromkeys(notes)), _badge(found.illustrative, case)
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
    return Line(label, _amount(part.amount, case), "part", sources([part.citation], words))


def _amount(amount: Money, case: Case) -> str:
    """An amount; one of which nothing at all is known is called undecided, not "0 or more"."""
    if amount.low == 0 and amount.high is None:
        return case.words("amount.undecided")
    return case.words.money(amount)


def estimate_receipt(found: Estimate, case: Case) -> Receipt:
    """What the fund pays of a bill, line by line."""
    lines = tuple(_line(line, case) for line in found.receipt if line.line != "own_share" and line.line in _ROLES)
    notes = [*_certain(found, case), *_notes(found, case)]
    return Receipt(_estimate_headline(found, case), lines, tuple(notes), _badge(found.illustrative, case))


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
        _amount(line.amount, case),
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
        told.append(words("certain.deductible", amount=amount, source=_labels(deductible.citations, case)))
    if found.ceiling is not None:
        ceiling, citations = found.ceiling
        place = _labels(citations, case)
        if ceiling.exact or ceiling.high is None:
            told.append(words("certain.ceiling", amount=words.money(ceiling), source=place))
        else:
            most, least = words.money(exactly(ceiling.high)), words.money(exactly(ceiling.low))
            told.append(words("certain.ceilings", most=most, least=least, source=place))
    return told


def _notes(found: Estimate, case: Case) -> list[str]:
    notes = _unset_notes(found.unset, case)
    notes += _open_facts(found.missing, case)
    notes += [_assumption(fact, case) for fact, _ in found.assumptions]
    notes += _interpretations(found.interpretations, case)
    notes.append(case.words("note.insured"))
    return notes


def _assumption(fact: str, case: Case) -> str:
    return case.words(f"assume.{fact}")


def _unset_notes(unset: Sequence[Unset], case: Case) -> list[str]:
    """What nobody has set: by who decides, then whom to ask."""
    words = case.words
    by_authority: dict[tuple[str, str], list[str]] = {}
    for each in unset:
        label = words("unset.item", label=words.source(each.label), source=_labels([each.citation], case))
        kind = "silent" if each.stated == "silent" else "delegated"
        by_authority.setdefault((kind, words.source(each.decided_by)), []).append(label)
    told = [
        words(f"unset.{kind}", items=words.listed(items), authority=authority)
        for (kind, authority), items in by_authority.items()
    ]
    return [*told, *_ask_county(case)] if told else []


def _ask_county(case: Case) -> list[str]:
    """Whom to ask for what the county sets."""
    office = case.scheme.offices.get("county")
    return [case.words("unset.ask", office=case.words.source(office.name))] if office else []


def _badge(illustrative: bool, case: Case) -> str:
    return case.words("badge.illustrative") if illustrative else ""


def comparison(found: Compared, case: Case) -> Comparison:
    """The same bill at every level, and where it costs the person least."""
    words = case.words
    rows = tuple(
        Row(words(f"value.provider_level.{level}"), _amount(each.fund_pays, case), _amount(each.person_pays, case))
        for level, each in found.levels.items()
    )
    any_level = next(iter(found.levels.values()))
    unset = list({each.parameter: each for level in found.levels.values() for each in level.unset}.values())
    assumed = list(dict.fromkeys(fact for level in found.levels.values() for fact, _ in level.assumptions))
    readings = list(dict.fromkeys(name for level in found.levels.values() for name in level.interpretations))
    notes = [
        *_cheapest(found, case),
        *_unset_notes(unset, case),
        *_open_facts(found.missing, case),
        *(_assumption(fact, case) for fact in assumed),
        *_interpretations(readings, case),
        words("note.insured"),
    ]
    cited = [citation for level in found.levels.values() for line in level.receipt for citation in line.citations]
    bill = next(line.amount for line in any_level.receipt if line.line == "bill_total")
    care = words(f"value.care.{case.facts.get('care', 'inpatient')}")
    return Comparison(
        headline=words("compare.headline", care=care, amount=words.money(bill)),
        level_heading=words("compare.level"),
        fund_heading=words("compare.fund"),
        person_heading=words("compare.person"),
        rows=rows,
        notes=tuple(notes),
        sources=sources(cited, words),
        badge=_badge(any(each.illustrative for each in found.levels.values()), case),
    )


def _cheapest(found: Compared, case: Case) -> list[str]:
    """The level at which the person certainly pays least, where there is one."""
    for level, each in found.levels.items():
        others = [other for name, other in found.levels.items() if name != level]
        high = each.person_pays.high
        if high is not None and all(high < other.person_pays.low for other in others):
            return [case.words("compare.cheapest", level=case.words(f"value.provider_level.{level}"))]
    return []
