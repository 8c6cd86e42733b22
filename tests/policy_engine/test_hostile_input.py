"""Whatever is asked, and whatever a pack holds, the engine answers or refuses in words. `make fuzz` does it longer."""

import datetime
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_engine.errors import PolicyError
from policy_engine.loader import PACKS, load_scheme
from tests.policy_engine.hostile import ask_everything, facts, refused_in_words, schemes, spoilt

ALL = schemes(PACKS)
DAYS = st.none() | st.none() | st.dates(datetime.date(2007, 12, 1), datetime.date(2025, 1, 31))


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.sampled_from(ALL), facts(), DAYS)
def test_every_question_is_answered_or_refused_in_words(scheme: Any, said: dict[str, Any], on: Any) -> None:
    ask_everything(scheme, said, on)


@pytest.mark.parametrize("seed", range(60))
def test_a_spoilt_pack_is_refused_in_words_or_still_answers(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    folder = tmp_path / "packs"
    shutil.copytree(PACKS, folder)
    path = draw.choice(sorted(folder.glob("jiaxing-2008/**/*.yaml")))
    path.write_text(spoilt(path.read_text("utf-8"), draw), encoding="utf-8")
    county = draw.choice([None, "demo", "haining"])
    try:
        scheme = load_scheme("jiaxing-2008", county, folder)
    except PolicyError as error:
        refused_in_words(error)
    else:
        ask_everything(scheme, {"care": "inpatient", "provider_level": "city", "bill_total": "12000", "age": 40}, None)
