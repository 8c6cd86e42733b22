"""Packs from disk: one folder a scheme and period, counties as overlays in its folder `counties`.

A pack is trusted as a whole or not at all: whatever is wrong in it is a PackError that names file, line, key and what
to do. Loaded schemes are kept, since they never change while the program runs.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from policy_engine.checks import check_scheme
from policy_engine.errors import N_, PackError, PolicyError, did_you_mean
from policy_engine.facts import FACTS
from policy_engine.reading import (
    read_benefits,
    read_contribution,
    read_interpretation,
    read_office,
    read_rule,
    read_statement,
)
from policy_engine.reading_values import read_documents, read_parameter, read_settings
from policy_engine.scheme import Overlay, Parameter, Scheme
from policy_engine.source import Node, read_yaml

PACKS = Path(__file__).parent / "schemes"
"""The packs that come with the program."""

_IDENTITY = {"scheme", "kind", "name", "jurisdiction", "period", "pilot_city", "national"}
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


def scheme_ids(packs: Path = PACKS) -> tuple[str, ...]:
    """The schemes in a folder of packs."""
    return tuple(
        sorted(
            folder.name for folder in packs.iterdir() if _inside(folder, packs) and (folder / "scheme.yaml").is_file()
        )
    )


@lru_cache(maxsize=256)
def load_scheme(scheme_id: str, county: str | None = None, packs: Path = PACKS) -> Scheme:
    """A scheme as it stands in `county`, or in the whole municipality where that is None.

    Raises PackError for a pack that is wrong, PolicyError for a scheme or county that there is not.
    """
    if scheme_id not in scheme_ids(packs):
        raise PolicyError(
            N_("There is no scheme called {scheme}. Did you mean: {nearest}?"),
            scheme=scheme_id,
            nearest=did_you_mean(scheme_id, scheme_ids(packs)),
        )
    scheme = _municipal(scheme_id, packs) if county is None else _overlaid(scheme_id, county, packs)
    check_scheme(scheme)
    return scheme


def _overlaid(scheme_id: str, county: str, packs: Path) -> Scheme:
    base = load_scheme(scheme_id, None, packs)
    if county not in base.counties:
        raise PolicyError(
            N_("{scheme} has no county called {county}. Did you mean: {nearest}?"),
            scheme=scheme_id,
            county=county,
            nearest=did_you_mean(county, base.counties),
        )
    path = packs / scheme_id / "counties" / f"{county}.yaml"
    entries = _read(path, packs).mapping({"county", "name", "illustrative", "parameters"})
    parameters = dict(base.parameters)
    for name, node in entries["parameters"].entries().items() if "parameters" in entries else ():
        parameters[name] = _set_by_county(name, node, base)
    return replace(
        base,
        parameters=parameters,
        overlay=base.counties[county],
        version=_version(base.version.encode(), path.read_bytes()),
    )


def _set_by_county(name: str, node: Node, base: Scheme) -> Parameter:
    spec = base.parameters.get(name)
    if spec is None:
        raise node.refuse(
            N_("There is no parameter called {name}. Did you mean: {nearest}?"),
            name=name,
            nearest=did_you_mean(name, base.parameters),
        )
    if spec.set_by != "county":
        raise node.refuse(
            N_("{name} is fixed by {document} {article} for the whole city; a county cannot set it. Remove it here."),
            name=name,
            document=spec.citation.document.number if spec.citation.document else "",
            article=spec.citation.article,
        )
    settings = read_settings(node, spec.unit, spec.choices, base.documents, (base.start, base.end))
    for setting, place in zip(settings, node.items(), strict=True):
        lowest = setting.at_least if setting.value is None else setting.value
        for floor in spec.settings:
            if floor.at_least is None or lowest is None or floor.end < setting.start or setting.end < floor.start:
                continue
            if lowest < floor.at_least:  # type: ignore[operator]
                raise place.refuse(
                    N_(
                        "{name} is below the floor that the city sets ({document} {article}). Raise it or ask the city."
                    ),
                    name=name,
                    document=floor.citation.document.number if floor.citation.document else "",
                    article=floor.citation.article,
                )
    return replace(spec, settings=settings, where=node.where)


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


def _municipal(scheme_id: str, packs: Path) -> Scheme:
    folder = packs / scheme_id
    identity = _read(folder / "scheme.yaml", packs)
    entries = identity.mapping(_IDENTITY, _IDENTITY - {"pilot_city", "national"})
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
    files = {name: _read(folder / f"{name}.yaml", packs) for name in _FILES[kind]}
    documents = read_documents(files["documents"])
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
        statements=tuple(read_statement(each, documents) for each in files["statements"].items()),
        offices={},
        counties=_counties(folder, packs),
        overlay=None,
        version=_version(
            (national.version if national else "").encode(),
            *((folder / f"{name}.yaml").read_bytes() for name in sorted(("scheme", *_FILES[kind]))),
        ),
    )
    return _with_rules(scheme, files, period, national) if kind == "municipal" else scheme


def _national(node: Node, packs: Path) -> str:
    """The name of a scheme that is national, and so has no other scheme above it."""
    name = node.one_of(scheme_ids(packs))
    above = _read(packs / name / "scheme.yaml", packs).mapping(_IDENTITY)
    if "national" in above or "kind" not in above or above["kind"].value != "national":
        raise node.refuse(N_("{scheme} is no national scheme. Name one of kind: national."), scheme=name)
    return name


def _with_rules(
    scheme: Scheme, files: Mapping[str, Node], period: tuple[datetime.date, datetime.date], national: Scheme | None
) -> Scheme:
    documents = scheme.documents
    interpretations = {
        name: read_interpretation(name, node, documents) for name, node in files["interpretations"].entries().items()
    }
    parameters = {
        name: read_parameter(name, node, documents, period) for name, node in files["parameters"].entries().items()
    }
    joining = files["eligibility"].mapping({"cannot_join", "may_join"}, {"may_join"})
    may_join = tuple(read_rule(each, documents, interpretations) for each in joining["may_join"].some())
    return replace(
        scheme,
        parameters=parameters,
        cannot_join=tuple(
            read_rule(each, documents, interpretations)
            for each in (joining["cannot_join"].items() if "cannot_join" in joining else [])
        ),
        may_join=may_join,
        contribution=read_contribution(
            files["contribution"], documents, parameters, interpretations, [rule.id for rule in may_join]
        ),
        benefits=read_benefits(files["benefits"], parameters, interpretations),
        interpretations=interpretations,
        statements=scheme.statements + (national.statements if national else ()),
        offices={fact: read_office(fact, node, documents) for fact, node in files["offices"].entries().items()},
    )


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
        entries = node.mapping({"county", "name", "illustrative", "parameters"}, {"county", "name"})
        county = entries["county"].text()
        if county != path.stem:
            raise entries["county"].refuse(
                N_("The file is called {name}; give the county the same name."), name=path.stem
            )
        illustrative = "illustrative" in entries and entries["illustrative"].flag()
        if county not in order and not illustrative:
            raise entries["county"].refuse(
                N_("{county} is no county of this city. Did you mean: {nearest}?"),
                county=county,
                nearest=did_you_mean(county, order),
            )
        counties[county] = Overlay(county, entries["name"].text(), illustrative)
    return dict(sorted(counties.items(), key=lambda each: order.index(each[0]) if each[0] in order else -1))


def _version(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return "sha256:" + digest.hexdigest()
