"""Conversations through the terminal command, some of them in a process of their own."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from tests.servers import HEBAO, environment
from tests.transcripts.transcript import Heard, Transcript, play, transcripts

pytestmark = pytest.mark.server


PRINTED = [each for each in transcripts() if each.file.startswith(("happy_paths/", "languages/", "enrolments/"))]
"""What the command itself does shows in these; the conversations of the rest go their way without it."""
IN_PROCESSES = PRINTED[::5]
"""A process takes two seconds to start, and tells nothing new of the others."""


def arguments(transcript: Transcript) -> list[str]:
    spoken = [turn.say for turn in transcript.turns]
    return ["say", "--json", "--contact", "somebody", "--locale", transcript.locale, "--", *spoken]


def settings_of(transcript: Transcript, folder: Path) -> dict[str, str]:
    settings = {"HEBAO_DATABASE_URL": f"sqlite:///{folder}/hebao.db", "HEBAO_OFFER_DEMO": "true"}
    return settings | ({"HEBAO_COUNTY": transcript.county} if transcript.county else {})


def check(transcript: Transcript, printed: str) -> None:
    answers = iter(printed.splitlines())

    def speak(_text: str) -> Heard:
        turn = json.loads(next(answers))
        return Heard("\n".join(each["plain"] for each in turn["replies"]), turn["asks"], turn["state"])

    play(transcript, speak)


@pytest.mark.parametrize("transcript", IN_PROCESSES, ids=lambda each: each.file)
def test_hebao_say_holds_the_conversation_in_a_process_of_its_own(transcript: Transcript, tmp_path: Path) -> None:
    ran = subprocess.run(
        [*HEBAO, *arguments(transcript)],
        env=environment(**settings_of(transcript, tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    check(transcript, ran.stdout)


@pytest.mark.parametrize("transcript", PRINTED, ids=lambda each: each.file)
def test_hebao_say_holds_the_conversation(
    transcript: Transcript, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings_of(transcript, tmp_path).items():
        monkeypatch.setenv(name, value)
    ran = CliRunner().invoke(app, arguments(transcript))
    assert ran.exit_code == 0, ran.output
    check(transcript, ran.stdout)


def test_hebao_chat_on_a_real_terminal_goes_on_where_it_stopped(tmp_path: Path) -> None:
    settings = environment(HEBAO_DATABASE_URL=f"sqlite:///{tmp_path}/hebao.db", HEBAO_COUNTY="demo", LANG="zh_CN.UTF-8")

    first = on_a_terminal([*HEBAO, "chat"], settings, ["在镇卫生院住院花了一万二能报多少", ""])
    assert "您好" in first
    assert "多大年纪" in first
    second = on_a_terminal([*HEBAO, "chat"], settings, ["40", ""])
    assert "多大年纪" in second
    assert "7,020元" in second


def on_a_terminal(command: list[str], settings: dict[str, str], lines: list[str]) -> str:
    """What a terminal shows while these lines are typed."""
    master, slave = pty.openpty()
    process = subprocess.Popen(command, env=settings, stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    shown = b""
    pending = [line.encode() + b"\n" for line in lines]
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:  # the other end is closed: the program has ended
            break
        if not part:
            break
        shown += part
        if pending and shown.rstrip(b" ").endswith(b">"):
            os.write(master, pending.pop(0))
    os.close(master)
    assert process.wait(timeout=20) == 0
    return shown.decode("utf-8", "replace")
