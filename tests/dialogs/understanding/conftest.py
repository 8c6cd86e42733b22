from pathlib import Path

import pytest

from dialogs.understanding import Lexicon
from tests.cases import read_yaml

LOCALES = Path(__file__).parents[3] / "locales"


@pytest.fixture(scope="session")
def lexicons() -> list[Lexicon]:
    return [Lexicon.from_data(read_yaml(LOCALES / locale / "lexicon.yaml")) for locale in ("zh_Hans", "en")]
