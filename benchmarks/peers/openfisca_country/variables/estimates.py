"""What the fund pays (article 十四), in whole fen.

An int is an int32 here. Every amount fits (21 million yuan), but an amount times a rate in per cent does not, so the
formulas calculate in int64 and give the result back as int32.
"""

from __future__ import annotations

import numpy as np
from openfisca_core.periods import DateUnit
from openfisca_core.variables import Variable

from benchmarks.peers.openfisca_country.entities import Care, Person, Stage
from benchmarks.peers.openfisca_country.lookup import by_level


class rate(Variable):
    """The fund's share of what is left after the deductible, per cent."""

    value_type = int
    entity = Person
    definition_period = DateUnit.YEAR

    def formula(person, period, parameters):  # noqa: D102, N805 - OpenFisca calls it like this
        at, level = parameters(period), person("provider_level", period)
        inpatient = by_level(at.inpatient.ratio, level) + at.inpatient.minor * (person("age", period) < 18)
        stay = person("care", period) == Care.inpatient
        return np.where(stay, inpatient, by_level(at.outpatient.ratio, level))


class before_ceiling(Variable):
    """What the fund would pay without a ceiling: rounded half up to the fen."""

    value_type = int
    entity = Person
    definition_period = DateUnit.YEAR

    def formula(person, period, parameters):  # noqa: D102, N805
        deductible = 100 * by_level(parameters(period).inpatient.deductible, person("provider_level", period))
        stay = person("care", period) == Care.inpatient
        cost = person("reportable_cost", period).astype(np.int64)
        return (np.maximum(cost - np.where(stay, deductible, 0), 0) * person("rate", period) + 50) // 100


class left_under_ceiling(Variable):
    """What the fund may still pay this person this year."""

    value_type = int
    entity = Person
    definition_period = DateUnit.YEAR

    def formula(person, period, parameters):  # noqa: D102, N805
        ceiling = parameters(period).ceiling
        pupil = person("school_stage", period) == Stage.primary_secondary
        whole = 100 * np.where(pupil, ceiling.student, ceiling.general)
        return np.maximum(whole - person("fund_paid_this_year", period), 0)


class fund_pays(Variable):
    """What the fund pays; visits do not count towards the ceiling."""

    value_type = int
    entity = Person
    definition_period = DateUnit.YEAR

    def formula(person, period):  # noqa: D102, N805
        before, stay = person("before_ceiling", period), person("care", period) == Care.inpatient
        return np.where(stay, np.minimum(before, person("left_under_ceiling", period)), before)


class person_pays(Variable):
    """What is left to the person."""

    value_type = int
    entity = Person
    definition_period = DateUnit.YEAR

    def formula(person, period):  # noqa: D102, N805
        return person("reportable_cost", period) - person("fund_pays", period)
