"""A drawing leads everybody by the questions that they are asked to what the engine says, and has nothing besides."""

import itertools
from typing import Any

import pytest

from policy_engine.checking.drawing import Edge, Graph, Node, drawing
from policy_engine.checking.paths import What, looked_at
from policy_engine.checking.table import table
from policy_engine.contribution import contribution
from policy_engine.eligibility import eligibility
from policy_engine.errors import PolicyError
from policy_engine.loader import load_scheme
from policy_engine.scheme import Scheme

WHATS: tuple[What, What] = ("eligibility", "contribution")


def edges_from(graph: Graph, node: Node) -> list[Edge]:
    return [edge for edge in graph.edges if edge.source == node.id]


def led(graph: Graph, person: dict[str, Any]) -> tuple[dict[str, Any], Node]:
    """What somebody is asked on the way, and where they end."""
    nodes = {node.id: node for node in graph.nodes}
    node, told = graph.nodes[0], dict[str, Any]()
    while node.fact is not None:
        told[node.fact] = person[node.fact]
        (edge,) = (edge for edge in edges_from(graph, node) if person[node.fact] in edge.answers)
        node = nodes[edge.target]
    return told, node


@pytest.mark.parametrize("county", [None, "demo", "haining"])
@pytest.mark.parametrize("what", WHATS)
def test_everybody_is_led_to_their_row_by_the_questions_that_they_are_asked(what: What, county: str | None) -> None:
    scheme = load_scheme("jiaxing-2008", county)
    graph = drawing(scheme, what)
    rows = table(scheme, what).rows
    domains = looked_at(scheme, what)
    for values in itertools.product(*domains.values()):
        person = dict(zip(domains, values, strict=True))
        told, end = led(graph, person)
        (row,) = (r for r in rows if all(each in {None, person[fact]} for fact, each in r.facts.items()))
        assert end.conclusion == row.conclusion
        assert told == {fact: each for fact, each in row.facts.items() if each is not None}
        known: dict[str, Any] = {}
        for fact in told:
            asks = (eligibility if what == "eligibility" else contribution)(scheme, known).missing
            assert [each for each in asks if each != "county"][0] == fact  # noqa: RUF015
            known[fact] = person[fact]


@pytest.mark.parametrize("what", WHATS)
def test_no_node_is_cut_off_and_no_edge_leads_nowhere(demo: Scheme, what: What) -> None:
    graph = drawing(demo, what)
    ids = [node.id for node in graph.nodes]
    assert len(ids) == len(set(ids))
    assert {edge.source for edge in graph.edges} <= set(ids)
    assert {edge.target for edge in graph.edges} == set(ids[1:])
    reached, ahead = set[str](), [ids[0]]
    while ahead:
        reached.add(here := ahead.pop())
        ahead += [edge.target for edge in graph.edges if edge.source == here and edge.target not in reached]
    assert reached == set(ids)
    for node in graph.nodes:
        assert (node.fact is None) is (node.conclusion is not None)
        answers = [answer for edge in edges_from(graph, node) for answer in edge.answers]
        assert sorted(map(str, answers)) == sorted(map(str, looked_at(demo, what)[node.fact] if node.fact else ()))


@pytest.mark.parametrize("what", WHATS)
def test_what_is_equal_is_drawn_once_with_one_edge_to_it(demo: Scheme, what: What) -> None:
    graph = drawing(demo, what)
    ends = [node.conclusion for node in graph.nodes if node.conclusion]
    assert len(ends) == len(set(ends))
    questions = [
        (node.fact, tuple((edge.target, edge.answers) for edge in edges_from(graph, node)))
        for node in graph.nodes
        if node.fact
    ]
    assert len(questions) == len(set(questions))
    assert len({(edge.source, edge.target) for edge in graph.edges}) == len(graph.edges)


def test_the_same_rules_are_drawn_the_same(haining: Scheme) -> None:
    again = load_scheme("jiaxing-2008", "haining")
    for what in WHATS:
        one, other = drawing(haining, what), drawing(again, what)
        assert [(node.id, node.fact) for node in one.nodes] == [(node.id, node.fact) for node in other.nodes]
        assert one.edges == other.edges
    assert len(drawing(haining, "eligibility").nodes) == 12


@pytest.mark.parametrize("what", WHATS)
def test_a_national_document_cannot_be_drawn(what: What) -> None:
    with pytest.raises(PolicyError, match="has no rules on"):
        drawing(load_scheme("mohrss-2008"), what)
