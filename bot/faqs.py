"""The editable FAQ of every language, and the official texts that an operator has put in a folder."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import yaml

from bot.languages import FOLDER, LOCALES, read_data
from bot.settings import Settings, SettingsError
from dialogs.context import no_original
from dialogs.policy.faq import FaqError, Faqs, check_faq, read_faq
from policy_engine.checking.law_text import split, text_of
from policy_engine.citations import Citation, Document, article_key
from policy_engine.loader import PACKS
from policy_engine.scheme import Scheme


@cache
def faqs() -> Faqs:
    """The FAQ of every language that has one. Raises SettingsError, with the file, for one that cannot be used."""
    read = {}
    for locale in LOCALES:
        if not (FOLDER / locale / "faq.yaml").is_file():
            continue
        try:
            read[locale] = read_faq(read_data(locale, "faq.yaml"))
        except (FaqError, yaml.YAMLError) as error:
            raise SettingsError(f"locales/{locale}/faq.yaml: {error}") from None
    return Faqs(read)


def faqs_for(settings: Settings) -> Faqs:
    """The FAQ, held against the scheme of the settings where that is one of the program's own.

    Raises SettingsError for an answer that names a parameter or an article that the scheme does not have. Against a
    pack of one's own nothing is held: the answers that do not go with it are left out.
    """
    if settings.packs == PACKS:
        _check(settings.rules(None))
    return faqs()


@cache
def _check(scheme: Scheme) -> None:
    for locale, faq in faqs().by_locale.items():
        try:
            check_faq(faq, scheme)
        except FaqError as error:
            raise SettingsError(f"locales/{locale}/faq.yaml: {error}") from None


def originals(folder: Path | None) -> Callable[[Citation], str | None]:
    """What gives the official wording of a place, from the texts of a folder; without a folder there is none.

    What it gives raises PackError for a text that cannot be read.
    """
    return partial(_original, folder) if folder is not None else no_original


def _original(folder: Path, citation: Citation) -> str | None:
    if citation.document is None:
        return None
    stretch = _parts(folder, citation.document).get(article_key(citation.article, citation.item))
    return " ".join(stretch.split()) if stretch else None


@cache
def _parts(folder: Path, document: Document) -> dict[str, str]:
    """Every article of a document that there is a text of, read once."""
    from bot.commands.linting import official_texts

    text = text_of(document, official_texts(folder))
    return split(document, text) if text is not None else {}
