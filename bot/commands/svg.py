"""A chart of a simulation: what each group of people costs the fund more or less, as bars, and how many it helps.

Plain SVG, written here. Every bar has its figure beside it in words; no meaning is in a colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

_WIDTH, _LINE, _MARGIN = 1120, 26, 24
_LABELS, _FIGURES = 290, 400
"""So wide are the columns left and right of the bars."""


class Bar(NamedTuple):
    """One group: what it is called, how many fen the bar stands for, and the figures in words."""

    label: str
    fen: int
    figures: str


class Section(NamedTuple):
    """Some groups that belong together, under a heading."""

    heading: str
    bars: Sequence[Bar]


def chart(title: str, description: str, notes: Sequence[str], sections: Sequence[Section]) -> str:
    """The chart as a file: all bars to one scale, to the right where the fund pays more, to the left where less."""
    fens = [bar.fen for section in sections for bar in section.bars]
    left, right = -min([0, *fens]), max([0, *fens])
    space = _WIDTH - 2 * _MARGIN - _LABELS - _FIGURES
    scale = space / (left + right) if left + right else 0.0
    axis = _MARGIN + _LABELS + left * scale
    y, parts = _MARGIN + 20, [_text(_MARGIN, _MARGIN + 12, title, "title")]
    for note in notes:
        parts.append(_text(_MARGIN, y + 12, note, "note"))
        y += 20
    for section in sections:
        y += 2 * _LINE
        parts.append(_text(_MARGIN, y - 8, section.heading, "heading"))
        parts.append(f'<path class="axis" d="M{axis:.1f} {y}V{y + _LINE * len(section.bars)}"/>')
        for bar in section.bars:
            parts.append(_bar(bar, axis, y, scale))
            y += _LINE
    height = y + _MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
            f'height="{height}" role="img" aria-labelledby="title description">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="description">{escape(description)}</desc>',
            f"<style>{_STYLE}</style>",
            f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
            *parts,
            "</svg>",
            "",
        ]
    )


_STYLE = (
    "text{font:14px sans-serif;fill:#1a1a1a}.title{font-size:18px;font-weight:bold}.heading{font-weight:bold}"
    ".label{text-anchor:end}.note{fill:#444444}.bar{fill:#2b5f8a}.axis{stroke:#1a1a1a;stroke-width:1;fill:none}"
)


def _bar(bar: Bar, axis: float, y: int, scale: float) -> str:
    length = abs(bar.fen) * scale
    start = axis - length if bar.fen < 0 else axis
    middle = y + _LINE / 2 + 5
    return (
        f"<g><title>{escape(f'{bar.label}: {bar.figures}')}</title>"
        f"{_text(_MARGIN + _LABELS - 10, middle, bar.label, 'label')}"
        f'<rect class="bar" x="{start:.1f}" y="{y + 4}" width="{length:.1f}" height="{_LINE - 8}"/>'
        f"{_text(_WIDTH - _MARGIN - _FIGURES + 10, middle, bar.figures, 'figures')}</g>"
    )


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(text)}</text>'
