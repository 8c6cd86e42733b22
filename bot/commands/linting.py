"""`hebao policy lint`: packs checked as they are loaded, as a whole, and against the official texts where they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.languages import Catalogue
from dialogs.questions import ASKING
from dialogs.sources import sources
from policy_engine.checking.findings import Finding
from policy_engine.checking.law_text import check_numbers
from policy_engine.checking.review import review
from policy_engine.errors import N_, PackError, PolicyError, did_you_mean
from policy_engine.loader import PACKS, load_scheme, scheme_ids
from policy_engine.parameters import Unset, Values
from policy_engine.scheme import Scheme


@dataclass(frozen=True)
class Linted:
    """One pack, or one county's overlay, that was checked.

    `broken` is the sentence, with file and line, that keeps it from loading. Otherwise `findings` are what a look at
    the whole found, `differing` the sentences on what differs from the official texts, and `untold` what could not be
    compared with them. `unset` are, for a municipal scheme, the parameters that have no exact value on some day.
    """

    pack: str
    words: Catalogue
    broken: str | None = None
    findings: tuple[Finding, ...] = ()
    differing: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    unset: tuple[Unset, ...] = ()

    @property
    def faults(self) -> tuple[str, ...]:
        """Everything that somebody has to correct."""
        if self.broken is not None:
            return (self.broken,)
        found = (each.said(self.words.source) for each in self.findings if each.severity == "fault")
        return (*found, *self.differing)

    @property
    def notes(self) -> tuple[str, ...]:
        """Everything that is worth knowing."""
        found = (each.said(self.words.source) for each in self.findings if each.severity == "note")
        return (*found, *self.untold)

    @property
    def undecided(self) -> dict[str, list[Unset]]:
        """The unset parameters by the name of who decides them."""
        by_name: dict[str, list[Unset]] = {}
        for each in self.unset:
            by_name.setdefault(self.words.source(each.decided_by), []).append(each)
        return by_name

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a checked pack; `fault` is the first of its faults."""
        return {
            "pack": self.pack,
            "fault": self.faults[0] if self.faults else None,
            "faults": list(self.faults),
            "notes": list(self.notes),
            "findings": [each.to_dict(self.words.source) for each in self.findings],
            "unset": {authority: len(found) for authority, found in self.undecided.items()},
            "unset_parameters": [each.to_dict() for each in self.unset],
        }


def lint(target: str | None, words: Catalogue, sources: Path | None = None, packs: Path = PACKS) -> list[Linted]:
    """Every pack and county, checked.

    `target` is a scheme in the folder `packs`, or a pack's own folder; all schemes where it is None. `sources` is a
    folder of official texts. Raises PolicyError where there is no such scheme, or a text cannot be read.
    """
    texts = official_texts(sources) if sources else None
    folder = Path(target) if target else None
    if folder is not None and (folder / "scheme.yaml").is_file():
        return _checked(folder.name, folder.resolve().parent, words, texts)
    if target is not None and target not in scheme_ids(packs):
        raise PolicyError(
            N_("There is no scheme or pack folder called {scheme}. Did you mean: {nearest}?"),
            scheme=target,
            nearest=did_you_mean(target, scheme_ids(packs)),
        )
    schemes = [target] if target else scheme_ids(packs)
    return [each for scheme in schemes for each in _checked(scheme, packs, words, texts)]


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
        return [Linted(scheme_id, words, error.said(words.source))]
    differing, untold = _against(scheme, texts, words)
    checked = [Linted(scheme_id, words, None, review(scheme, ASKING), differing, untold, tuple(_unset(scheme)))]
    for county in scheme.counties:
        name = f"{scheme_id}/{county}"
        try:
            overlaid = load_scheme(scheme_id, county, packs)
        except PolicyError as error:
            checked.append(Linted(name, words, error.said(words.source)))
            continue
        # What the whole city has wrong, or lacks, is said once, with the city.
        also, unknown = _against(overlaid, texts, words)
        also, unknown = (
            tuple(each for each in new if each not in old) for new, old in ((also, differing), (unknown, untold))
        )
        checked.append(Linted(name, words, None, review(overlaid, ASKING, scheme), also, unknown))
    return checked


def _against(
    scheme: Scheme, texts: tuple[str, ...] | None, words: Catalogue
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What differs from the official texts, and what has none here; neither where nobody has brought texts."""
    if texts is None:
        return (), ()
    found = check_numbers(scheme, texts)
    return (
        tuple(dict.fromkeys(each.said(words.source) for each in found.faults)),
        tuple(words("lint.no_text", document=each.number) for each in found.without_text),
    )


def _unset(scheme: Scheme) -> Iterator[Unset]:
    """The parameters that have no exact value on some day, in the order of the pack."""
    days = [Values(scheme, day) for day in scheme.turns]
    for name in scheme.parameters:
        if not all(values.is_set(name) for values in days):
            yield days[0].unset(name)


def lint_text(checked: Sequence[Linted]) -> Iterator[str]:
    """What was checked, a line each: a pack that has no fault, its notes, and at the end who has to decide what."""
    for each in checked:
        if not each.faults:
            yield f"{each.pack}: ok"
        yield from (f"{each.pack}: {note}" for note in each.notes)
    for each in checked:
        for authority, unset in each.undecided.items():
            told = each.words("lint.unset", count=len(unset), authority=authority)
            yield f"{each.pack}: {told}"
            for parameter in unset:
                (source,) = sources([parameter.citation], each.words)
                yield f"    {parameter.parameter}  {each.words.source(parameter.label)} [{source.label}]"
