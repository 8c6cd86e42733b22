"""A scheme with other figures, to see what would come of them."""

from fractions import Fraction

import pytest

from policy_engine.changing import changed
from policy_engine.errors import PackError, PolicyError
from policy_engine.estimate import estimate
from policy_engine.loader import load_scheme
from policy_engine.money import exactly
from policy_engine.parameters import Values
from policy_engine.scheme import Scalar, Scheme

STAY = {"care": "inpatient", "provider_level": "county", "age": 40, "school_stage": "none"}


@pytest.mark.parametrize(
    ("parameter", "text", "value"),
    [
        ("inpatient.ratio.county", "51%", Fraction(51, 100)),
        ("inpatient.points.city", "-12.5%", Fraction(-1, 8)),
        ("ceiling.general", "80000", 80_000_00),
        ("ceiling.general", "80000.50", 80_000_50),
        ("ceiling.counts_outpatient", "true", True),
        ("rounding", "up", "up"),
    ],
)
def test_a_value_is_written_as_in_a_pack(demo: Scheme, parameter: str, text: str, value: Scalar) -> None:
    after = changed(demo, {parameter: text})
    for day in (demo.start, demo.end):
        setting = Values(after, day).setting(parameter)
        assert setting is not None
        assert setting.value == value


@pytest.mark.parametrize(
    ("parameter", "text", "says"),
    [
        ("inpatient.ratio.county", "51", "percentage such as 60%"),
        ("inpatient.ratio.county", "151%", "between 0% and 100%"),
        ("inpatient.ratio.county", " ", "behind the equals sign"),
        ("ceiling.general", "much", "not an amount of money"),
        ("ceiling.general", "-5", "not an amount of money"),
        ("ceiling.counts_outpatient", "ja", "true or false"),
        ("rounding", "upp", "Did you mean: up?"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_named(demo: Scheme, parameter: str, text: str, says: str) -> None:
    with pytest.raises(PackError, match=f"^{parameter}: .*{says}".replace("?", r"\?")):
        changed(demo, {parameter: text})


def test_a_parameter_that_there_is_not_is_refused_with_the_nearest(demo: Scheme) -> None:
    with pytest.raises(PolicyError, match=r"Did you mean: inpatient\.ratio\.county\?"):
        changed(demo, {"inpatient.ratio.countyy": "51%"})


def test_what_rests_on_it_is_illustrative_and_has_a_version_of_its_own() -> None:
    haining = load_scheme("jiaxing-2008", "haining")
    facts = {**STAY, "reportable_cost": exactly(10_000_00)}
    after = changed(haining, {"inpatient.ratio.county": "51%"})
    assert not estimate(haining, facts).illustrative
    assert estimate(after, facts).illustrative
    assert after.version != haining.version
    assert after.version != changed(haining, {"inpatient.ratio.county": "52%"}).version
    assert after.version == changed(haining, {"inpatient.ratio.county": "51%"}).version


def test_what_follows_another_figure_follows_it_still(demo: Scheme) -> None:
    facts = {**STAY, "provider_level": "city", "reportable_cost": exactly(10_800_00)}
    assert estimate(demo, facts).fund_pays == exactly(4_000_00)
    assert estimate(changed(demo, {"inpatient.ratio.county": "51%"}), facts).fund_pays == exactly(4_100_00)


def test_the_scheme_itself_stays_as_it_is(demo: Scheme) -> None:
    changed(demo, {"inpatient.ratio.county": "99%"})
    facts = {**STAY, "reportable_cost": exactly(10_500_00)}
    assert estimate(demo, facts).fund_pays == exactly(5_000_00)
