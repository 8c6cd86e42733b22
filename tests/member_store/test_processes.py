import json

from member_store.store import Store
from member_store.turns import Reduced
from tests.member_store.worker import count


def test_a_new_database_can_be_opened_by_several_processes_at_once(start_worker):
    workers = [start_worker("open_at_once") for _ in range(3)]
    assert [worker.hear() for worker in workers] == ["ready"] * 3
    for worker in workers:
        worker.tell("go")
    assert [worker.hear() for worker in workers] == ["None"] * 3
    assert [worker.process.wait(10) for worker in workers] == [0] * 3


def test_the_same_message_from_three_processes_at_once_is_reduced_once(start_worker, tmp_path):
    calls = tmp_path / "calls"
    workers = [start_worker("same_message", str(calls)) for _ in range(3)]
    for expected in ("ready", "open"):
        assert [worker.hear() for worker in workers] == [expected] * 3
        for worker in workers:
            worker.tell("go")
    answers = [worker.hear() for worker in workers]
    assert [json.loads(answer) for answer in answers] == [[[{"text": "step 1"}], {"steps": 1}, 1]] * 3
    assert len(calls.read_text().splitlines()) == 1


def test_a_process_killed_in_the_middle_of_a_turn_leaves_nothing_half_done(start_worker, url, key):
    worker = start_worker("hang_in_turn")
    assert worker.hear() == "reducing"
    worker.kill()
    with Store.open(url, key) as store:
        assert store.conversation("web", "zhang") is None
        assert store.history("web", "zhang") == []
        stored = store.turn(
            "web", "zhang", "first", "hello", lambda state, _records=None: Reduced({"was": state}, [{}], {})
        )
    assert (stored.turn, stored.repeated) == (1, False)


def test_a_process_killed_at_any_moment_loses_no_turn_that_it_has_announced(start_worker, url, key):
    worker = start_worker("turn_for_ever")
    assert worker.hear() == "ready"
    announced = [worker.hear() for _ in range(40)][-1]
    worker.process.kill()
    announced = int((worker.process.stdout.read().split("\n")[:-1] or [announced])[-1])
    with Store.open(url, key) as store:
        # One more turn waits for whatever the database still does for the dead process.
        stored = store.turn("web", "zhang", "afterwards", "hello", count)
        past = store.history("web", "zhang", last=stored.turn + 10)
    assert stored.turn - 1 in (announced, announced + 1)
    assert [each.outcome["steps"] for each in past] == list(range(1, stored.turn + 1))
    assert [each.replies for each in past] == [[{"text": f"step {number}"}] for number in range(1, stored.turn + 1)]


def test_a_process_waits_while_another_one_writes(start_worker, url, key):
    worker = start_worker("hold_the_write_lock")
    assert worker.hear() == "holding"
    with Store.open(url, key) as store:
        assert store.conversation("web", "li") is None
        worker.tell("let go")
        stored = store.turn("web", "li", "mine", "hello", lambda state, _records=None: Reduced({"was": state}, [], {}))
    assert (stored.turn, worker.hear()) == (2, "let go")
