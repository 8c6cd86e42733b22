from pathlib import Path

import pytest
import yaml

from dialogs.members.name_words import NameWords

LOCALES = Path(__file__).parents[3] / "locales"


@pytest.fixture(scope="session")
def words() -> NameWords:
    joined = NameWords()
    for path in sorted(LOCALES.glob("*/particulars.yaml")):
        joined = joined.joined(NameWords.from_data(yaml.safe_load(path.read_text(encoding="utf-8"))))
    return joined
