"""What people see of the bot, over real HTTP from their phone to the store and back."""

from __future__ import annotations

import threading
import time

import pytest

from bot.channels.telegram import CHANNEL
from tests.bot.channels.telegram.conftest import Hebao
from tests.standins.telegram import Person, TelegramStandIn, faults, wait_for


def turns(hebao: Hebao, person: Person) -> int:
    return len(hebao.service._store.history(CHANNEL, str(person.id), 100))


def test_t04_when_a_turn_fails_the_person_is_told_and_it_is_logged_once(
    hebao: Hebao, person: Person, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def handle(*_: object, **__: object) -> object:
        raise RuntimeError("a secret that somebody said")

    monkeypatch.setattr(hebao.service, "handle", handle)
    told = person.asks("我的身份证号是330402196001010011")
    captured = "".join(capsys.readouterr())
    assert len(told) == 1
    assert "请再发一次" in told[0]
    assert captured.count("telegram update failed") == 1
    assert "secret" not in captured
    assert "330402" not in captured


def test_t05_messages_of_one_person_are_taken_in_order_and_nobody_waits_for_others(
    hebao: Hebao, telegram: TelegramStandIn, person: Person
) -> None:
    other = telegram.person()
    telegram.world.fails(faults.slow(4), "sendMessage", person.id)
    said = ["能参保吗", "妈妈", "60岁", "帮助"]
    updates = [
        {"update_id": 98_000_000 + place, "message": {
            "message_id": place, "date": 1, "chat": {"id": person.id, "type": "private"}, "text": text,
            "from": telegram.world.people[person.id],
        }}
        for place, text in enumerate(said)
    ]  # fmt: skip
    threads = [threading.Thread(target=telegram.deliver, args=[update]) for update in updates]
    for thread in threads:
        thread.start()
        time.sleep(0.3)
    assert other.asks("/start")
    assert all(thread.is_alive() for thread in threads), "nobody waited for them"
    for thread in threads:
        thread.join()
    history = hebao.service._store.history(CHANNEL, str(person.id), 10)
    assert [each.text for each in history][-4:] == said


STATES = (
    [],
    ["能参保吗"],
    ["能参保吗", "妈妈"],
    ["看病能报多少"],
    ["报名参保"],
    ["报名参保", "自己"],
    ["报名参保", "自己", "同意"],
    ["更正"],
)


@pytest.mark.parametrize("said", STATES)
def test_t06_commands_work_in_every_state_and_are_never_an_answer(
    telegram: TelegramStandIn, hebao: Hebao, said: list[str]
) -> None:
    person = telegram.person()
    for text in said:
        person.asks(text)
    before = hebao.service.view(CHANNEL, str(person.id)).locale
    helped = person.asks("/help")
    assert helped
    assert hebao.service._store.history(CHANNEL, str(person.id), 1)[0].text == "帮助"
    assert person.asks("/start")
    assert person.asks("/cancel@" + telegram.world.bot["username"])  # type: ignore[operator]
    assert person.asks("/restart")[0].startswith("好")
    assert hebao.service.view(CHANNEL, str(person.id)).locale == before
    assert not any("/" in str(each.outcome["state"]["facts"]) for each in
                   hebao.service._store.history(CHANNEL, str(person.id), 20))  # fmt: skip


def test_t07_a_link_can_say_the_county(telegram: TelegramStandIn, hebao: Hebao) -> None:
    person = telegram.person()
    person.asks("/start county-haiyan")
    facts = hebao.service._store.history(CHANNEL, str(person.id), 1)[0].outcome["state"]["facts"]
    assert facts == {"county": "haiyan"}


@pytest.mark.parametrize("payload", ["a b", "x" * 65, "county-nowhere", "<b>", "county-../..", "你好", "23456789-"])
def test_t07_a_payload_that_means_nothing_only_greets(telegram: TelegramStandIn, hebao: Hebao, payload: str) -> None:
    person, plain = telegram.person(), telegram.person()
    assert person.asks(f"/start {payload}") == plain.asks("/start")


def test_t07_a_code_in_a_link_is_tried(telegram: TelegramStandIn, hebao: Hebao) -> None:
    person, typed = telegram.person(), telegram.person()
    assert person.asks("/start ABCD2345") == typed.asks("ABCD2345")


def test_t08_a_tap_is_settled_answered_and_shown_on_the_question(telegram: TelegramStandIn, person: Person) -> None:
    person.asks("能参保吗")
    question = person.messages()[-1]
    label = person.buttons()[0]
    before = len(person.sees())
    tap = person.taps(label)
    wait_for(lambda: len(person.sees()) > before and tap.shown is not None)
    wait_for(lambda: not telegram.world.updates)
    assert not question.keyboard
    assert question.text.endswith(f"✓ {label}")


def test_t08_a_stale_button_is_settled_and_the_open_question_asked_again(
    telegram: TelegramStandIn, hebao: Hebao, person: Person
) -> None:
    person.asks("能参保吗")
    old = person.messages()[-1]
    label = old.keyboard[0][0]["text"]
    asked = person.asks("妈妈")[-1]
    before, facts = len(person.sees()), _facts(hebao, person)
    tap = person.taps(label, message=old)
    wait_for(lambda: len(person.sees()) > before and tap.shown is not None)
    wait_for(lambda: not telegram.world.updates)
    assert asked.splitlines()[-1] in person.sees()[-1]
    assert _facts(hebao, person) == facts
    assert not old.keyboard
    assert "✓" not in old.text


@pytest.mark.parametrize("data", ["x", "x.y", "AAAAAAAA.0", ".", "AAAAAAAA.-1", "AAAAAAAA.99999999999", "合.1"])
def test_t08_a_forged_button_is_settled_and_changes_nothing(
    telegram: TelegramStandIn, hebao: Hebao, person: Person, data: str
) -> None:
    person.asks("能参保吗")
    facts = _facts(hebao, person)
    tap = person.taps_data(data, person.messages()[-1].id)
    wait_for(lambda: tap.shown is not None and not telegram.world.updates)
    assert _facts(hebao, person) == facts


def test_t12_who_blocks_the_bot_is_marked_and_start_revives(
    telegram: TelegramStandIn, hebao: Hebao, person: Person
) -> None:
    known(hebao, person)
    person.blocks()
    wait_for(lambda: not telegram.world.updates)
    assert is_gone(hebao, person)
    person.starts()
    wait_for(lambda: not telegram.world.updates)
    assert not is_gone(hebao, person)


def test_t12_an_answer_that_is_refused_marks_them_too(telegram: TelegramStandIn, hebao: Hebao, person: Person) -> None:
    known(hebao, person)
    telegram.world.fails(faults.BLOCKED, "sendMessage", person.id)
    person.asks("能参保吗")
    assert is_gone(hebao, person)
    person.unblocks()
    wait_for(lambda: not telegram.world.updates)
    assert not is_gone(hebao, person)


@pytest.mark.parametrize(
    "fault", [faults.NOT_MODIFIED, faults.EDIT_NOT_FOUND, faults.CANNOT_BE_EDITED, faults.INTERNAL]
)
def test_t14_what_cannot_be_edited_is_no_error(
    telegram: TelegramStandIn, person: Person, fault: faults.Fault, capsys: pytest.CaptureFixture[str]
) -> None:
    person.asks("能参保吗")
    telegram.world.fails(fault, "editMessageText", person.id)
    before = len(person.sees())
    person.taps(person.buttons()[0])
    wait_for(lambda: not telegram.world.updates)
    assert len(person.sees()) == before + 1
    assert ("not marked" in "".join(capsys.readouterr())) == (fault is faults.INTERNAL)


def test_t16_an_edited_message_is_no_answer_and_that_is_said_once(
    telegram: TelegramStandIn, hebao: Hebao, person: Person
) -> None:
    person.asks("能参保吗")
    mine = next(each for each in reversed(person.private.messages) if each.sender is not None)
    taken, before = turns(hebao, person), len(person.sees())
    for text in ("妈妈", "爸爸"):
        person.edits(mine.id, text)
    wait_for(lambda: not telegram.world.updates)
    assert turns(hebao, person) == taken
    assert person.sees()[before:] == ["我不会再看改过的消息。想改答案，请重新发一条，或者说“更正”。"]


@pytest.mark.parametrize("fault", [faults.BLOCKED, faults.CHAT_NOT_FOUND, faults.Fault(400, "Bad Request: x")])
def test_t16_who_edits_and_cannot_be_told_is_no_reason_to_send_it_again(
    telegram: TelegramStandIn, hebao: Hebao, person: Person, fault: faults.Fault
) -> None:
    person.asks("能参保吗")
    mine = next(each for each in reversed(person.private.messages) if each.sender is not None)
    telegram.world.fails(fault, "sendMessage", person.id)
    update = person.edits(mine.id, "妈妈")
    person.settles(update["update_id"])
    assert [status for number, status in telegram.world.deliveries if number == update["update_id"]] == [200]


@pytest.mark.parametrize(
    ("code", "greets"),
    [
        ("zh-hans", "您"), ("zh-hant", "您"), ("zh", "您"), ("zh_CN", "您"), ("en", "Hello"), ("en-GB", "Hello"),
        (None, "您"), ("", "您"), ("xx", "您"), ("../../etc", "您"), ("zh-" + "x" * 500, "您"), ("-", "您"),
    ],
)  # fmt: skip
def test_t17_every_language_code_gets_words(telegram: TelegramStandIn, hebao: Hebao, code: str, greets: str) -> None:
    assert greets in telegram.person(code).asks("/start")[0]


def test_t17_who_has_a_language_that_we_have_not_is_answered_in_the_words_they_use(
    telegram: TelegramStandIn, hebao: Hebao
) -> None:
    assert "you" in telegram.person("fr").asks("what does it cost?")[0]


def test_t18_in_a_group_nothing_personal_is_said_or_kept(telegram: TelegramStandIn, hebao: Hebao) -> None:
    person, group = telegram.person(), telegram.group()
    me = telegram.world.bot["username"]
    for text in ("我妈60岁能参保吗", "/help@another_bot", "大家好"):
        person.settles(person.says(text, group)["update_id"])
    assert person.sees(group) == []
    for text in (f"@{me} 我妈60岁", "/help", f"/start@{me}"):
        person.settles(person.says(text, group)["update_id"])
    assert len(person.sees(group)) == 1, "once is enough"
    assert person.messages(group)[0].keyboard[0][0]["url"] == f"https://t.me/{me}?start=group"
    assert turns(hebao, person) == 0


def test_t18_below_a_channels_post_nothing_is_said(telegram: TelegramStandIn, hebao: Hebao) -> None:
    channel = telegram.group("channel")
    person = telegram.person()
    body = {"message_id": 1, "date": 1, "chat": telegram.world.chat_json(channel), "text": "/help"}
    telegram.world.update("channel_post", body)
    group = telegram.group()
    person.settles(person.says("/help", group, sender_chat=telegram.world.chat_json(channel))["update_id"])
    wait_for(lambda: not telegram.world.updates)
    assert person.sees(channel) == person.sees(group) == []


def test_t13_a_group_that_moved_is_told_where_it_is_now(telegram: TelegramStandIn, hebao: Hebao) -> None:
    person, old, new = telegram.person(), telegram.group("group"), telegram.group()
    old.moved_to = new.id
    person.settles(person.says("/help", old)["update_id"])
    assert len(person.sees(new)) == 1


def test_t20_a_button_on_a_message_that_is_too_old_to_be_read_counts(
    telegram: TelegramStandIn, hebao: Hebao, person: Person
) -> None:
    person.asks("能参保吗")
    before = len(person.sees())
    tap = person.taps(person.buttons()[0], inaccessible=True)
    wait_for(lambda: tap.shown is not None and not telegram.world.updates)
    assert len(person.sees()) == before + 1
    assert "过时" not in person.sees()[-1]


@pytest.mark.parametrize(
    "body",
    [
        {"photo": [{"file_id": "a", "file_unique_id": "a", "width": 1, "height": 1}], "caption": "我妈60岁"},
        {"voice": {"file_id": "a", "file_unique_id": "a", "duration": 1}},
        {"video": {"file_id": "a", "file_unique_id": "a", "width": 1, "height": 1, "duration": 1}},
        {"location": {"latitude": 1.0, "longitude": 1.0}},
        {"sticker": {"file_id": "a", "file_unique_id": "a", "type": "regular", "width": 1, "height": 1,
                     "is_animated": False, "is_video": False}},
        {"document": {"file_id": "a", "file_unique_id": "a"}},
        {"contact": {"phone_number": "1", "first_name": "a"}},
    ],
)  # fmt: skip
def test_what_is_no_text_is_answered_with_the_open_question(person: Person, body: dict[str, object]) -> None:
    asked = person.asks("能参保吗")[-1]
    before = len(person.sees())
    person.settles(person.sends(body)["update_id"])
    told = person.sees()[before:]
    assert len(told) == 1
    assert asked.splitlines()[-1] in told[0]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_nobody_is_asked_to_speak_where_no_words_are_made_of_speech(
    telegram: TelegramStandIn, hebao: Hebao, language: str
) -> None:
    person = telegram.person(language)
    file = {"file_id": "a", "file_unique_id": "a", "duration": 1}
    for body in (
        {"voice": file},
        {"audio": file},
        {"video_note": {**file, "length": 1}},
        {"dice": {"emoji": "🎲", "value": 1}},
    ):
        before = len(person.sees())
        person.settles(person.sends(body)["update_id"])
        told = " ".join(person.sees()[before:])
        assert "请打字" in told or "Please type it" in told
        assert not any(word in told for word in ("用语音说", "再说一遍", "by voice", "say it again"))


def known(hebao: Hebao, person: Person) -> None:
    """Have done more than ask."""
    from member_store.members.delegations import contact_of

    with hebao.service._store.records() as records:
        contact_of(records, CHANNEL, str(person.id), "zh_Hans")


def is_gone(hebao: Hebao, person: Person) -> bool:
    from member_store.members.delegations import known_contact

    with hebao.service._store.reading_records() as records:
        contact = known_contact(records, CHANNEL, str(person.id))
        assert contact is not None
        return contact.gone_at is not None


def _facts(hebao: Hebao, person: Person) -> object:
    return hebao.service._store.history(CHANNEL, str(person.id), 1)[0].outcome["state"]["facts"]
