"""Packs from disk: one folder a scheme and period, counties as overlays in its folder `counties`.

A pack is trusted as a whole or not at all: whatever is wrong in it is a PackError that names file, line, key and what
to do. Loaded schemes are kept, since they never change while the program runs.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from policy_engine.directory import directory_ids, load_directory
from policy_engine.errors import N_, PackError, PolicyError, did_you_mean, shown
from policy_engine.facts import FACTS
from policy_engine.provenance import fingerprint
from policy_engine.reading.benefits import read_benefits
from policy_engine.reading.checks import check_scheme
from policy_engine.reading.overlays import check_county, read_county, read_overlay
from policy_engine.reading.sections import (
    overrides,
    read_contribution,
    read_interpretation,
    read_office,
    read_rule,
    read_statement,
)
from policy_engine.reading.source import Node, read_yaml
from policy_engine.reading.values import read_documents, read_parameter, read_settings
from policy_engine.scheme import Interpretation, Overlay, Parameter, Scheme

PACKS = Path(__file__).parent / "schemes"
"""The packs that come with the program."""

_IDENTITY = {"scheme", "kind", "name", "jurisdiction", "period", "pilot_city", "national", "hospitals"}
_FILES = {
    "municipal": (
        "documents",
        "interpretations",
        "parameters",
        "eligibility",
        "contribution",
        "benefits",
        "statements",
        "offices",
    ),
    "national": ("documents", "statements"),
}
_REQUIRED = "documents"
_RULES = {"eligibility", "contribution", "benefits"}


def scheme_ids(packs: Path = PACKS) -> tuple[str, ...]:
    """The schemes in a folder of packs."""
    return tuple(
        sorted(
            folder.name for folder in packs.iterdir() if _inside(folder, packs) and (folder / "scheme.yaml").is_file()
        )
    )


Readings = tuple[tuple[str, str], ...]
"""Open places of the text with the choice to take, where it is not the pack's own."""


def load_scheme(scheme_id: str, county: str | None = None, packs: Path = PACKS, readings: Readings = ()) -> Scheme:
    """A scheme as it stands in `county`, or in the whole municipality where that is None.

    `readings` switches open places of the text to another choice. Raises PackError for a pack that is wrong,
    PolicyError for a scheme, county, reading or choice that there is not.
    """
    return _loaded(scheme_id, county, packs, readings)


@lru_cache(maxsize=256)
def _loaded(scheme_id: str, county: str | None, packs: Path, readings: Readings) -> Scheme:
    """Kept under all four, however many of them the caller named."""
    if scheme_id not in scheme_ids(packs):
        raise PolicyError(
            N_("There is no scheme called {scheme}. Did you mean: {nearest}?"),
            scheme=scheme_id,
            nearest=did_you_mean(scheme_id, scheme_ids(packs)),
        )
    if county is None:
        scheme = _municipal(scheme_id, packs, readings)
        check_scheme(scheme)
        return scheme
    base = _loaded(scheme_id, None, packs, readings)
    scheme = _in_county(base, county, packs)
    check_county(base, scheme)
    return scheme


def forget_schemes() -> None:
    """Read every scheme anew when it is next asked for."""
    _loaded.cache_clear()


def _in_county(base: Scheme, county: str, packs: Path) -> Scheme:
    if county not in base.counties:
        raise PolicyError(
            N_("{scheme} has no county called {county}. Did you mean: {nearest}?"),
            scheme=base.id,
            county=county,
            nearest=did_you_mean(county, base.counties),
        )
    return read_county(base, _read(packs / base.id / "counties" / f"{county}.yaml", packs))


def _read(path: Path, packs: Path) -> Node:
    shown_as = path.relative_to(packs).as_posix()
    if not _inside(path, packs):
        raise PackError(
            N_("The file lies outside the folder of packs. Copy it here instead of a link."), where=shown_as
        )
    return read_yaml(path, shown_as)


def _inside(path: Path, packs: Path) -> bool:
    """Whether the path, all links followed, still lies in the folder of packs."""
    return path.resolve().is_relative_to(packs.resolve())


def _municipal(scheme_id: str, packs: Path, readings: Readings) -> Scheme:
    folder = packs / scheme_id
    identity = _read(folder / "scheme.yaml", packs)
    entries = identity.mapping(_IDENTITY, _IDENTITY - {"pilot_city", "national", "hospitals"})
    kind = entries["kind"].one_of(_FILES)
    if entries["scheme"].text() != scheme_id:
        raise entries["scheme"].refuse(
            N_("The folder is called {folder}; give the scheme the same name."), folder=scheme_id
        )
    bounds = entries["period"].mapping({"from", "to"}, {"from", "to"})
    period = bounds["from"].date(), bounds["to"].date()
    if "national" in entries and kind == "national":
        raise entries["national"].refuse(N_("A national scheme has no other one above it. Remove this line."))
    if period[1] < period[0]:
        raise entries["period"].refuse(N_("The period ends before it starts. Put the dates in order."))
    files = _files(folder, kind, packs)
    documents = read_documents(files["documents"])
    directory = load_directory(entries["hospitals"].one_of(directory_ids())) if "hospitals" in entries else None
    national = load_scheme(_national(entries["national"], packs), None, packs) if "national" in entries else None
    scheme = Scheme(
        id=scheme_id,
        kind=kind,  # type: ignore[arg-type]
        name=entries["name"].text(),
        jurisdiction=entries["jurisdiction"].text(),
        start=period[0],
        end=period[1],
        pilot_city=_pilot_city(entries),
        documents=documents,
        parameters={},
        cannot_join=(),
        may_join=(),
        contribution=None,
        benefits=None,
        interpretations={},
        statements=tuple(
            read_statement(each, documents) for each in (files["statements"].items() if "statements" in files else [])
        ),
        offices={},
        counties=_counties(folder, packs),
        overlay=None,
        hospitals=directory.id if directory else "",
        version=fingerprint(
            (national.version if national else "").encode(),
            (directory.version if directory else "").encode(),
            *((folder / f"{name}.yaml").read_bytes() for name in sorted(("scheme", *files))),
        ),
    )
    if kind == "municipal":
        return _with_rules(scheme, files, period, national, dict(readings))
    if readings:
        raise _no_reading(readings[0][0], scheme)
    return scheme


