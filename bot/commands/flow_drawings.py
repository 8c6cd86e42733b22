"""The map of a conversation as a Mermaid flowchart, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator

from bot.commands.conclusions import answered_in, asked_about
from bot.commands.drawings import shown
from bot.languages import Catalogue
from dialogs.maps import Asked, Part, parts
from dialogs.questions import ASKING
from policy_engine.checking.paths import Answer, Stretch
from policy_engine.facts import FACTS, Value
from policy_engine.scheme import Scheme


def flow_as_mermaid(start: Part, flow: str, scheme: Scheme, words: Catalogue) -> str:
    """The flowchart: questions as hexagons, ends with rounded ends, every edge with the answers that take it."""
    every = parts(start)
    names = {id(each): f"{'q' if isinstance(each, Asked) else 'e'}{number}" for number, each in enumerate(every, 1)}
    title = words("draw.flow", scheme=words.source(scheme.name), flow=words(f"flow.{flow}"))
    lines = ["flowchart TD", f"    accTitle: {shown(title)}"]
    for each in every:
        text = asked_about(each.fact, words) if isinstance(each, Asked) else words(f"draw.ends.{each.outcome}")
        begin, end = ("{{", "}}") if isinstance(each, Asked) else ("([", "])")
        lines.append(f'    {names[id(each)]}{begin}"{shown(text)}"{end}')
    for asked in (each for each in every if isinstance(each, Asked)):
        for target, answers in _together(asked):
            said = words.listed([_answer(asked, answer, scheme, words) for answer in answers])
            lines.append(f'    {names[id(asked)]} -->|"{shown(said)}"| {names[id(target)]}')
    return "\n".join(lines) + "\n"


def _together(asked: Asked) -> Iterator[tuple[Part, list[Value | None]]]:
    """Where the answers lead, with all that lead there."""
    targets = {id(part): part for _, part in asked.following}
    for key, part in targets.items():
        yield part, [answer for answer, following in asked.following if id(following) == key]


def _answer(asked: Asked, answer: Value | None, scheme: Scheme, words: Catalogue) -> str:
    fact = FACTS[asked.fact]
    if answer is None:
        return words("label.unsure")
    if fact.kind == "int":
        return answered_in(asked.fact, _stretch(asked, int(str(answer))), scheme, words)
    if fact.id == "county" or ASKING[fact.id].choices:
        said: Answer = answer
        return answered_in(asked.fact, said, scheme, words)
    return words("draw.any_amount")


def _stretch(asked: Asked, low: int) -> Stretch:
    """From this number to the one before the next that leads elsewhere."""
    above = [int(str(other)) for other, _ in asked.following if other is not None and int(str(other)) > low]
    return Stretch(low, min(above) - 1 if above else FACTS[asked.fact].high)
