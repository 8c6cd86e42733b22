"""Many rows at once, into tables that refer to one another: their ids are known before they are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Dialect, Table, func, select, text
from sqlmodel import SQLModel

from member_store.members.records import Records

_AT_ONCE = 5_000
_CACHE_KIB = 512 * 1024
"""Identity hashes are random, so their index is written all over: with less memory every row waits for the disk."""


class Bulk:
    """Writes rows of these tables within one transaction, of which it holds up everybody else who writes to them.

    Call `finish` before the transaction ends.
    """

    def __init__(self, records: Records, models: Sequence[type[SQLModel]]) -> None:
        self._connection = records.connection
        self._postgresql = records.connection.dialect.name == "postgresql"
        self._targets = {each: _Target(each, records.connection.dialect) for each in models}
        if self._postgresql:
            names = ", ".join(f'"{each.table.name}"' for each in self._targets.values())
            self._connection.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))
        else:
            self._connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE_KIB}")
        for target in self._targets.values():
            target.last = int(self._connection.scalar(select(func.max(target.table.c.id))) or 0)

    def add(self, model: type[SQLModel], row: dict[str, Any]) -> int:
        """Write a row, with a value for every column but the id, before `finish` returns. Its id."""
        target = self._targets[model]
        key = target.add(row)
        if len(target.waiting) >= _AT_ONCE:
            self._write()
        return key

    def finish(self) -> None:
        """Write what is left, and let the ids that the database gives go on from there."""
        self._write()
        if not self._postgresql:
            self._connection.exec_driver_sql("PRAGMA cache_size=-2000")
            return
        for target in self._targets.values():
            sequence = func.pg_get_serial_sequence(f'"{target.table.name}"', "id")
            self._connection.execute(select(func.setval(sequence, max(1, target.last), target.last > 0)))

    def _write(self) -> None:
        # In the order of the tables, so that a row is there before another refers to it.
        for target in self._targets.values():
            if target.waiting:
                self._connection.exec_driver_sql(target.insert, target.waiting)
                target.waiting = []


class _Target:
    """One table, its rows that wait, and how they are handed to the driver.

    SQLAlchemy would look at every row by name and at every value by type, which costs more than writing it does.
    """

    def __init__(self, model: type[SQLModel], dialect: Dialect) -> None:
        self.table: Table = SQLModel.metadata.tables[str(model.__tablename__)]
        positional: Any = type(dialect)
        style = "qmark" if dialect.name == "sqlite" else "format"
        compiled: Any = self.table.insert().compile(dialect=positional(paramstyle=style))
        names = list(compiled.positiontup)
        self.insert = str(compiled)
        self.waiting: list[tuple[Any, ...]] = []
        self.last = 0
        self._values: Callable[[dict[str, Any]], tuple[Any, ...]] = itemgetter(*names)
        self._written: list[tuple[int, Callable[[Any], Any], dict[Any, Any]]] = []
        for place, name in enumerate(names):
            processor = self.table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
            if processor is not None:
                # Only days, moments and choices need it, of which there are few.
                self._written.append((place, processor, {None: None}))

    def add(self, row: dict[str, Any]) -> int:
        self.last = row["id"] = self.last + 1
        values = list(self._values(row))
        for place, processor, known in self._written:
            value = values[place]
            if value not in known:
                known[value] = processor(value)
            values[place] = known[value]
        self.waiting.append(tuple(values))
        return self.last
