"""The same estimate as packages usually have it: money as a float of yuan, which OpenFisca keeps as a float32.

A float32 has 24 bits, so from 131 072 yuan on it no longer tells two neighbouring fen apart, and half a fen is rarely
half a fen. It is here to count how often that shows.
"""

from __future__ import annotations

import numpy as np
from openfisca_core.periods import DateUnit
from openfisca_core.variables import Variable

from benchmarks.peers.openfisca_country.entities import Care, Person, Stage
from benchmarks.peers.openfisca_country.lookup import by_level


class reportable_cost_in_yuan(Variable):
    """The part of the bill on the list."""

    value_type = float
    entity = Person
    definition_period = DateUnit.YEAR


class fund_paid_this_year_in_yuan(Variable):
    """What the fund has paid before in this year."""

    value_type = float
    entity = Person
    definition_period = DateUnit.YEAR


class before_ceiling_in_yuan(Variable):
    """What the fund would pay without a ceiling."""

    value_type = float
    entity = Person
    definition_period = DateUnit.YEAR

    def formula(person, period, parameters):  # noqa: D102, N805 - OpenFisca calls it like this
        deductible = by_level(parameters(period).inpatient.deductible, person("provider_level", period))
        stay, cost = person("care", period) == Care.inpatient, person("reportable_cost_in_yuan", period)
        share = np.maximum(cost - np.where(stay, deductible, 0), 0) * (person("rate", period) / 100)
        return np.floor(share * 100 + 0.5) / 100


class fund_pays_in_yuan(Variable):
    """What the fund pays."""

    value_type = float
    entity = Person
    definition_period = DateUnit.YEAR

    def formula(person, period, parameters):  # noqa: D102, N805
        ceiling = parameters(period).ceiling
        pupil = person("school_stage", period) == Stage.primary_secondary
        left = np.where(pupil, ceiling.student, ceiling.general) - person("fund_paid_this_year_in_yuan", period)
        before, stay = person("before_ceiling_in_yuan", period), person("care", period) == Care.inpatient
        return np.where(stay, np.minimum(before, np.maximum(left, 0)), before)


class person_pays_in_yuan(Variable):
    """What is left to the person."""

    value_type = float
    entity = Person
    definition_period = DateUnit.YEAR

    def formula(person, period):  # noqa: D102, N805
        return person("reportable_cost_in_yuan", period) - person("fund_pays_in_yuan", period)
