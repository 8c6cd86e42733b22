"""The demonstration county by hand in plain Python: whole fen, whole per cent, no engine.

It is what somebody would write who has one scheme to serve and no need to explain it, and so the measure of what
reading packs, receipts and reasons costs.
"""

from __future__ import annotations

DEDUCTIBLE = {"township": 300_00, "county": 500_00, "city": 800_00, "provincial": 1000_00, "out_of_city": 1000_00}
"""Fen that a stay in hospital costs the person before the fund pays, by level (article 十四 items 1 and 2)."""

INPATIENT = {"township": 60, "county": 50, "city": 40, "provincial": 35, "out_of_city": 35}
"""Per cent, by level; beyond the county it is the county's less 10 or 15 points (article 十四 item 4)."""

MINOR = 5
OUTPATIENT = 25
"""Per cent, in townships and communities; elsewhere nothing."""

CEILING, STUDENT_CEILING = 70_000_00, 120_000_00
"""Fen a year (article 十四 item 1)."""


def estimate(care: str, level: str, age: int, school_stage: str, cost: int, paid: int) -> tuple[int, int]:
    """What the fund pays and what is left to the person, in fen, of a bill of `cost` after `paid` earlier this year."""
    if care == "outpatient":
        fund = (cost * OUTPATIENT + 50) // 100 if level == "township" else 0
        return fund, cost - fund
    rate = INPATIENT[level] + (MINOR if age < 18 else 0)
    fund = (max(cost - DEDUCTIBLE[level], 0) * rate + 50) // 100
    ceiling = STUDENT_CEILING if school_stage == "primary_secondary" else CEILING
    fund = min(fund, max(ceiling - paid, 0))
    return fund, cost - fund


def decide(
    local: bool, kind: str, permit: bool, works: bool, insured: bool, elsewhere: bool, stage: str, studies: bool
) -> tuple[str, str | None]:
    """Whether somebody may join, and as what (articles 十 to 十二)."""
    if insured or elsewhere:
        return "ineligible", None
    if local:
        return "eligible", "rural_resident" if kind == "rural" else "urban_resident"
    if permit and works:
        return "eligible", "migrant_worker"
    if permit and stage == "primary_secondary" and studies:
        return "eligible", "migrant_pupil"
    return "ineligible", None
