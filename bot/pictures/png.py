"""From SVG to PNG, for chats that take nothing else, with the font that comes with the program."""

from __future__ import annotations

from importlib.resources import as_file, files

from bot.pictures.sheet import FAMILY

_FONT = "font/NotoSansSC.otf"


class NoPicturesError(RuntimeError):
    """PNGs cannot be made here. The sentence says what to install."""


def png(svg: str) -> bytes:
    """The picture as PNG. Raises NoPicturesError where the extra `pictures` is not installed."""
    try:
        import resvg_py
    except ModuleNotFoundError:
        raise NoPicturesError("Pictures as PNG need resvg-py: pip install 'hebao[pictures]'.") from None
    with as_file(files("bot.pictures") / _FONT) as font:
        # No font of the machine's: the picture is the same everywhere, or a missing font would leave it empty.
        return bytes(
            resvg_py.svg_to_bytes(svg_string=svg, font_files=[str(font)], skip_system_fonts=True, font_family=FAMILY)
        )
