"""A county's figures laid over the city's rules: from its file in a pack, or as values from anywhere else.

Both go one way: a county sets what was left to it and nothing else, and keeps to every bound that the city lays down.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from policy_engine.citations import Citation, Document
from policy_engine.errors import N_, PackError, PolicyError, did_you_mean
from policy_engine.facts import FACTS
from policy_engine.parameters import Values, written
from policy_engine.provenance import fingerprint
from policy_engine.reading.checks import check_scheme
from policy_engine.reading.plain_data import node_of
from policy_engine.reading.source import Node
from policy_engine.reading.values import read_documents, read_settings
from policy_engine.scheme import Overlay, Parameter, Scalar, Scheme, Setting

_KEYS = {"county", "name", "illustrative", "documents", "parameters"}


def overlaid(
    base: Scheme,
    county: str,
    name: str,
    values: Mapping[str, Any],
    *,
    documents: Mapping[str, Any] | None = None,
    illustrative: bool = False,
) -> Scheme:
    """The city's scheme `base` as it stands in a county whose figures come as plain data.

    `values` and `documents` have the form of the keys `parameters` and `documents` of a county's file, with dates and
    percentages as text: {"inpatient.ratio.county": [{"from": "2008-01-01", "value": "55%", "cite": …}]}. The scheme has
    the version and the results of one that is read from such a file. Raises PackError whose `where` names the value,
    such as "county figures of haining: inpatient.ratio.county"; PolicyError where `base` is no city's scheme.
    """
    if base.overlay is not None or base.kind != "municipal":
        raise PolicyError(
            N_("A county's figures go on top of a city's rules, and {scheme} as given here is none. Load the city's."),
            scheme=base.id,
        )
    place = f"county figures of {str(county)[:40]}"
    parts: dict[str, tuple[str, Any]] = {
        "county": (f"{place}: county", county),
        "name": (f"{place}: name", name),
        "illustrative": (f"{place}: illustrative", illustrative),
    }
    entries = {key: node_of(data, where) for key, (where, data) in parts.items()}
    entries["parameters"] = _named(values, place, "")
    if documents:
        entries["documents"] = _named(documents, place, "documents ")
    scheme = read_county(base, Node(entries, place))
    check_county(base, scheme)
    return scheme


def _named(data: Mapping[str, Any], place: str, kind: str) -> Node:
    """Entries by name, each of which an error names."""
    if not isinstance(data, Mapping):
        return node_of(data, f"{place}: {kind}".rstrip(": "))
    return Node({str(key): node_of(each, f"{place}: {kind}{key}") for key, each in data.items()}, place)


def read_overlay(node: Node) -> Overlay:
    """Which county a file or other data is about. Raises PackError for one that the city does not have."""
    entries = node.mapping(_KEYS, {"county", "name"})
    county = entries["county"].text()
    illustrative = "illustrative" in entries and entries["illustrative"].flag()
    known = FACTS["county"].values
    if county not in known and not illustrative:
        raise entries["county"].refuse(
            N_("{county} is no county of this city. Did you mean: {nearest}?"),
            county=county,
            nearest=did_you_mean(county, known),
        )
    return Overlay(county, entries["name"].text(), illustrative)


def read_county(base: Scheme, node: Node) -> Scheme:
    """The scheme with what a county sets. Raises PackError; `check_county` has to follow."""
    overlay = read_overlay(node)
    entries = node.entries()
    own = read_documents(entries["documents"]) if "documents" in entries else {}
    for document_id, document in own.items():
        if document_id in base.documents:
            raise PackError(
                N_("The city has a document called {name} already. Give this one another name."),
                where=document.where,
                name=document_id,
            )
    documents = {**base.documents, **own}
    set_here = {
        name: _set_by_county(name, each, base, documents)
        for name, each in (entries["parameters"].entries().items() if "parameters" in entries else ())
    }
    return replace(
        base,
        documents=documents,
        parameters={**base.parameters, **set_here},
        counties={**base.counties, overlay.id: overlay},
        overlay=overlay,
        version=fingerprint(base.version.encode(), _content(overlay, own, set_here).encode()),
    )


def check_county(base: Scheme, scheme: Scheme) -> None:
    """Raises PackError for the first contradiction in a county's scheme as a whole, or with the city's bounds."""
    check_scheme(scheme)
    for name, spec in scheme.parameters.items():
        for setting in spec.settings if spec is not base.parameters[name] else ():
            if not setting.same_as:
                continue
            for day in (each for each in scheme.turns if setting.start <= each <= setting.end):
                taken = Values(scheme, day).setting(name)
                taken = replace(taken, start=day, end=day) if taken else replace(setting, start=day, end=day)
                _within_limits(name, taken, base.parameters[name], setting.where)


def _set_by_county(name: str, node: Node, base: Scheme, documents: Mapping[str, Document]) -> Parameter:
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
            **_cited(spec.citation),
        )
    settings = read_settings(node, spec.unit, spec.choices, documents, (base.start, base.end))
    for setting, place in zip(settings, node.items(), strict=True):
        if not setting.same_as:
            _within_limits(name, setting, spec, place.where)
    return replace(spec, settings=settings, where=node.where)


def _within_limits(name: str, setting: Setting, spec: Parameter, where: str) -> None:
    """Whether a setting keeps to the bounds that the city and the text lay down for the same days."""
    low, high = (bound if setting.value is None else setting.value for bound in (setting.at_least, setting.at_most))
    for city in spec.settings:
        if city.end < setting.start or setting.end < city.start:
            continue
        cited = {"name": name, **_cited(city.citation)}
        if city.at_least is not None and (low is None or low < city.at_least):  # type: ignore[operator]
            raise PackError(
                N_("{name} may still be below the floor that the city sets ({document} {article}). Add at_least.")
                if low is None
                else N_(
                    "{name} is below the floor that the city sets ({document} {article}). Raise it or ask the city."
                ),
                where=where,
                **cited,
            )
        if city.at_most is not None and (high is None or high > city.at_most):  # type: ignore[operator]
            raise PackError(
                N_("{name} may still be above the limit that the city sets ({document} {article}). Add at_most.")
                if high is None
                else N_(
                    "{name} is above the limit that the city sets ({document} {article}). Lower it or ask the city."
                ),
                where=where,
                **cited,
            )
    for bound, value, beyond in ((spec.lowest, low, -1), (spec.highest, high, 1)):
        if bound is not None and value is not None and (value - bound) * beyond > 0:  # type: ignore[operator]
            raise PackError(
                N_("{name} cannot be {value}: the text allows nothing beyond {bound}. Correct the figure."),
                where=where,
                name=name,
                value=written(spec.unit, value),
                bound=written(spec.unit, bound),
            )


def _cited(citation: Citation) -> dict[str, str]:
    return {"document": citation.document.number if citation.document else "", "article": citation.article}


# -- what is the same wherever it was read from --------------------------------------------------------------------


def _content(overlay: Overlay, documents: Mapping[str, Document], parameters: Mapping[str, Parameter]) -> str:
    """All that a county says, as a text that is the same whatever form and order it came in."""
    content = {
        "overlay": [overlay.id, overlay.name, overlay.illustrative],
        "documents": {name: _document(each) for name, each in documents.items()},
        "parameters": {name: list(_settings(each)) for name, each in parameters.items()},
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def _document(document: Document) -> dict[str, Any]:
    plain = ("number", "title", "issuer", "grade", "found_at")
    return {
        **{name: getattr(document, name) for name in plain},
        "issued": document.issued.isoformat() if document.issued else None,
        "articles": dict(document.articles),
        "not_encoded": dict(document.not_encoded),
    }


def _settings(parameter: Parameter) -> Iterator[list[Any]]:
    def plain(value: Scalar | datetime.date | None) -> Any:
        return None if value is None else str(value)

    for each in parameter.settings:
        document = each.citation.document
        yield [
            *map(plain, (each.start, each.end, each.value, each.at_least, each.at_most)),
            [each.same_as, str(each.times), each.note],
            [document.id if document else "", each.citation.article, each.citation.item, each.citation.grade],
        ]
