"""A pack with a fault is refused as a whole, in one sentence that says where, what, and what to do."""

import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from policy_engine import reading
from policy_engine.errors import PackError, PolicyError
from policy_engine.loader import forget_schemes, load_scheme, scheme_ids
from policy_engine.scheme import Scheme
from tests.cases import read_yaml

FAULTS = read_yaml(Path(__file__).parents[1] / "cases" / "pack_faults.yaml")
PLACE = re.compile(r"(?P<file>[\w.-]+(?:/[\w.-]+)+\.yaml)(?::(?P<line>[0-9]+))?: (?P<sentence>.+[.?])", re.DOTALL)


@pytest.mark.parametrize("fault", FAULTS, ids=[each["name"] for each in FAULTS])
def test_a_fault_is_refused(fault: dict[str, Any], edited: Callable[..., Scheme]) -> None:
    scheme = fault.get("scheme", "jiaxing-2008")
    with pytest.raises(PackError) as refused:
        edited(fault["file"], fault["old"], fault["new"], fault.get("county", "demo"), scheme)
    place = PLACE.fullmatch(str(refused.value))
    assert place is not None, str(refused.value)
    assert (place["file"], int(place["line"])) == (f"{scheme}/{fault['file']}", fault["at"]), str(refused.value)
    for words in fault["says"]:
        assert words in place["sentence"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "The file is missing. Add it to the pack."),
        (b"", "The file is empty."),
        (b"# only a comment\n", "The file is empty."),
        ("a: 嘉".encode("gbk"), "The file is not UTF-8 text. Save it as UTF-8."),
        (b"a: \x00", "The file holds characters that YAML forbids."),
    ],
)
def test_a_file_that_is_no_text_is_refused(packs: Path, content: bytes | None, says: str) -> None:
    path = packs / "jiaxing-2008" / "documents.yaml"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PackError, match=f"^jiaxing-2008/documents.yaml: {re.escape(says)}"):
        load_scheme("jiaxing-2008", None, packs)


def test_a_folder_in_place_of_a_file_is_refused(packs: Path) -> None:
    path = packs / "jiaxing-2008" / "benefits.yaml"
    path.unlink()
    path.mkdir()
    with pytest.raises(PackError, match="cannot be read"):
        load_scheme("jiaxing-2008", None, packs)


NAMES = [
    "",
    ".",
    "..",
    "../packs",
    "../packs/jiaxing-2008",
    "/etc",
    "jiaxing-2008/",
    "jiaxing-2008\0",
    "嘉兴",
    "a" * 5000,
]


@pytest.mark.parametrize("name", NAMES)
def test_a_scheme_outside_the_packs_is_unknown(packs: Path, name: str) -> None:
    with pytest.raises(PolicyError, match="There is no scheme called"):
        load_scheme(name, None, packs)


@pytest.mark.parametrize(
    "name", ["", "..", "../scheme", "../../mohrss-2008/scheme", "/etc/passwd", "demo.yaml", "demo\0"]
)
def test_a_county_outside_the_pack_is_unknown(packs: Path, name: str) -> None:
    with pytest.raises(PolicyError, match="jiaxing-2008 has no county called"):
        load_scheme("jiaxing-2008", name, packs)


def test_a_link_that_leads_out_of_the_packs_is_not_followed(packs: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (packs / "mohrss-2008").rename(outside)
    (packs / "mohrss-2008").symlink_to(outside, target_is_directory=True)
    assert scheme_ids(packs) == ("jiaxing-2008", "jiaxing-2013", "jiaxing-2024")
    with pytest.raises(PolicyError, match="There is no scheme called mohrss-2008"):
        load_scheme("mohrss-2008", None, packs)


def test_a_county_that_is_a_link_out_of_the_packs_is_unknown(packs: Path, tmp_path: Path) -> None:
    county = packs / "jiaxing-2008" / "counties" / "haining.yaml"
    county.rename(tmp_path / "haining.yaml")
    county.symlink_to(tmp_path / "haining.yaml")
    with pytest.raises(PolicyError, match="has no county called haining"):
        load_scheme("jiaxing-2008", "haining", packs)


def test_a_file_that_is_a_link_out_of_the_packs_is_refused(packs: Path, tmp_path: Path) -> None:
    offices = packs / "jiaxing-2008" / "offices.yaml"
    offices.rename(tmp_path / "offices.yaml")
    offices.symlink_to(tmp_path / "offices.yaml")
    with pytest.raises(PackError, match=r"^jiaxing-2008/offices.yaml: The file lies outside"):
        load_scheme("jiaxing-2008", None, packs)


def test_a_national_scheme_above_a_national_scheme_is_refused(edited: Callable[..., Scheme]) -> None:
    with pytest.raises(PackError, match=r"^mohrss-2008/scheme.yaml:7: A national scheme has no other one above it"):
        edited("scheme.yaml", "", "national: mohrss-2008\n", None, "mohrss-2008")


def test_a_copy_without_a_fault_has_the_same_version(packs: Path) -> None:
    for county in (None, "demo", "haining"):
        assert load_scheme("jiaxing-2008", county, packs).version == load_scheme("jiaxing-2008", county).version


def test_any_change_of_a_pack_changes_its_version(edited: Callable[..., Scheme]) -> None:
    assert edited("offices.yaml", "", "# nothing\n").version != load_scheme("jiaxing-2008", "demo").version


def test_a_pack_without_any_rule_is_refused(packs: Path) -> None:
    for file in ("eligibility", "contribution", "benefits"):
        (packs / "jiaxing-2008" / f"{file}.yaml").unlink()
    with pytest.raises(PackError) as refused:
        load_scheme("jiaxing-2008", None, packs)
    assert str(refused.value) == (
        "jiaxing-2008/scheme.yaml: The pack has no rules. "
        "Add one of these files: benefits.yaml, contribution.yaml, eligibility.yaml."
    )


READERS = ("benefits", "figures", "values", "benefit_checks")


def _marked(module: str) -> set[str]:
    """The sentences that a module of the engine can refuse with."""
    tree = ast.parse((Path(reading.__file__).parent / f"{module}.py").read_text(encoding="utf-8"))
    calls = (each for each in ast.walk(tree) if isinstance(each, ast.Call) and getattr(each.func, "id", "") == "N_")
    return {ast.literal_eval(each.args[0]) for each in calls}


def test_every_sentence_that_the_readers_can_refuse_with_has_a_case(packs: Path) -> None:
    """A sentence that no case brings forth may be wrong, or never said."""
    said = set()
    for fault in FAULTS:
        scheme = fault.get("scheme", "jiaxing-2008")
        path = packs / scheme / fault["file"]
        text = path.read_text(encoding="utf-8")
        spoilt = {"*": fault["new"], "": text + fault["new"]}.get(
            fault["old"], text.replace(fault["old"], fault["new"])
        )
        path.write_text(spoilt, encoding="utf-8")
        forget_schemes()
        with pytest.raises(PackError) as refused:
            load_scheme(scheme, fault.get("county", "demo"), packs)
        said.add(refused.value.template)
        path.write_text(text, encoding="utf-8")
    forget_schemes()
    assert set().union(*map(_marked, READERS)) - said == set()
