"""Several turns in one transaction: all of them on disk at its end, or none."""

from contextlib import suppress

import pytest
from sqlalchemy import text

from member_store.errors import StoreError
from member_store.store import Store
from member_store.turns import Reduced
from tests.member_store.test_turns import echo, never


def on_disk(url, key, account):
    with Store.open(url, key) as other:
        return other.conversation("web", account)


def together(store: Store, reduce, *, passes_over: type[Exception] | tuple[()] = ()):
    """A turn of Zhang and then one of Li, in one transaction."""
    with store.together():
        store.turn("web", "zhang", "1", "a", echo("a"))
        with suppress(passes_over):
            store.turn("web", "li", "1", "b", reduce)


def test_turns_together_see_one_another_and_are_on_disk_at_the_end(store: Store, url, key):
    with store.together():
        store.turn("web", "zhang", "1", "a", echo("a"))
        store.turn("web", "li", "1", "b", echo("b"))
        second = store.turn("web", "zhang", "2", "c", echo("c"))
        assert store.turn("web", "li", "1", "b", never).repeated
        assert store.conversation("web", "zhang") == {"said": ["a", "c"]}
        assert on_disk(url, key, "zhang") is None
    assert second.turn == 2
    assert on_disk(url, key, "zhang") == {"said": ["a", "c"]}
    assert on_disk(url, key, "li") == {"said": ["b"]}
    assert [past.text for past in store.history("web", "zhang")] == ["a", "c"]


def test_one_that_raises_takes_the_others_along_and_each_can_come_again(store: Store):
    def fail(_state, _records):
        raise KeyError("reduce")

    with pytest.raises(KeyError):
        together(store, fail)
    assert store.conversation("web", "zhang") is None
    assert not store.turn("web", "zhang", "1", "a", echo("a")).repeated
    assert not store.turn("web", "li", "1", "b", echo("b")).repeated


def test_one_whose_failure_is_passed_over_takes_the_others_along_all_the_same(store: Store):
    def half_done(_state, records):
        records.connection.execute(text("UPDATE conversation SET turn = 99"))
        raise KeyError("reduce")

    with pytest.raises(StoreError, match="has failed"):
        together(store, half_done, passes_over=KeyError)
    assert store.conversation("web", "zhang") is None
    assert store.turn("web", "zhang", "1", "a", echo("a")).turn == 1


def test_a_database_that_fails_in_between_says_so_and_keeps_nothing(store: Store):
    def broken(_state, records):
        records.connection.execute(text("SELECT nothing FROM nowhere"))
        return Reduced({}, [], {})

    with pytest.raises(StoreError, match="database failed"):
        together(store, broken)
    assert store.conversation("web", "zhang") is None
    assert store.turn("web", "li", "1", "b", echo("b")).turn == 1
