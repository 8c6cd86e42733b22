"""The demonstration county for GoRules' ZEN engine: decision tables and expressions in its JSON decision model (JDM).

Its numbers are decimals, so whole fen and per cent stay exact. A graph is handed over when the engine is made: then it
is compiled once, while `create_decision` took twenty times as long for each answer.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import zen

from benchmarks.peers import integer_python as figures
from benchmarks.peers.population import LEVELS

Document = dict[str, Any]

_INSURED = {"employee_insured": "true"}
_ELSEWHERE = {"enrolled_elsewhere": "true"}
_LOCAL = {"registered_locally": "true"}
_MIGRANT = {"registered_locally": "false", "residence_permit": "true"}
_JOINING = (
    (_INSURED, None),
    (_ELSEWHERE, None),
    (_LOCAL | {"registration_kind": '"rural"'}, "rural_resident"),
    (_LOCAL | {"registration_kind": '"urban"'}, "urban_resident"),
    (_MIGRANT | {"works_in_local_enterprise": "true"}, "migrant_worker"),
    (_MIGRANT | {"school_stage": '"primary_secondary"', "studies_locally": "true"}, "migrant_pupil"),
    ({}, None),
)


def engine() -> zen.ZenEngine:
    """The engine with both graphs, `estimate` and `decide`."""
    graphs = {"estimate": _graph(_schedule(), _amounts()), "decide": _graph(_joining())}
    return zen.ZenEngine({"loader": {"type": "static", "content": graphs}})


def result(of: zen.ZenEngine, graph: str, row: Document) -> Document:
    """What a graph says of one person: `fund` and `person` in fen, or `outcome` and `category`."""
    return of.evaluate(graph, row)["result"]


def traced(of: zen.ZenEngine, graph: str, row: Document) -> Document:
    """The same with the engine's own account of every node, which comes nearest to a receipt or to reasons."""
    found = of.evaluate(graph, row, {"trace": True})
    return found["result"] | {"trace": found["trace"]}


def results(of: zen.ZenEngine, requests: Sequence[Document]) -> list[Document]:
    """What the graphs say of many people; each request has the `key` of a graph and a person as its `context`."""
    return [each["data"]["result"] for each in of.evaluate_batch(requests)]


def _graph(*steps: Document) -> Document:
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        *steps,
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    edges = [
        {"id": f"to {to['id']}", "type": "edge", "sourceId": before["id"], "targetId": to["id"]}
        for before, to in itertools.pairwise(nodes)
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}


def _table(name: str, inputs: Sequence[str], outputs: Sequence[str], rules: Sequence[Mapping[str, str]]) -> Document:
    """A decision table, of which the first row counts whose inputs all fit; what is not named fits always."""
    content = {
        "hitPolicy": "first",
        "passThrough": True,
        "inputs": [{"id": each, "name": each, "field": each} for each in inputs],
        "outputs": [{"id": each, "name": each, "field": each} for each in outputs],
        "rules": [
            {"_id": f"{name} {number}"} | dict.fromkeys((*inputs, *outputs), "") | dict(rule)
            for number, rule in enumerate(rules)
        ],
    }
    return {"id": name, "name": name, "type": "decisionTableNode", "content": content}


def _schedule() -> Document:
    def stay(level: str) -> dict[str, str]:
        return {
            "care": '"inpatient"',
            "provider_level": f'"{level}"',
            "deductible": f"{figures.DEDUCTIBLE[level]}",
            "rate": f"{figures.INPATIENT[level]} + (age < 18 ? {figures.MINOR} : 0)",
            "ceiling": f'school_stage == "primary_secondary" ? {figures.STUDENT_CEILING} : {figures.CEILING}',
        }

    visit = {"care": '"outpatient"', "provider_level": '"township"', "deductible": "0", "rate": f"{figures.OUTPATIENT}"}
    rules = [*(stay(level) for level in LEVELS), visit, {"deductible": "0", "rate": "0"}]
    return _table("schedule", ("care", "provider_level"), ("deductible", "rate", "ceiling"), rules)


def _amounts() -> Document:
    expressions = {
        "before": "round(max([reportable_cost - deductible, 0]) * rate / 100)",
        "fund": "ceiling == null ? $.before : min([$.before, max([ceiling - fund_paid_this_year, 0])])",
        "person": "reportable_cost - $.fund",
    }
    content = {"expressions": [{"id": key, "key": key, "value": value} for key, value in expressions.items()]}
    return {"id": "amounts", "name": "amounts", "type": "expressionNode", "content": content}


def _joining() -> Document:
    inputs = dict.fromkeys(name for when, _ in _JOINING for name in when)
    rules = [
        when
        | {"outcome": '"eligible"' if category else '"ineligible"', "category": f'"{category}"' if category else ""}
        for when, category in _JOINING
    ]
    return _table("joining", tuple(inputs), ("outcome", "category"), rules)
