"""Numbers that are ages, dates or counts of hospital stays, by the words beside them."""

from __future__ import annotations

from collections.abc import Iterator

from dialogs.understanding.mentions import Mention
from dialogs.understanding.number import Number
from dialogs.understanding.tokens import Sentence, Token
from policy_engine.facts import FACTS

_LOOSE = {"about", "below", "above", "at_least", "at_most"}
_LOOSE_AFTER = {"about_after", "below_after", "above_after"}
_FIRST_POOLING_YEAR = 2008
"""The scheme has admissions from this year on (嘉政发〔2007〕70号 十九); an earlier full date is a birth date."""
_OLD = 50
"""Years. 我妈八十六 is an age; 我妈三 may go on in any way."""
_A_YEAR = ("一年", "每年")
_YEAR_DIGITS = 4
_SMALLEST_BARE_AGE = 10
"""我六十五 is an age; 我一… is most often the start of another word."""


def ages(sentence: Sentence) -> Iterator[Mention]:
    """Ages that are said exactly: 65岁, 六十五了, 今年七十, 8个月大, I'm 65. 八十多 and 虚岁 are none."""
    for index, token in enumerate(sentence.tokens):
        number = token.number
        if number is None or number.whole is None or number.currency or number.kind != "number":
            continue
        age = number.whole
        after, before = sentence.neighbour(index, 1), sentence.neighbour(index, -1)
        if sentence.mark_beside(index, -1, _LOOSE, 0):
            continue
        last = index
        if after and after.marks & {"months", "months_of_person"} and before and _tells_of_a_thing(before):
            continue  # 居住证过期两个月, 住院两个月: how long, not how old
        if after and "months_of_person" in after.marks and _person_before(sentence, index) is None:
            continue
        if after and after.marks & {"years", "months", "months_of_person"}:
            if sentence.mark_beside(index + 1, 1, _LOOSE_AFTER, 0):
                continue
            reason, last = ("age.years", index + 1) if "years" in after.marks else ("age.months", index + 1)
            age = age if "years" in after.marks else age // 12
        elif (units := _old_style(sentence, index)) is not None:
            age, reason, last = age + units, "age.named", index + 2
        elif _corrects_an_age(sentence, index):
            reason = "age.corrected"
        elif number.great or not _may_be_bare(sentence, index):
            continue
        elif before is None and after is None and age >= _SMALLEST_BARE_AGE and _follows_person(sentence, index):
            reason = "age.apposed"
        elif (before and "age_before" in before.marks) or sentence.mark_beside(index, -1, {"age_named"}):
            reason = "age.named"
        elif (person := _person_before(sentence, index)) and age >= _SMALLEST_BARE_AGE:
            reason = "age.of_person"
            if after and "age_after" in after.marks and person is not token:
                last = index + 1
        elif before and after is None and _says_who(before) and age >= _SMALLEST_BARE_AGE:
            reason = "age.apposed"  # 嘉兴户口 48
        elif after and "age_after" in after.marks and before is None and age >= _SMALLEST_BARE_AGE:
            reason, last = "age.reached", index + 1
        else:
            continue
        if age > FACTS["age"].high:
            continue
        yield Mention("age", age, token.start, sentence.tokens[last].end, reason, index, last, firm=True)
        self_at = _self_before(sentence, index) if reason != "age.apposed" else _self_alone_before(sentence, index)
        if self_at is None and reason != "age.of_person":
            self_at = _introduced(sentence, index)
        if self_at is not None:
            person = sentence.tokens[self_at]
            yield Mention("subject", "self", person.start, person.end, "subject.of_age", self_at, self_at, firm=True)


def _may_be_bare(sentence: Sentence, index: int) -> bool:
    """Whether what follows a bare number leaves it an age: nothing, 了, or a word that starts something new."""
    number, after = sentence.tokens[index].number, sentence.neighbour(index, 1)
    if number is None or number.counts:
        return False
    if after is None:
        return True
    busy = _LOOSE_AFTER | {"time", "currency", "claim", "cue_paid", "counter"}
    upper = sentence.neighbour(index + 1, 1)
    if "to" in after.marks and upper is not None and upper.number is not None:
        return False
    # 老伴今年七十六中风了: where a person and 今年 stand before it, any word may follow.
    before = sentence.neighbour(index, -1)
    said_so = before is not None and "age_before" in before.marks
    announced = said_so and _person_before(sentence, index) is not None
    # 我老娘八十六骨头断了: so old, right after a person, whatever comes next.
    old = number.whole is not None and number.whole >= _OLD and before is not None and before.states("subject")
    announced = announced or (old and not number.plain)
    if said_so and sentence.text.startswith(_A_YEAR, after.start):
        return True  # 今年五十八一年要交多少
    return (after.known or announced) and after.number is None and after.date is None and not after.marks & busy


