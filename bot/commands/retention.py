"""`hebao retention`: delete what was kept for long enough. Meant for a timer, once a night."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.options import AsJson, Locale, catalogue_of, print_json, settings_of
from policy_engine.errors import N_

if TYPE_CHECKING:
    from bot.languages import Catalogue
    from member_store.members.retention import Outlived

retention = typer.Typer(no_args_is_help=True, help="How long personal data are kept.")

WORDS = {
    "people": N_("retention.people"),
    "enrolments": N_("retention.enrolments"),
    "doubts": N_("retention.doubts"),
    "hardship": N_("retention.hardship"),
    "former_values": N_("retention.former_values"),
    "conversations": N_("retention.conversations"),
    "deliveries": N_("retention.deliveries"),
    "reminders": N_("retention.reminders"),
}
"""What each kind of data is called."""

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say how many there are.")]


@retention.callback()
def _group() -> None:
    """Without this there would be one command, and no `apply` to say."""


@retention.command()
def apply(dry_run: DryRun = False, locale: Locale = None, as_json: AsJson = False) -> None:
    """Delete personal data that HEBAO_KEEP_ENDED_YEARS and HEBAO_KEEP_CONVERSATIONS_DAYS have outlived."""
    from bot.opening import open_store
    from member_store.members import retention as rules

    settings = settings_of()
    keep = rules.Keep(settings.keep_ended_years, settings.keep_conversations_days)
    with open_store(settings) as store:
        if dry_run:
            with store.reading_records(today=settings.today) as records:
                found = rules.count(records, keep)
        else:
            found = rules.apply(lambda: store.records(today=settings.today), keep)
    if as_json:
        print_json({"dry_run": dry_run, **found.counts, "held_up": found.held_up})
    else:
        typer.echo(as_text(found, dry_run, catalogue_of(locale)))


def as_text(found: Outlived, dry_run: bool, words: Catalogue) -> str:
    """What was deleted, or would be, a line each."""
    lines = [words("retention.would") if dry_run else words("retention.done")]
    lines += [words("retention.line", what=words(WORDS[kind]), count=count) for kind, count in found.counts.items()]
    if found.held_up:
        lines.append(words("retention.held_up", count=found.held_up))
    return "\n".join(lines)
