"""The surroundings of a turn, without a store or a channel."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable

import pytest

from bot.languages import LOCALES, catalogue, lexicons
from dialogs.context import Context
from policy_engine.loader import load_scheme

COUNTIES = ("demo", "shibenji", "jiashan", "pinghu", "haiyan", "haining", "tongxiang")


def surroundings(county: str | None = None) -> Context:
    """A service for the scheme of 2008, for one county or for all."""
    return Context(
        scheme=functools.partial(load_scheme, "jiaxing-2008"),
        county=county,
        counties=COUNTIES,
        languages=catalogue,
        locales=LOCALES,
        lexicons=lexicons,
        today=datetime.date(2008, 3, 1),
    )


@pytest.fixture(scope="session")
def context() -> Callable[..., Context]:
    return surroundings
