"""N1: every conversation from a phone, over HTTP to the store and back, goes as it does inside the program."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from bot.channels.plain import plain
from bot.channels.telegram import rendering, sending
from bot.exchange import Inbound
from bot.languages import catalogue, first_language, negotiate
from bot.opening import open_service
from bot.service import Service
from bot.settings import Settings
from dialogs.replies import reply_from_dict
from member_store.turns import PastTurn
from tests.bot.channels.telegram import conftest as telegram_side
from tests.bot.channels.wechat import hebao as wechat_side
from tests.standins.telegram import TelegramStandIn
from tests.standins.wechat import Rules, RunningWeChat
from tests.standins.wechat.phone import typed
from tests.transcripts.transcript import Heard, Transcript, play, transcripts

pytestmark = pytest.mark.server

SECONDS = 10
"""Within which whatever follows an answer has arrived."""


@dataclass
class OnWeChat:
    """The program for one county on WeChat, and another one beside it that hears the same from nowhere."""

    alone: Service
    hebao: wechat_side.Hebao
    platform: RunningWeChat


@dataclass
class OnTelegram:
    """The same on Telegram."""

    alone: Service
    hebao: telegram_side.Hebao
    standin: TelegramStandIn


@pytest.fixture(scope="module")
def running() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def on_wechat(running: ExitStack, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str | None], OnWeChat]:
    """The program for a county, started when it is first asked for."""

    @cache
    def started(county: str | None) -> OnWeChat:
        folder = tmp_path_factory.mktemp("wechat")
        platform = running.enter_context(RunningWeChat(Rules(everybody_follows=True)))
        settings = wechat_side.settings_with(platform, folder, county=county, wechat_pictures=False)
        alone = running.enter_context(open_service(_elsewhere(settings, folder)))
        return OnWeChat(alone, running.enter_context(wechat_side.Hebao(settings)), platform)

    return started


@pytest.fixture(scope="module")
def on_telegram(running: ExitStack, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str | None], OnTelegram]:
    changed = running.enter_context(pytest.MonkeyPatch.context())
    changed.setattr(sending, "PER_SECOND", 100_000)
    changed.setattr(sending, "CHAT_SECONDS", 0.0001)
    # A picture says what the words beside it say, and takes longer to draw than all the rest.
    changed.setattr(rendering, "find_spec", lambda _: None)

    @cache
    def started(county: str | None) -> OnTelegram:
        folder = tmp_path_factory.mktemp("telegram")
        standin = running.enter_context(TelegramStandIn())
        settings = telegram_side.settings_with(standin, folder, county=county)
        alone = running.enter_context(open_service(_elsewhere(settings, folder)))
        hebao = running.enter_context(telegram_side.Hebao(settings))
        standin.world.webhook.url, standin.world.webhook.secret = f"{hebao.url}/telegram", telegram_side.SECRET
        return OnTelegram(alone, hebao, standin)

    return started


def _elsewhere(settings: Settings, folder: Path) -> Settings:
    (folder / "alone").mkdir()
    return settings.model_copy(update={"database_url": f"sqlite:///{folder}/alone/hebao.db"})


# XML has no way to hold some characters, so nobody can send them there.
CAN_BE_SENT = [each for each in transcripts() if all(typed(turn.say) == turn.say for turn in each.turns)]


@pytest.mark.parametrize("transcript", CAN_BE_SENT, ids=lambda each: each.file)
def test_n01_a_conversation_on_wechat_encrypted_over_http_goes_as_inside_the_program(
    transcript: Transcript, on_wechat: Callable[[str | None], OnWeChat]
) -> None:
    channel = on_wechat(transcript.county)
    resident = wechat_side.Resident(channel.hebao, wechat_side.account_of(channel.platform))
    openid, platform, count = resident.openid, channel.platform, iter(range(1000))

    if first_language(transcript.turns[0].say) != negotiate(transcript.locale):
        # WeChat tells nobody's language: where the first words do not show it, it is that of whoever follows.
        resident.told(resident.follows())

    def speak(text: str) -> Heard:
        wanted = alone(channel.alone, transcript, f"{openid} {next(count)}", text)
        before = len(platform.seen(openid))
        platform.opens(openid)
        shown = [resident.says(text).text]
        deadline = time.monotonic() + SECONDS
        words = in_words(wanted)
        while len(form := _bare("".join(shown))) < len(words):
            assert time.monotonic() < deadline, f"something is missing:\n{form}\n{words}"
            time.sleep(0.002)
            shown[1:] = [each["text"] for each in platform.seen(openid)[before:]]
        return compared(channel.hebao.turns(openid, 1)[-1], wanted, form, "\n".join(shown))

    play(transcript, speak)


@pytest.mark.parametrize("transcript", transcripts(), ids=lambda each: each.file)
def test_n01_a_conversation_on_telegram_goes_as_inside_the_program(
    transcript: Transcript, on_telegram: Callable[[str | None], OnTelegram]
) -> None:
    channel = on_telegram(transcript.county)
    person, count = channel.standin.person(transcript.locale), iter(range(1000))

    def speak(text: str) -> Heard:
        wanted = alone(channel.alone, transcript, f"{person.id} {next(count)}", text)
        before = len(person.messages())
        person.settles(person.says(text)["update_id"])
        messages = person.messages()[before:]
        buttons = [button["text"] for each in messages for row in each.keyboard for button in row]
        shown = "\n".join([*(each.text for each in messages), *buttons])
        (turn,) = channel.hebao.service.store.history("telegram", str(person.id), 1)
        return compared(turn, wanted, None, shown)

    play(transcript, speak)


def alone(service: Service, transcript: Transcript, message_id: str, text: str) -> PastTurn:
    """The same message to a program that hears nobody else, from a channel that is none."""
    service.handle(Inbound("terminal", transcript.file, message_id, text, transcript.locale))
    (turn,) = service.store.history("terminal", transcript.file, 1)
    return turn


def compared(turn: PastTurn, wanted: PastTurn, form: str | None, shown: str) -> Heard:
    """The two turns are the same to the letter, and so are the words on the phone where `form` has all of them."""
    assert turn.text == wanted.text
    assert turn.replies == wanted.replies
    assert {**turn.outcome, "offer": None} == {**wanted.outcome, "offer": None}
    if form is not None:
        assert form == in_words(wanted)
    return Heard(shown, turn.outcome["asks"], turn.outcome["state"])


def in_words(turn: PastTurn) -> str:
    """The answer as plain text says it, without what each channel has in a form of its own."""
    words = catalogue(turn.outcome["locale"])
    return _bare("".join(plain(reply_from_dict(each), words, leaders=False) for each in turn.replies))


def _bare(text: str) -> str:
    """Without blanks and lines, which show nothing; WeChat has no way to show this bracket."""
    return re.sub(r"\s", "", text).replace("<", "＜")
