"""What was written by hand for the demonstration county says the same as the engine that reads its pack."""

import datetime
import itertools

import pytest

from benchmarks.peers import integer_python
from benchmarks.peers.population import LEVELS, STAGES, Population, persons, stays
from policy_engine.eligibility import eligibility
from policy_engine.estimate import estimate
from policy_engine.loader import load_scheme
from policy_engine.money import exactly

DAY = datetime.date(2008, 3, 1)


@pytest.fixture(scope="module")
def demo():
    return load_scheme("jiaxing-2008", "demo")


def population(names, rows):
    return Population(dict(zip(names, zip(*rows, strict=True), strict=True)))


def unlike(scheme, people):
    """Bills of which the two do not say the same."""
    found = []
    for facts, row in zip(people.facts(), people.tuples(), strict=True):
        ours, theirs = estimate(scheme, facts, DAY), integer_python.estimate(*row)
        if (ours.fund_pays, ours.person_pays) != tuple(map(exactly, theirs)):
            found.append((row, theirs, ours.fund_pays, ours.person_pays))
    return found


def test_estimates_of_a_few_thousand_people_agree(demo):
    assert unlike(demo, stays(3000, seed=7)) == []


def test_estimates_agree_around_every_edge(demo):
    costs = {
        fen + step
        for deductible in (0, *integer_python.DEDUCTIBLE.values())
        for fen in (deductible, deductible + 10, 120_000_00 * 2 + deductible)
        for step in (-1, 0, 1, 9)
        if fen + step >= 0
    }
    ceilings = (integer_python.CEILING, integer_python.STUDENT_CEILING)
    paid = (0, *(fen + step for fen in ceilings for step in (-1, 0, 1)))
    kinds = (("inpatient", "outpatient"), LEVELS, (17, 18), ("none", "primary_secondary"))
    assert unlike(demo, population(stays(0).columns, itertools.product(*kinds, sorted(costs)[::3], paid))) == []


def test_decisions_on_every_kind_of_person_agree(demo):
    yes_or_no = (False, True)
    kinds = [{"registration_kind": ("rural", "urban"), "school_stage": STAGES}.get(name, yes_or_no) for name in NAMES]
    everybody = population(NAMES, itertools.product(*kinds))
    assert len(everybody) == 512
    assert unlike_decisions(demo, everybody) == []


def test_decisions_on_a_few_thousand_people_agree(demo):
    assert unlike_decisions(demo, persons(3000, seed=7)) == []


NAMES = tuple(persons(0).columns)


def unlike_decisions(scheme, people):
    found = []
    for facts, row in zip(people.facts(), people.tuples(), strict=True):
        ours, theirs = eligibility(scheme, facts, DAY), integer_python.decide(*row)
        if (ours.outcome, ours.category, ours.missing) != (*theirs, ()):
            found.append((row, theirs, ours.outcome, ours.category, ours.missing))
    return found
