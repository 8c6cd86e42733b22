"""The files themselves: found in every folder, written in their place, to be read by people."""

from __future__ import annotations

from pathlib import Path

from tests.transcripts.transcript import FOLDER, Expected, Transcript, transcripts, write


def test_a_file_is_called_by_its_folder_and_written_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "hostile").mkdir()
    written = Transcript("hostile/turned", "turned", (Expected("没\u200b有\u202e", asks="none", shows=("7,020元",)),))
    write(written, written.turns, tmp_path)
    assert transcripts(tmp_path) == (written,)
    assert r'say: "没\U0000200B有\U0000202E"' in (tmp_path / "hostile/turned.yaml").read_text("utf-8")


def test_every_conversation_is_in_a_folder_that_the_readme_explains() -> None:
    explained = (FOLDER / "README.md").read_text("utf-8")
    folders = {each.file.rpartition("/")[0] for each in transcripts()}
    assert {folder for folder in folders if f"| `{folder}` |" not in explained} == set()
