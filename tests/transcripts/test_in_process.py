"""Every conversation through the service, as it is and with the store closed and opened again between two turns.

N2 and N3: between any two turns the conversation is JSON in a file, and nothing else is left of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from bot.channels.plain import plain
from bot.languages import catalogue
from bot.opening import open_service
from bot.service import Inbound, Outbound, Service
from bot.settings import Settings
from tests.transcripts.transcript import Heard, Transcript, observed, play, transcripts, write


def heard(answer: Outbound) -> Heard:
    text = "\n".join(plain(reply, catalogue(answer.locale)) for reply in answer.replies)
    return Heard(text, answer.asks, answer.state)


def message(transcript: Transcript, text: str) -> Inbound:
    return Inbound("terminal", transcript.file, secrets.token_hex(8), text, transcript.locale)


@pytest.mark.parametrize("transcript", transcripts(), ids=lambda each: each.file)
def test_a_conversation_goes_as_written_and_every_message_delivered_three_times_is_taken_once(
    transcript: Transcript, open_with: Callable[..., Service], pytestconfig: pytest.Config
) -> None:
    service = open_with(county=transcript.county)
    if pytestconfig.getoption("--update"):
        said = ((turn, service.handle(message(transcript, turn.say))) for turn in transcript.turns)
        write(transcript, [observed(turn, heard(answer)) for turn, answer in said])
        pytest.skip(f"{transcript.file}.yaml is written anew: read the difference before you keep it.")

    def speak(text: str) -> Heard:
        inbound = message(transcript, text)
        first, *again = [service.handle(inbound) for _ in range(3)]
        for each in again:
            assert each.repeated
            assert _said(each) == _said(first)
        return heard(first)

    play(transcript, speak)


@pytest.mark.parametrize("transcript", transcripts(), ids=lambda each: each.file)
def test_n02_n03_a_restart_between_any_two_turns_loses_nothing(
    transcript: Transcript, settings: Callable[..., Settings]
) -> None:
    def speak(text: str) -> Heard:
        with open_service(settings(county=transcript.county)) as service:
            return heard(service.handle(message(transcript, text)))

    play(transcript, speak)


def _said(answer: Outbound) -> tuple[Any, ...]:
    return answer.replies, answer.asks, answer.state, answer.locale
