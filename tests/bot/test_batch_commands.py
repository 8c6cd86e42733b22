"""`hebao policy batch` and `hebao policy simulate`, as a county office and a planner use them."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bot.commands.datafiles import DataFile, write_table
from bot.commands.invented import invented_bills
from bot.commands.svg import Bar, Section, chart
from bot.languages import LOCALES
from policy_engine.batch.columns import read_people
from policy_engine.eligibility import eligibility
from policy_engine.estimate import estimate
from policy_engine.facts import parse_facts
from policy_engine.loader import load_scheme
from tests.policy_engine.batch.crowd import unlike_estimates
from tests.servers import HEBAO, environment

RANGE = ["reportable_cost_low", "reportable_cost_high"]
HEADER = ["id", "age", "care", "provider_level", "school_stage", "bill_total", *RANGE]
ROWS = [
    ["a", "40", "inpatient", "city", "none", "12000.50", "", ""],
    ["b", "", "inpatient", "county", "none", "9000", "", ""],
    ["c", "17", "inpatient", "township", "primary_secondary", "20000", "8000.00", "10000.00"],
    ["d", "70", "outpatient", "", "none", "", "", ""],
]
SVG = "{http://www.w3.org/2000/svg}"


def hebao(*arguments: object, county: str = "demo", **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*HEBAO, "policy", *map(str, arguments)],
        env=environment(LANG="en_GB.UTF-8", LC_ALL="", HEBAO_COUNTY=county, **more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def one_sentence(ran: subprocess.CompletedProcess[str]) -> str:
    assert (ran.returncode, ran.stdout) == (2, "")
    assert len(ran.stderr.strip().splitlines()) == 1
    return ran.stderr


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *ROWS])
    return path


def facts(row: list[str]) -> dict[str, Any]:
    named = {name: value for name, value in zip(HEADER, row, strict=True) if value}
    del named["id"]
    if "age" in named:
        named["age"] = int(named["age"])  # type: ignore[assignment]
    if "reportable_cost_low" in named:
        ends = {end: named.pop(f"reportable_cost_{end}") for end in ("low", "high")}
        named["reportable_cost"] = ends  # type: ignore[assignment]
    return parse_facts(named)


def test_csv_in_and_csv_out_has_every_column_and_the_yuan_of_the_scalar_engine(people: Path, tmp_path: Path) -> None:
    ran = hebao("batch", "estimate", people, tmp_path / "out.csv", "--keep", "id", "--json")
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    demo = load_scheme("jiaxing-2008", "demo")
    assert (said["rows"], said["scheme"], said["county"], said["version"]) == (4, "jiaxing-2008", "demo", demo.version)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert [list(row.values())[: len(HEADER)] for row in found] == ROWS
    for row, answer in zip(ROWS, found, strict=True):
        one = estimate(demo, facts(row)).to_dict()
        for amount in ("fund_pays", "person_pays"):
            ends = one[amount] if isinstance(one[amount], dict) else {"low": one[amount], "high": one[amount]}
            assert (answer[f"{amount}_low"], answer[f"{amount}_high"] or None) == (ends["low"], ends["high"])
        assert answer["first_missing"] == (one["missing"] or [""])[0]
    assert [row["exact"] for row in found] == ["true", "false", "false", "false"]


def test_parquet_has_fen_and_lists_and_comes_back_the_same(people: Path, tmp_path: Path) -> None:
    assert hebao("batch", "eligibility", people, tmp_path / "out.parquet", "--keep", "id").returncode == 0
    found = pl.read_parquet(tmp_path / "out.parquet")
    demo = load_scheme("jiaxing-2008", "demo")
    assert [list(missing) for missing in found["missing"]] == [
        list(eligibility(demo, facts(row)).missing) for row in ROWS
    ]
    again, fen = tmp_path / "again.parquet", tmp_path / "fen.parquet"
    found.select(HEADER).write_parquet(again)
    assert hebao("batch", "estimate", again, fen, "--keep", "id").returncode == 0
    assert pl.read_parquet(fen)["fund_pays_low"][0] == 448_020


def test_lists_and_fen_are_written_in_csv_as_people_read_them(tmp_path: Path) -> None:
    frame = pl.DataFrame({"missing": [["age", "care"], []], "bill_total": [1205, None], "age": [40, 41]})
    write_table(tmp_path / "table.csv", frame.schema, [frame])
    assert (tmp_path / "table.csv").read_text("utf-8") == 'missing,bill_total,age\nage care,12.05,40\n"",,41\n'


def test_each_row_goes_by_the_rules_of_the_county_that_it_names(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("county,age\nhaining,40\n,40\n", encoding="utf-8")
    assert hebao("batch", "contribution", path, tmp_path / "out.csv", county="").returncode == 0
    found = pl.read_csv(tmp_path / "out.csv")
    assert found["first_missing"].to_list()[1] == "county"
    assert "haining" in one_sentence(hebao("batch", "contribution", path, tmp_path / "out.csv", "--county", "demo"))


def test_nothing_is_written_where_a_row_is_refused_and_an_older_file_stays(people: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("older", encoding="utf-8")
    with people.open("a", encoding="utf-8") as file:
        file.write("e,forty,,,,,,\n")
    assert "Row 5, column age" in one_sentence(hebao("batch", "estimate", people, out, "--keep", "id"))
    assert out.read_text("utf-8") == "older"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out.csv", "people.csv"]


@pytest.mark.parametrize(
    ("source", "target", "says"),
    [
        ("people.csv", "out.txt", "neither CSV nor Parquet"),
        ("people.xls", "out.csv", "neither CSV nor Parquet"),
        ("nobody.csv", "out.csv", "no such file"),
        ("nobody.parquet", "out.csv", "no such file"),
        ("people.csv", "no/such/folder/out.csv", "cannot be written"),
        ("latin.csv", "out.csv", "CSV in UTF-8"),
        ("uneven.csv", "out.csv", "CSV in UTF-8"),
        ("empty.csv", "out.csv", "CSV in UTF-8"),
        ("text.parquet", "out.csv", "as Parquet"),
    ],
)
def test_a_file_that_cannot_be_is_refused_in_one_sentence(
    people: Path, tmp_path: Path, source: str, target: str, says: str
) -> None:
    (tmp_path / "latin.csv").write_bytes("age,provider\n4,\xff\n".encode("latin1"))
    (tmp_path / "uneven.csv").write_text("age,care\n4,inpatient,5\n", encoding="utf-8")
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    (tmp_path / "text.parquet").write_text("age\n4\n", encoding="utf-8")
    ran = hebao("batch", "estimate", tmp_path / source, tmp_path / target, "--keep", "id")
    assert says in one_sentence(ran)


def test_a_column_that_an_answer_comes_under_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("age,exact\n4,true\n", encoding="utf-8")
    assert "column exact" in one_sentence(hebao("batch", "estimate", path, tmp_path / "out.csv", "--keep", "exact"))


def test_a_table_comes_in_pieces_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.commands.datafiles.ROWS_AT_ONCE", 10)
    frame = pl.DataFrame({"age": range(35)})
    for name in ("table.csv", "table.parquet"):
        write_table(tmp_path / name, frame.schema, [frame])
        table = DataFile(tmp_path / name)
        pieces = list(table.pieces())
        assert len(pieces) > 1
        assert pl.concat(pieces)["age"].cast(pl.Int64).to_list() == list(range(35))
        assert table.rows == (35 if name.endswith("parquet") else None)


@pytest.mark.parametrize("command", [("batch", "estimate", "in.csv", "out.csv"), ("simulate", "--change", "a=b")])
def test_without_polars_one_sentence_says_what_to_install(command: tuple[str, ...]) -> None:
    program = (
        "import sys; sys.modules['polars'] = None; "
        f"sys.argv = {['hebao', 'policy', *command]!r}; from bot.cli import main; main()"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert "hebao[batch]" in one_sentence(ran)


# -- a planner's question ----------------------------------------------------------------------------------------------


def test_a_simulation_says_what_is_changed_and_that_it_is_made_up() -> None:
    change = ("--change", "inpatient.ratio.county=51%", "--change", "ceiling.general=80000")
    said = json.loads(hebao("simulate", *change, "--bills", 500, "--json").stdout)
    assert said["changes"] == {
        "inpatient.ratio.county": {"before": "50%", "after": "51%"},
        "ceiling.general": {"before": "70000.00", "after": "80000.00"},
    }
    assert said["illustrative"] is True
    assert said["population"] == {"bills": 500, "invented": True, "seed": 2008}
    assert said["total"]["bills"] + said["open"]["bills"] == 500
    assert said["total"]["helped"] > 0 == said["total"]["hurt"]


def test_the_same_seed_gives_the_same_and_another_seed_another() -> None:
    def total(*more: object) -> Any:
        ran = hebao("simulate", "--change", "inpatient.ratio.county=51%", "--bills", 300, "--json", *more)
        return json.loads(ran.stdout)["total"]

    assert total() == total() != total("--seed", 3)


def test_a_population_from_a_file_is_the_one_that_is_compared(tmp_path: Path) -> None:
    path = tmp_path / "bills.csv"
    path.write_text("id,care,provider_level,age,school_stage,bill_total\nx,inpatient,county,40,none,1500\n", "utf-8")
    ran = hebao("simulate", path, "--change", "inpatient.ratio.county=51%", "--keep", "id", "--json")
    said = json.loads(ran.stdout)
    assert said["population"] == {"bills": 1, "file": str(path)}
    assert (said["total"]["before"], said["total"]["difference"]) == ("500.00", "10.00")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "Give --change"),
        (["--change", "inpatient.ratio.county"], "names no value"),
        (["--change", "rounding=up", "--change", "rounding=down"], "given twice"),
        (["--change", "inpatient.ratio.countyy=51%"], "Did you mean: inpatient.ratio.county?"),
        (["--change", "inpatient.ratio.county=51"], "inpatient.ratio.county: "),
        (["--change", "rounding=up", "--chart", "no/such/folder/chart.svg", "--bills", "5"], "cannot be written"),
    ],
)
def test_a_simulation_that_cannot_be_is_refused_in_one_sentence(options: list[str], says: str) -> None:
    assert says in one_sentence(hebao("simulate", *options))


@pytest.mark.parametrize("locale", LOCALES)
def test_the_answer_comes_first_and_every_group_is_in_the_chart_in_words(tmp_path: Path, locale: str) -> None:
    drawn = tmp_path / "chart.svg"
    change = ("--change", "inpatient.ratio.county=51%")
    ran = hebao("simulate", *change, "--bills", 400, "--chart", drawn, "--locale", locale)
    assert ran.returncode == 0, ran.stderr
    first, fund, bills, *_ = ran.stdout.splitlines()
    assert "50% → 51%" in first
    root = ElementTree.fromstring(drawn.read_text("utf-8"))
    assert root.get("role") == "img"
    ids = {each.get("id"): each.text or "" for each in root.iter() if each.get("id")}
    assert set((root.get("aria-labelledby") or "").split()) == set(ids)
    assert "50% → 51%" in ids["title"]
    assert fund in ids["description"]
    assert bills in ids["description"]
    texts = [each.text for each in root.iter(f"{SVG}text")]
    rows = [line.split(" | ")[0].removeprefix("| ") for line in ran.stdout.splitlines() if line.startswith("| ")]
    assert len(rows) > 15
    assert set(rows) - {"---"} <= set(texts)


def test_bars_go_to_the_right_for_more_and_to_the_left_for_less() -> None:
    bars = [Bar("more & <more>", 300, "3 more"), Bar("less", -100, "1 less"), Bar("same", 0, "the same")]
    root = ElementTree.fromstring(chart("A title", "What it shows", ["a note"], [Section("By age", bars)]))
    (more, less, same) = [
        {key: float(bar.get(key, "")) for key in ("x", "width")}
        for bar in root.iter(f"{SVG}rect")
        if bar.get("class") == "bar"
    ]
    assert more["width"] == pytest.approx(3 * less["width"], abs=0.2)
    assert less["x"] + less["width"] == pytest.approx(more["x"], abs=0.2)
    assert same == {"x": more["x"], "width": 0.0}
    assert "more & <more>" in [each.text for each in root.iter(f"{SVG}text")]


def test_a_chart_of_nothing_is_a_chart() -> None:
    ElementTree.fromstring(chart("A title", "What it shows", [], [Section("By age", [Bar("all", 0, "the same")])]))
    ElementTree.fromstring(chart("A title", "What it shows", [], []))


def test_invented_bills_can_be_worked_out_and_are_not_all_alike(tmp_path: Path) -> None:
    (bills,) = invented_bills(400, 1)
    people = read_people(bills)
    demo = load_scheme("jiaxing-2008", "demo")
    everybody = [people.facts(row) for row in people.frame.iter_rows(named=True)]
    assert unlike_estimates(demo, everybody) == []
    exact = [estimate(demo, each).fund_pays.exact for each in everybody]
    assert sum(exact) > 350
    assert all(
        bills[name].n_unique() > 1 for name in ("age", "care", "provider_level", "stays_this_year", "bill_total")
    )
    assert [each.height for each in invented_bills(100_001, 1)] == [100_000, 1]
