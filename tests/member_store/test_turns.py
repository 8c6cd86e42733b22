import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest

from member_store.store import MESSAGE_ID_LENGTH, Store
from member_store.turns import Reduced


def echo(text):
    return lambda state, _records=None: Reduced(
        {"said": [*(state or {"said": []})["said"], text]}, [{"text": text}], {"about": text}
    )


def never(state):
    pytest.fail("reduced again")


def test_a_new_contact_has_no_state_and_the_next_turn_gets_the_state_of_the_last(store: Store):
    seen = []

    def reduce(state, _records):
        seen.append(state)
        return Reduced({"n": len(seen)}, [{"text": "a"}, {"text": "b"}], {"done": False})

    first = store.turn("web", "zhang", "1", "hello", reduce)
    second = store.turn("web", "zhang", "2", "hello", reduce)
    assert seen == [None, {"n": 1}]
    assert (first.turn, second.turn) == (1, 2)
    assert first.replies == [{"text": "a"}, {"text": "b"}]
    assert first.outcome == {"done": False}
    assert not first.repeated
    assert store.conversation("web", "zhang") == {"n": 2}


def test_a_repeated_message_gets_its_first_answer_and_is_not_reduced(store: Store):
    first = store.turn("web", "zhang", "1", "hello", echo("hello"))
    store.turn("web", "zhang", "2", "more", echo("more"))
    again = store.turn("web", "zhang", "1", "hello", never)
    assert (again.replies, again.outcome, again.turn) == (first.replies, first.outcome, first.turn)
    assert again.repeated
    assert store.conversation("web", "zhang") == {"said": ["hello", "more"]}


def test_a_repeated_message_is_known_after_a_restart(url, key):
    with Store.open(url, key) as store:
        first = store.turn("web", "zhang", "1", "hello", echo("hello"))
    with Store.open(url, key) as store:
        assert store.turn("web", "zhang", "1", "hello", never).replies == first.replies
        assert store.conversation("web", "zhang") == {"said": ["hello"]}


def test_the_first_answer_and_its_repetition_are_alike_even_where_the_reducer_used_tuples(store: Store):
    def reduce(state, _records):
        return Reduced({}, [{"choices": ({"value": "yes"},)}], {"path": (1, 2)})

    first, again = (store.turn("web", "zhang", "1", "hello", reduce) for _ in range(2))
    assert first.replies == again.replies == [{"choices": [{"value": "yes"}]}]
    assert first.outcome == again.outcome == {"path": [1, 2]}


def test_a_turn_without_replies_is_kept_and_repeated(store: Store):
    store.turn("web", "zhang", "1", "", lambda state, _records=None: Reduced({}, [], {}))
    assert store.turn("web", "zhang", "1", "", never).replies == []
    assert [past.replies for past in store.history("web", "zhang")] == [[]]


def test_the_same_account_or_message_id_elsewhere_is_somebody_else(store: Store):
    store.turn("web", "zhang", "1", "hello", echo("web"))
    assert not store.turn("wechat", "zhang", "1", "hello", echo("wechat")).repeated
    assert not store.turn("web", "li", "1", "hello", echo("li")).repeated
    assert store.conversation("web", "zhang") == {"said": ["web"]}
    assert store.conversation("wechat", "zhang") == {"said": ["wechat"]}
    assert store.conversation("web", "nobody") is None
    assert store.history("web", "nobody") == []


def test_a_reducer_that_raises_leaves_nothing_behind_and_its_message_can_come_again(store: Store):
    def fail(state, _records):
        raise LookupError("the pack is gone")

    for turn in (1, 2):
        with pytest.raises(LookupError, match="the pack is gone"):
            store.turn("web", "zhang", f"{turn}", "hello", fail)
        assert len(store.history("web", "zhang")) == turn - 1
        assert store.turn("web", "zhang", f"{turn}", "hello", echo("hello")).turn == turn


@pytest.mark.parametrize("field", ["state", "replies", "outcome"])
@pytest.mark.parametrize(("bad", "error"), [({"when": datetime}, TypeError), ({"sum": float("nan")}, ValueError)])
def test_what_is_not_json_is_refused_and_nothing_is_saved(store: Store, field, bad, error):
    data = {"state": {}, "replies": [], "outcome": {}, field: [bad] if field == "replies" else bad}
    with pytest.raises(error):
        store.turn("web", "zhang", "1", "hello", lambda state, _records=None: Reduced(**data))
    assert store.conversation("web", "zhang") is None


