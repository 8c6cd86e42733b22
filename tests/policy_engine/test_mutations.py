"""Whoever changes any single number, date or citation of a pack hears of it: from the loader, the lint or the book."""

import dataclasses
import random
import re
from pathlib import Path

import pytest

from policy_engine.loader import PACKS
from tests.policy_engine.mutants import Mutant, mutants, survives

ALL = tuple(mutants())
SOME = 1000
"""How many there is time for here; `make mutations` goes through all."""
SAMPLE = ALL if len(ALL) <= SOME else tuple(random.Random(3).sample(ALL, SOME))


def test_there_is_something_to_change_in_every_file_that_states_something() -> None:
    changed = {f"{each.scheme}/{each.file}" for each in ALL}
    stating = {path for path in PACKS.rglob("*.yaml") if re.search("cite:|value:|from:", path.read_text("utf-8"))}
    assert {path.relative_to(PACKS).as_posix() for path in stating} <= changed


@pytest.mark.parametrize("file", sorted({(each.scheme, each.file) for each in ALL}), ids="/".join)
def test_a_file_in_which_nothing_is_changed_is_as_good_as_before(file: tuple[str, str], tmp_path: Path) -> None:
    """So that what is noticed below is the change."""
    same = next(each for each in ALL if (each.scheme, each.file) == file)
    assert survives(dataclasses.replace(same, new=same.old), tmp_path)


@pytest.mark.parametrize("mutant", SAMPLE, ids=str)
def test_no_change_goes_unnoticed(mutant: Mutant, tmp_path: Path) -> None:
    assert not survives(mutant, tmp_path)
