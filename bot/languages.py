"""Languages at the edge: which one a person reads, its catalogue, and how it writes amounts and dates.

Adding a language is adding a folder to `locales/`: `<tag>/LC_MESSAGES/messages.po` and `policy.po`, and
`<tag>/lexicon.yaml` and `<tag>/examples.yaml` for what people say in it.
"""

from __future__ import annotations

import datetime
import gc
import gettext
import json
import re
import threading
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache, reduce
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import yaml
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from dialogs.members.acts import Acts
from dialogs.members.name_words import NameWords
from dialogs.understanding import Lexicon
from dialogs.understanding.judge import Judge
from policy_engine.money import Money

SOURCE = "zh_Hans"
"""The language that everything is first written in, and that is shown where nothing better fits."""


_READING = threading.Lock()


def _folder() -> Path:
    with as_file(files("locales")) as folder:
        return folder


FOLDER = _folder()
"""Where each language has its folder."""

LOCALES: tuple[str, ...] = tuple(
    sorted((path.name for path in FOLDER.iterdir() if (path / "LC_MESSAGES").is_dir()), key=lambda tag: tag != SOURCE)
)
"""The languages that there are, the source language first."""


def negotiate(*wanted: str | None) -> str:
    """The language for the first of the wishes that there is one for, else the source language.

    A wish is a language tag in any spelling (zh, zh-CN, zh_Hans_CN, en-GB), or a whole Accept-Language header with
    weights. Every kind of Chinese is read better in Chinese than in English. Never raises, whatever is sent.
    """
    return next((found for wish in wanted if (found := _fitting((wish or "")[:500]))), SOURCE)


@lru_cache(maxsize=256)
def _fitting(wish: str) -> str | None:
    """The language for one wish, None where there is none."""
    for tag in _by_weight(wish):
        language, *rest = tag.replace("_", "-").lower().split("-")
        exact = [each for each in LOCALES if each.lower().split("_") == [language, *rest]]
        related = [each for each in LOCALES if each.lower().split("_")[0] == language]
        if exact or related:
            return (exact or related)[0]
    return None


_CHINESE = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z0-9 ,.?!'’-]+", re.ASCII)
_WORD = re.compile(r"[A-Za-z]{2,}", re.ASCII)


def first_language(text: str, *wanted: str | None) -> str:
    """The language to answer somebody new in: that of their own words where it shows, else what they want.

    Chinese characters are answered in Chinese whatever the phone is set to. Latin letters say less: they decide only
    where nothing is known of the person's wishes.
    """
    if _CHINESE.search(text):
        return negotiate("zh-Hans")
    if any(wish for wish in wanted):
        return negotiate(*wanted)
    return negotiate("en" if any(letter.isalpha() for letter in text) else None)


def language_of(text: str) -> str | None:
    """The language that a text is plainly a sentence of; None where it tells nothing, like a number or a stray word."""
    if _CHINESE.search(text):
        return negotiate("zh-Hans")
    return negotiate("en") if _LATIN.fullmatch(text) and len(_WORD.findall(text)) > 1 else None


def _by_weight(header: str) -> list[str]:
    weighted = []
    for place, part in enumerate(header.split(",")):
        tag, _, quality = part.partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=")) if quality else 1.0
        except ValueError:
            weight = 0.0
        if tag.strip() and weight > 0:
            weighted.append((-weight, place, tag.strip()))
    return [tag for _, _, tag in sorted(weighted)]


