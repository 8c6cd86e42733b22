"""Both parts of the corpus are understood as well as they have to be, and are big and clean enough to say so."""

import pytest

from benchmarks.corpus import PARTS, corpus, score


@pytest.mark.parametrize("part", PARTS)
def test_understood_well_enough(part: str) -> None:
    found = score(part)
    print("\n".join(found.wrong))  # what pytest shows where one of these fails
    assert found.intents >= 0.97
    assert found.f1() >= 0.97
    assert found.money >= 0.99
    assert found.inventions <= 0.01


def test_big_enough_and_no_sentence_twice() -> None:
    work, measure = ([said.say for said in corpus(part)] for part in PARTS)
    assert len(work) + len(measure) >= 500
    assert len(measure) >= 200
    assert len(set(work + measure)) == len(work) + len(measure)


def test_a_fifth_is_english() -> None:
    said = [said.say for part in PARTS for said in corpus(part)]
    assert sum(say.isascii() for say in said) >= 0.17 * len(said)
