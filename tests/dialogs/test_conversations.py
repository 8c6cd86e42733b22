"""Conversations under a scheme unlike Jiaxing's: by grade, in bands, with class-B items and a second layer."""

from __future__ import annotations

import datetime
import functools
from pathlib import Path

import pytest

from bot.channels.plain import plain
from bot.languages import LOCALES, catalogue, lexicons, negotiate
from dialogs.context import Context
from dialogs.respond import greet, respond
from policy_engine.facts import fact_to_json
from policy_engine.loader import load_scheme
from tests.transcripts.transcript import Heard, Transcript, play, transcripts

FOLDER = Path(__file__).parent


@pytest.mark.parametrize("transcript", transcripts(FOLDER / "conversations"), ids=lambda each: each.file)
def test_a_conversation_under_another_scheme_goes_as_written(transcript: Transcript) -> None:
    context = Context(
        scheme=functools.partial(load_scheme, "example-2015", packs=FOLDER / "schemes"),
        county=None,
        counties=(),
        languages=catalogue,
        locales=LOCALES,
        lexicons=lexicons,
        today=datetime.date(2015, 3, 1),
    )
    conversation = greet(negotiate(transcript.locale), context).conversation

    def speak(text: str) -> Heard:
        nonlocal conversation
        turn = respond(conversation, text, context)
        conversation = turn.conversation
        said = "\n".join(plain(reply, catalogue(conversation.locale)) for reply in turn.replies)
        facts = {name: fact_to_json(value) for name, value in conversation.facts().items()}
        return Heard(said, conversation.asked, {"facts": facts, "subject": conversation.subject})

    play(transcript, speak)
