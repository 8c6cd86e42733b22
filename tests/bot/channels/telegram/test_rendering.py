"""Answers as Telegram takes them: buttons of 64 bytes, messages of 4096 UTF-16 units, markup that is whole."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.limits import TELEGRAM_CALLBACK, TELEGRAM_CAPTION, TELEGRAM_TEXT, utf8_bytes
from bot.channels.telegram.rendering import Message, callback, messages, texts
from bot.exchange import Outbound
from bot.languages import LOCALES
from bot.service import Inbound, Service
from dialogs.conversation import Conversation
from dialogs.members.asking import PARTICULARS
from dialogs.members.questions import MOST_CHOICES, particular_question
from dialogs.offers import offer_id, tapped
from dialogs.questions import question
from dialogs.replies import (
    Answer,
    Attachment,
    Choice,
    Comparison,
    Decision,
    Line,
    Question,
    Reason,
    Receipt,
    Reply,
    Row,
    Source,
    Text,
)
from policy_engine.loader import load_scheme
from tests.bot.channels.telegram.test_dialogue import STATES
from tests.bot.test_lengths import SUBJECTS, case_of, everywhere, questions, schemes
from tests.dialogs.conftest import surroundings
from tests.standins.telegram.markup import read_html, units
from tests.transcripts.transcript import Transcript, transcripts

MOST_BUTTONS = 100
"""More are refused: REPLY_MARKUP_TOO_LONG."""


def outbound(*replies: Reply, offer: str | None = None, locale: str = "zh_Hans") -> Outbound:
    return Outbound(replies, None, locale, False, {}, offer=offer)


def assert_taps(asked: Question, conversation: Conversation) -> int:
    """Each choice has its button, which is small enough and means that choice and no other. Returns how many."""
    offer = offer_id(asked, conversation)
    *before, last = messages(outbound(asked, offer=offer, locale=conversation.locale))
    assert not any(each.buttons for each in before)
    buttons = [each for row in last.buttons for each in row]
    assert [each.label for each in buttons] == [each.label for each in asked.choices]
    assert len(buttons) <= MOST_BUTTONS
    for each in buttons:
        assert 1 <= utf8_bytes(each.data) <= TELEGRAM_CALLBACK
        assert each.label.strip()
        assert tapped(each.data, asked, conversation) == each.label
    return len(buttons)


@everywhere
def test_t09_every_button_of_every_question_fits(scheme_id: str, locale: str) -> None:
    conversation = Conversation(locale)
    assert sum(assert_taps(asked, conversation) for asked in questions(scheme_id, locale)) > 50


@everywhere
def test_t09_the_lists_of_counties_fit_in_every_scheme(scheme_id: str, locale: str) -> None:
    for scheme in schemes(scheme_id):
        context = replace(surroundings(), counties=tuple(scheme.counties))
        for subject in SUBJECTS:
            asked = question("county", case_of(scheme, locale, subject), context)
            # One more is "I do not know"; a scheme for the whole country has no counties to choose from.
            assert assert_taps(asked, Conversation(locale)) == (len(scheme.counties) + 1 if scheme.counties else 0)


@pytest.mark.parametrize("locale", LOCALES)
def test_t09_every_button_of_every_particular_fits(locale: str) -> None:
    """What an enrolment asks, with as many and as long village names as there may be."""
    scheme = load_scheme("jiaxing-2008")
    villages = tuple((10**9 + each, "很长的社区居民委员会名字" * 5) for each in range(MOST_CHOICES))
    case = replace(
        case_of(scheme, locale, facts={"county": "haiyan"}),
        counties=tuple(scheme.counties),
        communities=lambda _: villages,
        flow="enrol",
        particulars={"about": "mother"},
    )
    offered = [particular_question(name, case) for name in PARTICULARS]
    assert {"community", "move_to", "consent"} <= {each.fact for each in offered if each.choices}
    for asked in offered:
        if asked.choices:
            assert_taps(asked, Conversation(locale))


@pytest.mark.parametrize("transcript", transcripts(), ids=lambda each: each.file)
def test_t09_t10_every_turn_of_every_conversation_is_taken(
    transcript: Transcript, open_with: Callable[..., Service]
) -> None:
    service = open_with(county=transcript.county)
    for turn in transcript.turns:
        inbound = Inbound("telegram", transcript.file, secrets.token_hex(8), turn.say, transcript.locale)
        assert_taken(messages(service.handle(inbound), pictures=True))


@pytest.mark.parametrize("said", STATES)
@pytest.mark.parametrize("locale", ["zh-hans", "en"])
def test_t09_every_button_on_the_way_of_an_enrolment_and_a_correction_fits(
    said: list[str], locale: str, open_with: Callable[..., Service]
) -> None:
    service = open_with()
    for text in ["你好" if locale == "zh-hans" else "hello", *said]:
        answer = service.handle(Inbound("telegram", "1", secrets.token_hex(8), text, locale))
        found = messages(answer)
        assert_taken(found)
        assert bool(found[-1].buttons) == bool(answer.offer)


def test_t09_a_button_that_would_be_too_long_is_a_fault_of_ours_and_is_not_sent() -> None:
    with pytest.raises(ValueError, match="64"):
        callback("x" * 62, 10)


def assert_taken(found: tuple[Message, ...]) -> str:
    """The platform takes each of these messages. Returns what is read."""
    read = []
    for each in found:
        content = read_html(each.text)  # every tag closed, in the right order, everything else escaped
        limit = TELEGRAM_CAPTION if each.picture or each.file else TELEGRAM_TEXT
        assert units(content.text) <= limit
        assert content.text.strip() or each.picture or each.file
        content.text.encode()
        for row in each.buttons:
            for button in row:
                assert 1 <= utf8_bytes(button.data) <= TELEGRAM_CALLBACK
        if not (each.picture or each.file):
            read.append(content.text)
    return "".join(read)


FAMILY, FLAG, WAVE = "👨\u200d👩\u200d👧", "🇨🇳", "👋🏽"
pieces = st.sampled_from(
    [
        "长",
        "a",
        " ",
        "\n",
        "\n\n",
        "。",
        ". ",
        "<",
        ">",
        "&",
        '"',
        "</b>",
        "<b>",
        "&lt;",
        "😀",
        FAMILY,
        FLAG,
        WAVE,
        "é",
        "e\u0301",
    ]
)
long_texts = st.builds(
    lambda parts, times, more: "".join(parts) * times + "".join(more),
    st.lists(pieces, min_size=1, max_size=12), st.integers(1, 3000), st.lists(pieces, max_size=12),
).map(lambda text: text[:20_000])  # fmt: skip


def bare(text: str) -> str:
    """Without blanks, which may be left out where a text is cut."""
    return re.sub(r"\s", "", text)


@given(long_texts)
@example("😀" * 3000)
@example("a" + FAMILY * 2000)
@example("<" * 4097)
@example("&" * 9000)
def test_t10_a_long_text_is_cut_by_utf16_units_and_nothing_is_lost(text: str) -> None:
    assert bare(assert_taken(texts(text))) == bare(text)


@pytest.mark.parametrize("emoji", ["😀", FAMILY, FLAG, WAVE])
@pytest.mark.parametrize("offset", range(3))
def test_t10_no_emoji_is_cut(emoji: str, offset: int) -> None:
    found = texts("a" * offset + emoji * 3000)
    assert len(found) > 1
    whole = [re.sub(re.escape(emoji), "", read_html(each.text).text) for each in found]
    assert "".join(whole) == "a" * offset, "each is in one of the parts"


def test_t10_as_much_as_fits_is_sent_in_one_message() -> None:
    assert len(texts("<" * 4096)) == 1
    assert len(texts("😀" * 2048)) == 1
    assert len(texts("😀" * 2048 + "a")) == 2


def styled(text: str) -> Iterator[Reply]:
    source = Source(text, "", "", "a")
    yield Text(text, "warning")
    yield Text(text, "note")
    yield Receipt(text, (Line(text, text, "result", (source,)),), (text,), text)
    yield Answer(text, sources=(source,), notes=(text,))
    yield Comparison(text, "l", "f", "p", (Row(text, "1", "2", text),), (text,), (source,))
    yield Decision("eligible", text, (Reason(text, True, (source,)),), (text,))
    yield Question("x", text, (Choice("a", "A"),), text)
    yield Attachment("data.json", text, text)


@given(st.lists(pieces, min_size=2, max_size=8).map("".join), st.integers(1, 1200))
@example("<b>&", 1500)
@settings(max_examples=12)
def test_t10_markup_is_closed_in_every_part_of_every_kind_of_reply(piece: str, times: int) -> None:
    text = (piece * times)[:6000]
    if not text.strip():
        return
    for reply in styled(text):
        found = messages(outbound(reply, Question("x", "?", (Choice("a", "A"),)), offer="AAAAAAAA"), pictures=True)
        assert_taken(found)
        assert [bool(each.buttons) for each in found] == [False] * (len(found) - 1) + [True]


def test_t10_what_a_chat_cannot_hold_is_left_out() -> None:
    found = texts("a\x00b\x1bc\ud83dd\x7fe\tf\ng")
    assert [each.text for each in found] == ["abcde\tf\ng"]
