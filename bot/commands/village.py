"""`hebao import residents`, `hebao export` and `hebao participation`: a village and its list of residents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.commands.options import (
    AsJson,
    CountyName,
    Locale,
    catalogue_of,
    print_json,
    refuse,
    settings_of,
)
from policy_engine.errors import N_

if TYPE_CHECKING:
    from bot.languages import Catalogue
    from bot.settings import Settings
    from member_store.members.records import Records
    from member_store.store import Store
    from member_store.tables.access import StaffUser

Login = Annotated[str, typer.Option("--as", metavar="LOGIN", help="The member of staff who does it.")]
CommunityName = Annotated[str | None, typer.Option(help="The village or community.")]
Year = Annotated[int | None, typer.Option(min=2000, max=2100, help="The contribution year; this year if not given.")]
ListName = Annotated[
    Literal["unpaid", "enrolled", "doubtful", "not-enrolled"],
    typer.Argument(metavar="LIST", help="unpaid, enrolled, doubtful or not-enrolled."),
]

_REFUSALS = (
    N_("refused.no_community"),
    N_("refused.no_county"),
    N_("refused.no_staff"),
    N_("refused.other_community"),
    N_("refused.not_your_role"),
)


def add_village(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    group(app, "import", "Tables taken in.").command("residents")(residents)
    app.command("export")(export)
    app.command("participation")(participation)


def group(app: typer.Typer, name: str, about: str) -> typer.Typer:
    """The group of commands of this name, which is added where it is not there."""
    for each in app.registered_groups:
        if each.name == name and each.typer_instance is not None:
            return each.typer_instance
    found = typer.Typer(no_args_is_help=True, help=about)
    app.add_typer(found, name=name)
    return found


def residents(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The list of residents: .xlsx or .csv.")],
    login: Login,
    county: CountyName = None,
    community: CommunityName = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come of it, and change nothing.")] = False,
    locale: Locale = None,
    as_json: AsJson = False,
) -> None:
    """Take in a list of residents: who lives there, against whom participation is counted. It enrols nobody."""
    from bot.commands.village_words import imported_json, imported_text
    from bot.members.residents_import import import_residents, place_of
    from bot.members.residents_rows import COLUMNS, REQUIRED
    from bot.sheets.reading import read_sheet

    words, settings = catalogue_of(locale), settings_of()
    with _said(words):
        sheet = read_sheet(file, COLUMNS, REQUIRED)
        found = None
        try:
            with _store(settings) as store, _staff(store, settings, login) as (records, member):
                place = place_of(records, member, county or _own_county(settings, member), community)
                found = import_residents(records, member, sheet, place)
                if dry_run:
                    raise _DryRunError
        except _DryRunError:
            pass
    if found is None:
        return
    if as_json:
        print_json(imported_json(found, file, dry_run))
    else:
        typer.echo(imported_text(found, dry_run, words))


def export(
    which: ListName,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where it goes: .xlsx or .csv.")],
    login: Login,
    county: CountyName = None,
    community: CommunityName = None,
    year: Year = None,
    full: Annotated[bool, typer.Option("--full", help="Identity numbers in full, for the office only.")] = False,
    locale: Locale = None,
    as_json: AsJson = False,
) -> None:
    """Write a list of a community into a table: who has not paid, is enrolled, is in doubt or is not enrolled."""
    from bot.members.village_lists import community_of, write_list
    from member_store.errors import StoreError

    words, settings = catalogue_of(locale), settings_of()
    written = False
    try:
        with _said(words), _store(settings) as store, _staff(store, settings, login) as (records, member):
            place = community_of(records, member, county or _own_county(settings, member), community)
            wanted = year or settings.now.year
            count = write_list(records, member, which, place, wanted, file, words, full=full)
            written, name = True, place.name
    except StoreError:
        # Nobody has a list of which it is not on record who took it.
        if written:
            file.unlink(missing_ok=True)
        raise
    if as_json:
        print_json({"list": which, "community": name, "year": wanted, "people": count, "file": str(file), "full": full})
    else:
        typer.echo(words("lists.written", count=count, community=name, file=file))


def participation(county: CountyName = None, year: Year = None, locale: Locale = None, as_json: AsJson = False) -> None:
    """How many residents are enrolled in each community, beside the document's targets, and where it is too few."""
    from bot.commands.village_words import participation_json, participation_text
    from bot.members.targets import targets_of
    from member_store.members.participation import counties, of_county

    words, settings = catalogue_of(locale), settings_of()
    scheme, wanted = settings.rules(None), year or settings.now.year
    targets = targets_of(scheme)
    named = county or settings.county
    if named is not None:
        settings.rules(named)
    with _said(words), _store(settings) as store, store.reading_records(today=settings.now) as records:
        places = {each: of_county(records, each, wanted) for each in ([named] if named else counties(records))}
    if as_json:
        print_json(participation_json(places, targets, wanted))
        return
    names = {each: words.source(overlay.name) for each, overlay in scheme.counties.items()}
    tables = [
        participation_text(names.get(each, each), wanted, found, targets, words) for each, found in places.items()
    ]
    typer.echo("\n\n".join(tables) or words("participation.nobody"))


# -- who does it ------------------------------------------------------------------------------------------------------


class _DryRunError(Exception):
    """Everything was done; now undo it."""


@contextmanager
def _said(words: Catalogue) -> Iterator[None]:
    """Leave with one sentence where something is refused or a table cannot be used."""
    from bot.sheets.faults import SheetError
    from member_store.members.refusals import Refusal

    try:
        yield
    except SheetError as error:
        refuse(error.said(words))
    except Refusal as refusal:
        name = f"refused.{refusal.code}"
        refuse(words(name, **refusal.details) if words.has(name) else str(refusal))


def _store(settings: Settings) -> Store:
    from bot.opening import open_store

    return open_store(settings)


@contextmanager
def _staff(store: Store, settings: Settings, login: str) -> Iterator[tuple[Records, StaffUser]]:
    """A transaction in which a member of staff acts."""
    from member_store.members import staff

    with store.records(today=settings.now) as records:
        member = staff.by_login(records, login)
        records.actor = staff.actor(member, "command")
        yield records, member


def _own_county(settings: Settings, member: StaffUser) -> str | None:
    """The county of the installation, for those who are of no county themselves."""
    return None if member.county is not None else settings.county