def _person_before(sentence: Sentence, index: int) -> Token | None:
    for at in range(index - 1, max(-1, index - 4), -1):
        token = sentence.tokens[at]
        if token.clause != sentence.tokens[index].clause:
            return None
        if token.names_somebody:
            return token
        if not token.marks & {"glue", "age_before"}:
            return None
    return None


def _self_before(sentence: Sentence, index: int) -> int | None:
    """The word for "I" right before an age."""
    at = index - 1
    while at >= max(0, index - 3) and sentence.tokens[at].clause == sentence.tokens[index].clause:
        marks = sentence.tokens[at].marks
        if "pronoun_self" in marks:
            return at
        if not marks & {"glue", "age_before"}:
            return None
        at -= 1
    return None


def _corrects_an_age(sentence: Sentence, index: int) -> bool:
    """六十八，哦不是，六十九 and 不是八十六是八十七: a number by itself after another that was taken back."""
    tokens, number = sentence.tokens, sentence.tokens[index].number
    if number is None or number.great or number.counts or sentence.neighbour(index, 1) is not None:
        return False
    alone = index
    while (before := sentence.neighbour(alone, -1)) is not None and before.marks & {"glue", "have"}:
        alone -= 1
    earlier = [at for at in range(alone) if tokens[at].number and not (tokens[at].number or number).great]
    if not earlier:
        return False
    last = earlier[-1]
    taken_back = any(token.marks & {"neg_be", "correct"} for token in tokens[max(0, last - 1) : alone])
    return taken_back and _person_near(sentence, last)


def _person_near(sentence: Sentence, index: int) -> bool:
    """Whether a person stands right before a number, or before "is not" and the number."""
    at = index - 1
    while at >= max(0, index - 3):
        token = sentence.tokens[at]
        if token.names_somebody or token.marks & {"age_before", "age_named"}:
            return True
        if not token.marks & {"glue", "neg_be", "have"}:
            return False
        at -= 1
    return False


def _self_alone_before(sentence: Sentence, index: int) -> int | None:
    """我，57: the word for "I" where it is all of the clause before."""
    at = index - 1
    alone = at >= 0 and "pronoun_self" in sentence.tokens[at].marks and sentence.neighbour(at, -1) is None
    return at if alone else None


def _old_style(sentence: Sentence, index: int) -> int | None:
    """八十有一: the units of an age that is said the old way."""
    number, link, units = sentence.tokens[index].number, sentence.neighbour(index, 1), sentence.neighbour(index + 1, 1)
    if number is None or number.whole is None or number.whole % 10 or not link or "have" not in link.marks:
        return None
    if units is None or units.number is None or units.start != link.end or link.start != sentence.tokens[index].end:
        return None
    return units.number.whole if units.number.whole and 0 < units.number.whole < 10 else None


def _follows_person(sentence: Sentence, index: int) -> bool:
    """姑妈有低保，71 and 平湖户口 48: a number that is a clause by itself, after one that says who somebody is."""
    clause = sentence.tokens[index].clause - 1
    said = [token for token in sentence.tokens[:index] if token.clause == clause]
    return any(token.names_somebody or _says_who(token) for token in said)


def _says_who(token: Token) -> bool:
    return token.states("registered_locally", "registration_kind")


def _introduced(sentence: Sentence, index: int) -> int | None:
    """我是平湖农民，今年六十六: the word for "I" that opens the sentence of an age, where nobody else is spoken of."""
    tokens = sentence.tokens
    if any(token.states("subject") or "pronoun" in token.marks for token in tokens):
        return None
    first = next((at for at, token in enumerate(tokens[:index]) if "glue" not in token.marks), None)
    if first is None or "pronoun_self" not in tokens[first].marks:
        return None
    return first if tokens[index].clause - tokens[first].clause <= 1 else None


