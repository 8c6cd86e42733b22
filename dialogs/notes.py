"""What stands below a conclusion: what is open, what is not on record, what was taken for granted, whom to ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dialogs.context import N_, Case
from dialogs.sources import sources
from policy_engine.citations import GRADES, Citation
from policy_engine.money import Money
from policy_engine.parameters import Unset

READINGS_SHOWN = 2
"""Open places of the text that are told in full below a conclusion; of the others only how many there are."""

_BADGES = {
    "press": N_("badge.press"),
    "unverified": N_("badge.unverified"),
    "illustrative": N_("badge.illustrative"),
}


def stated(statement_id: str, case: Case) -> list[str]:
    """What a document says about it besides the rules, where this scheme has such a statement."""
    return [
        case.words("note.stated", text=case.words.source(each.text), source=labels([each.citation], case))
        for each in case.scheme.statements
        if each.id == statement_id
    ]


def labels(citations: Iterable[Citation], case: Case) -> str:
    """Where something stands, in a few words."""
    return case.words.listed([source.label for source in sources(citations, case.words)])


def still_open(missing: Iterable[str], case: Case) -> list[str]:
    """What would decide, and who can tell."""
    names = list(missing)
    if not names:
        return []
    told = [case.words("advice.missing", facts=case.words.listed([case.words(f"fact.{name}") for name in names]))]
    return told + [text for name in names if name in case.unsure for text in office(name, case)]


def office(fact: str, case: Case) -> list[str]:
    """Whom to ask about a fact, where the documents name somebody."""
    office = case.scheme.offices.get(fact)
    if office is None:
        return []
    return [case.words("advice.office", fact=case.words(f"fact.{fact}"), office=case.words.source(office.name))]


def readings(names: Iterable[str], case: Case) -> list[str]:
    """The open places of the text on which a conclusion rests, how they are read, and whose reading counts.

    In a brief case only the weightiest are told, and how to see the others.
    """
    ordered = _weightiest_first(names, case)
    shown = ordered[:READINGS_SHOWN] if case.brief else ordered
    told = [_reading(N_("note.interpretation"), name, case) for name in shown]
    more = len(ordered) - len(shown)
    return [*told, case.words("note.more_readings", count=more)] if more else told


def all_readings(names: Iterable[str], case: Case) -> list[str]:
    """Every open place of the text on which a conclusion rests, to be shown by themselves."""
    told = [_reading(N_("readings.item"), name, case) for name in _weightiest_first(names, case)]
    return [case.words("readings.heading", count=len(told)), *told]


def _weightiest_first(names: Iterable[str], case: Case) -> list[str]:
    """In the order of the pack, which names first what moves most."""
    wanted = set(names)
    return [name for name in case.scheme.interpretations if name in wanted]


def _reading(message_id: str, name: str, case: Case) -> str:
    source = case.words.source
    reading = case.scheme.interpretations[name]
    return case.words(
        message_id,
        question=source(reading.question),
        chosen=source(reading.chosen),
        office=source(reading.confirmed_by),
    )


def unset_notes(unset: Sequence[Unset], case: Case) -> list[str]:
    """What nobody has set: by who decides, then whom to ask."""
    words = case.words
    by_authority: dict[tuple[str, str], list[str]] = {}
    for each in unset:
        label = words("unset.item", label=words.source(each.label), source=labels([each.citation], case))
        kind = "silent" if each.stated == "silent" else "delegated"
        by_authority.setdefault((kind, words.source(each.decided_by)), []).append(label)
    told = [
        words(f"unset.{kind}", items=words.listed(items), authority=authority)
        for (kind, authority), items in by_authority.items()
    ]
    return [*told, *ask_county(case)] if told else []


def ask_county(case: Case) -> list[str]:
    """Whom to ask for what the county sets."""
    office = case.scheme.offices.get("county")
    return [case.words("unset.ask", office=case.words.source(office.name))] if office else []


def assumption(fact: str, case: Case) -> str:
    """What was taken for granted about a fact, and how to say otherwise."""
    return case.words(f"assume.{fact}")


def known_amount(amount: Money, case: Case) -> str:
    """An amount; one of which nothing at all is known is called undecided, not "0 or more"."""
    if amount.low == 0 and amount.high is None:
        return case.words("amount.undecided")
    return case.words.money(amount)


def badge(grades: Iterable[str], case: Case) -> str:
    """The mark on whatever rests on figures that are made up, or less well founded than an official text."""
    weakest = max(grades, key=GRADES.index)
    return case.words(_BADGES[weakest]) if weakest in _BADGES else ""
