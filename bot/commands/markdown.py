"""Markdown that reads well in a browser and as it stands: headings, lists, tables, text that means only itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

_MARKS = re.compile(r"[\\|`*_\[\]]|<(?=\S)")


def plain(text: str) -> str:
    """Text in one line in which nothing is taken for Markdown or HTML."""
    return " ".join(_MARKS.sub(lambda mark: f"\\{mark[0]}", text).split())


def heading(level: int, text: str) -> str:
    """A heading; 1 is the title."""
    return f"{'#' * level} {plain(text)}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; its cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def bullets(items: Iterable[str], depth: int = 0) -> str:
    """A list; its items are Markdown already."""
    return "\n".join(f"{'  ' * depth}- {item}" for item in items)


def page(blocks: Iterable[str]) -> str:
    """Blocks with a line between them, as one text that ends with a line end."""
    return "\n\n".join(block for block in _kept(blocks)) + "\n"


def _kept(blocks: Iterable[str]) -> Iterator[str]:
    return (block for block in blocks if block)
