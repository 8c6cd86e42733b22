"""The hospital directory (医院名录): from what people call a hospital to the level at which it counts on a day.

A directory is a folder of `directories`: `sources.yaml`, and in `hospitals` one file a county or region. It is trusted
as a whole or not at all, like a policy pack, and kept once it is loaded.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from policy_engine.errors import N_, FactError, PackError, PolicyError, did_you_mean, shown
from policy_engine.facts import Facts, Value
from policy_engine.hospitals import Evidence, Hospital, spelling
from policy_engine.reading.hospitals import read_hospitals, read_sources
from policy_engine.reading.source import read_yaml

DIRECTORIES = Path(__file__).parent / "directories"
"""The directories that come with the program."""


@dataclass(frozen=True)
class Settled:
    """Facts, with what the directory knows about the hospital among them.

    `facts` has `provider` as an id, and `provider_level` where the directory has exactly one or somebody has said it.
    `possible` gives the values that are left to a fact which the directory narrows down without deciding it.
    `hospital` is None where none was named; `evidence` is what the level rests on, `readings` the interpretations.
    """

    facts: dict[str, Value]
    possible: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hospital: Hospital | None = None
    evidence: tuple[Evidence, ...] = ()
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Directory:
    """The hospitals of one city's directory, the same only as itself.

    `version` changes with anything in its files. `words` finds the hospitals by every name, as `spelling` writes it.
    """

    id: str
    version: str
    hospitals: tuple[Hospital, ...]
    words: Mapping[str, tuple[Hospital, ...]]

    def find(self, text: str) -> tuple[Hospital, ...]:
        """The hospitals that have this id, name or alias: several where they share it, none where nobody has it."""
        return self.words.get(spelling(text), ())

    def the_one(self, text: str) -> Hospital:
        """The only hospital that has this id, name or alias. Raises FactError where there is none, or more than one."""
        found = self.find(text)
        if len(found) == 1:
            return found[0]
        if found:
            raise FactError(
                N_("{provider} may be any of several hospitals: {candidates}. Give the id or the full name of one."),
                provider=shown(text),
                candidates=_listed(found),
            )
        raise self.unknown(text)

    def unknown(self, text: str) -> FactError:
        """The error for a name that nobody has, with the nearest that somebody has; the caller raises it."""
        words = [word for hospital in self.hospitals for word in hospital.called]
        near = did_you_mean(text, words)
        if near not in words:
            return FactError(
                N_(
                    "There is no hospital called {provider} in the directory. Give a name as the directory has it, "
                    "or give provider_level in place of provider."
                ),
                provider=shown(text),
            )
        return FactError(
            N_("There is no hospital called {provider} in the directory. Did you mean: {nearest}?"),
            provider=shown(text),
            nearest=_listed(self.find(near)),
        )

    def settle(self, facts: Facts, day: datetime.date) -> Settled:
        """The facts with what is on record on `day` about the `provider` among them.

        Raises FactError for a provider that is unknown or may be several, and for a `provider_level` that contradicts
        the directory.
        """
        if "provider" not in facts:
            return Settled(dict(facts))
        hospital = self.the_one(str(facts["provider"]))
        settled = {**facts, "provider": hospital.id}
        levels, stated = hospital.levels_on(day), facts.get("provider_level")
        evidence = hospital.level_evidence(day)
        if stated is not None:
            if levels and stated not in levels:
                raise FactError(
                    N_(
                        "The facts say provider_level {stated}, but on {day} the directory has {hospital} as {levels}. "
                        "Leave provider_level out; or leave provider out, if the directory is wrong."
                    ),
                    stated=stated,
                    day=day.isoformat(),
                    hospital=_listed([hospital]),
                    levels=" / ".join(levels),
                )
            return Settled(settled, hospital=hospital, evidence=evidence)
        readings = tuple(dict.fromkeys(each.reading for each in evidence if each.reading))
        if len(levels) == 1:
            settled["provider_level"] = levels[0]
        possible = {"provider_level": levels} if len(levels) > 1 else {}
        return Settled(settled, possible, hospital, evidence, readings)

    def to_dict(self, hospitals: Iterable[Hospital], day: datetime.date) -> dict[str, Any]:
        """The stable JSON of some of its hospitals as they stand on `day`."""
        return {
            "directory": self.id,
            "version": self.version,
            "on": day.isoformat(),
            "hospitals": [each.to_dict(day) for each in hospitals],
        }


def _listed(hospitals: Iterable[Hospital]) -> str:
    return "; ".join(f"{each.name} ({each.id})" for each in hospitals)


def directory_ids(folder: Path = DIRECTORIES) -> tuple[str, ...]:
    """The directories in a folder."""
    return tuple(sorted(each.name for each in folder.iterdir() if (each / "sources.yaml").is_file()))


@lru_cache(maxsize=16)
def load_directory(name: str, folder: Path = DIRECTORIES) -> Directory:
    """The directory called `name`.

    Raises PolicyError where there is none, PackError for one that is wrong, with file and line.
    """
    known = directory_ids(folder)
    if name not in known:
        raise PolicyError(
            N_("There is no hospital directory called {directory}. Did you mean: {nearest}?"),
            directory=shown(name),
            nearest=did_you_mean(name, known),
        )
    listing = folder / name / "sources.yaml"
    files = sorted((folder / name / "hospitals").glob("*.yaml"))
    if not files:
        raise PackError(N_("There is no file of hospitals here. Add one."), where=f"{name}/hospitals")
    sources = read_sources(read_yaml(listing, f"{name}/sources.yaml"))
    hospitals = [
        hospital
        for file in files
        for hospital in read_hospitals(read_yaml(file, file.relative_to(folder).as_posix()), sources)
    ]
    _check_names(hospitals)
    return Directory(name, _version(listing, *files), tuple(hospitals), _by_word(hospitals))


def _check_names(hospitals: list[Hospital]) -> None:
    """Ids and full names belong to one hospital each; only aliases may be shared."""
    owners: dict[str, Hospital] = {}
    for hospital in hospitals:
        for name in (hospital.id, hospital.name, hospital.english):
            owner = owners.setdefault(spelling(name), hospital)
            if owner is not hospital:
                raise PackError(
                    N_("{name} is already the id or name of the hospital at {place}. Each has its own; change one."),
                    where=hospital.where,
                    name=name,
                    place=owner.where,
                )
    for hospital in hospitals:
        for alias in hospital.aliases:
            owner = owners.get(spelling(alias), hospital)
            if owner is not hospital:
                raise PackError(
                    N_("The alias {alias} is the id or name of the hospital at {place}. Remove it here."),
                    where=hospital.where,
                    alias=alias,
                    place=owner.where,
                )


def _by_word(hospitals: list[Hospital]) -> dict[str, tuple[Hospital, ...]]:
    words: dict[str, tuple[Hospital, ...]] = {}
    for hospital in hospitals:
        for word in hospital.called:
            words[spelling(word)] = (*words.get(spelling(word), ()), hospital)
    return words


def _version(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(file.name.encode() + len(content).to_bytes(8, "big") + content)
    return f"sha256:{digest.hexdigest()}"
