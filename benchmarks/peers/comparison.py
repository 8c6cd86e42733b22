"""Estimates and decisions beside the peers: OpenFisca, the ZEN engine, and what somebody would write by hand."""

from __future__ import annotations

import datetime
import functools
import itertools
from collections.abc import Callable
from typing import Any

from benchmarks.material import TODAY
from benchmarks.peers import integer_python, numpy_arrays, zen_rules
from benchmarks.peers.contest import Answer, Entrant, contest
from benchmarks.peers.openfisca_country import simulations as openfisca
from benchmarks.peers.population import Population, frame, persons, stays
from benchmarks.timing import Table
from policy_engine import batch
from policy_engine.eligibility import Eligibility, eligibility
from policy_engine.estimate import Estimate, estimate
from policy_engine.facts import Facts
from policy_engine.loader import load_scheme
from policy_engine.money import Money

DAY = datetime.date.fromisoformat(TODAY)
EVERYBODY = 200_000
FEW = 2_000
"""For those who answer one person after the other: as many as they get through in a round."""

MANY = 20_000
OURS = "policy_engine, one after the other"
OUR_BATCH, NUMPY = "policy_engine, as a batch on Polars", "numpy by hand"
BESIDE_NUMPY = {OUR_BATCH: (5, NUMPY)}


def estimates() -> Table:
    """What the fund pays of a bill, in the demonstration county."""
    demo, system, engine = load_scheme("jiaxing-2008", "demo"), openfisca.system(), zen_rules.engine()
    ours = functools.partial(estimate, demo, on=DAY)
    entrants = (
        Entrant(OURS, FEW, _facts, _each(lambda facts: _with_receipt(ours(facts))), _amounts),
        Entrant("policy_engine, the same as JSON", FEW, _facts, _each(lambda facts: ours(facts).to_dict()), _from_json),
        Entrant("integer Python by hand", FEW, _tuples, _starred(integer_python.estimate)),
        Entrant("zen-engine", FEW, _rows, _each(functools.partial(zen_rules.result, engine, "estimate")), _zen_amounts),
        Entrant(
            "zen-engine, with its trace",
            FEW,
            _rows,
            _each(functools.partial(zen_rules.traced, engine, "estimate")),
            _zen_amounts,
        ),
        Entrant("OpenFisca, one person a simulation", FEW, _rows, _each(_alone(openfisca.estimates, system)), _joined),
        Entrant(
            "OpenFisca, one person a simulation, with its trace",
            FEW,
            _rows,
            _each(_alone(openfisca.estimates, system, trace=True)),
            _joined,
        ),
        Entrant("zen-engine, as a batch", MANY, _requests("estimate"), _batch(engine), _zen_amounts),
        Entrant("OpenFisca", EVERYBODY, openfisca.arrays, functools.partial(openfisca.estimates, system), _columns),
        Entrant(_FLOATS, EVERYBODY, openfisca.arrays, functools.partial(openfisca.estimates_in_yuan, system), _yuan),
        Entrant(NUMPY, EVERYBODY, numpy_arrays.arrays, numpy_arrays.estimates, _columns),
        Entrant(OUR_BATCH, EVERYBODY, frame, lambda table: batch.estimates(demo, table, DAY), _ends),
    )
    people = stays(EVERYBODY)
    expected = [_amount(ours(facts)) for facts in people.facts()]
    notes = (
        f"Each with all facts known, in the demonstration county, drawn from a seed; one process. {_HOW} Ours alone "
        "gives a receipt with citations, the ceiling, assumptions and readings. The others give two amounts; with "
        "their trace, zen-engine and OpenFisca also say how they came by them.",
        "OpenFisca keeps a float as a float32 and an int as an int32 and offers nothing wider. To agree, its country "
        "package has money as ints of fen, rates as ints of per cent, and formulas that calculate in int64; amounts "
        f"beyond 21 474 836.47 yuan do not fit. The row *{_FLOATS}* shows what comes of floats of yuan.",
    )
    return contest(
        "Estimates beside peers, a second",
        entrants,
        people,
        expected,
        {OURS: 40_000, OUR_BATCH: 10_000_000},
        notes,
        BESIDE_NUMPY,
    )


def decisions() -> Table:
    """Who may join, and as what."""
    scheme, system, engine = load_scheme("jiaxing-2008", "demo"), openfisca.system(), zen_rules.engine()
    ours = functools.partial(eligibility, scheme, on=DAY)
    entrants = (
        Entrant(OURS, FEW, _facts, _each(lambda facts: _with_reasons(ours(facts))), _outcomes),
        Entrant(
            "policy_engine, the same as JSON", FEW, _facts, _each(lambda facts: ours(facts).to_dict()), _named_outcomes
        ),
        Entrant("integer Python by hand", FEW, _tuples, _starred(integer_python.decide)),
        Entrant(
            "zen-engine", FEW, _rows, _each(functools.partial(zen_rules.result, engine, "decide")), _named_outcomes
        ),
        Entrant(
            "zen-engine, with its trace",
            FEW,
            _rows,
            _each(functools.partial(zen_rules.traced, engine, "decide")),
            _named_outcomes,
        ),
        Entrant("OpenFisca, one person a simulation", FEW, _rows, _each(_alone(openfisca.decisions, system)), _chosen),
        Entrant(
            "OpenFisca, one person a simulation, with its trace",
            FEW,
            _rows,
            _each(_alone(openfisca.decisions, system, trace=True)),
            _chosen,
        ),
        Entrant("zen-engine, as a batch", MANY, _requests("decide"), _batch(engine), _named_outcomes),
        Entrant("OpenFisca", EVERYBODY, openfisca.arrays, functools.partial(openfisca.decisions, system), _choices),
        Entrant(NUMPY, EVERYBODY, numpy_arrays.arrays, numpy_arrays.decisions, _codes),
        Entrant(OUR_BATCH, EVERYBODY, frame, lambda table: batch.decisions(scheme, table, DAY), _decided),
    )
    people = persons(EVERYBODY)
    expected = [_outcome(ours(facts)) for facts in people.facts()]
    notes = (
        f"Each with all eight facts known that the rules look at, drawn from a seed, so that 512 kinds of people come "
        f"again and again, and our engine keeps what it worked out for each; one process. {_HOW} Ours alone gives the "
        "rules that decide with their citations, and the fewest changes that would turn a no. The others give the "
        "outcome and the category, and what can be done about missing facts none of them says: for those see "
        "*Engine, answers a second*.",
    )
    return contest(
        "Decisions beside peers, a second",
        entrants,
        people,
        expected,
        {OURS: 60_000, OUR_BATCH: 10_000_000},
        notes,
        BESIDE_NUMPY,
    )


