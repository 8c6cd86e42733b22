"""What the engine says when it cannot go on: one sentence with what is wrong, where, and what to do.

The sentence is kept apart from its particulars, so that the edge can say it in the reader's language: catalogue
`policy` in `locales/` translates `PolicyError.template`.
"""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Callable, Iterable


def N_(template: str) -> str:  # noqa: N802 - gettext's own name for "extract this, translate it later"
    """Mark a sentence for the catalogue without translating it here."""
    return template


class PolicyError(Exception):
    """The engine refuses an input or a pack.

    `template` is an English sentence with named placeholders, `params` fill them. `where` is "file:line" where the
    fault lies in a file. `str(error)` is the whole sentence.
    """

    def __init__(self, template: str, *, where: str = "", **params: object) -> None:
        super().__init__(template, where, params)
        self.template = template
        self.where = where
        self.params = params

    def said(self, translate: Callable[..., str]) -> str:
        """The whole sentence in another language: `translate(template, **params)` gives the part that has words."""
        sentence = translate(self.template, **self.params)
        return f"{self.where}: {sentence}" if self.where else sentence

    def __str__(self) -> str:
        return self.said(str.format)


class FactError(PolicyError):
    """A fact that does not exist, or a value that it cannot have."""


class PackError(PolicyError):
    """A policy pack that cannot be trusted."""


class DateError(PolicyError):
    """A date that no rule of the scheme covers. Never answered with the nearest period's rules."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The known word nearest to `word`, or all of them where none is near: the last part of "there is no …, try …"."""
    known = list(known)
    near = difflib.get_close_matches(word[:_LONGEST], known, n=1, cutoff=0.6)
    return near[0] if near else ", ".join(known)


def shown(value: object) -> str:
    """A refused value as an error quotes it: cut short, so that nobody's junk can fill a log or exhaust the stack."""
    try:
        return _SHORT.repr(value)
    except ValueError:  # Python writes no whole number of more than 4300 digits
        return "…"


_LONGEST = 60
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = _LONGEST
