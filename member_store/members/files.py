"""Files that were taken in, known by their digest: the same file again changes nothing."""

from __future__ import annotations

import json
from typing import Any

from sqlmodel import select

from member_store.members.records import Records
from member_store.tables.money import ImportedFile

PAYMENTS, SETTLEMENTS = "payments", "settlements"
"""Kinds of files."""


def known(records: Records, kind: str, digest: str) -> ImportedFile | None:
    """The file of this kind with this SHA-256, if it was taken in; whoever asks takes it in alone until they are done.

    Without this two imports of one file at the same moment would both find that it is new.
    """
    records.database.alone(records.connection, f"file {kind}")
    return records.session.exec(
        select(ImportedFile).where(ImportedFile.kind == kind, ImportedFile.digest == digest)
    ).first()


def take_in(records: Records, kind: str, digest: str, rows: int) -> ImportedFile:
    """Put down that a file is taken in; what became of its rows is written when that is known, by `report`."""
    found = records.add(
        ImportedFile(kind=kind, digest=digest, rows=rows, report="{}", imported_at=records.now),
    )
    records.record("file_imported", found, person_id=None, changes={"kind": kind, "digest": digest, "rows": rows})
    return found


def report(records: Records, file: ImportedFile, data: dict[str, Any]) -> None:
    """Keep what became of the rows of a file, as JSON data without anything personal."""
    file.report = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    records.session.flush()


def reported(file: ImportedFile) -> dict[str, Any]:
    """What `report` kept."""
    return dict(json.loads(file.report))
