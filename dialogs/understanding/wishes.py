"""What a sentence is after: the grammar's finding and the judgement by likeness, put together."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from dialogs.understanding.control import PERSONAL, control_of
from dialogs.understanding.intents import intent_of
from dialogs.understanding.judge import NOTHING, Judgement
from dialogs.understanding.lexicon import ARGUMENTS, COMMANDS, INTENTS, Lexicon
from dialogs.understanding.likeness import traits_of
from dialogs.understanding.mentions import Mention
from dialogs.understanding.phrases import command_of
from dialogs.understanding.tokens import Sentence

Control = tuple[str, str | None]
"""A command and its argument."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The intent and the command, None where there is none, and `because` of what: pieces of the sentence ("收不收"),
    what words do ("@may"), facts ("=age"), what the grammar found ("?enrol"); nothing where the grammar decided."""

    intent: str | None
    control: Control | None
    because: tuple[str, ...] = ()


_SURE = 0.15
"""How far likeness must lead before what the grammar found is dropped for it."""
_SURE_OF_COMMAND = 0.2
"""How far a command must be ahead of wanting nothing before the conversation is steered by it."""
_SURE_IN_ANSWER = 0.5
"""How far it must lead before an answer to the open question is also taken for a wish."""


def wished(
    sentence: Sentence,
    texts: Sequence[str],
    mentions: Sequence[Mention],
    lexicons: Sequence[Lexicon],
    expected: str | None,
    picked: bool,
) -> Wish:
    """What the sentence is after. A whole utterance that is a command is nothing else.

    `expected` is the fact that was asked for, `picked` whether a choice was.
    """
    whole = command_of(texts, lexicons)
    if whole is not None:
        return Wish(intent_of(sentence, mentions), whole)
    found, intent, control = grammatical(sentence, mentions, lexicons)
    judge = next((lexicon.judge for lexicon in lexicons if lexicon.judge), None)
    if judge is None or picked or not sentence.tokens:
        return Wish(intent, control)
    facts = spoken_of(mentions)
    judged = judge.judge(traits_of(sentence, facts, found))
    if judged.wish == found or not _counts(judged, found, facts, expected):
        return Wish(intent, control)
    return _parted(judged)


def grammatical(
    sentence: Sentence, mentions: Sequence[Mention], lexicons: Sequence[Lexicon]
) -> tuple[str, str | None, Control | None]:
    """What the grammar finds: as one wish, and as an intent and a command."""
    intent = intent_of(sentence, mentions)
    control = control_of(sentence, mentions, lexicons, intent)
    return (_joined(control) if control else intent or NOTHING), intent, control


def spoken_of(mentions: Sequence[Mention]) -> set[str]:
    """The facts that something is said of."""
    return {mention.fact for mention in mentions if not mention.open and not mention.weak}


def _counts(judged: Judgement, found: str, facts: AbstractSet[str], expected: str | None) -> bool:
    """Whether the judgement outweighs what the grammar found."""
    if expected in facts and judged.lead() < _SURE_IN_ANSWER:
        return False
    command = judged.wish.partition(".")[0]
    if command in COMMANDS:
        if command != "correct" and facts - PERSONAL:
            return False  # what says something is an answer, whatever words it holds
        if judged.lead(NOTHING) < _SURE_OF_COMMAND:
            return False
    return found == NOTHING or judged.lead(found) >= _SURE


def _joined(control: Control) -> str:
    command, argument = control
    return f"{command}.{argument}" if argument and command in ARGUMENTS else command


def _parted(judged: Judgement) -> Wish:
    if judged.wish in INTENTS:
        return Wish(judged.wish, None, judged.because)
    command, _, argument = judged.wish.partition(".")
    return Wish(None, (command, argument or None) if command in COMMANDS else None, judged.because)
