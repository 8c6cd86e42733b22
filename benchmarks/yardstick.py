"""Other people's programs beside ours, from the notes that the stack was chosen by, where the comparison is honest."""

from __future__ import annotations

from benchmarks.timing import Table

_BESIDE = (
    (
        "The store, a second",
        "turns, one thread",
        "SQLModel, one writer thread, 32 at once, nothing else done",
        "1,081/s",
    ),
    ("The store, a second", "turns, one thread", "SQLAlchemy Core, 32 at once, nothing else done", "4,785/s"),
)


def yardstick(tables: list[Table]) -> Table:
    """Our median beside theirs."""
    medians = {(table.title, row[0]): row[2] for table in tables for row in table.rows if len(row) > 2}
    rows = tuple((ours, f"{medians[title, ours]}/s", theirs, figure) for title, ours, theirs, figure in _BESIDE)
    notes = (
        "The stack notes were measured on another day on a machine of the same kind. Their store does the same "
        "statements (2 reads, 1 update, 2 inserts, commit) on plain text; ours understands the message, answers it and "
        "encrypts every row inside that time. Their HTTP figures are echoes and are left out.",
    )
    return Table("Beside the stack notes", ("ours", "median", "stack notes", "figure"), rows, notes)
