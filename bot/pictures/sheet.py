"""A narrow sheet of paper: text set line under line, read on a phone without zooming. It becomes an SVG.

Widths are estimated, a Chinese character as one em and the others as their usual share of it, so that wrapping needs no
font; the font that comes with the program has these widths.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

WIDTH = 750
"""Pixels: two for every point of a small phone, so that the smallest type is 14 points there."""

MARGIN = 40
FAMILY = "Noto Sans CJK SC"
INK, PALE, RED = "#2b211d", "#6b5a50", "#8f1d14"
_NEVER_FIRST = "，。、；：？！）〕》】”’%％元.,;:?!)"
_NEVER_LAST = "“‘（〔《【"
_SHARES = {
    **dict.fromkeys("il.,:;'|!j ", 0.3),
    **dict.fromkeys("mwMW@%", 0.9),
    **dict.fromkeys("ABCDEFGHKNOPQRSTUVXYZ", 0.66),
}


def width_of(text: str, size: int) -> float:
    """Pixels that a text takes up."""
    return size * sum(1.0 if ord(letter) > 0x2000 else _SHARES.get(letter, 0.56) for letter in text)


def wrapped(text: str, size: int, width: float) -> Iterator[str]:
    """The text in lines no wider than this. Words stay whole where they fit; no line begins with a closing mark."""
    line = ""
    for piece in _pieces(text):
        if line and width_of(line + piece.rstrip(), size) > width and piece[0] not in _NEVER_FIRST:
            yield line.rstrip()
            line = piece.lstrip()
        else:
            line += piece
        while width_of(line.rstrip(), size) > width + size and len(line) > 1:
            cut = max(1, int(width / size))
            yield line[:cut]
            line = line[cut:]
    if line.strip():
        yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    """What may not be broken: a word with the blank after it, or one Chinese character with its opening mark."""
    word = ""
    for letter in text:
        if letter in _NEVER_LAST:
            if word:
                yield word
            word = letter
        elif ord(letter) > 0x2000 and word in _NEVER_LAST and word:
            yield word + letter
            word = ""
        elif ord(letter) > 0x2000:
            if word:
                yield word
            yield letter
            word = ""
        else:
            word += letter
            if letter == " ":
                yield word
                word = ""
    if word:
        yield word


@dataclass
class Sheet:
    """The sheet as far as it is written. `below` is the height used up, in pixels."""

    below: float = MARGIN
    _parts: list[str] = field(default_factory=list)

    def text(self, text: str, size: int, *, ink: str = INK, bold: bool = False, left: float = MARGIN) -> None:
        """Some lines across the sheet, wrapped."""
        for line in wrapped(text, size, WIDTH - MARGIN - left):
            self.below += size * 1.4
            self._write(line, left, size, ink, bold, "start")

    def pair(self, label: str, amount: str, size: int, *, ink: str = INK, bold: bool = False) -> None:
        """A label, wrapped, and what it comes to, at the right of its last line or below it."""
        lines = list(wrapped(label, size, WIDTH - 2 * MARGIN)) or [""]
        for line in lines:
            self.below += size * 1.4
            self._write(line, MARGIN, size, ink, bold, "start")
        if width_of(lines[-1], size) + width_of(amount, size) + size > WIDTH - 2 * MARGIN:
            self.below += size * 1.4
        self._write(amount, WIDTH - MARGIN, size, ink, bold, "end")

    def rule(self, ink: str = PALE, thick: int = 2) -> None:
        """A line across the sheet."""
        self.below += 22
        self._parts.append(
            f'<line x1="{MARGIN}" x2="{WIDTH - MARGIN}" y1="{self.below:.0f}" y2="{self.below:.0f}" '
            f'stroke="{ink}" stroke-width="{thick}"/>'
        )

    def gap(self, pixels: int = 16) -> None:
        """Some room."""
        self.below += pixels

    def _write(self, text: str, x: float, size: int, ink: str, bold: bool, anchor: str) -> None:
        # The font has one weight; a stroke of the same ink makes it bold.
        stroke = f' stroke="{ink}" stroke-width="{size / 28:.1f}"' if bold else ""
        self._parts.append(
            f'<text x="{x:.0f}" y="{self.below:.0f}" font-size="{size}" fill="{ink}" text-anchor="{anchor}"{stroke}>'
            f"{escape(text)}</text>"
        )

    def svg(self, title: str) -> str:
        """The sheet as a file of its own, with a title that is read aloud."""
        height = self.below + MARGIN
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}" '
            f'viewBox="0 0 {WIDTH} {height:.0f}" font-family="{FAMILY}, sans-serif" role="img">'
            f"<title>{escape(title)}</title>"
            f'<rect width="{WIDTH}" height="{height:.0f}" fill="#fffdf7"/>{"".join(self._parts)}</svg>\n'
        )
