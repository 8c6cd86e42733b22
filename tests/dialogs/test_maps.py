"""A map shows every way through a flow, and only those that people can take."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator

import pytest

from dialogs.context import Case
from dialogs.flows import plan
from dialogs.maps import Asked, Ended, Part, answers_to, flow_map, parts
from dialogs.plans import Ask
from dialogs.questions import ADVICE
from policy_engine.errors import PolicyError
from policy_engine.loader import load_scheme
from tests.dialogs.test_respond import Make


def case(context: Make, county: str | None, scheme: str = "jiaxing-2008") -> Case:
    rules = load_scheme(scheme, county)
    facts = {"county": county} if county else {}
    return Case("self", dict(facts), frozenset(), rules, rules.start, context().languages("zh_Hans"))


def mapped(context: Make, flow: str, county: str | None, *, unsure: bool = False) -> Part:
    rules = functools.partial(load_scheme, "jiaxing-2008")
    return flow_map(flow, case(context, county), rules, ("demo", "haining"), unsure=unsure)


def ways(
    part: Part, said: tuple[tuple[str, object], ...] = ()
) -> Iterator[tuple[tuple[tuple[str, object], ...], Part]]:
    if isinstance(part, Ended):
        yield said, part
        return
    for answer, following in part.following:
        yield from ways(following, (*said, (part.fact, answer)))


@pytest.mark.parametrize("flow", ADVICE)
def test_every_way_through_a_map_is_what_the_conversation_asks(flow: str, context: Make) -> None:
    whole = case(context, "demo")
    for said, _end in itertools.islice(ways(mapped(context, flow, "demo")), 200):
        facts = dict(whole.facts)
        for fact, answer in said:
            following = plan(flow, Case("self", dict(facts), frozenset(), whole.scheme, whole.today, whole.words))
            assert following == Ask(fact), said
            facts[fact] = answer  # type: ignore[assignment]
        done = plan(flow, Case("self", dict(facts), frozenset(), whole.scheme, whole.today, whole.words))
        assert not isinstance(done, Ask), said


def test_nobody_is_asked_the_same_thing_twice_on_any_way(context: Make) -> None:
    for flow in ADVICE:
        for said, _ in itertools.islice(ways(mapped(context, flow, None, unsure=True)), 2000):
            assert len({fact for fact, _ in said}) == len(said)


def test_every_end_of_the_question_who_may_join_can_be_reached(context: Make) -> None:
    ends = {each.outcome for each in parts(mapped(context, "eligibility", "demo")) if isinstance(each, Ended)}
    assert ends == {"eligible", "ineligible"}
    unsure = parts(mapped(context, "eligibility", "demo", unsure=True))
    assert {each.outcome for each in unsure if isinstance(each, Ended)} == {"eligible", "ineligible", "undetermined"}


def test_where_the_county_is_open_it_is_asked_and_each_answer_leads_to_its_own_rules(context: Make) -> None:
    found = [each for each in parts(mapped(context, "contribution", None)) if isinstance(each, Asked)]
    counties = [each for each in found if each.fact == "county"]
    assert counties
    assert {answer for each in counties for answer, _ in each.following} == {"demo", "haining"}


def test_what_is_alike_is_drawn_once(context: Make) -> None:
    found = parts(mapped(context, "eligibility", "demo"))
    assert len(found) == len({id(each) for each in found})
    assert len([each for each in found if isinstance(each, Ended)]) == 2


def test_a_number_is_asked_on_either_side_of_every_bound() -> None:
    assert answers_to("age", load_scheme("jiaxing-2008", "demo")) == (0, 18)


def test_a_scheme_without_such_rules_has_no_map(context: Make) -> None:
    rules = functools.partial(load_scheme, "mohrss-2008")
    with pytest.raises(PolicyError):
        flow_map("estimate", case(context, None, "mohrss-2008"), rules, ())
