"""The page on adding a scheme: the pack on it loads and answers, and so does every single example."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from policy_engine.checking.review import review
from policy_engine.estimate import estimate
from policy_engine.facts import FACTS, parse_facts
from policy_engine.loader import load_scheme
from policy_engine.scheme import Scheme

PAGE = (Path(__file__).parents[3] / "docs" / "add-a-scheme.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```yaml\n# (\w+\.yaml)\n(.*?)```", PAGE, re.DOTALL))
ROWS = re.findall(r"^\| `(.+?)` \|", PAGE, re.MULTILINE)
ABOUT_CONDITIONS = PAGE[PAGE.index("The facts of `when`") : PAGE.index("| in a schedule")]
CONDITIONS = re.findall(r"`(\{\w+: .+?\})`", ABOUT_CONDITIONS, re.DOTALL)
STAY = {"care": "inpatient", "provider_level": "township", "age": 40, "school_stage": "none", "reportable_cost": "3000"}


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Scheme]:
    """The scheme of the page, with another text in its benefits and perhaps readings switched."""

    def load(benefits: str = FILES["benefits.yaml"], readings: tuple[tuple[str, str], ...] = ()) -> Scheme:
        folder = tmp_path / "packs" / "our-town-2009"
        folder.mkdir(parents=True)
        for name, text in {**FILES, "benefits.yaml": benefits}.items():
            (folder / name).write_text(text, encoding="utf-8")
        return load_scheme("our-town-2009", None, folder.parent, readings)

    return load


def pays(scheme: Scheme, **more: Any) -> Any:
    return estimate(scheme, parse_facts({**STAY, **more})).fund_pays.to_json()


def test_every_file_of_the_page_is_there_and_every_row_has_an_example() -> None:
    assert list(FILES) == ["scheme.yaml", "documents.yaml", "parameters.yaml", "interpretations.yaml", "benefits.yaml"]
    assert len(ROWS) == PAGE.count("\n| `") == 19
    assert len(CONDITIONS) == 6


def test_the_scheme_of_the_page_answers(written: Callable[..., Scheme]) -> None:
    scheme = written()
    assert pays(scheme) == {"low": "0.00", "high": "2030.00"}  # 2900 x 70 %, under a ceiling that nobody has set yet


def test_the_scheme_of_the_page_passes_the_lint(written: Callable[..., Scheme]) -> None:
    assert [each for each in review(written(), FACTS) if each.severity == "fault"] == []


def test_its_reading_settles_the_ceiling(written: Callable[..., Scheme]) -> None:
    scheme = written(readings=(("old_wage", "last_year"),))
    assert pays(scheme) == "2030.00"
    assert pays(scheme, reportable_cost="200000") == "90000.00"  # 6 x 15000


@pytest.mark.parametrize("row", ROWS)
def test_every_row_of_the_page_can_be_written(row: str, written: Callable[..., Scheme]) -> None:
    text, key = FILES["benefits.yaml"], row.partition(":")[0]
    if row in {each for each in ROWS if PAGE.index(f"| `{each}`") > PAGE.index("| beside the schedules")}:
        text = re.sub(rf"^{key}:\n(?:  .*\n)+", "", text, flags=re.MULTILINE) + f"{row}\n"
    else:
        replaced = {"bands": "ratio", "deductible": "deductible"}.get(key)
        lines = text.splitlines()
        place = lines.index("    cite: 三")
        lines.insert(place, f"    {row}")
        if replaced:
            lines.pop(next(number for number, line in enumerate(lines) if line.startswith(f"    {replaced}:")))
        text = "\n".join(lines) + "\n"
    assert row in text
    assert estimate(written(text), parse_facts(STAY)).fund_pays.low >= 0


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_condition_of_the_page_can_be_written(condition: str, written: Callable[..., Scheme]) -> None:
    entry = f"{{id: x, when: {condition}, points: 5%, relies_on: [old_wage], cite: 三}}"
    assert (
        written(FILES["benefits.yaml"].replace("adjustments:\n", f"adjustments:\n  - {entry}\n")).benefits is not None
    )


def test_the_facts_in_the_command_are_a_stay_of_the_page(written: Callable[..., Scheme]) -> None:
    (facts,) = re.findall(r"hebao estimate '(.*?)'", PAGE)
    assert pays(written(), **json.loads(facts)) == {"low": "0.00", "high": "2030.00"}
