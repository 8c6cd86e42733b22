"""What a command stands for: the words that a person could as well have typed, so that it works in every state."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.languages import catalogue, negotiate
from dialogs.arrivals import Event
from dialogs.context import N_
from dialogs.members.codes import read_code

START = "start"

COMMANDS: dict[str, tuple[str, str]] = {
    "help": (N_("say.help"), N_("telegram.command.help")),
    "join": (N_("goal.eligibility"), N_("telegram.command.join")),
    "cost": (N_("goal.contribution"), N_("telegram.command.cost")),
    "paid": (N_("goal.estimate"), N_("telegram.command.paid")),
    "compare": (N_("goal.compare_hospitals"), N_("telegram.command.compare")),
    "enrol": (N_("goal.enrol"), N_("telegram.command.enrol")),
    "status": (N_("say.status"), N_("telegram.command.status")),
    "back": (N_("say.back"), N_("telegram.command.back")),
    "cancel": (N_("say.cancel"), N_("telegram.command.cancel")),
    "restart": (N_("say.restart"), N_("telegram.command.restart")),
    "person": (N_("say.human"), N_("telegram.command.person")),
}
"""Each command with the message that it says and the one that explains it in the app's list of commands."""

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{1,64}))?(?:\s+(.*))?", re.DOTALL)
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
"""What a deep link may carry (https://core.telegram.org/bots/features#deep-linking)."""
_COUNTY = re.compile(r"county-([a-z0-9-]{1,57})")


@dataclass(frozen=True)
class Said:
    """What a message says to the dialogue: words, or that somebody has come."""

    text: str
    event: Event = Event.SAID


@dataclass(frozen=True)
class Command:
    """A command as it was written: `name` in lower case, the bot that it is for (None: any), and the rest."""

    name: str
    bot: str | None
    rest: str


def read_command(text: str) -> Command | None:
    """The command that a message is; None for anything else."""
    found = _COMMAND.fullmatch(text.strip())
    return Command(found[1].lower(), found[2], (found[3] or "").strip()) if found else None


def wanted(language_code: str | None) -> str | None:
    """The language that the person's app is set to, as one of ours; None where there is none such.

    Then their own words show which they would rather have.
    """
    code = (language_code or "").lower().replace("_", "-")
    locale = negotiate(code)
    return locale if code.split("-")[0] == locale.lower().split("_")[0] else None


def said(text: str, language_code: str | None, counties: Collection[str]) -> Said:
    """What a text says, where these counties are on offer.

    A command that there is not asks for help, as whoever tries one has lost the way.
    """
    command = read_command(text)
    if command is None:
        return Said(text)
    if command.name == START:
        return _started(command.rest, counties)
    message, _ = COMMANDS.get(command.name, COMMANDS["help"])
    return Said(catalogue(negotiate(wanted(language_code)))(message))


def _started(payload: str, counties: Collection[str]) -> Said:
    """What somebody says who came by a link: a code, or where they live; anything else only brings them here."""
    if _PAYLOAD.fullmatch(payload):
        if code := read_code(payload):
            return Said(f"{code[:4]}-{code[4:]}")
        if (county := _COUNTY.fullmatch(payload)) and county[1] in counties:
            return Said(county[1])
    return Said("", Event.ARRIVED)
