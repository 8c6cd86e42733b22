"""The page of facts is the vocabulary as the program has it."""

from pathlib import Path

from bot.commands.vocabulary import facts_as_json, facts_page
from bot.languages import catalogue
from policy_engine.facts import FACTS

PAGE = Path(__file__).parents[2] / "docs" / "facts.md"


def test_the_page_of_facts_is_up_to_date() -> None:
    made = facts_page(catalogue("en"), catalogue("zh_Hans"))
    assert PAGE.read_text("utf-8") == made, "run  hebao facts > docs/facts.md"


def test_every_fact_stands_there_once_with_its_type() -> None:
    assert [each["id"] for each in facts_as_json()] == list(FACTS)
    assert all(each["type"] != "enum" or each["values"] for each in facts_as_json())
