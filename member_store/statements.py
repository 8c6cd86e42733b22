"""Statements of the hot turn: written on the tables, put into SQL once, then given straight to the driver.

SQLAlchemy's own way costs some 40 µs a statement, more than SQLite takes to do it, and a turn has six of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.types import TypeEngine
from sqlmodel import UTCDateTime

_Convert = Callable[[Any], Any]


_CONVERSIONS: dict[tuple[str, str], _Convert] = {}
"""How each kind of moment is written for each database, by the kind and the dialect."""


class Statement:
    """One statement. Its parameters are the `bindparam`s that it has, and `columns`, those that it sets.

    Runs in the transaction of the connection that it is given. What the driver raises is turned into a StoreError where
    that transaction ends.
    """

    def __init__(self, statement: Select[Any] | Insert | Update | Delete, columns: Sequence[str] = ()) -> None:
        self._statement = statement
        self._columns = list(columns)
        self._prepared: dict[str, _Prepared] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> None:
        """Do it, for one set of values."""
        prepared = self._for(connection.dialect)
        _cursor(connection).execute(prepared.sql, prepared.parameters(values))

    def run_all(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Do it for each of several sets of values."""
        prepared = self._for(connection.dialect)
        _cursor(connection).executemany(prepared.sql, [prepared.parameters(each) for each in rows])

    def first(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row that it finds or, with `returning`, makes; None for none. A tuple in the order of columns."""
        prepared = self._for(connection.dialect)
        cursor = _cursor(connection)
        row = cursor.execute(prepared.sql, prepared.parameters(values)).fetchone()
        cursor.close()  # SQLite begins no commit while a statement is half read
        return None if row is None else prepared.row(row)

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Every row that it finds."""
        prepared = self._for(connection.dialect)
        return [prepared.row(each) for each in _cursor(connection).execute(prepared.sql, prepared.parameters(values))]

    def _for(self, dialect: Dialect) -> _Prepared:
        known = self._prepared.get(dialect.name)
        if known is None:
            known = self._prepared[dialect.name] = _prepared(self._statement, self._columns, dialect)
        return known


@dataclass(frozen=True)
class _Prepared:
    """A statement in the words of one database."""

    sql: str
    names: tuple[tuple[str, _Convert | None], ...]
    by_name: bool
    results: tuple[tuple[int, _Convert], ...]

    def parameters(self, values: Mapping[str, Any]) -> Any:
        found = [convert(values[name]) if convert else values[name] for name, convert in self.names]
        return {name: value for (name, _), value in zip(self.names, found, strict=True)} if self.by_name else found

    def row(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        if not self.results:
            return row
        values = list(row)
        for place, convert in self.results:
            values[place] = convert(values[place])
        return tuple(values)


def _prepared(statement: Select[Any] | Insert | Update | Delete, columns: list[str], dialect: Dialect) -> _Prepared:
    compiled: Any = statement.compile(dialect=dialect, column_keys=columns or None)
    by_name = compiled.positiontup is None
    names = list(compiled.binds) if by_name else compiled.positiontup
    fixed = [name for name in names if not compiled.binds[name].required and name not in columns]
    if fixed:
        raise ValueError(f"A statement of the hot turn holds values of its own: {fixed}")
    selected = statement.selected_columns if isinstance(statement, Select) else statement.exported_columns
    results = [
        (place, convert)
        for place, column in enumerate(selected)
        if (convert := _implementation(column.type, dialect).result_processor(dialect, None)) is not None
    ]
    converts = tuple((name, _conversion(compiled.binds[name].type, dialect)) for name in names)
    return _Prepared(compiled.string, converts, by_name, tuple(results))


def _conversion(kind: TypeEngine[Any], dialect: Dialect) -> _Convert | None:
    convert = _implementation(kind, dialect).bind_processor(dialect)
    if convert is None or not isinstance(kind, UTCDateTime):
        return convert
    # A turn writes its moment into several columns, and to write it out takes as long as a look-up in the database.
    return _CONVERSIONS.setdefault((repr(kind), dialect.name), lru_cache(maxsize=8)(convert))


def _implementation(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)


def _cursor(connection: Connection) -> Any:
    return connection.connection.cursor()
