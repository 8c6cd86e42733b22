"""A benchmark must not hide that somebody answers something else, nor that a target is missed."""

import pytest

from benchmarks.peers import contest
from benchmarks.peers.contest import Entrant, disagreement
from benchmarks.peers.population import Population, stays

PEOPLE = Population({"number": list(range(10))})
RIGHT = [(each, each * each) for each in range(10)]


def squares(people):
    return [(each, each * each) for each in people.columns["number"]]


def nearly(people):
    return [(each, each * each + (each in {3, 7})) for each in people.columns["number"]]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(contest, "SECONDS", 0.001)


def held(entrants, targets=()):
    return contest.contest("Squares", entrants, PEOPLE, RIGHT, dict(targets), ["How."])


def test_every_answer_that_differs_is_counted_and_the_first_one_shown():
    table = held(
        [Entrant("right", 10, lambda people: people, squares), Entrant("wrong", 10, lambda people: people, nearly)]
    )
    assert [row[-2:] for row in table.rows] == [("10", "0"), ("10", "2")]
    assert table.notes[-1] == (
        "*wrong* answers 2 of 10 otherwise than our engine; the first is person 3: (3, 10), not (3, 9)."
    )


def test_where_all_agree_the_table_says_so():
    assert held([Entrant("right", 10, lambda people: people, squares)]).notes == (
        "How.",
        "All of them give every answer that our engine gives.",
    )


def test_an_entrant_takes_the_first_people_only_and_is_compared_on_those():
    table = held([Entrant("wrong", 3, lambda people: people, nearly)])
    assert table.rows[0][-2:] == ("3", "0")


def test_a_missing_answer_is_no_agreement():
    with pytest.raises(ValueError):
        disagreement(RIGHT[:-1], RIGHT)


def test_a_target_that_is_missed_is_said():
    entrants = [Entrant("right", 10, lambda people: people, squares)]
    assert "reached" in held(entrants, {"right": 1}.items()).notes[0]
    assert "**missed**" in held(entrants, {"right": 10**12}.items()).notes[0]


def test_entrants_take_turns():
    order = []

    def noting(name):
        def work(people):
            order.append(name)
            return squares(people)

        return Entrant(name, 10, lambda people: people, work)

    held([noting("one"), noting("other")])
    timed = order[2:]  # the first two are the check
    turns = [name for place, name in enumerate(timed) if place == 0 or timed[place - 1] != name]
    assert turns == ["one", "other"] * 5


def test_the_same_seed_draws_the_same_people_and_bills_with_fen():
    people = stays(500)
    assert people == stays(500) != stays(500, seed=1)
    assert any(cost % 100 for cost in people.columns["reportable_cost"])
    assert people.first(20).columns["age"] == people.columns["age"][:20]
