"""Whatever the program suggests saying, it understands."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po

from bot.faqs import faqs
from bot.languages import LOCALES, acts, lexicons
from dialogs.policy.terms import Vocabulary
from dialogs.understanding import understand
from locales.catalogues import ROOT

VOCABULARY = Vocabulary(faqs())

QUOTED = re.compile("“([^”]+)”")


def suggestions() -> list[tuple[str, str, str]]:
    """Every phrase that a message puts in quotation marks without a gap to fill."""
    found = []
    for locale in LOCALES:
        with (ROOT / "locales" / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
            for message in read_po(file, locale=locale):
                # A page to be read, which quotes the rules; and what is wrong with a sheet.
                if str(message.id).startswith(("book.", "sheet.", "import.", "residents.", "village.")):
                    continue
                for phrase in QUOTED.findall(str(message.string)):
                    if "{" not in phrase and "…" not in phrase:
                        found.append((locale, str(message.id), phrase))
    return found


# In quotation marks for another reason: what a form says, not what a person may say.
NOT_SAID = {"农业", "非农业（居民）", "只看", "代办", "Look", "act"}


@pytest.mark.parametrize(("locale", "message", "phrase"), suggestions())
def test_a_suggested_phrase_is_understood(locale: str, message: str, phrase: str) -> None:
    if phrase in NOT_SAID or phrase.isdigit():  # a bare number is an answer to the question that is open
        return
    found = understand(phrase, None, lexicons(locale))
    understood = found.intent or found.command or found.facts or VOCABULARY.wants_original(phrase)
    assert understood or acts().find(phrase), f"{message} suggests {phrase!r}"
