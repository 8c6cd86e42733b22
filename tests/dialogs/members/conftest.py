"""A conversation of somebody whom the store may know, without any store; and the words around names."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.languages import name_words
from bot.settings import read_settings
from bot.surroundings import context_of
from dialogs.context import Context
from dialogs.members.name_words import NameWords
from dialogs.members.standing import NOBODY, Standing

Make = Callable[..., Context]


@pytest.fixture(scope="session")
def words() -> NameWords:
    return name_words()


@pytest.fixture
def context() -> Make:
    settings = read_settings(
        _env_file=None, offer_demo=True, county="demo", today=datetime.date(2008, 3, 1), database_url="sqlite:///x.db"
    )

    def make(standing: Standing = NOBODY) -> Context:
        places = ((1, "大云村"), (2, "云海村"))
        return replace(context_of(settings), standing=standing, communities=lambda _county: places)

    return make
