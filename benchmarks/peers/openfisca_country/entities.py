"""Whom the variables are about. One bill a person and year, so the bill needs no entity of its own."""

from __future__ import annotations

from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum

Person = build_entity(
    key="person", plural="persons", label="Somebody who may join, or whose bill it is", is_person=True
)


class Care(Enum):
    """What the bill is for."""

    inpatient = "A stay in hospital"
    outpatient = "A visit"


class Level(Enum):
    """Hospitals by administrative level and place."""

    township = "Township or community"
    county = "County"
    city = "City"
    provincial = "Province"
    out_of_city = "Out of the city"


class Registration(Enum):
    """Kinds of household registration."""

    rural = "Rural"
    urban = "Urban"


class Stage(Enum):
    """What somebody attends."""

    none = "No school"
    preschool = "Preschool"
    primary_secondary = "Primary or secondary school"
    university = "University"


class Category(Enum):
    """As what somebody joins."""

    none = "Not at all"
    rural_resident = "Rural resident"
    urban_resident = "Urban resident"
    migrant_worker = "Worker from elsewhere"
    migrant_pupil = "Pupil from elsewhere"
