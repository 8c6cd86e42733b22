"""Nothing personal in clear: the files of SQLite as bytes, and every row of PostgreSQL."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from member_store.members.people import Personal
from member_store.store import Store
from tests.member_store.members.filled import MOTHER, NAME, NUMBER, PERSONAL, fill


def spellings(secret: str) -> Iterator[bytes]:
    """The bytes that would give it away, in every encoding that somebody may have written it in."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
        yield secret.encode(encoding)
    yield json.dumps(secret)[1:-1].encode()
    yield json.dumps(secret)[1:-1].upper().replace("\\U", "\\u").encode()
    yield secret.encode().hex().encode()
    for shift in range(3):
        # Base64 looks different by where in a triple it begins; the ends depend on what is around it.
        code = base64.b64encode(b"\0" * shift + secret.encode())
        inside = code[4 if shift else 0 : len(code) // 4 * 4 - 4]
        yield inside
        yield inside.translate(bytes.maketrans(b"+/", b"-_"))


def given_away(content: bytes) -> set[str]:
    return {secret for secret in PERSONAL if any(each in content for each in spellings(secret))}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "gb18030"])
def test_the_search_finds_what_is_there(encoding):
    for around in ("", "x", "xy"):
        assert given_away(f"{around}{NAME},".encode(encoding)) == {NAME}
        assert NAME in given_away(base64.b64encode(f"{around}{NAME}{around}".encode()))
    assert given_away(json.dumps({"mother": MOTHER}).encode()) == {MOTHER}
    assert NUMBER in given_away(f'{{"number":"{NUMBER}"}}'.encode())


def test_the_files_of_sqlite_hold_nothing_personal_while_open_and_when_closed(sqlite_path: Path, key):
    with Store.open(f"sqlite:///{sqlite_path}", key) as store:
        fill(store)
        files = {path.name: path.read_bytes() for path in sqlite_path.parent.iterdir()}
    files["closed"] = sqlite_path.read_bytes()
    assert set(files) == {"members.db", "members.db-wal", "members.db-shm", "closed"}
    assert b"hardship_disabled" in files["members.db-wal"]
    assert b"hardship_disabled" in files["closed"]
    assert {name: found for name, content in files.items() if (found := given_away(content))} == {}


def test_no_row_of_any_table_holds_anything_personal(store: Store):
    fill(store)
    seen = 0
    with store.reading_records() as records:
        for table in SQLModel.metadata.tables.values():
            for row in records.connection.execute(table.select()):
                seen += 1
                assert given_away(json.dumps([str(value) for value in row], ensure_ascii=False).encode()) == set(), (
                    table
                )
    assert seen > 50


def test_nothing_personal_shows_in_a_repr(store: Store):
    filled = fill(store)
    personal = Personal(NAME, "resident_identity_card", NUMBER)
    with store.reading_records() as records:
        assert given_away(repr([records, personal, filled]).encode()) == set()
