"""`hebao policy batch` and `hebao policy simulate`: the rules over whole tables of people."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from bot.commands.options import (
    AsJson,
    CountyName,
    Locale,
    OnDay,
    SchemeName,
    catalogue_of,
    print_json,
    refuse,
    settings_of,
)

if TYPE_CHECKING:
    import datetime

    import polars as pl

    from policy_engine.parameters import Figure
    from policy_engine.scheme import Scheme

Asked = Annotated[
    Literal["eligibility", "contribution", "estimate"],
    typer.Argument(metavar="WHAT", help="eligibility, contribution or estimate."),
]
TableIn = Annotated[Path, typer.Argument(metavar="IN", help="A table of people, one a row: .csv or .parquet.")]
TableOut = Annotated[Path, typer.Argument(metavar="OUT", help="Where the same goes with the answers beside it.")]
Kept = Annotated[list[str] | None, typer.Option("--keep", metavar="COLUMN", help="A column that is no fact.")]
Changed = Annotated[
    list[str] | None,
    typer.Option("--change", metavar="PARAMETER=VALUE", help="A figure to change; several may be given."),
]


class _Rules(NamedTuple):
    """The rules that were asked for: of each county, on which day, and where they come from."""

    of: Callable[[str | None], Scheme]
    day: datetime.date
    named: dict[str, Any]


def add_batch(app: typer.Typer) -> None:
    """Add both commands to the command line."""
    app.command("batch")(batch)
    app.command("simulate")(simulate)


def batch(
    what: Asked,
    source: TableIn,
    target: TableOut,
    scheme: SchemeName = None,
    county: CountyName = None,
    on: OnDay = None,
    keep: Kept = None,
    ask: Annotated[bool, typer.Option(help="Name the first fact to ask for, where an estimate is open.")] = True,
    locale: Locale = None,
    as_json: AsJson = False,
) -> None:
    """Ask one question about everybody in a table: CSV or Parquet in, CSV or Parquet out.

    Without --county each row goes by the rules of the county that it names.
    """
    _need_polars()
    from bot.commands.datafiles import DataFile, write_table
    from policy_engine.batch import Run

    rules, table = _rules(scheme, county, on), DataFile(source)
    run = Run(rules.of, what, rules.day, keep=keep or (), ask=ask)
    answered = run.answer(table.schema.to_frame()).schema
    twice = next((name for name in answered if name in table.schema), None)
    if twice is not None:
        refuse(f"{source} has a column {twice} already, which an answer comes under. Rename it there.")
    answers = (piece.hstack(run.answer(piece)) for piece in _counted(table.pieces(), table.rows))
    write_table(target, {**table.schema, **answered}, answers)
    if as_json:
        print_json({"out": str(target), "rows": run.rows, "singly": run.singly, **rules.named})
        return
    words = catalogue_of(locale)
    typer.echo(words("batch.done", rows=f"{run.rows:,}", file=target))
    if run.singly:
        typer.echo(words("batch.singly", rows=f"{run.singly:,}"))


def simulate(
    population: Annotated[
        Path | None,
        typer.Argument(metavar="POPULATION", help="A table of bills, .csv or .parquet; invented ones if not given."),
    ] = None,
    change: Changed = None,
    scheme: SchemeName = None,
    county: CountyName = None,
    on: OnDay = None,
    keep: Kept = None,
    bills: Annotated[int, typer.Option(min=1, max=10_000_000, help="How many invented bills.")] = 100_000,
    seed: Annotated[int, typer.Option(help="Which invented bills.")] = 2008,
    chart: Annotated[Path | None, typer.Option(metavar="FILE.svg", help="Where to draw it.")] = None,
    locale: Locale = None,
    as_json: AsJson = False,
) -> None:
    """What a change of the rules costs the fund and whom it helps: every bill of a population before and after it."""
    _need_polars()
    from bot.commands.datafiles import DataFile, write_text
    from bot.commands.invented import invented_bills
    from bot.commands.simulated import Simulated, simulated_chart, simulated_text
    from policy_engine.batch.simulation import Comparing
    from policy_engine.changing import changed

    rules, changes = _rules(scheme, county, on), _changes(change or [])
    after = functools.cache(lambda named: changed(rules.of(named), changes))
    figures = list(_figures(rules.of(None), after(None), changes, rules.day))
    comparing = Comparing(rules.of, after, rules.day, keep=keep or ())
    table = DataFile(population) if population is not None else None
    pieces = table.pieces() if table is not None else invented_bills(bills, seed)
    for piece in _counted(pieces, table.rows if table is not None else bills):
        comparing.add(piece)
    found = Simulated(comparing.result(), rules.of(None), figures, comparing.rows, population, seed, rules.named)
    words = catalogue_of(locale)
    if chart is not None:
        write_text(chart, simulated_chart(found, words))
    if as_json:
        print_json(found.to_dict())
    else:
        typer.echo(simulated_text(found, words))


def _need_polars() -> None:
    try:
        import polars  # noqa: F401
    except ModuleNotFoundError:
        refuse("Polars, which works whole tables out, is not installed. Install hebao[batch].")


def _rules(scheme: str | None, county: str | None, on: str | None) -> _Rules:
    from policy_engine.batch import only_of
    from policy_engine.facts import parse_date

    settings = settings_of(scheme=scheme)
    asked = county or settings.county
    of = only_of(asked, settings.rules)
    base = of(None)
    day = base.on(parse_date(on, "on") if on else None, settings.now)
    return _Rules(of, day, {"scheme": base.id, "county": asked, "version": base.version, "on": day.isoformat()})


def _changes(given: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in given:
        name, equals, value = map(str.strip, each.partition("="))
        if not equals:
            refuse(f"--change {each} names no value. Write it like --change inpatient.ratio.county=51%.")
        if name in found:
            refuse(f"--change {name} is given twice. Give it once.")
        found[name] = value
    if not found:
        refuse("Nothing is changed. Give --change, for example --change inpatient.ratio.county=51%.")
    return found


def _figures(
    before: Scheme, after: Scheme, changes: Mapping[str, str], day: datetime.date
) -> Iterator[tuple[Figure, Figure]]:
    from policy_engine.parameters import Values

    for name in changes:
        yield Values(before, day).figure(name), Values(after, day).figure(name)


def _counted(pieces: Iterable[pl.DataFrame], total: int | None) -> Iterator[pl.DataFrame]:
    """The pieces; while they take long, a line on stderr says how far it has got."""
    begun = said = time.monotonic()
    done = 0
    for piece in pieces:
        yield piece
        done += piece.height
        now = time.monotonic()
        if now - said >= _SAY_EVERY and done != total:
            share = f" ({done / total:.0%})" if total else ""
            typer.echo(f"hebao: {done:,} rows{share}, {done / (now - begun):,.0f} a second", err=True)
            said = now


_SAY_EVERY = 2.0
"""Seconds."""
