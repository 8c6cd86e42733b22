"""CSV as village offices and banks send it: in UTF-8, UTF-16 or GB18030, with commas, semicolons or tabs."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence

from bot.sheets.tables import COLUMNS, Refused, Table
from policy_engine.errors import N_

DELIMITERS = ",;\t"
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def tables(data: bytes, name: str) -> tuple[Table, ...]:
    """The table once for each delimiter that it may have; the headings tell which is right.

    Raises Refused for bytes that are no text; reading the records raises it for a quotation mark that is not closed.
    """
    text = _decoded(data)
    return tuple(Table(name, _Records(text, delimiter), ragged=True) for delimiter in DELIMITERS)


def _decoded(data: bytes) -> str:
    # GB18030 finds a meaning in almost all bytes, UTF-8 only in its own: so UTF-8 has the first say.
    encodings = ["utf-16"] if data.startswith(_WIDE) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Refused(N_("sheet.file.no_table"))


class _Records:
    """The records of a text, from the first again each time they are asked for."""

    def __init__(self, text: str, delimiter: str) -> None:
        self._text = text
        self._delimiter = delimiter

    def __iter__(self) -> Iterator[tuple[int, Sequence[object]]]:
        reader = csv.reader(io.StringIO(self._text, newline=""), delimiter=self._delimiter, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error:
                raise Refused(N_("sheet.file.quotes"), line) from None
            if cells is None:
                return
            while len(cells) > COLUMNS and not cells[-1].strip():
                cells.pop()
            if len(cells) > COLUMNS:
                raise Refused(N_("sheet.file.columns"), line, most=COLUMNS)
            yield line, cells
