"""What the dialogues need from around them, as the settings have it."""

from __future__ import annotations

from bot.faqs import faqs_for, originals
from bot.languages import LOCALES, acts, catalogue, lexicons, name_words
from bot.settings import Settings
from dialogs.context import Context


def context_of(settings: Settings) -> Context:
    """The surroundings of a turn, today. Raises PolicyError where the settings do not go together."""
    counties = settings.rules(None).counties
    return Context(
        scheme=settings.rules,
        county=settings.county,
        counties=tuple(name for name, each in counties.items() if settings.offer_demo or not each.illustrative),
        languages=catalogue,
        locales=LOCALES,
        lexicons=lexicons,
        today=settings.now,
        faqs=faqs_for(settings),
        original=originals(settings.sources),
        names=name_words(),
        acts=acts(),
    )
