"""`python -m bot.pictures.font TTC`: cut the font anew from Noto Sans CJK, after the words have gained characters.

Needs fonttools, which nothing else here uses.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from bot.pictures.sheet import FAMILY

ROOT = Path(__file__).parents[3]
OUT = Path(__file__).parent / "NotoSansSC.otf"


def characters() -> set[str]:
    """Every character that a picture may hold: those of GB 2312, and of our words, packs and directories."""
    found = {chr(code) for code in range(0x20, 0x7F)} | set(_gb2312())
    for pattern in ("locales/**/*.po", "policy_engine/**/*.yaml"):
        for path in ROOT.glob(pattern):
            found |= {each for each in path.read_text("utf-8") if each.isprintable()}
    return found


def _gb2312() -> Iterator[str]:
    for first in range(0xA1, 0xF8):
        for second in range(0xA1, 0xFF):
            try:
                yield bytes([first, second]).decode("gb2312")
            except UnicodeDecodeError:
                continue


def main(collection: str) -> None:
    """Write the font."""
    from fontTools.subset import Options, Subsetter  # type: ignore[import-not-found]
    from fontTools.ttLib import TTCollection  # type: ignore[import-not-found]

    font = next(each for each in TTCollection(collection).fonts if each["name"].getDebugName(1) == FAMILY)
    options = Options()
    options.layout_features, options.hinting = [], False
    options.name_IDs = [0, 1, 2, 3, 4, 6, 13, 14]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "GSUB", "GPOS"]
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(sorted(characters())))
    subsetter.subset(font)
    font.save(OUT)


if __name__ == "__main__":
    main(sys.argv[1])
