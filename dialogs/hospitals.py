"""What a person hears about the hospital that they named: at which level it counts, and how well that is known."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from dialogs.context import N_, Case, Words
from policy_engine.directory import load_directory
from policy_engine.hospitals import Evidence, Hospital, Wording
from policy_engine.known import known_on


def hospital_name(provider: str, case: Case) -> str:
    """The name of a hospital of the directory in the reader's language; what was said, where it has none of it."""
    found = load_directory(case.scheme.hospitals).find(provider) if case.scheme.hospitals else ()
    return _named(found[0], case.words) if len(found) == 1 else provider


def hospital_notes(case: Case, on: datetime.date) -> list[str]:
    """The hospital of the case, the level at which it counts on the day, and the sources of that.

    Raises FactError for a hospital that the directory does not have.
    """
    known = known_on(case.scheme, case.facts, on)
    if known.hospital is None:
        return []
    words = case.words
    name, evidence = _named(known.hospital, words), known.hospital.level_evidence(on)
    levels = [level for fact, values in known.possible if fact == "provider_level" for level in values]
    if "provider_level" in known.facts:
        levels = [known.facts["provider_level"]]
    if not evidence or not levels:
        return [words("note.hospital.unknown", hospital=name)]
    said = words.listed([words(f"value.provider_level.{level}") for level in levels])
    message_id = N_("note.hospital") if len(levels) == 1 else N_("note.hospital.either")
    return [words(message_id, hospital=name, level=said, sources=_sources(evidence, words))]


def _sources(evidence: Iterable[Evidence], words: Words) -> str:
    shown = [
        words("note.hospital.source", title=_said(each.source.title, words), grade=words(f"grade.{each.mark}"))
        for each in evidence
    ]
    return words.listed(list(dict.fromkeys(shown)))


def _named(hospital: Hospital, words: Words) -> str:
    return _said(Wording(hospital.name, hospital.english), words)


def _said(wording: Wording, words: Words) -> str:
    return wording.zh if words.locale.startswith("zh") else wording.en