def _tells_of_a_thing(token: Token) -> bool:
    return "lacking" in token.marks or (token.entry is not None and any(f != "subject" for f, _ in token.entry.facts))


def dates(sentence: Sentence, expected: str | None) -> Iterator[Mention]:
    """Birth and admission dates, and the contribution year where paying in is spoken of."""
    paying = {
        token.clause
        for token in sentence.tokens
        if token.marks & {"contribution_cue", "year_cue"} or (token.entry and token.entry.intent == "contribution")
    }
    inpatient = any("inpatient" in token.marks for token in sentence.tokens)
    for index, token in enumerate(sentence.tokens):
        found = token.date
        if found is None:
            continue
        span = (token.start, token.end)
        if found.day is None:
            full = sentence.text[token.start : token.end].rstrip("度").endswith("年")
            year = FACTS["contribution_year"]
            fits = found.year is not None and year.low <= found.year <= year.high
            if full and found.year is not None and fits and (token.clause in paying or expected == "contribution_year"):
                yield Mention("contribution_year", found.year, *span, "date.contribution", index, index, firm=True)
            continue
        near = {
            mark for step in (-1, 1) for mark in (sentence.mark_beside(index, step, {"born", "admitted"}, 3),) if mark
        }
        if "born" in near or (not near and expected == "birth_date"):
            fact, reason = "birth_date", "date.born" if near else "date.asked"
        elif "admitted" in near or (not near and expected == "admission_date"):
            fact, reason = "admission_date", "date.admitted" if near else "date.asked"
        elif found.relative:
            continue  # 昨天出院: a day by itself is not the day of admission
        elif found.day.year < _FIRST_POOLING_YEAR and not inpatient:
            fact, reason = "birth_date", "date.before_scheme"
        elif inpatient and found.day.year >= _FIRST_POOLING_YEAR:
            fact, reason = "admission_date", "date.of_stay"
        else:
            continue
        yield Mention(fact, found.day, *span, reason, index, index, firm=True)


def year_paid_for(sentence: Sentence) -> Mention | None:
    """The year in a sentence that asks what is to be paid: 2009年, for 2009. None where there is none, or several."""
    fact = FACTS["contribution_year"]
    found = []
    for index, token in enumerate(sentence.tokens):
        year = token.date.year if token.date and token.date.day is None else None
        if token.number and token.number.plain and token.end - token.start == _YEAR_DIGITS:
            year = token.number.whole
        if year is not None and fact.low <= year <= fact.high:
            found.append(Mention(fact.id, year, token.start, token.end, "date.contribution", index, index, firm=True))
    return found[0] if len({mention.value for mention in found}) == 1 else None


def stays(sentence: Sentence, expected: str | None) -> Iterator[Mention]:
    """第二次住院: which stay of the year it is."""
    for index, token in enumerate(sentence.tokens):
        number = token.number
        if number is None or number.kind != "ordinal" or not 0 < number.low == number.high:
            continue
        after = sentence.neighbour(index, 1)
        timed = after is not None and "time" in after.marks
        # 这是今年第二次，海宁人民医院: the stay is named in another clause.
        this_year = timed and sentence.mark_beside(index, -1, {"age_before"}, 1) and _speaks_of_stay(sentence)
        near = (
            this_year
            or sentence.mark_beside(index + timed, 1, {"inpatient"})
            or sentence.mark_beside(index, -1, {"inpatient"})
        )
        count = _whole(number)
        if count and count <= FACTS["stays_this_year"].high and (near or (timed and expected == "stays_this_year")):
            end = index + 1 if timed else index
            span = (token.start, sentence.tokens[end].end)
            yield Mention("stays_this_year", count, *span, "stay.ordinal", index, end, firm=True)
            if near:
                yield Mention("care", "inpatient", *span, "stay.ordinal", index, end, firm=True)


def _speaks_of_stay(sentence: Sentence) -> bool:
    """Whether a hospital is spoken of, and no visit to one."""
    said = {value for token in sentence.tokens if token.entry for fact, value in token.entry.facts if fact == "care"}
    return "outpatient" not in said and any("hospital" in token.marks for token in sentence.tokens)


def _whole(number: Number) -> int | None:
    return number.low // 100_000 if number.low % 100_000 == 0 else None
