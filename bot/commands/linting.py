"""`hebao policy lint`: packs checked as they are loaded and, where somebody has the official texts, against those."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.languages import Catalogue
from policy_engine.errors import N_, PackError, PolicyError, did_you_mean
from policy_engine.law_text import check_numbers
from policy_engine.loader import PACKS, load_scheme, scheme_ids
from policy_engine.parameters import Values, decided_by
from policy_engine.scheme import Scheme


@dataclass(frozen=True)
class Linted:
    """One pack, or one county's overlay, that was checked.

    `faults` are sentences with file and line: the first that keeps it from loading, or all that differ from the texts.
    `notes` say what could not be checked. `unset` counts, for a municipal scheme, its unset parameters by who decides.
    """

    pack: str
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unset: Mapping[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a checked pack; `fault` is the first of its faults."""
        return {
            "pack": self.pack,
            "fault": self.faults[0] if self.faults else None,
            "faults": list(self.faults),
            "notes": list(self.notes),
            "unset": dict(self.unset),
        }


def lint(target: str | None, words: Catalogue, sources: Path | None = None) -> list[Linted]:
    """Every pack and county, checked.

    `target` is a scheme that comes with the program, or a pack's folder; all schemes where it is None. `sources` is a
    folder of official texts. Raises PolicyError where there is no such scheme, or a text cannot be read.
    """
    texts = official_texts(sources) if sources else None
    folder = Path(target) if target else None
    if folder is not None and (folder / "scheme.yaml").is_file():
        return _checked(folder.name, folder.resolve().parent, words, texts)
    if target is not None and target not in scheme_ids():
        raise PolicyError(
            N_("There is no scheme or pack folder called {scheme}. Did you mean: {nearest}?"),
            scheme=target,
            nearest=did_you_mean(target, scheme_ids()),
        )
    schemes = [target] if target else scheme_ids()
    return [each for scheme in schemes for each in _checked(scheme, PACKS, words, texts)]


def official_texts(folder: Path) -> tuple[str, ...]:
    """The text files of a folder. Raises PackError for one that cannot be read as UTF-8."""
    texts = []
    for path in sorted(folder.glob("*.txt")):
        try:
            texts.append(path.read_text(encoding="utf-8-sig"))
        except UnicodeDecodeError:
            raise PackError(N_("The file is not UTF-8 text. Save it as UTF-8."), where=str(path)) from None
        except OSError as error:
            raise PackError(
                N_("The file cannot be read ({problem}). Make it an ordinary file that this program may read."),
                where=str(path),
                problem=error.strerror,
            ) from None
    return tuple(texts)


def _checked(scheme_id: str, packs: Path, words: Catalogue, texts: tuple[str, ...] | None) -> list[Linted]:
    try:
        scheme = load_scheme(scheme_id, None, packs)
    except PolicyError as error:
        return [Linted(scheme_id, (error.said(words.source),))]
    faults, notes = _against(scheme, texts, words)
    checked = [Linted(scheme_id, faults, notes, _unset(scheme, words))]
    for county in scheme.counties:
        name = f"{scheme_id}/{county}"
        try:
            overlaid, _ = _against(load_scheme(scheme_id, county, packs), texts, words)
            # What the whole city has wrong is said once, with the city.
            checked.append(Linted(name, tuple(each for each in overlaid if each not in faults)))
        except PolicyError as error:
            checked.append(Linted(name, (error.said(words.source),)))
    return checked


def _against(
    scheme: Scheme, texts: tuple[str, ...] | None, words: Catalogue
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Faults and notes from the official texts; neither where there are no texts."""
    if texts is None:
        return (), ()
    found = check_numbers(scheme, texts)
    return (
        tuple(dict.fromkeys(each.said(words.source) for each in found.faults)),
        tuple(words("lint.no_text", document=each.number) for each in found.without_text),
    )


def _unset(scheme: Scheme, words: Catalogue) -> dict[str, int]:
    """How many parameters have no exact value on the scheme's first day, by the name of who decides them."""
    values = Values(scheme, scheme.start)
    deciding = (decided_by(scheme, each) for name, each in scheme.parameters.items() if not values.is_set(name))
    return dict(Counter(words.source(each) for each in deciding))
