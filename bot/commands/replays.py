"""`hebao policy replay`: stored results read from a file, worked out again, and what that showed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.commands.conclusions import places
from bot.languages import Catalogue
from policy_engine.errors import N_, PolicyError
from policy_engine.replay import ABSENT, Cause, Difference, Replayed


def read_text(path: str) -> str:
    """The text of a file. Raises PolicyError for one that cannot be read."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise PolicyError(
            N_("The file cannot be read ({problem}). Make it an ordinary file that this program may read."),
            where=path,
            problem=error.strerror,
        ) from None
    except UnicodeDecodeError:
        raise PolicyError(N_("The file is not UTF-8 text. Save it as UTF-8."), where=path) from None


def replay_text(place: str, found: Replayed, words: Catalogue) -> str:
    """What a replay showed."""
    stored = found.stored
    what = words(
        "replay.what",
        place=place,
        question=stored.question,
        rules=f"{stored.scheme}/{stored.county}" if stored.county else stored.scheme,
        on=words.date(stored.on),
    )
    if found.same:
        changed = stored.version != found.version
        return words("replay.same_besides", what=what) if changed else words("replay.same", what=what)
    head = words("replay.none", what=what) if found.now is None else words("replay.differs", what=what)
    return "\n".join(
        [head, *(f"    {_difference(each, words)}" for each in found.differences), *_because(found, words)]
    )


def _difference(found: Difference, words: Catalogue) -> str:
    return words("replay.difference", path=found.path, then=_shown(found.then), now=_shown(found.now))


def _because(found: Replayed, words: Catalogue) -> Iterator[str]:
    for cause in found.causes:
        told = words("replay.because", cause=_cause(cause, words))
        yield f"    {told}"


def _cause(cause: Cause, words: Catalogue) -> str:
    sentence = cause.problem.said(words.source)
    return f"{sentence} [{places(cause.citations, words)}]" if cause.citations else sentence


def _shown(value: Any) -> str:
    return "–" if value is ABSENT else json.dumps(value, ensure_ascii=False)
