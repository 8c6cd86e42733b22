"""Both parts of the corpus are understood as well as they have to be, and are big and clean enough to say so."""

import pytest

from benchmarks.corpus import PARTS, corpus, score
from bot.languages import LOCALES, read_data


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


def test_nothing_that_is_only_measured_is_an_example_to_learn_from() -> None:
    measured = {said.say for said in corpus("measure")}
    learnt = {text for locale in LOCALES for texts in read_data(locale, "examples.yaml").values() for text in texts}
    assert not measured & learnt


def test_a_fifth_is_english() -> None:
    said = [said.say for part in PARTS for said in corpus(part)]
    assert sum(say.isascii() for say in said) >= 0.17 * len(said)
