"""`hebao policy show`."""

from __future__ import annotations

from typing import Any

from bot.languages import Catalogue
from dialogs.sources import sources
from policy_engine.citations import Citation
from policy_engine.parameters import decided_by, written
from policy_engine.scheme import Parameter, Scheme, Setting


def shown(scheme: Scheme) -> dict[str, Any]:
    """A scheme as JSON: identity, documents, parameters with sources, readings, statements."""
    return {
        "scheme": scheme.id,
        "kind": scheme.kind,
        "name": scheme.name,
        "jurisdiction": scheme.jurisdiction,
        "from": scheme.start.isoformat(),
        "to": scheme.end.isoformat(),
        "pilot_city": scheme.pilot_city,
        "county": scheme.overlay.id if scheme.overlay else None,
        "counties": list(scheme.counties),
        "version": scheme.version,
        "documents": [
            {
                "number": each.number,
                "title": each.title,
                "issuer": each.issuer,
                "issued": each.issued.isoformat() if each.issued else None,
                "grade": each.grade,
            }
            for each in scheme.documents.values()
        ],
        "parameters": {name: _parameter(scheme, each) for name, each in scheme.parameters.items()},
        "interpretations": {
            name: {
                "question": each.question,
                "choices": dict(each.choices),
                "choice": each.choice,
                "chosen": each.chosen,
                "confirmed_by": each.confirmed_by,
                "citation": each.citation.to_dict(),
            }
            for name, each in scheme.interpretations.items()
        },
        "statements": [
            {"id": each.id, "kind": each.kind, "text": each.text, "citation": each.citation.to_dict()}
            for each in scheme.statements
        ],
    }


def _parameter(scheme: Scheme, parameter: Parameter) -> dict[str, Any]:
    data: dict[str, Any] = {
        "label": parameter.label,
        "stated": parameter.stated,
        "citation": parameter.citation.to_dict(),
    }
    if not any(each.value is not None or each.same_as for each in parameter.settings):
        data["decided_by"] = decided_by(scheme, parameter)
    data["values"] = [
        {
            "from": each.start.isoformat(),
            "to": each.end.isoformat(),
            **{
                key: written(parameter.unit, value)
                for key, value in (("value", each.value), ("at_least", each.at_least), ("at_most", each.at_most))
                if value is not None
            },
            **({"same_as": each.same_as} if each.same_as else {}),
            **({"times": str(each.times)} if each.times != 1 else {}),
            "citation": each.citation.to_dict(),
        }
        for each in parameter.settings
    ]
    return data


def show(scheme: Scheme, words: Catalogue) -> str:
    """A scheme as text."""
    name = words.source(scheme.name) + (f" · {words.source(scheme.overlay.name)}" if scheme.overlay else "")
    lines = [f"{scheme.id}: {name}, {scheme.start} – {scheme.end}", scheme.version, ""]
    for document in scheme.documents.values():
        day = document.issued or "–"
        lines.append(f"{document.number} 《{document.title}》 {words.source(document.issuer)}, {day}")
    lines.append("")
    for parameter in scheme.parameters.values():
        lines += _shown(scheme, parameter, words)
    for rule in (*scheme.may_join, *scheme.cannot_join):
        lines.append(f"{rule.id}: {words.source(rule.text)} [{_place(rule.citation, words)}]")
    for reading in scheme.interpretations.values():
        place = _place(reading.citation, words)
        lines.append(f"{reading.id}: {words.source(reading.question)} {words.source(reading.chosen)} [{place}]")
    for statement in scheme.statements:
        lines.append(
            f"{statement.id} ({statement.kind}): {words.source(statement.text)} [{_place(statement.citation, words)}]"
        )
    return "\n".join(lines)


def _shown(scheme: Scheme, parameter: Parameter, words: Catalogue) -> list[str]:
    label = f"{parameter.id}  {words.source(parameter.label)}"
    if not parameter.settings:
        authority = words.source(decided_by(scheme, parameter))
        unset = words("show.unset", authority=authority)
        return [f"{label}: {unset} [{_place(parameter.citation, words)}]"]
    return [
        f"{label}: {_value(parameter, each)} ({each.start} – {each.end}) [{_place(each.citation, words)}]"
        for each in parameter.settings
    ]


def _value(parameter: Parameter, setting: Setting) -> str:
    if setting.same_as:
        return f"= {setting.same_as}" + (f" × {setting.times}" if setting.times != 1 else "")
    if setting.value is None:
        bounds = (("≥", setting.at_least), ("≤", setting.at_most))
        return ", ".join(f"{sign} {written(parameter.unit, bound)}" for sign, bound in bounds if bound is not None)
    value = written(parameter.unit, setting.value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _place(citation: Citation, words: Catalogue) -> str:
    (source,) = sources([citation], words)
    return f"{source.label}, {source.grade}" if citation.document else source.grade