def _files(folder: Path, kind: str, packs: Path) -> dict[str, Node]:
    """The files of a pack. Its documents are always there, and rules on at least one thing in a municipal one."""
    files = {
        name: _read(folder / f"{name}.yaml", packs)
        for name in _FILES[kind]
        if name == _REQUIRED or (folder / f"{name}.yaml").exists()
    }
    if kind == "municipal" and not _RULES & files.keys():
        raise PackError(
            N_("The pack has no rules. Add one of these files: {files}."),
            where=(folder / "scheme.yaml").relative_to(packs).as_posix(),
            files=", ".join(f"{name}.yaml" for name in sorted(_RULES)),
        )
    return files


def _no_reading(name: str, scheme: Scheme) -> PolicyError:
    return PolicyError(
        N_("{scheme} has no reading called {name}. Did you mean: {nearest}?"),
        scheme=scheme.id,
        name=shown(name),
        nearest=did_you_mean(name, scheme.interpretations) or "–",
    )


def _national(node: Node, packs: Path) -> str:
    """The name of a scheme that is national, and so has no other scheme above it."""
    name = node.one_of(scheme_ids(packs))
    above = _read(packs / name / "scheme.yaml", packs).mapping(_IDENTITY)
    if "national" in above or "kind" not in above or above["kind"].value != "national":
        raise node.refuse(N_("{scheme} is no national scheme. Name one of kind: national."), scheme=name)
    return name


def _with_rules(
    scheme: Scheme,
    files: Mapping[str, Node],
    period: tuple[datetime.date, datetime.date],
    national: Scheme | None,
    switched: dict[str, str],
) -> Scheme:
    documents = scheme.documents

    def entries(file: str) -> Mapping[str, Node]:
        return files[file].entries() if file in files else {}

    interpretations = {
        name: read_interpretation(name, node, documents, switched.pop(name, None))
        for name, node in entries("interpretations").items()
    }
    scheme = replace(scheme, interpretations=interpretations)
    if switched:
        raise _no_reading(next(iter(switched)), scheme)
    parameters = {name: read_parameter(name, node, documents, period) for name, node in entries("parameters").items()}
    interpretations = {
        name: _with_settings(interpretations[name], node, parameters, scheme)
        for name, node in entries("interpretations").items()
    }
    scheme = replace(scheme, interpretations=interpretations)
    parameters |= {name: each for reading in interpretations.values() for name, each in reading.set_now.items()}
    joining = files["eligibility"].mapping({"cannot_join", "may_join"}, {"may_join"}) if "eligibility" in files else {}
    may_join = tuple(
        read_rule(each, documents, interpretations) for each in (joining["may_join"].some() if joining else [])
    )
    benefits = None
    if "benefits" in files:
        benefits, written_out = read_benefits(files["benefits"], documents, parameters, interpretations, period)
        parameters |= written_out
    return replace(
        scheme,
        parameters=parameters,
        cannot_join=tuple(
            read_rule(each, documents, interpretations)
            for each in (joining["cannot_join"].items() if "cannot_join" in joining else [])
        ),
        may_join=may_join,
        contribution=(
            read_contribution(
                files["contribution"], documents, parameters, interpretations, [rule.id for rule in may_join]
            )
            if "contribution" in files
            else None
        ),
        benefits=benefits,
        statements=scheme.statements + (national.statements if national else ()),
        offices={fact: read_office(fact, node, documents) for fact, node in entries("offices").items()},
    )


def _with_settings(
    reading: Interpretation, node: Node, parameters: Mapping[str, Parameter], scheme: Scheme
) -> Interpretation:
    """A reading with what each of its choices sets, also those that are not in force."""
    return replace(
        reading,
        sets={
            choice: {name: _overridden(name, each, parameters, scheme) for name, each in found.items()}
            for choice, found in overrides(node).items()
        },
    )


def _overridden(name: str, node: Node, parameters: Mapping[str, Parameter], scheme: Scheme) -> Parameter:
    """A parameter under a reading that gives it a value."""
    if name not in parameters:
        raise node.refuse(
            N_("There is no parameter called {name}. Did you mean: {nearest}?"),
            name=name,
            nearest=did_you_mean(name, parameters),
        )
    spec = parameters[name]
    settings = read_settings(node, spec.unit, spec.choices, scheme.documents, (scheme.start, scheme.end))
    return replace(spec, settings=settings, where=node.where)


def _pilot_city(entries: Mapping[str, Node]) -> bool | None:
    if "pilot_city" not in entries or entries["pilot_city"].value == "unset":
        return None
    return entries["pilot_city"].flag()


def _counties(folder: Path, packs: Path) -> dict[str, Overlay]:
    order = FACTS["county"].values
    counties = {}
    for path in (folder / "counties").glob("*.yaml"):
        if not _inside(path, packs):
            continue
        node = _read(path, packs)
        entries = node.entries()
        if "county" in entries and entries["county"].value != path.stem:
            raise entries["county"].refuse(
                N_("The file is called {name}; give the county the same name."), name=path.stem
            )
        overlay = read_overlay(node)
        counties[overlay.id] = overlay
    return dict(sorted(counties.items(), key=lambda each: order.index(each[0]) if each[0] in order else -1))
