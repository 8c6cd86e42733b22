"""The peers agree with our engine, or the table says how often they do not. `make bench` brings the peers."""

import pytest

pytest.importorskip("numpy", reason="The peers are not installed and not checked: run `make bench` first")
pytest.importorskip("openfisca_core", reason="The peers are not installed and not checked: run `make bench` first")
pytest.importorskip("zen", reason="The peers are not installed and not checked: run `make bench` first")

from benchmarks.peers import comparison, contest

FLOATS = "OpenFisca, money as floats"


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(contest, "SECONDS", 0.001)
    monkeypatch.setattr(comparison, "EVERYBODY", 2000)
    monkeypatch.setattr(comparison, "MANY", 1000)
    monkeypatch.setattr(comparison, "FEW", 200)


@pytest.mark.usefixtures("small")
def test_all_give_the_same_estimates_but_for_floats():
    table = comparison.estimates()
    unlike = {row[0]: int(row[-1]) for row in table.rows}
    assert unlike.pop(FLOATS) > 0
    assert set(unlike.values()) == {0}
    assert any(FLOATS in note and "otherwise" in note for note in table.notes)


@pytest.mark.usefixtures("small")
def test_all_give_the_same_decisions():
    table = comparison.decisions()
    assert {row[-1] for row in table.rows} == {"0"}
    assert {"numpy by hand", "OpenFisca", "zen-engine"} <= {row[0] for row in table.rows}
