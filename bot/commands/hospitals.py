"""`hebao hospitals`: the hospital directory, listed or looked up."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.options import AsJson, Locale, catalogue_of, print_json, settings_of

if TYPE_CHECKING:
    from bot.languages import Catalogue
    from policy_engine.hospitals import Evidence, Hospital, Wording
    from policy_engine.scheme import Scheme

DIRECTORY = "jiaxing"

Name = Annotated[
    str | None, typer.Argument(metavar="TEXT", help="An id, name or nickname; all hospitals if not given.")
]
Day = Annotated[
    str | None, typer.Option("--on", metavar="DATE", help="The day to look at; the scheme's first day if not given.")
]


def hospitals(text: Name = None, on: Day = None, locale: Locale = None, as_json: AsJson = False) -> None:
    """The hospitals on record: at which level each counts on a day, its grade, its place, and who says so."""
    from policy_engine.directory import load_directory
    from policy_engine.facts import parse_date
    from policy_engine.loader import load_scheme

    scheme = load_scheme(settings_of().scheme)
    day = parse_date(on, "on") if on is not None else scheme.start
    directory = load_directory(DIRECTORY)
    found = directory.hospitals if text is None else directory.find(text)
    if text is not None and not found:
        raise directory.unknown(text)
    if as_json:
        print_json(directory.to_dict(found, day))
    else:
        typer.echo(hospitals_text(found, day, scheme, catalogue_of(locale)))


def add_hospitals(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("hospitals")(hospitals)


def hospitals_text(found: Iterable[Hospital], day: datetime.date, scheme: Scheme, words: Catalogue) -> str:
    """The hospitals as they stand on the day, a paragraph each."""
    head = words("hospitals.on", date=words.date(day))
    return "\n\n".join([head, *("\n".join(_paragraph(each, day, scheme, words)) for each in found)])


def _paragraph(hospital: Hospital, day: datetime.date, scheme: Scheme, words: Catalogue) -> list[str]:
    names = [hospital.name, hospital.english]
    first, other = names if _chinese(words) else reversed(names)
    lines = [f"{first} · {other} · {hospital.id}"]
    for said, note in _record(hospital.level_evidence(day), _levels(hospital, words), words):
        lines += [words("hospitals.level", said=said), *note]
    for said, note in _record(hospital.grade_evidence(day), _grades(words), words):
        lines += [words("hospitals.grade", said=said), *note]
    lines.append(words("hospitals.place", place=_place(hospital, scheme, words)))
    if hospital.aliases:
        lines.append(words("hospitals.aliases", aliases=words.listed(hospital.aliases)))
    if hospital.note:
        lines.append(words("hospitals.note", note=_said(hospital.note, words)))
    return [lines[0], *(f"    {line}" for line in lines[1:])]


def _record(
    evidence: Collection[Evidence], names: Mapping[str, str], words: Catalogue
) -> Iterator[tuple[str, list[str]]]:
    """Each statement in one line, with its note in another."""
    if not evidence:
        yield words("hospitals.not_on_record"), []
    for each in evidence:
        said = words(
            "hospitals.says",
            value=_value([names[value] for value in each.values], words),
            dates=_dates(each, words),
            mark=words("grade.derived") if each.mark == "derived" else words(f"grade.{each.mark}"),
            source=f"{_said(each.source.title, words)} {each.source.address}".strip(),
        )
        yield said, [words("hospitals.note", note=_said(each.note, words))] if each.note else []


def _value(values: Sequence[str], words: Catalogue) -> str:
    return values[0] if len(values) == 1 else words("hospitals.undecided", values=words.listed(values))


def _dates(evidence: Evidence, words: Catalogue) -> str:
    start, end = (day and words.date(day) for day in (evidence.start, evidence.end))
    if start and end:
        return words("hospitals.between", start=start, end=end)
    if start:
        return words("hospitals.since", start=start)
    return words("hospitals.until", end=end) if end else words("hospitals.undated")


def _place(hospital: Hospital, scheme: Scheme, words: Catalogue) -> str:
    if hospital.county is None:
        return {
            "in_province": words("hospitals.in_province"),
            "out_of_province": words("hospitals.out_of_province"),
        }[hospital.place]
    county = scheme.counties.get(hospital.county)
    return words.source(county.name) if county else hospital.county


def _said(wording: Wording, words: Catalogue) -> str:
    return wording.zh if _chinese(words) else wording.en


def _chinese(words: Catalogue) -> bool:
    return words.locale.startswith("zh")


def _levels(hospital: Hospital, words: Catalogue) -> dict[str, str]:
    found = (level for evidence in hospital.levels for level in evidence.values)
    return {level: words(f"value.provider_level.{level}") for level in found}


def _grades(words: Catalogue) -> dict[str, str]:
    return {
        "grade_3a": words("hospital_grade.grade_3a"),
        "grade_3b": words("hospital_grade.grade_3b"),
        "grade_3c": words("hospital_grade.grade_3c"),
        "grade_2a": words("hospital_grade.grade_2a"),
        "grade_2b": words("hospital_grade.grade_2b"),
        "grade_2c": words("hospital_grade.grade_2c"),
        "grade_1a": words("hospital_grade.grade_1a"),
        "grade_1b": words("hospital_grade.grade_1b"),
        "grade_1c": words("hospital_grade.grade_1c"),
    }