@pytest.mark.parametrize(
    "text",
    [
        "城乡居民合作医疗保险",
        "𠮷野家 👨‍👩‍👧",
        "before\0after",
        "half a pair \ud83d",
        "'; DROP TABLE inbox; --",
        "",
        "长" * 100_000,
    ],
    ids=["Chinese", "four bytes", "NUL", "lone surrogate", "SQL", "empty", "long"],
)
def test_any_text_comes_back_as_it_was(store: Store, text):
    store.turn("web", text or "x", (text or "x")[:128], text, echo(text))
    assert store.conversation("web", text or "x") == {"said": [text]}
    (past,) = store.history("web", text or "x")
    assert (past.message_id, past.text) == ((text or "x")[:128], text)
    assert past.replies == [{"text": text}]
    assert past.outcome == {"about": text}
    assert store.turn("web", text or "x", (text or "x")[:128], text, never).replies == [{"text": text}]


@pytest.mark.parametrize("channel", ["", "Web", "we chat", "web\0", "a" * 33, "微信"])
def test_a_malformed_channel_is_refused(store: Store, channel):
    with pytest.raises(ValueError, match="channel"):
        store.turn(channel, "zhang", "1", "hello", never)
    with pytest.raises(ValueError, match="channel"):
        store.history(channel, "zhang")


@pytest.mark.parametrize("message_id", ["", "x" * (MESSAGE_ID_LENGTH + 1)])
def test_a_message_id_without_bounds_is_refused_and_not_repeated_in_the_error(store: Store, message_id):
    with pytest.raises(ValueError, match="1 to 128 characters") as refusal:
        store.turn("web", "zhang", message_id, "hello", never)
    assert "xx" not in str(refusal.value)


def test_an_empty_account_and_a_time_without_zone_are_refused(store: Store):
    with pytest.raises(ValueError, match="account"):
        store.turn("web", "", "1", "hello", never)
    with pytest.raises(ValueError, match="time zone"):
        store.turn("web", "zhang", "1", "hello", never, now=datetime(2026, 1, 1))


def test_history_has_the_last_turns_oldest_first_with_their_times_in_utc(store: Store):
    beijing = timezone(timedelta(hours=8))
    start = datetime(2026, 1, 1, 8, tzinfo=beijing)
    for number in range(1, 13):
        store.turn("web", "zhang", f"m{number}", f"t{number}", echo(f"t{number}"), now=start + timedelta(hours=number))
        store.turn("web", "li", f"m{number}", "else", echo("else"))
    past = store.history("web", "zhang", last=3)
    assert [each.message_id for each in past] == ["m10", "m11", "m12"]
    assert [each.text for each in past] == ["t10", "t11", "t12"]
    assert [each.replies for each in past] == [[{"text": "t10"}], [{"text": "t11"}], [{"text": "t12"}]]
    assert past[0].received_at == datetime(2026, 1, 1, 10, tzinfo=UTC)
    assert past[0].received_at.tzinfo is UTC
    assert len(store.history("web", "zhang")) == 12
    with pytest.raises(ValueError, match="at least one"):
        store.history("web", "zhang", last=0)


def test_history_is_fifty_turns_unless_told(store: Store):
    for number in range(52):
        store.turn("web", "zhang", f"m{number}", "hello", echo("hello"))
    assert [each.message_id for each in store.history("web", "zhang")] == [f"m{number}" for number in range(2, 52)]


def test_the_order_of_replies_is_kept(store: Store):
    replies = [{"text": str(number)} for number in (9, 1, 8, 2, 7)]
    store.turn("web", "zhang", "1", "hello", lambda state, _records=None: Reduced({}, replies, {}))
    assert store.turn("web", "zhang", "1", "hello", never).replies == replies
    assert store.history("web", "zhang")[0].replies == replies


def test_the_same_message_three_times_at_once_from_threads_is_reduced_once(store: Store):
    for contact in ("new", "known"):
        if contact == "known":
            store.turn("web", contact, "0", "hello", echo("before"))
        calls, together = [], threading.Barrier(3)

        def take(_, contact=contact, calls=calls, together=together):
            together.wait()
            return store.turn(
                "web", contact, "same", "hello", lambda state, _records=None: calls.append(1) or echo("hello")(state)
            )

        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(take, range(3)))
        assert len(calls) == 1
        assert sorted(answer.repeated for answer in answers) == [False, True, True]
        assert len({json.dumps([answer.replies, answer.outcome, answer.turn]) for answer in answers}) == 1


def test_turns_of_one_contact_at_once_build_on_each_other(store: Store):
    def take(number):
        return store.turn("web", "zhang", f"m{number}", "hello", echo(number)).turn

    with ThreadPoolExecutor(6) as pool:
        turns = list(pool.map(take, range(30)))
    assert sorted(turns) == list(range(1, 31))
    assert sorted(store.conversation("web", "zhang")["said"]) == list(range(30))
