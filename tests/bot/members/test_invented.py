"""Invented people: nobody real, all of them plausible, and the same for the same seed."""

from __future__ import annotations

import datetime
from collections import Counter
from itertools import chain

import pytest

from bot.members.invented import AREAS, COMMUNITY, MOST, InventedPerson, invented_households
from dialogs.members.identity import IdentityDocument, IdentityKind, read_identity
from dialogs.members.names import is_name
from policy_engine.facts import FACTS

PEOPLE = 12_000
HOUSEHOLDS = list(invented_households(PEOPLE, 1, ["demo", "haining"], 2008))
EVERYBODY: list[InventedPerson] = list(chain.from_iterable(each.people for each in HOUSEHOLDS))

ASSIGNED = {"01", "02", "11", "21", "22", "23", "24", "25", "81", "82", "83"}
"""What GB/T 2260 has or had below 3304."""


def test_there_are_as_many_as_were_asked_for_and_no_number_twice() -> None:
    assert len(EVERYBODY) == PEOPLE
    assert len({each.number for each in EVERYBODY}) == PEOPLE


def test_every_number_is_right_in_itself_and_says_what_is_known_of_the_person() -> None:
    for each in EVERYBODY[:3_000]:
        found = read_identity(each.number, datetime.date(2008, 1, 1))
        assert isinstance(found, IdentityDocument)
        assert found.kind is IdentityKind.RESIDENT_IDENTITY_CARD
        assert (found.birth_date, found.sex) == (each.birth_date, each.sex)


def test_the_areas_were_never_assigned() -> None:
    assert all(area.startswith("3304") and area[4:] not in ASSIGNED for area in AREAS)
    assert {each.number[:6] for each in EVERYBODY} == {AREAS[0]}


def test_no_telephone_number_is_anybodys() -> None:
    assert {each.phone[:3] for each in EVERYBODY if each.phone} == {"154"}


def test_names_have_the_form_of_names() -> None:
    assert all(is_name(each.name) for each in EVERYBODY)
    assert len({each.name for each in EVERYBODY}) > PEOPLE / 3


def test_households_are_of_one_to_six_with_one_head_and_parents_older_than_their_children() -> None:
    for household in HOUSEHOLDS:
        relations = Counter(each.relation for each in household.people)
        assert 1 <= len(household.people) <= 6
        assert relations["head"] == 1
        assert relations["spouse"] <= 1
        head = household.people[0]
        for each in household.people:
            years = each.birth_date.year - head.birth_date.year
            assert each.relation not in {"child", "grandchild"} or years >= 15
            assert each.relation != "parent" or years <= -20


def test_communities_have_about_two_thousand_people_in_each_county() -> None:
    sizes: Counter[tuple[str, str]] = Counter()
    for each in HOUSEHOLDS:
        sizes[each.county, each.community] += len(each.people)
    assert {county for county, _ in sizes} == {"demo", "haining"}
    assert len(sizes) == PEOPLE / COMMUNITY
    assert all(COMMUNITY / 2 < size < 2 * COMMUNITY for size in sizes.values())


def test_about_three_in_a_hundred_hold_a_hardship_certificate_of_the_vocabulary() -> None:
    held = [each.certificate for each in EVERYBODY if each.certificate]
    assert 0.015 < len(held) / PEOPLE < 0.045
    assert set(held) <= set(FACTS["hardship_certificate"].values) - {"none"}
    assert {each.registration_kind for each in EVERYBODY} == set(FACTS["registration_kind"].values)


def test_the_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    again = list(invented_households(300, 7, ["demo"], 2008))
    assert again == list(invented_households(300, 7, ["demo"], 2008))
    assert again != list(invented_households(300, 8, ["demo"], 2008))


@pytest.mark.parametrize("count", [0, -1, MOST + 1])
def test_a_number_of_people_that_there_cannot_be_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="1 to"):
        next(invented_households(count, 1, ["demo"], 2008))


def test_nobody_is_named_in_what_is_printed() -> None:
    assert EVERYBODY[0].name not in repr(EVERYBODY[0])
    assert EVERYBODY[0].number not in repr(EVERYBODY[0])
