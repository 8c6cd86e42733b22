"""Which fact to ask for first, of those that nobody has said and that can still change what is paid.

The scalar engine's `missing` begins with it. Whether a fact can change anything depends on the bill: two classes that
come to the same amount are as good as one. So it is worked out once for every kind which of its formulas a fact tells
apart and which ones each of its values leaves; row by row only the amounts are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from policy_engine.benefits.classes import Class, domains_of
from policy_engine.benefits.profiles import Profile
from policy_engine.diagram import Branch, Leaf, Node
from policy_engine.facts import FACTS

FACT = pl.Enum(tuple(FACTS))
"""The type of a column that names a fact."""


@dataclass(frozen=True)
class Question:
    """A fact that is open, with the pairs of formulas that it tells `apart` and those that each of its values `leaves`.

    A formula is given by its number, see `questions_of`.
    """

    fact: str
    apart: frozenset[tuple[int, int]]
    leaves: tuple[frozenset[int], ...]


def questions_of(profile: Profile, number: Mapping[Class, int]) -> tuple[Question, ...]:
    """The facts that can tell the classes of a profile apart, in order; those of the same `number` are alike."""
    day, classes = profile.day, profile.classes
    order = {name: place for place, name in enumerate(domains_of(day.rules, day.values))}
    branches = {id(each): each for each in _branches(classes)}.values()
    found = []
    for fact in FACTS:
        here = [each for each in branches if each.name == fact]
        apart = {
            pair
            for branch in here
            for place, part in enumerate(branch.parts)
            for other in branch.parts[place + 1 :]
            for pair in _meeting(part, other, order, number, {})
        }
        if apart:
            leaves = tuple(frozenset(_left(classes, fact, place, number)) for place in range(len(here[0].values)))
            found.append(Question(fact, frozenset(apart), leaves))
    return tuple(found)


def _branches(node: Node[Class]) -> Iterator[Branch[Class]]:
    if isinstance(node, Branch):
        yield node
        for part in node.parts:
            yield from _branches(part)


def _left(node: Node[Class], fact: str, place: int, number: Mapping[Class, int]) -> Iterator[int]:
    """The formulas that are left once a fact has the value in this place."""
    if isinstance(node, Leaf):
        yield number[node.outcome]
        return
    for part in (node.parts[place],) if node.name == fact else node.parts:
        yield from _left(part, fact, place, number)


_Pairs = frozenset[tuple[int, int]]


def _meeting(
    one: Node[Class],
    other: Node[Class],
    order: Mapping[str, int],
    number: Mapping[Class, int],
    done: dict[tuple[int, int], _Pairs],
) -> _Pairs:
    """The pairs of different formulas that both sides can come to, whatever else is true, at the same time."""
    key = id(one), id(other)
    if key in done:
        return done[key]
    if isinstance(one, Leaf) and isinstance(other, Leaf):
        first, second = sorted((number[one.outcome], number[other.outcome]))
        found: _Pairs = frozenset({(first, second)} if first != second else ())
    else:
        name = min((each.name for each in (one, other) if isinstance(each, Branch)), key=order.__getitem__)
        sides = [each.parts if isinstance(each, Branch) and each.name == name else None for each in (one, other)]
        parts = next(each for each in sides if each is not None)
        pairs = zip(sides[0] or (one,) * len(parts), sides[1] or (other,) * len(parts), strict=True)
        found = frozenset().union(*(_meeting(*pair, order, number, done) for pair in pairs))
    done[key] = found
    return found


def asked_first(questions: tuple[Question, ...], funds: pl.DataFrame) -> pl.DataFrame:
    """Of every row the `first` fact to ask for, if any, and whether the `county` is one to ask for.

    `funds` has, for every formula by its number, what it pays at the least and at the most: `low.0`, `high.0`, …
    """
    pairs = {pair for each in questions for left in each.leaves for pair in combinations(sorted(left), 2)}
    doubts = (
        funds.lazy()
        .with_columns(**{f"alike.{one}.{other}": _alike(one, other) for one, other in sorted(pairs)})
        .with_columns(
            **{f"matters.{each.fact}": _matters(each) for each in questions},
            **{f"doubt.{each.fact}": _doubt(each) for each in questions},
            **{f"ways.{each.fact}": _ways_left(each) for each in questions},
        )
    )
    first: pl.Expr = pl.lit(None, dtype=FACT)
    least: pl.Expr = pl.lit(float("inf"))
    fewest: pl.Expr = pl.lit(float("inf"))
    county: pl.Expr = pl.lit(value=False)
    for each in questions:
        doubt, ways, matters = (pl.col(f"{what}.{each.fact}") for what in ("doubt", "ways", "matters"))
        better = matters & ((doubt < least) | ((doubt == least) & (ways < fewest)))
        first = pl.when(better).then(pl.lit(each.fact, dtype=FACT)).otherwise(first)
        least, fewest = (pl.when(better).then(new).otherwise(old) for new, old in ((doubt, least), (ways, fewest)))
        if each.fact == "county":
            county = matters
    return doubts.with_columns(first=first, county=county).select("first", "county").collect()


def _alike(one: int, other: int) -> pl.Expr:
    """Whether two formulas come to the same amount."""
    return (pl.col(f"low.{one}") == pl.col(f"low.{other}")) & (pl.col(f"high.{one}") == pl.col(f"high.{other}"))


def _matters(question: Question) -> pl.Expr:
    """Whether two formulas that the fact tells apart come to different amounts."""
    return pl.any_horizontal(
        pl.col(f"{end}.{one}") != pl.col(f"{end}.{other}") for one, other in question.apart for end in ("low", "high")
    )


def _doubt(question: Question) -> pl.Expr:
    """How wide the range is, in fen, after an answer, on average over the answers."""
    widths = [
        pl.max_horizontal(f"high.{each}" for each in left) - pl.min_horizontal(f"low.{each}" for each in left)
        for left in question.leaves
    ]
    return pl.sum_horizontal(widths).cast(pl.Float64) / len(widths)


def _ways_left(question: Question) -> pl.Expr:
    """How many amounts are still possible after an answer, on average over the answers."""
    different = [
        ~pl.any_horizontal(pl.col(f"alike.{one}.{each}") for one in sorted(left) if one < each)
        if each != min(left)
        else pl.lit(value=True)
        for left in question.leaves
        for each in sorted(left)
    ]
    return pl.sum_horizontal(different).cast(pl.Float64) / len(question.leaves)
