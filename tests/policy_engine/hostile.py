"""Input that means harm: facts of every shape and size, and packs with something knocked out of place."""

from __future__ import annotations

import datetime
import json
import random
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from policy_engine.compare import compare
from policy_engine.contribution import contribution
from policy_engine.eligibility import eligibility
from policy_engine.errors import PolicyError
from policy_engine.estimate import Estimate, estimate
from policy_engine.facts import FACTS, parse_facts
from policy_engine.loader import load_scheme, scheme_ids
from policy_engine.money import Money
from policy_engine.scheme import Scheme

ASKS = (eligibility, contribution, estimate, compare)

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
_YUAN = st.decimals(0, 10**8, places=2, allow_nan=False).map(str) | st.sampled_from(["0", "0.01", "999999999999.99"])
_MONEY = _YUAN | st.fixed_dictionaries({}, optional={"low": _YUAN, "high": st.none() | _YUAN})
_DATES = st.dates(datetime.date(1870, 1, 1), datetime.date(2030, 12, 31)).map(datetime.date.isoformat)


def _sensible(name: str) -> st.SearchStrategy[Any]:
    fact = FACTS[name]
    match fact.kind:
        case "bool":
            return st.booleans()
        case "enum":
            return st.sampled_from(fact.values)
        case "int":
            return st.integers(fact.low, fact.high)
        case "money":
            return _MONEY
        case "date":
            return _DATES
        case "id":
            return st.sampled_from(["市一医院", "荣军医院", "浙一", "人民医院", "haining_second_people_hospital"])


SENSIBLE = st.fixed_dictionaries({}, optional={name: _sensible(name) for name in FACTS})


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    """Facts as JSON: most of them fit together, some have one thing wrong, a few are nothing but junk."""
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return draw(st.dictionaries(st.text(max_size=12), JUNK, max_size=4))
    said = draw(SENSIBLE)
    if kind > 2:
        for one, other in (("birth_date", "age"), ("provider", "provider_level"), ("reportable_cost", "bill_total")):
            if one in said and other in said:
                del said[one]
        said.pop("admission_date", None)
        said.pop("class_b_cost", None)
    else:
        said[draw(st.sampled_from([*FACTS]))] = draw(JUNK)
    return said


def schemes(*folders: Path) -> list[Scheme]:
    """Every scheme of these folders, in every county."""
    found = []
    for folder in folders:
        for name in scheme_ids(folder):
            base = load_scheme(name, None, folder)
            found += [base, *(load_scheme(name, county, folder) for county in base.counties)]
    return found


def ask_everything(scheme: Scheme, said: object, on: datetime.date | None) -> list[dict[str, Any]]:
    """Every question with these facts: an answer that holds together, or a refusal of the engine's own."""
    answers = []
    for ask in ASKS:
        try:
            known = parse_facts(said)  # type: ignore[arg-type]
            found = ask(scheme, known, on)
        except PolicyError as error:
            refused_in_words(error)
            continue
        answers.append(found.to_dict())
        json.dumps(answers[-1], allow_nan=False)
        if isinstance(found, Estimate):
            _holds_together(found)
    return answers


def refused_in_words(error: PolicyError) -> None:
    """An error says something, and its particulars fill its sentence."""
    assert str(error).strip()
    assert error.said(str.format) == str(error)


def _holds_together(found: Estimate) -> None:
    bill = next(line.amount for line in found.receipt if line.line == "bill_total")
    assert bill.high is None or found.fund_pays.low <= bill.high
    if found.fund_pays.exact and bill.exact:
        assert found.fund_pays.low + found.person_pays.low == bill.low
        shares = [line.amount for line in found.receipt if line.role in {"fund", "person"}]
        if all(share.exact for share in shares) and any(line.line == "own_share" for line in found.receipt):
            assert sum(shares, Money(0, 0)) == bill


def spoilt(text: str, draw: random.Random) -> str:
    """A pack's file with one thing knocked out of place."""
    lines = text.splitlines()
    place = draw.randrange(len(lines))
    line = lines[place]
    match draw.randrange(9):
        case 0:
            del lines[place]
        case 1:
            lines.insert(draw.randrange(len(lines)), line)
        case 2:
            lines[place] = "  " + line
        case 3:
            lines[place] = line[: draw.randrange(len(line) + 1)]
        case 4:
            other = draw.randrange(len(lines))
            lines[place], lines[other] = lines[other], line
        case 5:
            word = draw.choice(line.split() or [""])
            junk = ["{}", "[]", "null", "-1", "101%", "1e9", "2008-02-30", "yes", "''", "嘉", "*a", "9" * 30, "true"]
            lines[place] = line.replace(word, draw.choice(junk), 1) if word else line
        case 6:
            other_line = draw.choice(lines)
            one, another = draw.choice(line.split() or [""]), draw.choice(other_line.split() or [""])
            lines[place] = line.replace(one, another, 1) if one else line
        case 7:
            at = draw.randrange(len(line) + 1)
            lines[place] = line[:at] + draw.choice("{}[]:,#&*!|>%@`\"'\t\0\u2028嘉0-") + line[at:]
        case 8:
            lines = lines[:place]
    return "\n".join(lines) + "\n"
