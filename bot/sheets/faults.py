"""What is wrong with a table: a message of the catalogues with its particulars and its place in the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialogs.context import Words


@dataclass(frozen=True)
class Fault:
    """One thing that somebody has to put right in a table.

    `message` is the id of a message that says what is wrong and what to do next, `params` fill its placeholders; they
    never hold what stands in a cell. `row` is the number that Excel or a text editor shows at the row, `column` the
    heading as it stands in the table; either is None where the fault has no such place.
    """

    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    row: int | None = None
    column: str | None = None

    def at(self, row: int | None, column: str | None) -> Fault:
        """The same fault at a place in the table."""
        return replace(self, row=row, column=column)

    def said(self, words: Words) -> str:
        """The whole sentence in the reader's language, its place first."""
        sentence = words(self.message, **self.params)
        if self.row is None and self.column is None:
            return sentence
        if self.column is None:
            return words("sheet.at.row", row=self.row, sentence=sentence)
        if self.row is None:
            return words("sheet.at.column", column=self.column, sentence=sentence)
        return words("sheet.at.cell", row=self.row, column=self.column, sentence=sentence)

    def __str__(self) -> str:
        place = [f"{name} {value}" for name, value in (("row", self.row), ("column", self.column)) if value is not None]
        return " ".join([self.message, *place])


class SheetError(Exception):
    """A table that cannot be read or written as a whole.

    `where` is the name of its file, `fault` what is wrong with it. `str(error)` is for logs, `said` for people.
    """

    def __init__(self, where: str, fault: Fault) -> None:
        super().__init__(f"{where}: {fault}")
        self.where = where
        self.fault = fault

    def said(self, words: Words) -> str:
        """What is wrong, where, and what to do next, in the reader's language."""
        return f"{self.where}: {self.fault.said(words)}"


class CellError(ValueError):
    """A text that is not what its column holds. `fault` says why; `Fault.at` puts it in its place."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.fault = Fault(message, params)

    def said(self, words: Words) -> str:
        """What is wrong and what to write instead, in the reader's language."""
        return self.fault.said(words)
