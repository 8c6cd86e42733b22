"""What is said of a village: what came of its list of residents, and how many of them take part."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from bot.commands.conclusions import places
from bot.commands.markdown import plain, table
from bot.languages import Catalogue
from bot.members.residents_report import ImportReport, Outcome
from bot.members.targets import Target
from member_store.members.participation import Count, Participation, county_wide
from policy_engine.errors import N_

_FIELDS = (
    N_("residents.field.phone"),
    N_("residents.field.address"),
    N_("residents.field.registration_kind"),
    N_("residents.field.community"),
    N_("residents.field.household"),
    N_("residents.field.certificate"),
    N_("residents.field.residence_permit"),
)
_KINDS = {"rural": N_("participation.rural"), "urban": N_("participation.urban"), None: N_("participation.unknown")}


def imported_json(found: ImportReport, file: Path, dry_run: bool) -> dict[str, Any]:
    """What came of a list of residents, for a script. Nothing that a row says is in it."""
    return {
        "file": file.name,
        "dry_run": dry_run,
        "before": found.before,
        "counts": {outcome.value: number for outcome, number in found.counts().items()},
        "new_communities": found.new_communities,
        "ignored_columns": list(found.ignored_columns),
        "rows": [
            {
                "row": each.row,
                "outcome": each.outcome.value,
                "reasons": [{"message": fault.message, "column": fault.column} for fault in each.faults],
                "fields": list(each.fields),
            }
            for each in found.rows
        ],
    }


def imported_text(found: ImportReport, dry_run: bool, words: Catalogue) -> str:
    """What came of a list of residents, row by row where there is something to do about it."""
    if found.before:
        return words("residents.before")
    counts = {outcome.value: number for outcome, number in found.counts().items()}
    lines = [words("residents.counts", **counts)]
    if found.new_communities:
        lines.append(words("residents.new_communities", names=words.listed(found.new_communities)))
    if found.ignored_columns:
        lines.append(words("residents.ignored", headings=words.listed(found.ignored_columns)))
    for each in found.rows:
        if each.outcome is Outcome.CHANGED:
            fields = words.listed([words(f"residents.field.{name}") for name in each.fields])
            lines.append(words("residents.changed", row=each.row, fields=fields))
        lines += [
            words("residents.doubtful", sentence=fault.said(words))
            if each.outcome is Outcome.DOUBTFUL
            else fault.said(words)
            for fault in each.faults
        ]
    if dry_run:
        lines.append(words("residents.dry_run"))
    elif any(each.faults for each in found.rows):
        lines.append(words("residents.done"))
    return "\n".join(lines)


def participation_json(
    places: Mapping[str, list[Participation]], targets: Mapping[str, Target], year: int
) -> dict[str, Any]:
    """The participation of each county, for a script: counts, rates as decimals, and who is below its target."""

    def kinds(found: Mapping[str | None, Count]) -> dict[str, Any]:
        return {
            kind or "unknown": {
                "residents": count.residents,
                "enrolled": count.enrolled,
                "active": count.active,
                "rate": f"{Decimal(count.enrolled) / count.residents:.4f}" if count.residents else None,
                "below": _missed(count, kind, targets),
            }
            for kind, count in found.items()
        }

    return {
        "year": year,
        "targets": {
            kind: {"percent": int(each.share * 100), "text": each.text, "citation": each.citation.to_dict()}
            for kind, each in targets.items()
        },
        "counties": [
            {
                "county": county,
                "kinds": kinds(county_wide(found)),
                "communities": [{"name": each.name, "kinds": kinds(each.kinds)} for each in found],
                "below": [each.name for each in found if _below(each, targets)],
            }
            for county, found in places.items()
        ],
    }


def participation_text(
    county: str, year: int, found: list[Participation], targets: Mapping[str, Target], words: Catalogue
) -> str:
    """The participation of a county: a table with the targets in its head, and which communities are below one."""
    whole = county_wide(found)
    kinds = [kind for kind in _KINDS if kind is not None or kind in whole]
    head = [words("participation.place")]
    for kind in kinds:
        share = targets[kind].share if kind is not None and kind in targets else None
        rate = words("participation.rate")
        goal = words("participation.target", share=words.percent(share, share)) if share is not None else rate
        head += [words(_KINDS[kind]), words("participation.enrolled"), words("participation.active"), goal]
    rows = [(each.name or words("participation.nowhere"), each.kinds) for each in found]
    rows.append((words("participation.whole"), whole))
    lines = []
    for name, counts in rows:
        line = [plain(name)]
        for kind in kinds:
            count = counts.get(kind, Count())
            line += [
                f"{count.residents:,}",
                f"{count.enrolled:,}",
                f"{count.active:,}",
                _shown(count, kind, targets, words),
            ]
        lines.append(line)
    below = [each.name or words("participation.nowhere") for each in found if _below(each, targets)]
    parts = [words("participation.title", county=county, year=year), table(head, lines)]
    if targets:
        parts += [words("participation.below", names=words.listed(below)) if below else words("participation.reached")]
        parts += [f"{words.source(each.text)} {places((each.citation,), words)}" for each in targets.values()]
    return "\n\n".join(parts)


def _shown(count: Count, kind: str | None, targets: Mapping[str, Target], words: Catalogue) -> str:
    if not count.residents:
        return "—"
    rate = words.percent(_rate(count), _rate(count))
    return words("participation.too_few", rate=rate) if _missed(count, kind, targets) else rate


def _rate(count: Count) -> Fraction:
    return Fraction(count.enrolled, count.residents)


def _below(place: Participation, targets: Mapping[str, Target]) -> bool:
    return any(target.missed(place.kinds[kind]) for kind, target in targets.items() if kind in place.kinds)


def _missed(count: Count, kind: str | None, targets: Mapping[str, Target]) -> bool | None:
    """Whether a target is missed; None where there is none."""
    return targets[kind].missed(count) if kind is not None and kind in targets else None
