"""The questions as a graph to be drawn: from the first question to every conclusion, what is equal drawn once.

The order is that in which people are asked (see `paths`), not the decision diagram's fixed one.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from policy_engine.checking.paths import Answer, Conclusion, Question, What, questions
from policy_engine.scheme import Scheme


@dataclass(frozen=True)
class Node:
    """A question about `fact`, or a `conclusion`; just one of the two is there.

    `id` is q1, q2, … or c1, c2, … in the order of asking: the same whenever the same rules are drawn.
    """

    id: str
    fact: str | None
    conclusion: Conclusion | None


@dataclass(frozen=True)
class Edge:
    """From a question to what follows any of these `answers`."""

    source: str
    target: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Graph:
    """Nodes in the order of asking, the first question first, and the edges in the order of their answers."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def drawing(scheme: Scheme, what: What, on: datetime.date | None = None) -> Graph:
    """The graph of who may join, or of who pays.

    `on` is the day whose rules apply, the scheme's first if not given. Raises DateError for a day that the scheme does
    not cover, PolicyError for a document that has no such rules.
    """
    nodes: dict[Question | Conclusion, Node] = {}
    edges: list[Edge] = []
    counts = {"q": 0, "c": 0}
    level: list[Question | Conclusion] = []

    def node(part: Question | Conclusion) -> Node:
        if part not in nodes:
            letter = "q" if isinstance(part, Question) else "c"
            counts[letter] += 1
            name = f"{letter}{counts[letter]}"
            nodes[part] = Node(name, part.fact, None) if isinstance(part, Question) else Node(name, None, part)
            level.append(part)
        return nodes[part]

    node(questions(scheme, what, on))
    while level:
        here, level[:] = list(level), []
        for part in here:
            if isinstance(part, Question):
                together: dict[str, list[Answer]] = {}
                for answer, following in part.answers:
                    together.setdefault(node(following).id, []).append(answer)
                edges += [Edge(nodes[part].id, target, tuple(answers)) for target, answers in together.items()]
    return Graph(tuple(nodes.values()), tuple(edges))
