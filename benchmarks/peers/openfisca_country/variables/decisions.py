"""Who may join, and as what (articles 十 to 十二)."""

from __future__ import annotations

import numpy as np
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import DateUnit
from openfisca_core.variables import Variable

from benchmarks.peers.openfisca_country.entities import Category, Person, Registration, Stage


class excluded(Variable):
    """Insured otherwise, whatever else holds."""

    value_type = bool
    entity = Person
    definition_period = DateUnit.YEAR

    def formula(person, period):  # noqa: D102, N805 - OpenFisca calls it like this
        return person("employee_insured", period) | person("enrolled_elsewhere", period)


class joins_as(Variable):
    """The first rule that admits the person."""

    value_type = Enum
    possible_values = Category
    default_value = Category.none
    entity = Person
    definition_period = DateUnit.YEAR

    def formula(person, period):  # noqa: D102, N805
        local, permit = person("registered_locally", period), person("residence_permit", period)
        urban = person("registration_kind", period) == Registration.urban
        pupil = (person("school_stage", period) == Stage.primary_secondary) & person("studies_locally", period)
        return np.select(
            [
                person("excluded", period),
                local & ~urban,
                local,
                permit & person("works_in_local_enterprise", period),
                permit & pupil,
            ],
            [
                Category.none.index,
                Category.rural_resident.index,
                Category.urban_resident.index,
                Category.migrant_worker.index,
                Category.migrant_pupil.index,
            ],
            Category.none.index,
        )


class may_join(Variable):
    """Whether there is such a rule."""

    value_type = bool
    entity = Person
    definition_period = DateUnit.YEAR

    def formula(person, period):  # noqa: D102, N805
        return person("joins_as", period) != Category.none
