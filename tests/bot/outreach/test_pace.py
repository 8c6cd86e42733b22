"""The pace of sending."""

from __future__ import annotations

import time

import pytest

from bot.outreach.pace import Pace


async def test_the_pace_is_kept_within_five_percent_and_a_short_delay_is_caught_up() -> None:
    pace, begun = Pace(400), time.monotonic()
    await pace.turn()
    for number in range(200):
        if number == 100:
            time.sleep(0.1)
        await pace.turn()
    assert 200 / (time.monotonic() - begun) == pytest.approx(400, rel=0.05)


async def test_while_a_platform_asks_to_wait_nobody_has_a_turn() -> None:
    pace = Pace(1000)
    await pace.turn()
    pace.rest(0.2)
    begun = time.monotonic()
    await pace.turn()
    assert time.monotonic() - begun >= 0.19
