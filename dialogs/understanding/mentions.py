"""What is said about facts, and whether it is affirmed, denied, or only asked about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dialogs.understanding.lexicon import Lexicon, Pair
from dialogs.understanding.tokens import Sentence, Token
from policy_engine.facts import FACTS, Value

_NEGATIONS = frozenset(("neg_be", "neg_have"))
_IDENTITY = frozenset(("registration_kind", "subject", "age", "birth_date", "county"))
"""What one is, not what one has: 居住证没有农村户口 does not deny the registration."""
_REACH = 5
"""Words that may stand between a negation and what it is about."""


@dataclass(slots=True)
class Mention:
    """A fact spoken of between two tokens. `negated`: denied. `open`: asked about or not known, so nothing is said.

    `firm` ones (a number with its unit, an answer to the question) are not weighed against their neighbours again.
    """

    fact: str
    value: Value
    start: int
    end: int
    reason: str
    first: int
    last: int
    weak: bool = False
    thing: bool = False
    needs_stay: bool = False
    firm: bool = False
    negated: bool = False
    open: bool = False
    asked: bool = False


def collect(sentence: Sentence, lexicons: Iterable[Lexicon]) -> list[Mention]:
    """Every mention by a word, or by a pair of words that together say something."""
    found: list[Mention] = []
    present: set[str] = set()
    for index, token in enumerate(sentence.tokens):
        entry = token.entry
        if entry is None:
            continue
        present |= entry.marks
        if token.end - token.start == 1 and _inside_a_word(sentence, index):
            continue
        for fact, value in entry.facts:
            reason = "lexicon:" + sentence.text[token.start : token.end]
            mention = Mention(fact, value, token.start, token.end, reason, index, index)
            mention.weak, mention.thing, mention.needs_stay = entry.weak, entry.thing, entry.needs_stay
            found.append(mention)
    for lexicon in lexicons:
        for pair in lexicon.pairs:
            if pair.first in present and pair.then in present:
                found += _paired(sentence, pair)
    return sorted(found, key=lambda mention: mention.start)


def _inside_a_word(sentence: Sentence, index: int) -> bool:
    """大妈 is no mother: a single character right after words that nobody knows belongs to them."""
    before = sentence.neighbour(index, -1)
    return before is not None and not before.known and before.end == sentence.tokens[index].start


def _paired(sentence: Sentence, pair: Pair) -> Iterable[Mention]:
    tokens = sentence.tokens
    for index, token in enumerate(tokens):
        if pair.first not in token.marks:
            continue
        negated = False
        for at in range(index + 1, min(index + 5, len(tokens))):
            other = tokens[at]
            if other.clause != token.clause or other.start - token.end > 12:
                break
            if pair.then in other.marks:
                reason = f"pair.{pair.first}.{pair.then}"
                for fact, value in pair.facts:
                    yield Mention(
                        fact,
                        value,
                        token.start,
                        other.end,
                        reason,
                        index,
                        at,
                        weak=pair.weak and not negated,
                        negated=negated,
                    )
                break
            if other.marks & _NEGATIONS:
                negated = True
            elif not (
                other.marks & {"glue", "have"}
                or (other.number and other.number.counts)
                or (not other.known and other.end - other.start <= 6)
            ):
                break


def weigh(sentence: Sentence, mentions: Sequence[Mention]) -> None:
    """Settle for each mention whether it is affirmed, denied or open."""
    bound: set[int] = set()
    unbound: list[tuple[int, Mention]] = []
    targets = {mention.first for mention in mentions}
    have = {id(mention): _before(sentence, mention, bound, unbound) for mention in mentions}
    reasons = {token.clause: index for index, token in enumerate(sentence.tokens) if "why" in token.marks}
    for mention in mentions:
        asked_at = reasons.get(sentence.tokens[mention.first].clause)
        if asked_at is None or mention.fact == "subject":
            continue
        if asked_at < mention.first or mention.fact == "provider_level":
            mention.open = True
    for mention in mentions:
        if not mention.firm:
            _after(sentence, mention, have[id(mention)], bound, targets)
    for at, mention in unbound:
        # 没有农村户口 by itself: what it denies is not who one is, so it is not clear what is meant.
        mention.open = mention.open or at not in bound
    for one, other in pairwise(mentions):
        if one.fact == other.fact and one.value != other.value and _alternatives(sentence, one, other):
            one.open = other.open = True


def _before(sentence: Sentence, mention: Mention, bound: set[int], unbound: list[tuple[int, Mention]]) -> bool:
    """Look left of a mention; returns whether it is said to be had."""
    had = False
    at = mention.first - 1
    clause = sentence.tokens[mention.first].clause
    while at >= max(0, mention.first - _REACH) and sentence.tokens[at].clause == clause:
        marks = sentence.tokens[at].marks
        if marks & _NEGATIONS:
            if "neg_be" in marks or mention.fact not in _IDENTITY:
                mention.negated, mention.weak = True, False
                bound.add(at)
            elif mention.fact == "registration_kind":
                unbound.append((at, mention))
            elif mention.fact == "subject" and at == mention.first - 1:
                mention.open = True  # 没有小孩: there is nobody to speak of
        elif marks & {"whether", "unknown"}:
            mention.open = not mention.firm or "unknown" in marks
            break
        elif "ask_before" in marks:
            mention.asked = mention.open = mention.open or mention.thing
            break
        elif "have" in marks:
            if _has_another(sentence, at):
                break
            had = True
        elif "glue" not in marks:
            break
        at -= 1
    if had:
        mention.weak = False
    return had


def _has_another(sentence: Sentence, index: int) -> bool:
    """低保证是有的残疾证没有: whether the word for having comes right after another thing, and says that it is had."""
    at = index
    while (token := sentence.neighbour(at, -1)) is not None and token.marks & {"have", "glue"}:
        at -= 1
    return token is not None and token.entry is not None and token.entry.thing


def _after(sentence: Sentence, mention: Mention, had: bool, bound: set[int], targets: set[int]) -> None:
    """Look right of a mention."""
    tokens = sentence.tokens
    clause = tokens[mention.last].clause
    last_of_clause = _clause_end(sentence, mention.last)
    had = had or "have" in tokens[mention.first].marks
    own = tokens[mention.first].entry
    if mention.fact == "county" and own and len(own.facts) > 1:
        return  # 海宁户口: no place that is only passed through
    for at in range(mention.last + 1, min(mention.last + 6, len(tokens))):
        token = tokens[at]
        if token.clause != clause:
            break
        if mention.fact == "county" and at == mention.last + 1 and _is_hospital(token):
            mention.open = True  # 西塘卫生院: where it stands is not where somebody is insured
            break
        if at in targets:
            break
        if "gone" in token.marks and mention.fact == "subject":
            mention.open = True
            break
        if "lacking" in token.marks:
            if FACTS[mention.fact].kind == "bool" or mention.thing:
                mention.negated, mention.weak, mention.open = True, False, False
            break
        if "question" in token.marks:
            mention.open = mention.open or (at == mention.last + 1 and mention.fact != "subject")
        elif "what_about" in token.marks and at == last_of_clause:
            # 居住证呢 asks about a thing; 去县医院呢 puts another case.
            said = had or mention.negated or mention.value in (False, "none")
            mention.open = mention.open or (not said and (mention.thing or FACTS[mention.fact].kind == "bool"))
            mention.needs_stay = mention.needs_stay and mention.open
        elif "whether" in token.marks:
            # 没有居住证是不是就不能参保: what is denied is not in doubt, but what follows from it.
            doubted = mention.thing and mention.value not in (False, "none")
            mention.open = mention.open or doubted or at == last_of_clause
        elif "ask_after" in token.marks:
            if mention.thing:
                mention.asked = mention.open = True
        elif "unknown" in token.marks:
            mention.open = mention.open or (at == last_of_clause and mention.fact != "subject")
        elif token.marks & _NEGATIONS and at not in bound:
            if (FACTS[mention.fact].kind == "bool" or mention.thing) and _ends_there(sentence, at):
                if had and at == last_of_clause:
                    mention.open = True  # 有居住证没有: a question
                else:
                    mention.negated, mention.weak = True, False
                bound.add(at)
            break
        elif "have" in token.marks:
            mention.weak = mention.weak and at != last_of_clause
        elif not token.marks & {"glue", "pronoun", "pronoun_self"}:
            break
    if mention.thing and any("papers" in token.marks for token in tokens[mention.last + 1 :] if token.clause == clause):
        mention.asked = mention.open = True  # 转院要办什么手续
    if mention.weak and not mention.negated and _alone(sentence, mention):
        mention.weak = False


def _is_hospital(token: Token) -> bool:
    return token.states("provider_level", "provider_grade") or "hospital" in token.marks


def _ends_there(sentence: Sentence, index: int) -> bool:
    """Whether a denial is complete: 居住证没有, but not 低保户没交钱, where words nobody knows go on."""
    at = index
    while (token := sentence.neighbour(at, 1)) is not None and "glue" in token.marks and at - index < _REACH:
        at += 1
    return token is None or token.known


def _clause_end(sentence: Sentence, index: int) -> int:
    at = index
    while sentence.neighbour(at, 1) is not None and at - index < _REACH:
        at += 1
    return at


def _alone(sentence: Sentence, mention: Mention) -> bool:
    """Whether a weak word is a clause by itself, as in a list of what one has."""
    tokens = sentence.tokens
    if sentence.ends[tokens[mention.last].clause] == "?":
        return False
    for index, step in ((mention.first, -1), (mention.last, 1)):
        at = index
        while (token := sentence.neighbour(at, step)) is not None:
            # 我妈农村的 says it of her; 居民老陆 says nothing of his registration.
            subject = token.states("subject") and step < 0
            if not (token.marks & {"glue", "pronoun", "pronoun_self"} or subject) or abs(at - index) > 3:
                return False
            at += step
    return True


def _alternatives(sentence: Sentence, one: Mention, other: Mention) -> bool:
    if one.fact == "subject":
        return False  # 我爸和我妈 are two people, not one or the other
    if other.first - one.last > 4:
        return False
    between = sentence.tokens[one.last + 1 : other.first]
    if not between:
        return sentence.text[one.end : other.start].strip() == "、"
    marks = [token.marks for token in between]
    return any("or" in mark for mark in marks) and all(mark & {"or", "glue", "have"} for mark in marks)


def denied(mention: Mention, expected: str | None) -> Value | None:
    """What a denial says: the other value of two, none of several; None where it leaves more than one."""
    if isinstance(mention.value, bool):
        return not mention.value
    values = FACTS[mention.fact].values
    if mention.fact == "registration_kind" or (mention.fact == "care" and expected == "care"):
        return next(value for value in values if value != mention.value)
    return "none" if mention.fact == "hardship_certificate" else None
