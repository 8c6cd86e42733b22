"""Several people in one message: which of the things said are said of whom."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.understanding.lexicon import Lexicon
from dialogs.understanding.mentions import Mention
from dialogs.understanding.phrasebook import longest
from dialogs.understanding.tokens import Sentence

_HOUSEHOLD = "self"


def apart(
    sentence: Sentence, mentions: Sequence[Mention], chosen: str | None, lexicons: Sequence[Lexicon]
) -> dict[str, list[Mention]]:
    """The mentions of each person, whoever the sentence is about first; a single person has them all.

    `chosen` is whom the sentence is about. What is said before anybody is named is said of each, and so is what is said
    of all together (我爸我妈都是农民).
    """
    people = _people(sentence, mentions)
    order = [chosen, *(person for person, _ in people if person != chosen)] if chosen else []
    order = list(dict.fromkeys(person for person in order if person))
    said = [mention for mention in mentions if mention.fact != "subject"]
    owners = {id(mention): _owner(mention, people) for mention in said}
    together = {id(mention) for mention in said if _of_all(sentence, mention, people, lexicons)}
    named = {person for person, _ in people}
    own = {owners[id(mention)] for mention in said if not mention.open and id(mention) not in together}
    if len(named) < 2 or chosen not in named or (len(own - {None}) < 2 and not together):
        return {chosen or "": list(mentions)}
    return {
        person: [each for each in said if owners[id(each)] in (None, person) or id(each) in together]
        for person in order
    }


def _people(sentence: Sentence, mentions: Sequence[Mention]) -> list[tuple[str, int]]:
    """Everybody named, with the offset from which what is said is said of them."""
    named = [
        (str(mention.value), mention.start)
        for mention in mentions
        if mention.fact == "subject" and not (mention.open or mention.negated or mention.weak)
    ]
    helped = next(
        (m.start for m in mentions if m.fact == "subject" and sentence.mark_beside(m.first, -1, {"marked_subject"}, 0)),
        None,
    )
    if helped is not None:
        # 我在上海上班，想给我妈办: what opens with "I" is not said of her.
        named += [
            (_HOUSEHOLD, token.start)
            for index, token in enumerate(sentence.tokens)
            if "pronoun_self" in token.marks and token.start < helped and sentence.neighbour(index, -1) is None
        ]
    return sorted(named, key=lambda each: each[1])


def _owner(mention: Mention, people: Sequence[tuple[str, int]]) -> str | None:
    """Whoever was named last before something was said; None before anybody was."""
    return next((person for person, start in reversed(people) if start <= mention.start), None)


def _of_all(
    sentence: Sentence, mention: Mention, people: Sequence[tuple[str, int]], lexicons: Sequence[Lexicon]
) -> bool:
    """Whether a word for all of them stands in what is said, or before it with nobody named in between."""
    last = max((start for _, start in people if start <= mention.start), default=None)
    if last is None or last == mention.start:
        return False
    for at in range(mention.start, mention.end):
        found = (longest(lexicon.phrases.start, sentence.text, at) for lexicon in lexicons)
        if any(each and each[0] <= mention.end and "all" in each[1].marks for each in found):
            return True  # 户口都在嘉兴
    clause = sentence.tokens[mention.first].clause
    for at in range(mention.first - 1, -1, -1):
        token = sentence.tokens[at]
        if token.start <= last or token.clause != clause:
            return False
        if "all" in token.marks:
            return True
    return False
