"""One person on several channels, through the service: linked by a code, alike, told to the others, taken apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

import pytest

from bot.channels.plain import plain
from bot.exchange import Inbound, Outbound
from bot.languages import catalogue
from bot.opening import open_service
from bot.service import Service
from bot.settings import Settings
from member_store.encryption import generate_key
from member_store.members import codes, delegations, staff
from member_store.tables.access import Role

CODE = re.compile(r"\b[2-9A-HJ-NP-TV-Z]{4}-[2-9A-HJ-NP-TV-Z]{4}\b")
ENROLLING = (
    "我要参保，农村户口，本地的，没有职工医保，没在别处参保",
    "都没有",
    "同意",
    "{name} {number}",
    "跳过",
    "对",
    "没有了",
)
_numbers = count()


@pytest.fixture(params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest, settings: Callable[..., Settings]) -> Iterator[Service]:
    given = {"county": "demo"}
    if request.param == "postgresql":
        given |= {"database_url": request.getfixturevalue("postgresql_url"), "keys": generate_key()}
    with open_service(settings(**given)) as opened:
        yield opened


def said(service: Service, channel: str, *texts: str, account: str = "a", locale: str = "zh-CN") -> str:
    """What is answered to the last of these."""
    answer: Outbound | None = None
    for text in texts:
        answer = service.handle(Inbound(channel, account, f"m{next(_numbers)}", text, locale))
    assert answer is not None
    return "\n".join(plain(each, catalogue(answer.locale)) for each in answer.replies)


def enrolled(service: Service, channel: str, name: str = "张秀英", number: str = "330421194803153325") -> None:
    said(service, channel, *(each.format(name=name, number=number) for each in ENROLLING))


def confirmed(service: Service, channel: str) -> None:
    """The office has looked at what was handed in there."""
    with service.store.records() as records:
        contact = delegations.known_contact(records, channel, "a")
        (theirs,) = delegations.represented(records, contact)
        delegations.confirm(records, theirs.person.id, contact.whole_id, minor=False)


def code_of(service: Service, channel: str) -> str:
    (found,) = CODE.findall(said(service, channel, "绑定账号"))
    return found


def test_what_is_known_on_one_channel_is_known_on_all_that_are_linked(service: Service) -> None:
    enrolled(service, "wechat")
    assert "还没有替谁参过保" in said(service, "telegram", "办到哪一步了")
    asked = said(service, "telegram", code_of(service, "wechat"))
    assert "张*英" in asked
    assert "张秀英" not in asked
    assert "绑定好了" in said(service, "telegram", "对")
    assert "link another account" in said(
        service, "web", code_of(service, "telegram"), "yes", "my accounts", locale="en"
    )
    for channel in ("wechat", "telegram", "web"):
        assert "张秀英" in said(service, channel, "办到哪一步了")
    # What one of them does the others have.
    confirmed(service, "wechat")
    said(service, "web", "换手机号", "13857342219", "对")
    assert "13857342219" in said(service, "telegram", "导出我的资料")


def test_a_second_enrolment_on_the_other_channel_is_known_as_the_same(service: Service) -> None:
    enrolled(service, "wechat")
    said(service, "telegram", code_of(service, "wechat"), "对")
    assert "已经" in said(service, "telegram", "我要参保")


def test_the_other_channels_hear_of_it_at_their_next_visit_once_in_their_own_language(service: Service) -> None:
    enrolled(service, "wechat")
    said(service, "wechat", "English")
    code = CODE.findall(said(service, "wechat", "link another account"))[0]
    said(service, "telegram", code, "对")
    first, second = said(service, "wechat", "my accounts"), said(service, "wechat", "my accounts")
    assert "A new account (Telegram) was just linked to yours" in first
    assert "just linked" not in second
    assert "WeChat" in second


def test_an_account_that_was_taken_away_hears_so_and_nothing_else(service: Service) -> None:
    enrolled(service, "wechat")
    said(service, "telegram", code_of(service, "wechat"), "对")
    said(service, "wechat", "解除绑定", "2", "对")
    heard = said(service, "telegram", "办到哪一步了")
    assert "这个账号刚才被解除绑定" in heard
    assert "张秀英" not in heard


def test_erasing_on_one_channel_erases_what_was_said_on_the_others(service: Service) -> None:
    enrolled(service, "wechat")
    said(service, "telegram", code_of(service, "wechat"), "对")
    assert "资料已经删除" in said(service, "telegram", "删除我的资料", "对")
    assert service.view("wechat", "a").new
    assert "还没有替谁参过保" in said(service, "wechat", "办到哪一步了")


def test_a_new_account_for_each_guess_does_not_help_and_is_said_so(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "MOST_ON_CHANNEL", 6)
    enrolled(service, "wechat")
    for guess in range(6):
        assert "码不对" in said(service, "api", "ABCD-2345", account=f"guesser {guess}")
    code = code_of(service, "wechat")
    closed = said(service, "api", code, account="another")
    assert "太多人输错了码" in closed
    assert "张" not in closed
    assert "many wrong codes" in said(service, "api", "ABCD-2345", account="one more", locale="en")
    # On a channel where nobody guesses, nobody is kept out.
    assert "张*英" in said(service, "telegram", code)


def test_one_account_that_guesses_waits_and_its_right_code_is_not_looked_at(service: Service) -> None:
    enrolled(service, "wechat")
    code = code_of(service, "wechat")
    said(service, "telegram", *["ABCD-2345"] * codes.MOST_WRONG)
    assert "分钟后再试" in said(service, "telegram", code)


def test_a_code_agreed_to_on_two_channels_at_the_same_moment_links_one(service: Service) -> None:
    enrolled(service, "wechat")
    code = code_of(service, "wechat")
    channels = ("telegram", "web")
    for channel in channels:
        assert "张*英" in said(service, channel, code)
    together = Barrier(2)

    def agree(channel: str) -> bool:
        together.wait()
        return "绑定好了" in said(service, channel, "对")

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(agree, channels)) == [False, True]
    assert sum("张秀英" in said(service, channel, "办到哪一步了") for channel in channels) == 1


def test_staff_can_neither_link_nor_be_linked(service: Service) -> None:
    with service.store.records() as records:
        member = staff.add(records, "wang", "王小平", Role.OFFICE, county="demo")
        bound = staff.new_code(records, member)
    said(service, "telegram", f"{bound[:4]}-{bound[4:]}")
    assert "居民本人" in said(service, "telegram", "绑定账号")
    enrolled(service, "wechat")
    refused = said(service, "telegram", code_of(service, "wechat"))
    assert "绑定了工作人员" in refused
    assert "张" not in refused
