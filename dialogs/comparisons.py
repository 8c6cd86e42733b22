"""The same stay at every level of hospital, or every grade, as a person hears it."""

from __future__ import annotations

from dialogs.context import Case
from dialogs.notes import assumption, badge, known_amount, readings, still_open, unset_notes
from dialogs.replies import Comparison, Row
from dialogs.sources import sources
from policy_engine.compare import Comparison as Compared


def comparison(found: Compared, case: Case) -> Comparison:
    """The same bill at every level or grade, and where it costs the person least."""
    words = case.words
    rows = tuple(
        Row(
            words(f"value.{found.by}.{level}"),
            known_amount(each.fund_pays, case),
            known_amount(each.person_pays, case),
        )
        for level, each in found.levels.items()
    )
    any_level = next(iter(found.levels.values()))
    unset = list({each.parameter: each for level in found.levels.values() for each in level.unset}.values())
    assumed = list(dict.fromkeys(fact for level in found.levels.values() for fact, _ in level.assumptions))
    relied_on = dict.fromkeys(name for level in found.levels.values() for name in level.interpretations)
    notes = [
        *_cheapest(found, case),
        *unset_notes(unset, case),
        *still_open(found.missing, case),
        *(assumption(fact, case) for fact in assumed),
        *readings(relied_on, case),
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
        badge=badge([each.grade for each in found.levels.values()], case),
    )


def _cheapest(found: Compared, case: Case) -> list[str]:
    """The level or grade at which the person certainly pays least, where there is one."""
    for level, each in found.levels.items():
        others = [other for name, other in found.levels.items() if name != level]
        high = each.person_pays.high
        if high is not None and all(high < other.person_pays.low for other in others):
            return [case.words("compare.cheapest", level=case.words(f"value.{found.by}.{level}"))]
    return []
