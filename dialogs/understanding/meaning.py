"""Of everything that was said about a fact, the one value that the person ends up meaning."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.understanding.findings import Finding
from dialogs.understanding.mentions import Mention, denied
from dialogs.understanding.tokens import Sentence
from policy_engine.facts import Value


def settle(
    sentence: Sentence, mentions: Sequence[Mention], expected: str | None, stay: bool, corrected: bool
) -> dict[str, Finding]:
    """At most one finding a fact. `stay`: hospitals are the topic; `corrected`: something before was called wrong."""
    said: dict[str, list[Mention]] = {}
    denials: set[str] = set()
    levels = {m.value for m in mentions if m.fact == "provider_level" and not m.negated and (stay or not m.needs_stay)}
    for mention in mentions:
        if mention.open or mention.weak or (mention.needs_stay and not stay):
            continue
        if mention.negated and not mention.firm:
            denials.add(mention.fact)
            value = denied(mention, expected)
            if value is None:
                continue
            mention.value, mention.negated, mention.reason = value, False, "not." + mention.reason
        if mention.negated:
            denials.add(mention.fact)
            continue
        said.setdefault(mention.fact, []).append(mention)
    found: dict[str, Finding] = {}
    for fact, candidates in said.items():
        meant: Mention | None
        if fact == "subject":
            meant = _subject(sentence, candidates, corrected or fact in denials)
        elif fact == "provider_level":
            meant = _level(sentence, candidates, levels, corrected)
        else:
            # "没有低保，有特困证": what one has outweighs what one has not.
            held = [mention for mention in candidates if mention.value != "none"]
            meant = (held or candidates)[-1]
        if meant is not None:
            found[fact] = Finding(fact, meant.value, meant.start, meant.end, meant.reason)
    return found


def _subject(sentence: Sentence, candidates: list[Mention], corrected: bool) -> Mention:
    """Whom it is about: the corrected one, the one named with 给 or 帮, the one whose age is said, or the first."""
    if corrected:
        return candidates[-1]
    for mention in candidates:
        if sentence.mark_beside(mention.first, -1, {"marked_subject"}, 0):
            return mention
    if candidates[-1].value == "self" and not candidates[-1].firm:
        return candidates[-1]  # 我儿子在上海，我自己在嘉善
    for mention in candidates:
        after = sentence.neighbour(mention.last, 1)
        if mention.reason == "subject.of_age" or (after and after.number):
            return mention
    return candidates[0]


def _level(sentence: Sentence, candidates: list[Mention], spoken_of: set[Value], corrected: bool) -> Mention | None:
    """The level of the one hospital spoken of; None where there are several. After a transfer, the new one."""
    if corrected:
        return candidates[-1]
    moves = [index for index, token in enumerate(sentence.tokens) if "transfer" in token.marks]
    if moves:
        candidates = [mention for mention in candidates if mention.last >= moves[-1]] or candidates
        spoken_of = {mention.value for mention in candidates}
    return candidates[-1] if len(spoken_of) == 1 else None
