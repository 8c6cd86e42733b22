"""Packs with one number, date or citation changed: what each change is, and what becomes of it.

`make mutations` goes through all of them and prints those that nothing notices.
"""

from __future__ import annotations

import datetime
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from bot.commands.book import book, file_name
from bot.languages import SOURCE, catalogue
from dialogs.questions import ASKING
from policy_engine.checking.review import review
from policy_engine.errors import PolicyError
from policy_engine.loader import PACKS, load_scheme
from policy_engine.scheme import Scheme

BOOKS = Path(__file__).parents[2] / "docs" / "rule-book"
CITING = {"cite", "delegated", "silent", "article"}
NAMES = {"id", "scheme"}
"""Keys below which a digit is part of a name."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class Mutant:
    """A pack's file in which `old`, at characters `start` to `end`, has become `new`."""

    scheme: str
    file: str
    line: int
    start: int
    end: int
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.scheme}/{self.file}:{self.line}: {self.old} -> {self.new}"


def mutants(packs: Path = PACKS) -> Iterator[Mutant]:
    """Every number, date and citation of every pack, each changed once."""
    for folder in sorted(path.parent for path in packs.glob("*/scheme.yaml")):
        articles = _articles(folder)
        for path in sorted(folder.rglob("*.yaml")):
            root = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
            for key, node in _scalars(root):
                for start, end, new in _changes(key, node, articles):
                    yield Mutant(
                        folder.name,
                        path.relative_to(folder).as_posix(),
                        node.start_mark.line + 1,
                        start,
                        end,
                        path.read_text("utf-8")[start:end],
                        new,
                    )


def survives(mutant: Mutant, workshop: Path) -> bool:
    """Whether nothing notices the change: the pack loads, no finding is a fault, and the kept book is the same."""
    folder = workshop / "packs"
    for name in (mutant.scheme, *_national(mutant.scheme)):
        shutil.copytree(PACKS / name, folder / name)
    path = folder / mutant.scheme / mutant.file
    text = path.read_text("utf-8")
    path.write_text(text[: mutant.start] + mutant.new + text[mutant.end :], "utf-8")
    try:
        city = load_scheme(mutant.scheme, None, folder)
        county = _county(mutant)
        scheme = load_scheme(mutant.scheme, county, folder) if county else city
        if _written(scheme) != _kept(file_name(scheme, SOURCE)):
            return False
        found = review(scheme, ASKING, city) if county else review(city, ASKING)
        return not any(each.severity == "fault" for each in found)
    except PolicyError:
        return False


def _county(mutant: Mutant) -> str | None:
    """Where the change can show: a county's file in that county, any other file in the whole city."""
    folder, _, file = mutant.file.rpartition("/")
    return Path(file).stem if folder == "counties" else None


def _written(scheme: Scheme) -> str:
    return book(scheme, catalogue(SOURCE))


@cache
def _kept(name: str) -> str:
    return (BOOKS / name).read_text("utf-8")


@cache
def _national(scheme: str) -> tuple[str, ...]:
    text = (PACKS / scheme / "scheme.yaml").read_text("utf-8")
    return tuple(re.findall(r"^national: (\S+)$", text, re.M))


def _articles(folder: Path) -> list[str]:
    documents = yaml.load((folder / "documents.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)
    return [article for each in documents.values() for article in each["articles"]]


def _scalars(node: yaml.Node | None, key: str = "") -> Iterator[tuple[str, yaml.ScalarNode]]:
    """Every value, with the key that it stands under."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            yield from _scalars(value, name.value)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _scalars(each, key)
    elif isinstance(node, yaml.ScalarNode):
        yield key, node


def _changes(key: str, node: yaml.ScalarNode, articles: list[str]) -> Iterator[tuple[int, int, str]]:
    start, end = node.start_mark.index, node.end_mark.index
    if key in NAMES:
        return
    if key in CITING:
        others = [each for each in articles if each != node.value]
        if others:
            place = articles.index(node.value) if node.value in articles else 0
            yield start, end, (articles[place + 1 :] + others)[0]
        return
    if _DATE.fullmatch(node.value):
        day = datetime.date.fromisoformat(node.value)
        for change in (1, -1):
            yield start, end, (day + datetime.timedelta(days=change)).isoformat()
        return
    text = node.start_mark.buffer[start:end]
    for found in _DIGITS.finditer(text):
        yield start + found.start(), start + found.end(), str(int(found[0]) + 1).zfill(len(found[0]))


def main() -> int:
    """Go through every mutant; 1 where one survives."""
    everything = list(mutants())
    survivors = 0
    for number, mutant in enumerate(everything, 1):
        with tempfile.TemporaryDirectory() as workshop:
            if survives(mutant, Path(workshop)):
                survivors += 1
                print(f"nothing notices {mutant}", flush=True)
        if number % 100 == 0 or number == len(everything):
            print(f"{number} of {len(everything)} changes made, {survivors} unnoticed", flush=True)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
