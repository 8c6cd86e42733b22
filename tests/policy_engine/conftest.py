"""Schemes under test, and a way to spoil a copy of a shipped pack."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from policy_engine.loader import PACKS, load_scheme
from policy_engine.scheme import Scheme

SCHEME = "jiaxing-2008"


@pytest.fixture(scope="session")
def demo() -> Scheme:
    return load_scheme(SCHEME, "demo")


@pytest.fixture(scope="session")
def haining() -> Scheme:
    return load_scheme(SCHEME, "haining")


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """A copy of all packs, to be spoilt."""
    folder = tmp_path / "packs"
    shutil.copytree(PACKS, folder)
    return folder


@pytest.fixture
def edited(packs: Path) -> Callable[..., Scheme]:
    """Loads the demo county (or another) from the copy after replacing a text in one of its files.

    An empty `old` appends, "*" replaces the whole file. Any other text must be there just once, so that a test cannot
    silently change nothing.
    """

    def edit(file: str, old: str, new: str, county: str | None = "demo", scheme: str = SCHEME) -> Scheme:
        path = packs / scheme / file
        text = path.read_text(encoding="utf-8")
        if old == "*":
            text = old
        if old:
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new) if old else text + new, encoding="utf-8")
        return load_scheme(scheme, county, packs)

    return edit
