"""What the engine found, for a person at the command line: the key figures first, then the words of the chat."""

from __future__ import annotations

import datetime
from typing import Any

from bot.ask import Found
from bot.channels.plain import plain
from bot.languages import Catalogue
from dialogs.comparisons import comparison
from dialogs.context import Case
from dialogs.decisions import decision
from dialogs.receipts import contribution_receipt, estimate_receipt
from dialogs.replies import Reply
from policy_engine.compare import Comparison
from policy_engine.contribution import Contribution
from policy_engine.eligibility import Eligibility
from policy_engine.estimate import Estimate
from policy_engine.facts import Value
from policy_engine.scheme import Scheme

_KEYS = ("outcome", "category", "total", "fund_pays", "person_pays", "missing", "changes", "scheme", "on")


def report(found: Found, scheme: Scheme, facts: dict[str, Value], today: datetime.date, words: Catalogue) -> str:
    """The finding as text."""
    data = found.to_dict()
    case = Case("self", facts, frozenset(), scheme, today, words, brief=False)
    figures = [f"{key + ':':13}{_figure(data[key])}" for key in _KEYS if key in data]
    return "\n".join([*figures, "", plain(_reply(found, case), words)])


def _reply(found: Found, case: Case) -> Reply:
    match found:
        case Eligibility():
            return decision(found, case)
        case Contribution():
            return contribution_receipt(found, case)
        case Estimate():
            return estimate_receipt(found, case)
        case Comparison():
            return comparison(found, case)
    raise TypeError(type(found))


def _figure(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value['low']} to {value['high'] or 'unbounded'}"
    if isinstance(value, list):
        return (
            ", ".join(f"{each['fact']} -> {each['to']}" if isinstance(each, dict) else str(each) for each in value)
            or "-"
        )
    return "-" if value is None else str(value)