_FLOATS = "OpenFisca, money as floats"
_HOW = (
    "Timed in turn, round by round, each on people in the form that it wants, made ready outside the clock. Everybody "
    "is checked against `estimate()` and `eligibility()` first, on all the people it takes."
)


# -- the people, and the work ------------------------------------------------------------------------------------------


def _facts(people: Population) -> list[Facts]:
    return list(people.facts())


def _tuples(people: Population) -> list[tuple[Any, ...]]:
    return list(people.tuples())


def _rows(people: Population) -> list[dict[str, Any]]:
    return list(people.rows())


def _requests(graph: str) -> Callable[[Population], list[dict[str, Any]]]:
    return lambda people: [{"key": graph, "context": row} for row in people.rows()]


def _each(answer: Callable[[Any], Any]) -> Callable[[list[Any]], list[Any]]:
    return lambda people: [answer(each) for each in people]


def _starred(answer: Callable[..., Any]) -> Callable[[list[tuple[Any, ...]]], list[Any]]:
    return lambda people: list(itertools.starmap(answer, people))


def _alone(answer: Callable[..., Any], system: object, trace: bool = False) -> Callable[[dict[str, Any]], Any]:
    return lambda row: answer(system, openfisca.one(row), trace)


def _batch(engine: object) -> Callable[[Any], Any]:
    return functools.partial(zen_rules.results, engine)


def _with_receipt(found: Estimate) -> tuple[object, ...]:
    """What is worked out only when somebody looks belongs to the work."""
    return found.fund_pays, found.person_pays, found.receipt, found.missing


def _with_reasons(found: Eligibility) -> tuple[object, ...]:
    return found.outcome, found.category, found.reasons, found.missing, found.changes


# -- the answers: fund and person in fen, or outcome and category ------------------------------------------------------


def _fen(amount: Money) -> object:
    """Fen; a range is no answer that any peer could give, so it stays one and counts as unlike."""
    return amount.low if amount.exact else amount


def _amount(found: Estimate) -> Answer:
    return _fen(found.fund_pays), _fen(found.person_pays)


def _amounts(found: list[Any]) -> list[Answer]:
    return [(_fen(fund), _fen(person)) for fund, person, *_ in found]


def _from_json(found: list[dict[str, Any]]) -> list[Answer]:
    return [(int(each["fund_pays"].replace(".", "")), int(each["person_pays"].replace(".", ""))) for each in found]


def _zen_amounts(found: list[dict[str, Any]]) -> list[Answer]:
    return [(each["fund"], each["person"]) for each in found]


def _columns(found: tuple[Any, Any]) -> list[Answer]:
    fund, person = found
    return list(zip(fund.tolist(), person.tolist(), strict=True))


def _ends(found: Any) -> list[Answer]:
    """The lower ends where the upper ones are the same; a range counts as unlike."""
    return [(low, left) if exact else (found, None) for low, _, left, _, exact, *_ in found.iter_rows()]


def _decided(found: Any) -> list[Answer]:
    return list(found.select("outcome", "category").iter_rows())


def _joined(found: list[tuple[Any, Any]]) -> list[Answer]:
    return [(int(fund[0]), int(person[0])) for fund, person in found]


def _yuan(found: tuple[Any, Any]) -> list[Answer]:
    fund, person = found
    return [(round(100 * one), round(100 * other)) for one, other in zip(fund.tolist(), person.tolist(), strict=True)]


def _outcome(found: Eligibility) -> Answer:
    return found.outcome, found.category


def _outcomes(found: list[Any]) -> list[Answer]:
    return [(outcome, category) for outcome, category, *_ in found]


def _named_outcomes(found: list[dict[str, Any]]) -> list[Answer]:
    return [(each["outcome"], each.get("category")) for each in found]


def _choices(found: tuple[Any, Any]) -> list[Answer]:
    may, codes = found
    outcomes = ["eligible" if each else "ineligible" for each in may.tolist()]
    return list(zip(outcomes, openfisca.categories(codes), strict=True))


def _chosen(found: list[tuple[Any, Any]]) -> list[Answer]:
    return [answer for each in found for answer in _choices(each)]


def _codes(found: Any) -> list[Answer]:
    categories = [numpy_arrays.CATEGORIES[code] for code in found.tolist()]
    return [("eligible" if each else "ineligible", each) for each in categories]
