"""Whole utterances: what is left of one when politeness, particles and repetition are taken off."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.understanding.lexicon import Lexicon
from dialogs.understanding.text import canonical, is_latin

_LONGEST = 48
"""Characters. A command is short; a longer utterance is none."""
_MOST_FORMS = 24


def forms(text: str, lexicons: Sequence[Lexicon]) -> tuple[str, ...]:
    """The utterance in canonical form, then with one more polite word or particle taken off in each."""
    whole = canonical(text) or text.strip()[:1]
    if not whole or len(whole) > _LONGEST:
        return ()
    found: dict[str, None] = {whole: None}
    if (unit := _repeated(whole)) is not None:
        found[unit] = None
    queue = list(found)
    for form in queue:
        if len(found) >= _MOST_FORMS:
            break
        for lexicon in lexicons:
            starts, ends = lexicon.before.get(form[0], ()), lexicon.after.get(form[-1], ())
            for shorter in (*_without_start(form, starts), *_without_end(form, ends)):
                if shorter and shorter not in found:
                    found[shorter] = None
                    queue.append(shorter)
    return tuple(found)


def _without_start(form: str, words: Sequence[str]) -> list[str]:
    return [
        form[len(word) :].lstrip()
        for word in words
        if form.startswith(word) and not (is_latin(word[-1]) and is_latin(form[len(word) : len(word) + 1] or " "))
    ]


def _without_end(form: str, words: Sequence[str]) -> list[str]:
    return [
        form[: -len(word)].rstrip()
        for word in words
        if form.endswith(word) and not (is_latin(word[0]) and is_latin(form[-len(word) - 1 : -len(word)] or " "))
    ]


def _repeated(form: str) -> str | None:
    """对对对 is 对, 没有没有 is 没有."""
    for size in range(1, min(4, len(form) // 2) + 1):
        if len(form) % size == 0 and form == form[:size] * (len(form) // size) and not form[:size].isdigit():
            return form[:size]
    return None


def command_of(texts: Sequence[str], lexicons: Sequence[Lexicon]) -> tuple[str, str | None] | None:
    """The command, with its argument, that one of these forms is."""
    for form in texts:
        for lexicon in lexicons:
            if form in lexicon.commands:
                return lexicon.commands[form]
    return None


def name_of(texts: Sequence[str], lexicons: Sequence[Lexicon]) -> str | None:
    """The fact that one of these forms names: 年龄 is age."""
    for form in texts:
        for lexicon in lexicons:
            if form in lexicon.names:
                return lexicon.names[form]
    return None
