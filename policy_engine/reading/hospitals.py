"""From the YAML of a hospital directory to its sources and hospitals.

Every reader refuses what it does not know, and says where.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence

from policy_engine.citations import GRADES
from policy_engine.errors import N_
from policy_engine.facts import FACTS, LEVELS
from policy_engine.hospitals import HOSPITAL_GRADES, PLACES, Evidence, Hospital, Source, Wording, spelling
from policy_engine.reading.source import Node

Sources = Mapping[str, Source]

_SOURCE_MARKS = tuple(grade for grade in GRADES if grade != "illustrative")
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*", re.ASCII)
_POSSIBLE = {
    "in_city": tuple(level for level in LEVELS if level != "out_of_city"),
    "in_province": ("provincial", "out_of_city"),
    "out_of_province": ("provincial", "out_of_city"),
}


def read_sources(node: Node) -> dict[str, Source]:
    """Every source that the evidence may name. Raises PackError."""
    return {_name(source_id, each): _source(source_id, each) for source_id, each in node.entries().items()}


def _source(source_id: str, node: Node) -> Source:
    entries = node.mapping({"title", "address", "mark"}, {"title", "mark"})
    return Source(
        id=source_id,
        title=_wording(entries["title"]),
        address=entries["address"].text() if "address" in entries else "",
        mark=entries["mark"].one_of(_SOURCE_MARKS),
    )


def read_hospitals(node: Node, sources: Sources) -> list[Hospital]:
    """The hospitals of one file. Raises PackError."""
    return [_hospital(_name(hospital_id, each), each, sources) for hospital_id, each in node.entries().items()]


def _hospital(hospital_id: str, node: Node, sources: Sources) -> Hospital:
    required = {"name", "english", "place", "levels"}
    entries = node.mapping(required | {"aliases", "county", "grades", "note"}, required)
    place = entries["place"].one_of(PLACES)
    if ("county" in entries) != (place == "in_city"):
        raise node.refuse(N_("A hospital with place in_city has a county, and no other has. Correct one of the two."))
    name, english = entries["name"].text(), entries["english"].text()
    levels = [_evidence(each, "level", LEVELS, sources) for each in entries["levels"].some()]
    grades = [
        _evidence(each, "grade", HOSPITAL_GRADES, sources)
        for each in (entries["grades"].some() if "grades" in entries else ())
    ]
    _fits(levels, entries["levels"].items(), place)
    _in_order(levels, entries["levels"].items())
    _in_order(grades, entries["grades"].items() if "grades" in entries else ())
    return Hospital(
        id=hospital_id,
        name=name,
        english=english,
        aliases=_aliases(entries["aliases"], (hospital_id, name, english)) if "aliases" in entries else (),
        county=entries["county"].one_of(FACTS["county"].values) if "county" in entries else None,
        place=place,
        levels=tuple(levels),
        grades=tuple(grades),
        note=_wording(entries["note"]) if "note" in entries else None,
        where=node.where,
    )


def _aliases(node: Node, names: Sequence[str]) -> tuple[str, ...]:
    known = {spelling(name) for name in names}
    for each in node.items():
        written = spelling(each.text())
        if not written or written in known:
            raise each.refuse(
                N_("{alias} is empty, or stands here already. Each name of a hospital is written once; remove it."),
                alias=repr(each.value),
            )
        known.add(written)
    return tuple(each.text() for each in node.items())


def _evidence(node: Node, key: str, known: tuple[str, ...], sources: Sources) -> Evidence:
    keys = {"from", "to", key, "source", "derived", "conflicting", "note", "reading"}
    entries = node.mapping(keys, {key, "source"})
    source = sources[entries["source"].one_of(sources)]
    derived = "derived" in entries and entries["derived"].flag()
    start = entries["from"].date() if "from" in entries else None
    end = entries["to"].date() if "to" in entries else None
    if start and end and end < start:
        raise node.refuse(N_("This entry ends before it starts. Put the dates in order."))
    return Evidence(
        values=_values(entries[key], known),
        source=source,
        mark="derived" if derived else source.mark,
        start=start,
        end=end,
        note=_wording(entries["note"]) if "note" in entries else None,
        reading=_name(entries["reading"].text(), entries["reading"]) if "reading" in entries else "",
        where=node.where,
    )


def _values(node: Node, known: tuple[str, ...]) -> tuple[str, ...]:
    if not isinstance(node.value, list):
        return (node.one_of(known),)
    values = tuple(each.one_of(known) for each in node.items())
    if len(values) < 2 or len(set(values)) < len(values):
        raise node.refuse(N_("A list here means that one of several holds: write two or more, each once."))
    return values


def _fits(levels: Sequence[Evidence], nodes: Sequence[Node], place: str) -> None:
    """A hospital inside the city is never out_of_city, and one elsewhere is only that or provincial (article 十四)."""
    for evidence, node in zip(levels, nodes, strict=True):
        for level in evidence.values:
            if level not in _POSSIBLE[place]:
                raise node.refuse(
                    N_("A hospital with place {place} cannot have the level {level}. It is one of: {levels}."),
                    place=place,
                    level=level,
                    levels=", ".join(_POSSIBLE[place]),
                )


def _in_order(evidence: Sequence[Evidence], nodes: Sequence[Node]) -> None:
    """Each entry begins after the one above it ends, unless it says that it contradicts what stands above."""
    reached: datetime.date | None = None
    for index, (each, node) in enumerate(zip(evidence, nodes, strict=True)):
        start, end = each.start or datetime.date.min, each.end or datetime.date.max
        overlaps = reached is not None and start <= reached
        conflicting = node.entries().get("conflicting")
        if conflicting is not None and conflicting.flag() and not overlaps:
            raise conflicting.refuse(
                N_("No entry above holds at the same time, so nothing conflicts. Remove this key.")
            )
        if overlaps and (conflicting is None or not conflicting.flag()):
            raise node.refuse(
                N_(
                    "Two entries hold at the same time: this one starts before the one above it ends. Move one of the "
                    "dates, or where two sources disagree, add conflicting: true here."
                )
            )
        if index and start < (evidence[index - 1].start or datetime.date.min):
            raise node.refuse(N_("This entry starts before the one above it. Put the earlier one first."))
        reached = end if reached is None else max(reached, end)


def _wording(node: Node) -> Wording:
    entries = node.mapping({"zh", "en"}, {"zh", "en"})
    return Wording(entries["zh"].text(), entries["en"].text())


def _name(word: str, node: Node) -> str:
    if not _NAME.fullmatch(word):
        raise node.refuse(
            N_("{word} is no id. Write small letters, digits and underscores, like {example}."),
            word=repr(word),
            example="haining_people_hospital",
        )
    return word
