"""At the command line a finding is told in full: nothing has to be asked for."""

from __future__ import annotations

import datetime

from bot.ask import ask_engine
from bot.commands.report import report
from bot.languages import catalogue

TODAY = datetime.date(2008, 3, 1)
STAY = {"age": 45, "care": "inpatient", "provider_level": "provincial", "bill_total": "20000"}


def test_every_open_place_of_the_text_is_told() -> None:
    found, rules, facts = ask_engine("estimate", STAY, scheme="jiaxing-2008", county="demo", on=None, today=TODAY)
    told = report(found, rules, facts, TODAY, catalogue("zh_Hans"))
    relied_on = [rules.interpretations[name].question for name in found.to_dict()["interpretations"]]
    assert len(relied_on) > 2
    assert all(question in told for question in relied_on)
    assert "条文" not in told
