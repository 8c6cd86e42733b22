"""The particulars: what enrolment and the other acts ask for besides the facts that rules go by, and how."""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.context import N_

CONSENT_WORDING = "2026-11"
"""The version of the words of `ask.consent`. Change it whenever their meaning changes."""

REMINDERS_WORDING = "2026-11"
"""The version of the words by which somebody agrees to be reminded: `ask.reminders` and `reminders.wanted`."""


@dataclass(frozen=True)
class Particular:
    """One thing that is asked for.

    `ask` has variants `.self` and `.other` where a language needs both. `choices` pairs each value with its label.
    `needed`: without it the act cannot go on; else it can be skipped. `free`: it is typed, not picked.
    """

    ask: str
    help: str
    choices: tuple[tuple[str, str], ...] = ()
    needed: bool = True
    free: bool = False


PARTICULARS: dict[str, Particular] = {
    "consent": Particular(
        N_("ask.consent"), N_("help.consent"), (("yes", N_("label.agree")), ("no", N_("label.disagree")))
    ),
    "setting": Particular(
        N_("ask.setting"),
        N_("help.setting"),
        (
            ("door_knock", N_("value.setting.door_knock")),
            ("phone", N_("value.setting.phone")),
            ("desk", N_("value.setting.desk")),
        ),
    ),
    "name": Particular(N_("ask.name"), N_("help.name"), free=True),
    "identity": Particular(N_("ask.identity"), N_("help.identity"), free=True),
    "phone": Particular(N_("ask.phone"), N_("help.phone"), needed=False, free=True),
    "community": Particular(N_("ask.community"), N_("help.community"), needed=False),
    "certificate_number": Particular(
        N_("ask.certificate_number"), N_("help.certificate_number"), needed=False, free=True
    ),
    "certificate_until": Particular(N_("ask.certificate_until"), N_("help.certificate_until"), needed=False, free=True),
    "permit_until": Particular(N_("ask.permit_until"), N_("help.permit_until"), needed=False, free=True),
    # Never asked: whom the words that began an act named, by relation; the whole family where they named nobody.
    "about": Particular(N_("ask.who"), N_("help.who"), needed=False),
    "who": Particular(N_("ask.who"), N_("help.who")),
    # Never asked either: the code that was typed, and whose account it is of.
    "link_code": Particular(N_("ask.confirm"), N_("help.confirm"), needed=False),
    "link_whose": Particular(N_("ask.confirm"), N_("help.confirm"), needed=False),
    "which_account": Particular(N_("ask.which_account"), N_("help.which_account")),
    "new_phone": Particular(N_("ask.new_phone"), N_("help.phone"), free=True),
    "move_to": Particular(N_("ask.move_to"), N_("help.move_to")),
    "died_on": Particular(N_("ask.died_on"), N_("help.died_on"), free=True),
    "scope": Particular(
        N_("ask.scope"), N_("help.scope"), (("look", N_("value.scope.look")), ("act", N_("value.scope.act")))
    ),
    "lasts": Particular(
        N_("ask.lasts"),
        N_("help.lasts"),
        (("30", N_("value.lasts.30")), ("180", N_("value.lasts.180")), ("365", N_("value.lasts.365"))),
    ),
    "which_helper": Particular(N_("ask.which_helper"), N_("help.which_helper")),
    "notices": Particular(
        N_("ask.notices"),
        N_("help.notices"),
        (
            ("resident", N_("value.notices.resident")),
            ("helper", N_("value.notices.helper")),
            ("both", N_("value.notices.both")),
        ),
    ),
    "reminders": Particular(
        N_("ask.reminders"),
        N_("help.reminders"),
        (
            ("only opening deadline late", N_("value.reminders.all")),
            ("only deadline late", N_("value.reminders.deadline")),
            ("only", N_("value.reminders.none")),
        ),
    ),
    "confirm": Particular(
        N_("ask.confirm"), N_("help.confirm"), (("yes", N_("label.confirm")), ("no", N_("label.not_confirm")))
    ),
    "more": Particular(
        N_("ask.more"),
        N_("help.more"),
        (
            ("self", N_("value.more.self")),
            ("spouse", N_("value.more.spouse")),
            ("child", N_("value.more.child")),
            ("mother", N_("value.more.mother")),
            ("father", N_("value.more.father")),
            ("none", N_("value.more.none")),
        ),
    ),
}

OF_AN_ACT = frozenset(
    {
        "new_phone",
        "about",
        "who",
        "move_to",
        "died_on",
        "scope",
        "lasts",
        "which_helper",
        "link_code",
        "link_whose",
        "which_account",
        "notices",
        "reminders",
        "confirm",
    }
)
"""Particulars of one act alone; an enrolment that it interrupts keeps its own."""

SHARED_PARTICULARS = frozenset({"setting"})
"""Particulars that hold for whoever is spoken of in this conversation. Consent is each person's own."""
