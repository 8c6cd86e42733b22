"""The font of the pictures has every character that our words can put in one."""

from __future__ import annotations

import datetime
import functools
import struct
from collections.abc import Iterator
from fractions import Fraction
from importlib.resources import files
from xml.etree import ElementTree

import pytest
from babel.messages.pofile import read_po

from bot.languages import FOLDER, LOCALES, catalogue
from bot.pictures.font.__main__ import ROOT, characters
from bot.pictures.replies import picture_of
from policy_engine.money import Money
from tests.bot.pictures.test_pictures import ASKED, concluded
from tests.dialogs.conftest import context  # noqa: F401 - a fixture
from tests.dialogs.test_respond import Make

FONT = files("bot.pictures") / "font" / "NotoSansSC.otf"
AMOUNTS = [Money(5, 5), Money(0, 123456789), Money(15000, None)]


@functools.cache
def drawable() -> frozenset[str]:
    """Every character that the font has a shape for, read from its table `cmap` (format 4, for the first 65,536)."""
    data = FONT.read_bytes()
    (tables,) = struct.unpack_from(">H", data, 4)
    offsets = {data[at : at + 4]: struct.unpack_from(">I", data, at + 8)[0] for at in range(12, 12 + 16 * tables, 16)}
    (first,) = struct.unpack_from(">I", data, offsets[b"cmap"] + 8)
    return frozenset(_mapped(data, offsets[b"cmap"] + first))


def _mapped(data: bytes, at: int) -> Iterator[str]:
    form, _, _, twice = struct.unpack_from(">4H", data, at)
    assert form == 4
    count = twice // 2
    places = (at + 14, at + 16 + twice, at + 16 + 2 * twice, at + 16 + 3 * twice)
    ends, starts, deltas, ranges = (struct.unpack_from(f">{count}H", data, place) for place in places)
    for number, (start, end, delta, reach) in enumerate(zip(starts, ends, deltas, ranges, strict=True)):
        for code in range(start, end + 1):
            glyph = code + delta
            if reach:
                (glyph,) = struct.unpack_from(">H", data, places[3] + 2 * number + reach + 2 * (code - start))
            if glyph & 0xFFFF:  # the glyph 0 is the empty box
                yield chr(code)


def lacking(text: str) -> list[str]:
    return sorted({each for each in text if each.isprintable()} - drawable())


@pytest.mark.parametrize("domain", ["messages", "policy"])
@pytest.mark.parametrize("locale", LOCALES)
def test_it_has_every_character_of_the_catalogues(locale: str, domain: str) -> None:
    with (FOLDER / locale / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        found = read_po(file, locale=locale)
    # A sentence without a translation is shown as it was written.
    text = "".join(f"{each.id}{each.string}" for each in found if each.id)
    assert len(text) > 10_000
    assert lacking(text) == []


@pytest.mark.parametrize("folder", ["schemes", "directories"])
def test_it_has_every_character_of_the_packs_and_of_the_hospitals(folder: str) -> None:
    paths = sorted((ROOT / "policy_engine" / folder).rglob("*.yaml"))
    assert paths
    assert lacking("".join(path.read_text("utf-8") for path in paths)) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_it_has_what_amounts_rates_and_days_are_written_with(locale: str) -> None:
    words = catalogue(locale)
    written = [words.money(each) for each in AMOUNTS]
    written += [words.percent(Fraction(0), Fraction(3, 8)), words.percent(Fraction(-1, 10), Fraction(1))]
    written += [words.date(datetime.date(2008, month, 28)) for month in range(1, 13)]
    assert lacking("".join(written) + "0123456789,.%:;!?()-–…·，。、；：？！（）〔〕【】《》“”‘’") == []


@pytest.mark.parametrize(("locale", "text"), [(locale, text) for locale, texts in ASKED.items() for text in texts])
def test_it_has_all_that_is_drawn(locale: str, text: str, context: Make) -> None:  # noqa: F811
    svg = picture_of(concluded(locale, text, context))
    assert svg is not None
    assert lacking("".join(ElementTree.fromstring(svg).itertext())) == []


def test_it_has_every_character_that_its_script_would_cut_out() -> None:
    assert lacking("".join(characters())) == []


def test_a_character_that_it_lacks_is_found() -> None:
    assert lacking("合保\n😀") == ["😀"]


def test_its_licence_lies_beside_it() -> None:
    notice = (ROOT / "bot" / "pictures" / "font" / "OFL.txt").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in notice
    assert "Adobe" in notice