class Catalogue:
    """One language's words. See `dialogs.context.Words` for what each method means."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self._babel = Locale.parse(locale)
        self._messages = _translations("messages", locale)
        self._policy = _translations("policy", locale)

    def __call__(self, message_id: str, /, **params: object) -> str:
        """The message with its placeholders filled. Raises KeyError for an id that the catalogue does not have."""
        text = self._messages.gettext(message_id)
        if text == message_id:
            raise KeyError(f"locales/{self.locale} has no message {message_id}")
        return text.format(**params)

    def has(self, message_id: str) -> bool:
        """Whether the catalogue has this message."""
        return self._messages.gettext(message_id) != message_id

    def source(self, text: str, **params: object) -> str:
        """A sentence of a pack or of the engine; as it was written where this language has no other."""
        found = self._policy.gettext(text) if text else ""
        # A pack's sentence may hold braces of its own; only one with something to fill in is a template.
        return found.format(**params) if params else found

    def money(self, amount: Money) -> str:
        """An amount, or a range, in yuan."""
        if amount.high is None:
            return self("money.at_least", amount=self._yuan(amount.low))
        if amount.exact:
            return self("money.exact", amount=self._yuan(amount.low))
        return self("money.range", low=self._yuan(amount.low), high=self._yuan(amount.high))

    def _yuan(self, fen: int) -> str:
        whole = format_decimal(fen // 100, locale=self._babel)
        return whole if fen % 100 == 0 else f"{whole}.{fen % 100:02d}"

    def percent(self, low: Fraction, high: Fraction) -> str:
        """A rate, or a range of rates."""
        first, last = (self._percent(each) for each in (low, high))
        return first if low == high else self("percent.range", low=first, high=last)

    def _percent(self, rate: Fraction) -> str:
        return format_percent(Decimal(rate.numerator) / rate.denominator, format="#,##0.##%", locale=self._babel)

    def date(self, day: datetime.date) -> str:
        """A day of the calendar, written out."""
        return format_date(day, format="long", locale=self._babel)

    def listed(self, items: Sequence[str]) -> str:
        """Several things in one phrase."""
        return self("list.separator").join(items)


def _translations(domain: str, locale: str) -> gettext.NullTranslations:
    try:
        return gettext.translation(domain, localedir=str(FOLDER), languages=[locale])
    except FileNotFoundError:
        raise RuntimeError(
            f"locales/{locale}/LC_MESSAGES/{domain}.mo is missing: compile the catalogues with  make locales/.compiled"
        ) from None


def not_compiled() -> Path | None:
    """The first file that is made from the catalogues and is not there; None where all are."""
    wanted = (
        FOLDER / locale / "LC_MESSAGES" / f"{domain}.mo" for locale in LOCALES for domain in ("messages", "policy")
    )
    return next((each for each in (*wanted, FOLDER / "wishes.json") if not each.is_file()), None)


@cache
def catalogue(locale: str) -> Catalogue:
    """The words of a language that there is."""
    return Catalogue(locale)


@cache
def lexicons(first: str) -> tuple[Lexicon, ...]:
    """What people say, in every language that there is, the given one first: people mix languages."""
    # Reading takes long, and `cache` lets whoever comes meanwhile read all of it once more.
    with _READING:
        judge = _judge()
        return tuple(replace(lexicon, judge=judge) for lexicon in grammars(first))


def grammars(first: str) -> tuple[Lexicon, ...]:
    """The lexicons with their words only, without what is judged by likeness to examples."""
    return tuple(_grammar(tag) for tag in sorted(LOCALES, key=lambda tag: tag != first))


@cache
def _grammar(locale: str) -> Lexicon:
    # Hundreds of thousands of small objects that all stay: looking through them for garbage takes a third of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return Lexicon.from_data(read_data(locale, "lexicon.yaml"))
    finally:
        if collecting:
            gc.enable()


@cache
def _judge() -> Judge:
    path = FOLDER / "wishes.json"
    try:
        return Judge.from_data(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        raise RuntimeError(
            "locales/wishes.json is missing: compile the catalogues with  make locales/.compiled"
        ) from None


@cache
def name_words() -> NameWords:
    """What people write around names and numbers, in every language that there is."""
    return reduce(NameWords.joined, (NameWords.from_data(read_data(tag, "particulars.yaml")) for tag in LOCALES))


@cache
def acts() -> Acts:
    """What people say to have something done, in every language that there is."""
    return reduce(Acts.joined, (Acts.from_data(read_data(tag, "acts.yaml")) for tag in LOCALES))


def read_data(locale: str, name: str) -> Any:
    """The data of a YAML file of a language. Raises OSError where there is none, YAMLError for one that is no YAML."""
    text = (FOLDER / locale / name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
