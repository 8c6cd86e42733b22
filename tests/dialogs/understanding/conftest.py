from pathlib import Path

import pytest
import yaml

from dialogs.understanding import Lexicon

LOCALES = Path(__file__).parents[3] / "locales"


@pytest.fixture(scope="session")
def lexicons() -> list[Lexicon]:
    return [
        Lexicon.from_data(yaml.safe_load((LOCALES / locale / "lexicon.yaml").read_text(encoding="utf-8")))
        for locale in ("zh_Hans", "en")
    ]
