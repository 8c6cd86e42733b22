"""What is known about a person and a bill: input variables. Money is whole fen, since a float is a float32 here."""

from __future__ import annotations

from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import DateUnit
from openfisca_core.variables import Variable

from benchmarks.peers.openfisca_country.entities import Care, Level, Person, Registration, Stage


class care(Variable):
    """Stay or visit."""

    value_type = Enum
    possible_values = Care
    default_value = Care.inpatient
    entity = Person
    definition_period = DateUnit.YEAR


class provider_level(Variable):
    """Where."""

    value_type = Enum
    possible_values = Level
    default_value = Level.township
    entity = Person
    definition_period = DateUnit.YEAR


class age(Variable):
    """Full years."""

    value_type = int
    entity = Person
    definition_period = DateUnit.YEAR


class school_stage(Variable):
    """What the person attends."""

    value_type = Enum
    possible_values = Stage
    default_value = Stage.none
    entity = Person
    definition_period = DateUnit.YEAR


class reportable_cost(Variable):
    """The part of the bill on the list, fen."""

    value_type = int
    entity = Person
    definition_period = DateUnit.YEAR


class fund_paid_this_year(Variable):
    """What the fund has paid before in this year, fen."""

    value_type = int
    entity = Person
    definition_period = DateUnit.YEAR


class registered_locally(Variable):
    """Household registration here."""

    value_type = bool
    entity = Person
    definition_period = DateUnit.YEAR


class registration_kind(Variable):
    """Rural or urban registration."""

    value_type = Enum
    possible_values = Registration
    default_value = Registration.rural
    entity = Person
    definition_period = DateUnit.YEAR


class residence_permit(Variable):
    """A valid local residence permit."""

    value_type = bool
    entity = Person
    definition_period = DateUnit.YEAR


class works_in_local_enterprise(Variable):
    """Employed here in an enterprise."""

    value_type = bool
    entity = Person
    definition_period = DateUnit.YEAR


class employee_insured(Variable):
    """In any urban-employee medical insurance."""

    value_type = bool
    entity = Person
    definition_period = DateUnit.YEAR


class enrolled_elsewhere(Variable):
    """Already in the scheme of another county."""

    value_type = bool
    entity = Person
    definition_period = DateUnit.YEAR


class studies_locally(Variable):
    """Attends school here."""

    value_type = bool
    entity = Person
    definition_period = DateUnit.YEAR
