"""Tables on disk, CSV or Parquet by their ending, read and written in pieces so that no table is too long.

In CSV amounts are yuan with two decimals. In Parquet they are whole fen; text there is yuan as in CSV.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import polars as pl
from polars.exceptions import PolarsError
from polars.io.plugins import register_io_source

from bot.commands.options import refuse
from policy_engine.facts import FACTS

Result = TypeVar("Result")

ROWS_AT_ONCE = 200_000

_ENDINGS = (".csv", ".parquet")
_AMOUNTS = ("fund_pays", "person_pays", "total", *(name for name, fact in FACTS.items() if fact.kind == "money"))


class DataFile:
    """A table to be read. Refuses one that cannot be."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._csv = _ending(path) == ".csv"
        self._table = _reading(path, self._scanned)
        self.schema = _reading(path, self._table.collect_schema)

    def _scanned(self) -> pl.LazyFrame:
        if self._csv:  # as text throughout: what a number means is for the columns' facts to say
            return pl.scan_csv(self._path, infer_schema=False, glob=False)
        return pl.scan_parquet(self._path, glob=False)

    @property
    def rows(self) -> int | None:
        """How many rows it has, where the file says so."""
        return None if self._csv else int(_reading(self._path, self._table.select(pl.len()).collect).item())

    def pieces(self) -> Iterator[pl.DataFrame]:
        """The table, from the first row to the last."""
        found = iter(self._table.collect_batches(chunk_size=ROWS_AT_ONCE, maintain_order=True))
        while (piece := _reading(self._path, lambda: next(found, None))) is not None:
            yield piece


def write_table(path: Path, schema: Mapping[str, pl.DataType], pieces: Iterable[pl.DataFrame]) -> None:
    """Write the pieces as one table. The file is there only once it is whole; an older one is replaced."""
    csv = _ending(path) == ".csv"
    empty = pl.DataFrame(schema=schema)
    written = _as_text(empty) if csv else empty

    def source(*_: object) -> Iterator[pl.DataFrame]:
        yield from map(_as_text, pieces) if csv else pieces

    table = register_io_source(source, schema=written.schema)
    with _whole(path) as unfinished:
        if csv:
            table.sink_csv(unfinished)
        else:
            table.sink_parquet(unfinished)


def write_text(path: Path, text: str) -> None:
    """Write a text in UTF-8, likewise."""
    with _whole(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8", newline="\n")


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A file beside this one, which takes its place in the end. Refuses where that cannot be."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.touch()
    except OSError as error:
        refuse(f"{path} cannot be written ({error.strerror}). Name a file in a folder that this program may write to.")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _ending(path: Path) -> str:
    if path.suffix.lower() not in _ENDINGS:
        refuse(f"{path} is neither CSV nor Parquet by its name. Let it end in .csv or .parquet.")
    return path.suffix.lower()


def _reading(path: Path, read: Callable[[], Result]) -> Result:
    try:
        return read()
    except OSError as error:
        refuse(f"{path} cannot be read ({error.strerror or 'there is no such file'}). Name a file that is there.")
    except PolarsError as error:
        kind = "CSV in UTF-8, with a line of names first" if _ending(path) == ".csv" else "Parquet"
        refuse(f"{path} cannot be read as {kind} ({str(error).splitlines()[0]}). Save it so.")


def _as_text(piece: pl.DataFrame) -> pl.DataFrame:
    """The same as CSV has it: amounts in yuan, lists with a blank between."""
    return piece.with_columns(
        _yuan(name) if _is_amount(name, kind) else pl.col(name).cast(pl.List(pl.String)).list.join(" ")
        for name, kind in piece.schema.items()
        if _is_amount(name, kind) or isinstance(kind, pl.List)
    )


def _is_amount(name: str, kind: pl.DataType) -> bool:
    return kind.is_integer() and name.removesuffix("_low").removesuffix("_high") in _AMOUNTS


def _yuan(name: str) -> pl.Expr:
    fen = pl.col(name)
    return pl.concat_str((fen // 100).cast(pl.String), pl.lit("."), (fen % 100).cast(pl.String).str.zfill(2)).alias(
        name
    )
