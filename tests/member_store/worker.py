"""What the other processes of the tests do: `worker.py <role> <url> [file]`, with the key in HEBAO_KEYS."""

import json
import os
import sys
import time
from pathlib import Path

from member_store.members import people
from member_store.store import Store
from member_store.tables.people import Person
from member_store.turns import Reduced


def say(line: str) -> None:
    print(line, flush=True)


def count(state: dict | None, _records: object) -> Reduced:
    steps = (state or {"steps": 0})["steps"] + 1
    return Reduced({"steps": steps}, [{"text": f"step {steps}"}], {"steps": steps})


def open_at_once() -> None:
    """Open a database that nobody has opened before, when told."""
    say("ready")
    sys.stdin.readline()
    with Store.open(URL, KEYS) as store:
        say(str(store.conversation("web", "nobody")))


def same_message() -> None:
    """Take the same turn as other processes when told, and note in a file that it was reduced."""

    def reduce(state: dict | None, _records: object) -> Reduced:
        with Path(sys.argv[3]).open("a") as calls:
            calls.write(f"{os.getpid()}\n")
        time.sleep(0.05)
        return count(state, _records)

    say("ready")
    sys.stdin.readline()
    with Store.open(URL, KEYS) as store:
        say("open")
        sys.stdin.readline()
        stored = store.turn("web", "zhang", "same", "hello", reduce)
    say(json.dumps([stored.replies, stored.outcome, stored.turn]))


def hang_in_turn() -> None:
    """Never come out of the reducer."""

    def reduce(state: dict | None, _records: object) -> Reduced:
        say("reducing")
        time.sleep(600)
        return count(state, _records)

    with Store.open(URL, KEYS) as store:
        store.turn("web", "zhang", "first", "hello", reduce)


def turn_for_ever() -> None:
    """Take turn after turn, and say each number once it is saved."""
    with Store.open(URL, KEYS) as store:
        say("ready")
        while True:
            stored = store.turn("web", "zhang", str(time.monotonic_ns()), "hello", count)
            say(str(stored.turn))


def hold_the_write_lock() -> None:
    """Keep a writing transaction open until told."""

    def reduce(state: dict | None, _records: object) -> Reduced:
        say("holding")
        sys.stdin.readline()
        return count(state, _records)

    with Store.open(URL, KEYS) as store:
        store.turn("web", "li", "held", "hello", reduce)
    say("let go")


def change_person() -> None:
    """Change a field of the first person so many times."""
    field, times = sys.argv[3:]
    with Store.open(URL, KEYS) as store:
        say("ready")
        sys.stdin.readline()
        for number in range(int(times)):
            with store.records() as records:
                people.change_personal(records, records.session.get(Person, 1), **{field: str(number)})
    say("done")


ROLES = {
    each.__name__: each
    for each in (open_at_once, same_message, hang_in_turn, turn_for_ever, hold_the_write_lock, change_person)
}

if __name__ == "__main__":
    URL, KEYS = sys.argv[2], os.environ["HEBAO_KEYS"]
    ROLES[sys.argv[1]]()
