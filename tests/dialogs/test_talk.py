"""Whatever is said, in whatever order: an answer, a way on, and nothing of one person shown to another."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dialogs.talk import talk, utterances
from tests.dialogs.test_respond import Make


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(texts=utterances, county=st.sampled_from([None, "demo", "haining"]))
def test_any_talk(context: Make, texts: list[str], county: str | None) -> None:
    talk(texts, context, county)


def test_the_check_would_see_a_leak(context: Make) -> None:
    with pytest.raises(AssertionError, match="somebody else"):
        talk(["我爸61岁"], context, None)
