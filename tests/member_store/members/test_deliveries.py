"""The ledger of what is sent unasked: each message once, the windows counted, nothing lost."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest

from member_store.errors import StoreError
from member_store.members import deliveries, logins, notice_consents
from member_store.store import Store
from member_store.tables.sending import DeliveryState, login_states
from member_store.tokens import LEASE, Busy, Claimed, Held, Tokens
from member_store.turns import Reduced

NOW = datetime.datetime(2026, 3, 1, 2, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def who(request: pytest.FixtureRequest) -> tuple[str, str]:
    return "wechat", request.node.name


@pytest.fixture
def store(shared_store: Store) -> Store:
    return shared_store


def visit(store: Store, who: tuple[str, str], number: str, now: datetime.datetime = NOW) -> list[str]:
    """A turn of somebody that opens a window and takes what waits for them."""
    taken: list[str] = []

    def reduce(state, records):
        found, more = deliveries.take(records, *who) if records.waiting else ([], False)
        taken.extend(each.payload["body"] for each in found)
        return Reduced({}, [], {}, opens="message", waits=more)

    store.turn(*who, number, "", reduce, now)
    return taken


def leave(store: Store, who: tuple[str, str], body: str, kind: str = "text") -> int:
    made = []

    def reduce(state, records):
        made.append(deliveries.leave(records, *who, kind, {"body": body}))
        return Reduced({}, [], {}, opens="message", waits=True)

    store.turn(*who, f"left {body}", "", reduce, NOW)
    return made[0]


def begin(store: Store, delivery: int, now: datetime.datetime = NOW) -> bool:
    with store.records(now=now) as records:
        return deliveries.begin(records, delivery, "service")


def test_what_was_left_is_taken_once(store, who):
    leave(store, who, "a")
    leave(store, who, "b")
    assert visit(store, who, "1") == ["a", "b"]
    assert visit(store, who, "2") == []


def test_only_one_of_many_may_send_a_message(store, who):
    delivery = leave(store, who, "a")
    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(lambda _: begin(store, delivery), range(4))) == [False, False, False, True]


def test_what_the_platform_took_is_not_said_again(store, who):
    delivery = leave(store, who, "a")
    begin(store, delivery)
    with store.records(now=NOW) as records:
        deliveries.sent(records, delivery)
        assert deliveries.count_since(records, *who, "service", NOW) == 1
        assert deliveries.waiting(records, *who) == []
    assert visit(store, who, "1") == []


def test_what_could_not_be_sent_waits_for_the_next_visit(store, who):
    delivery = leave(store, who, "a")
    visit(store, (who[0], who[1] + "other"), "0")
    begin(store, delivery)
    with store.records(now=NOW) as records:
        deliveries.put_back(records, delivery, "no_window", "45015")
        assert deliveries.count_since(records, *who, "service", NOW) == 0
    assert visit(store, who, "1") == ["a"]


def test_what_is_on_its_way_is_left_alone_and_said_once_nobody_can_know_any_more(store, who):
    delivery = leave(store, who, "a")
    begin(store, delivery)
    assert visit(store, who, "1", NOW + MINUTE) == []
    assert visit(store, who, "2", NOW + 3 * MINUTE) == ["a"]


def test_what_is_in_doubt_counts_against_the_window_and_is_said_at_the_next_visit(store, who):
    delivery = leave(store, who, "a")
    begin(store, delivery)
    with store.records(now=NOW) as records:
        deliveries.doubt(records, delivery, "timeout")
        assert deliveries.count_since(records, *who, "service", NOW) == 1
        assert deliveries.waiting(records, *who) == []
    assert visit(store, who, "1") == ["a"]


def test_a_picture_is_not_said_later(store, who):
    leave(store, who, "<svg/>", "picture")
    assert visit(store, who, "1") == []


def test_the_last_thing_that_opened_a_window_is_known(store, who):
    with store.reading_records() as records:
        assert deliveries.windows(records, *who) == []
    visit(store, who, "1", NOW)
    visit(store, who, "2", NOW + MINUTE)
    store.turn(*who, "3", "", lambda *_: Reduced({}, [], {}, opens="click"), NOW + 2 * MINUTE)
    store.turn(*who, "4", "", lambda *_: Reduced({}, [], {}), NOW + 3 * MINUTE)
    with store.reading_records() as records:
        message, click = deliveries.windows(records, *who)
    assert message == deliveries.Window("message", NOW + MINUTE)
    assert click == deliveries.Window("click", NOW + 2 * MINUTE)


@pytest.mark.parametrize("reason", [None, "blocked", "failed"])
def test_what_the_platform_says_later_is_written_down(store, who, reason):
    delivery = leave(store, who, "a")
    begin(store, delivery)
    with store.records(now=NOW) as records:
        deliveries.sent(records, delivery, who[1][-60:])
        assert deliveries.reported(records, who[1][-60:], reason)
        assert not deliveries.reported(records, "another", reason)
        assert deliveries.count_since(records, *who, "service", NOW) == (1 if reason is None else 0)


# -- what somebody agreed to -------------------------------------------------------------------------------------------


def agreed(store: Store, who: tuple[str, str]) -> bool:
    with store.reading_records() as records:
        return notice_consents.left(records, *who, "T")


def change(store: Store, what, who: tuple[str, str], **more: object) -> None:
    with store.records(now=NOW) as records:
        what(records, *who, "T", **more)


def test_each_agreement_is_for_one_notice(store, who):
    assert not agreed(store, who)
    change(store, notice_consents.agreed, who)
    change(store, notice_consents.agreed, who)
    for _ in range(2):
        assert agreed(store, who)
        change(store, notice_consents.used, who)
    assert not agreed(store, who)
    change(store, notice_consents.used, who)
    change(store, notice_consents.agreed, who)
    assert agreed(store, who)


def test_a_standing_agreement_lasts_until_it_is_taken_back(store, who):
    change(store, notice_consents.agreed, who, standing=True)
    change(store, notice_consents.used, who)
    assert agreed(store, who)
    change(store, notice_consents.ended, who)
    assert not agreed(store, who)


# -- a token for all ---------------------------------------------------------------------------------------------------


def test_one_fetches_the_token_and_the_others_wait_for_it(store, who):
    tokens, name = Tokens(store), who[1]
    mine = tokens.claim(name, now=NOW)
    assert isinstance(mine, Claimed)
    assert isinstance(tokens.claim(name, now=NOW), Busy)
    tokens.keep(name, mine.holder, "secret", NOW + 60 * MINUTE)
    assert tokens.claim(name, now=NOW) == Held("secret")
    assert isinstance(tokens.claim(name, now=NOW + 61 * MINUTE), Claimed)


def test_a_token_that_the_platform_refused_is_fetched_once_more(store, who):
    tokens, name = Tokens(store), who[1]
    first = tokens.claim(name, now=NOW)
    tokens.keep(name, first.holder, "old", NOW + 60 * MINUTE)
    second = tokens.claim(name, refused="old", now=NOW)
    assert isinstance(second, Claimed)
    tokens.keep(name, second.holder, "new", NOW + 60 * MINUTE)
    # Whoever was refused a little later finds that it was done.
    assert tokens.claim(name, refused="old", now=NOW) == Held("new")


def test_the_lease_of_a_process_that_died_runs_out_and_what_it_brings_later_is_not_kept(store, who):
    tokens, name = Tokens(store), who[1]
    dead = tokens.claim(name, now=NOW)
    alive = tokens.claim(name, now=NOW + LEASE)
    assert isinstance(alive, Claimed)
    tokens.keep(name, dead.holder, "stale", NOW + 60 * MINUTE)
    assert isinstance(tokens.claim(name, now=NOW + LEASE), Busy)
    tokens.give_up(name, alive.holder)
    assert isinstance(tokens.claim(name, now=NOW + LEASE), Claimed)


def test_of_many_at_once_one_fetches(store, who):
    tokens, name = Tokens(store), who[1]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: tokens.claim(name, now=NOW), range(8)))
    assert sum(isinstance(each, Claimed) for each in found) == 1


# -- logins ------------------------------------------------------------------------------------------------------------


def test_a_login_is_finished_once_in_its_own_browser_and_in_time(store, who):
    state = who[1]
    with store.records(now=NOW) as records:
        logins.begin(records, state, "mine")
    with store.records(now=NOW) as records:
        assert not logins.finish(records, state, "theirs")
        assert not logins.finish(records, "another", "mine")
        assert logins.finish(records, state, "mine")
        assert not logins.finish(records, state, "mine")
        logins.begin(records, state, "mine")
    with store.records(now=NOW + logins.LASTS + MINUTE) as records:
        assert not logins.finish(records, state, "mine")


def test_of_too_many_logins_the_oldest_are_given_up(store, who, monkeypatch):
    monkeypatch.setattr(logins, "MOST", 3)
    for number in range(5):
        with store.records(now=NOW) as records:
            logins.begin(records, f"{who[1]} {number}", "mine")
    with store.records(now=NOW) as records:
        assert len(records.connection.execute(login_states.select()).all()) == 3
        assert [logins.finish(records, f"{who[1]} {number}", "mine") for number in range(5)] == [
            False,
            False,
            *[True] * 3,
        ]


# -- what is kept outside of the store --------------------------------------------------------------------------------


def test_a_sealed_token_is_read_for_its_purpose_only(store):
    token = store.seal("session", ["wechat", "o名", 5])
    assert store.unseal("session", token) == ["wechat", "o名", 5]
    assert "wechat" not in token
    with pytest.raises(StoreError, match="another purpose"):
        store.unseal("sess", token)
    changed = token[:30] + ("A" if token[30] != "A" else "B") + token[31:]
    for other in ("", "h1.", "x", changed, store.seal("other", 1)):
        with pytest.raises(StoreError):
            store.unseal("session", other)


def test_what_the_store_keeps_for_itself_is_no_sealed_token(store, who):
    with store.records(now=NOW) as records:
        for data in ({"session": 1}, ["sessions", 1], "session"):
            with pytest.raises(StoreError):
                store.unseal("session", records.seal(data))


def test_states_are_written_as_themselves():
    assert {each.value for each in DeliveryState} == {"waiting", "sending", "sent", "given", "refused", "in_doubt"}
