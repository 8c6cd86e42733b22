"""A form that is compared with ours is a form: it refuses what is no answer, and ends with the right amounts."""

import pytest

from benchmarks import forms
from benchmarks.peers.form import LEVELS, QUESTIONS, REFUSAL, Stay

PEERS = {"python-telegram-bot, ConversationHandler": "telegram", "aiogram-dialog": "aiogram_dialog"}
EVERY_LEVEL = [Stay(level, 2345 + 1000 * place, 10 + 20 * place) for place, level in enumerate(LEVELS)]


async def opened(name):
    """A form and how it is spoken to; skips where it is a peer's that is not installed."""
    if name in PEERS:
        pytest.importorskip(PEERS[name], reason="The peers are not installed and not checked: run `make bench` first")
    opening, says = forms.ENTRANTS[name]
    return await opening(), says


@pytest.mark.parametrize("name", forms.ENTRANTS)
async def test_every_form_ends_with_the_amounts_worked_out_by_hand(name):
    assistant, says = await opened(name)
    for stay in EVERY_LEVEL:
        await assistant.begin()
        answers = [await assistant.answer(assistant.message(text)) for text in says(stay)]
        assert answers[-1].startswith(stay.conclusion())


@pytest.mark.parametrize("name", PEERS)
async def test_what_is_no_answer_is_refused_and_asked_again(name):
    assistant, says = await opened(name)
    await assistant.begin()
    for asked, text in zip(QUESTIONS, says(EVERY_LEVEL[0]), strict=True):
        assert await assistant.answer(assistant.message("今天天气真好")) == f"{REFUSAL}\n{asked.text}"
        assert REFUSAL not in await assistant.answer(assistant.message(text))


def test_a_peer_that_is_not_installed_is_left_out_and_the_table_says_so(monkeypatch):
    async def absent():
        raise ModuleNotFoundError

    monkeypatch.setattr(forms, "FORMS", 2)
    monkeypatch.setattr(forms, "ROUNDS", 1)
    monkeypatch.setattr(forms, "ENTRANTS", forms.ENTRANTS | dict.fromkeys(PEERS, (absent, Stay.answers)))
    table = forms.turns()
    assert [(row[0], row[-1]) for row in table.rows] == [(forms.OURS, "0"), (forms.OURS_IN_SENTENCES, "0")]
    assert "left out" in table.notes[-1]


def test_a_form_that_ends_otherwise_is_counted(monkeypatch):
    monkeypatch.setattr(forms, "FORMS", 2)
    monkeypatch.setattr(forms, "ROUNDS", 1)
    monkeypatch.setattr(forms, "ENTRANTS", {forms.OURS: forms.ENTRANTS[forms.OURS]})
    monkeypatch.setattr(Stay, "conclusion", lambda stay: "能报一切。")
    assert [row[-1] for row in forms.turns().rows] == ["2"]
