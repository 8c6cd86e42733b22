"""People who do not exist, in households and communities, drawn from a seed: for trials, training and measurements.

How many are old, how they live together and how many are poor is made up to look like a city's, not taken from
anywhere. Nobody real can be meant: identity numbers are right in themselves, but begin with areas of Jiaxing's
prefecture (3304) that GB/T 2260 has never assigned, and telephone numbers with 154, which the numbering plan leaves
unused.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.members.invented_names import Sex, invented_given_name, invented_surname
from dialogs.understanding.resident_number import check_character

AREAS = tuple(f"3304{part}" for part in range(99, 83, -1))
"""Areas that have never been assigned; every generation of people into the same store takes the next."""

COMMUNITY = 2_000
"""People of a community, about."""

MOST = 5_000_000
"""People of one generation: their birthdays leave numbers enough in one area."""

_HEADS = ((19, 29, 9), (30, 39, 19), (40, 49, 27), (50, 59, 23), (60, 69, 13), (70, 79, 7), (80, 94, 2))
"""From which age to which heads of households are, and how many of a hundred."""

_ORDERS = 500
"""Numbers that one area has for the people of one sex born on one day."""

_NAMES = "东西南北上下新大长高青金石永安和平福广云龙凤梅桂竹松河桥塘浜港湾湖溪泉"
_ENDINGS = ("桥", "塘", "浜", "港", "湾", "埭", "庄", "兴")
_KINDS = {"rural": "村", "urban": "社区"}
_STREETS = ("东街", "西街", "南路", "北路", "中路", "新街", "河沿", "老街")
_CERTIFICATES = (("minimum_living", "social_relief", "hardship_disabled", "hardship_worker"), (60, 15, 20, 5))
_IN_HARDSHIP = 0.045
"""Of households; of the people in them fewer hold a certificate, about 3 %."""


@dataclass(frozen=True, slots=True)
class InventedPerson:
    """Somebody who does not exist.

    `relation` is to the head of the household: head, spouse, child, parent or grandchild. `migrant`: registered
    elsewhere and here with a residence permit. `certificate` is a kind of hardship certificate of the vocabulary.
    """

    name: str = field(repr=False)
    number: str = field(repr=False)
    sex: Sex
    birth_date: date
    phone: str | None = field(repr=False)
    address: str = field(repr=False)
    relation: str
    registration_kind: str
    migrant: bool
    certificate: str | None


@dataclass(frozen=True, slots=True)
class InventedHousehold:
    """People who are registered together, and where: `community` is its name within the county."""

    county: str
    community: str
    people: tuple[InventedPerson, ...]


def invented_households(
    count: int, seed: int, counties: Sequence[str], year: int, area: str = AREAS[0]
) -> Iterator[InventedHousehold]:
    """Households with `count` people in all, community after community; the same for the same arguments.

    `year` is the contribution year: nobody is born in it or later. Raises ValueError for more than `MOST` people.
    """
    if not 0 < count <= MOST:
        raise ValueError(f"a generation has 1 to {MOST} people")
    draw = random.Random(f"{seed} {year} {area}")  # noqa: S311 - nothing here is a secret
    people = _People(draw, year, area)
    left = count
    # At least one community for every county, if there are people enough to go round.
    communities = max(len(counties), round(count / COMMUNITY))
    for place in range(communities):
        county = counties[place * len(counties) // communities]
        share = left // (communities - place)
        # Some are larger than others; what one lacks the next ones have.
        size = left if place == communities - 1 else round(share * draw.uniform(0.7, 1.3))
        kind = "rural" if draw.random() < 0.65 else "urban"
        community = f"{_community_name(place)}{_KINDS[kind]}"
        left -= size
        while size > 0:
            household = people.household(community, kind, size)
            size -= len(household)
            yield InventedHousehold(county, community, household)


def _community_name(place: int) -> str:
    """A name for each place, no two alike."""
    rest, ending = divmod(place, len(_ENDINGS))
    first, second = divmod(rest, len(_NAMES))
    return f"{_NAMES[first % len(_NAMES)]}{_NAMES[(first + second + 1) % len(_NAMES)]}{_ENDINGS[ending]}"


class _People:
    """Draws households one after the other, and gives no identity number twice."""

    def __init__(self, draw: random.Random, year: int, area: str) -> None:
        self._draw = draw
        self._year = year
        self._area = area
        self._given: Counter[tuple[date, Sex]] = Counter()
        self._phones = 0

    def household(self, community: str, kind: str, most: int) -> tuple[InventedPerson, ...]:
        draw = self._draw
        address = f"{community}{draw.choice(_STREETS)}{draw.randint(1, 399)}号"
        migrant = draw.random() < 0.05
        others = 0.1 if kind == "rural" else 0.05
        poor = draw.random() < _IN_HARDSHIP
        certificate = draw.choices(*_CERTIFICATES)[0] if poor else None
        made = []
        for relation, sex, age, surname in self._members()[:most]:
            own_kind = kind if draw.random() > others else ("urban" if kind == "rural" else "rural")
            # A household on minimum living support has one certificate for all; the others are one person's own.
            holds = certificate if certificate == "minimum_living" or relation == "head" else None
            made.append(self._person(relation, sex, age, surname, address, own_kind, migrant, holds))
        return tuple(made)

    def _members(self) -> list[tuple[str, Sex, int, str]]:
        """Who lives together: relation, sex, age and surname of one to six people."""
        draw = self._draw
        low, high, _ = draw.choices(_HEADS, [share for _, _, share in _HEADS])[0]
        age = draw.randint(low, high)
        sex: Sex = "male" if draw.random() < 0.75 else "female"
        surname = invented_surname(draw)
        found: list[tuple[str, Sex, int, str]] = [("head", sex, age, surname)]
        alone = 0.55 if age < 25 or age > 75 else 0.12
        if draw.random() < alone:
            return found
        other: Sex = "female" if sex == "male" else "male"
        spouse = max(20, age + draw.randint(-4, 3))
        found.append(("spouse", other, spouse, invented_surname(draw)))
        family = surname if sex == "male" else found[-1][3]
        mother = age if sex == "female" else spouse
        oldest = 0
        for _ in range(draw.choices((0, 1, 2, 3), (15, 52, 28, 5))[0]):
            born = mother - draw.randint(20, 34)
            # Grown children have mostly moved out.
            if born >= 0 and (born < 24 or draw.random() < 0.35):
                found.append(("child", self._sex(), born, family))
                oldest = max(oldest, born)
        if oldest >= 26 and draw.random() < 0.6:
            found.append(("grandchild", self._sex(), draw.randint(0, oldest - 24), family))
        elder = age + draw.randint(21, 32)
        if elder < 95 and draw.random() < 0.35:
            found.append(("parent", "female" if draw.random() < 0.6 else "male", elder, surname))
        return found[:6]

    def _sex(self) -> Sex:
        return "male" if self._draw.random() < 0.52 else "female"

    def _person(
        self,
        relation: str,
        sex: Sex,
        age: int,
        surname: str,
        address: str,
        registration_kind: str,
        migrant: bool,
        certificate: str | None,
    ) -> InventedPerson:
        draw = self._draw
        born = date(self._year - 1 - age, 1, 1) + timedelta(draw.randrange(365))
        number = self._number(born, sex)
        phone = None
        if 14 <= age < 80 and draw.random() < 0.85:
            self._phones += 1
            phone = f"154{self._phones % 10**8:08d}"
        name = surname + invented_given_name(draw, sex, born.year)
        return InventedPerson(
            name, number, sex, born, phone, address, relation, registration_kind, migrant, certificate
        )

    def _number(self, born: date, sex: Sex) -> str:
        """A number that nobody has: the next of that day; one day on where a day is used up."""
        order = self._given[born, sex]
        if order >= _ORDERS:
            return self._number(born - timedelta(1), sex)
        self._given[born, sex] += 1
        body = f"{self._area}{born:%Y%m%d}{2 * order + (sex == 'male'):03d}"
        return body + check_character(body)
