"""A drawing of the engine's as a Mermaid flowchart, in the reader's language."""

from __future__ import annotations

from bot.commands.conclusions import admission, amount, answered, asked_about, payers, places
from bot.languages import Catalogue
from policy_engine.checking.drawing import Graph, Node
from policy_engine.checking.paths import Admission, Conclusion, What
from policy_engine.scheme import Scheme


def as_mermaid(graph: Graph, what: What, scheme: Scheme, words: Catalogue) -> str:
    """The flowchart: questions as hexagons, conclusions with rounded ends, every edge with the answers that take it."""
    facts = {node.id: node.fact for node in graph.nodes}
    lines = ["flowchart TD", f"    accTitle: {shown(_title(what, scheme, words))}"]
    lines += [f"    {_node(node, words)}" for node in graph.nodes]
    for edge in graph.edges:
        fact = facts[edge.source] or ""
        answers = words.listed([answered(fact, each, words) for each in edge.answers])
        lines.append(f'    {edge.source} -->|"{shown(answers)}"| {edge.target}')
    return "\n".join(lines) + "\n"


def _title(what: What, scheme: Scheme, words: Catalogue) -> str:
    name = words.source(scheme.name) + (f" · {words.source(scheme.overlay.name)}" if scheme.overlay else "")
    if what == "eligibility":
        return words("draw.eligibility", scheme=name)
    return words("draw.contribution", scheme=name)


def _node(node: Node, words: Catalogue) -> str:
    if node.conclusion is None:
        return f'{node.id}{{{{"{shown(asked_about(node.fact or "", words))}"}}}}'
    lines = [*_conclusion(node.conclusion, words), places(node.conclusion.citations, words)]
    return f'{node.id}(["{"<br/>".join(shown(line) for line in lines)}"])'


def _conclusion(found: Conclusion, words: Catalogue) -> list[str]:
    if isinstance(found, Admission):
        return [admission(found, words)]
    return [
        words("draw.own_part", payers=payers(found.own_part, words)),
        words("draw.remainder", payers=payers(found.remainder, words)),
        words("draw.amounts", own=amount(found.own_amount, words), total=amount(found.total, words)),
    ]


def shown(text: str) -> str:
    """Text that Mermaid shows as it is. Mermaid's own entities stand for whatever ends a text or begins markup."""
    escaped = (f"#{ord(letter)};" if letter in '#"&<>[](){}|`*_\\;%' else letter for letter in " ".join(text.split()))
    return "".join(escaped)
