"""The rule book's sections on people: who may join, and who pays how much."""

from __future__ import annotations

from collections.abc import Iterator

from bot.commands.book_words import BookWords
from bot.commands.condition_words import in_force
from bot.commands.markdown import bullets, heading, plain, table
from policy_engine.citations import Citation
from policy_engine.conditions import ALWAYS
from policy_engine.contribution import UNDECIDED
from policy_engine.reading.sections import PAYERS
from policy_engine.scheme import Bearer, ContributionRules, Rule, Shares


def joining(said: BookWords) -> Iterator[str]:
    """Who may join."""
    scheme, words = said.scheme, said.words
    if scheme.kind == "national":
        return
    yield heading(2, words("book.joining"))
    if not scheme.may_join:
        yield words("book.nothing")
        return
    yield words("book.joining.how")
    yield heading(3, words("book.may_join"))
    yield bullets(_rule(rule, said) for rule in scheme.may_join)
    if scheme.cannot_join:
        yield heading(3, words("book.cannot_join"))
        yield bullets(_rule(rule, said) for rule in scheme.cannot_join)


def _rule(rule: Rule, said: BookWords) -> str:
    lines = [
        said.with_source(f"**{said.source(rule.text)}**", [rule.citation]),
        said.words("book.looks_at", condition=said.condition(rule.when)),
        *(_read_as(name, said) for name in rule.interpretations),
    ]
    return "\n  - ".join(lines)


def _read_as(reading: str, said: BookWords) -> str:
    return said.words("book.read_as", chosen=said.source(said.scheme.interpretations[reading].chosen))


def contribution(said: BookWords) -> Iterator[str]:
    """What a year costs and who pays it."""
    rules, words = said.scheme.contribution, said.words
    if said.scheme.kind == "national":
        return
    yield heading(2, words("book.contribution"))
    if rules is None:
        yield words("book.nothing")
        return
    yield _amounts(rules, said)
    yield from _floors(rules, said)
    yield heading(3, words("book.own_part"))
    yield bullets(_bearer(each, said) for each in rules.own_part)
    yield heading(3, words("book.remainder"))
    yield bullets(_bearer(each, said) for each in rules.remainder)
    if rules.notes:
        yield heading(3, words("book.also"))
        yield bullets(_told(each.text, each.citation, said.condition(each.when), said) for each in rules.notes)


def _amounts(rules: ContributionRules, said: BookWords) -> str:
    words = said.words
    payers = [payer for payer in PAYERS if any(payer in each.by_payer for each in rules.amounts)]
    applying = [(each, when) for each in rules.amounts if (when := in_force(each.when)) is not None]
    head = [
        words("book.for_whom"),
        words("book.total"),
        *(words(f"payer.{payer}") for payer in payers),
        words("table.articles"),
    ]
    return table(
        head,
        [
            [
                said.condition(when) if len(applying) > 1 else words("book.everybody"),
                plain(said.named(amounts.total)),
                *(_share(amounts, payer, said) for payer in payers),
                said.cited(said.citations_of(amounts.parameters)),
            ]
            for amounts, when in applying
        ],
    )


def _share(amounts: Shares, payer: str, said: BookWords) -> str:
    return plain(said.named(amounts.by_payer[payer])) if payer in amounts.by_payer else "—"


def _floors(rules: ContributionRules, said: BookWords) -> Iterator[str]:
    """National floors under a part, and whether they apply here."""
    parameters = {name for each in rules.amounts for name in each.parameters}
    floors = [each for each in said.scheme.statements if each.parameter in parameters and each.at_least is not None]
    if floors:
        yield bullets(
            said.with_source(f"{said.source(each.text)} {_applies(each.applies_when, said)}", [each.citation])
            for each in floors
        )


def _applies(applies_when: str, said: BookWords) -> str:
    if not applies_when or said.scheme.pilot_city is True:
        return plain(said.words("book.floor_applies"))
    return plain(said.words("book.floor_not_applied"))


def _bearer(bearer: Bearer, said: BookWords) -> str:
    words = said.words
    named = {UNDECIDED: words("book.payer_undecided"), "shares": _by_shares(said)}
    payer = named.get(bearer.payer) or words("book.payer", payer=words(f"payer.{bearer.payer}"))
    lines = [said.with_source(f"**{plain(payer)}** {said.source(bearer.text)}", [bearer.citation])]
    if bearer.when != ALWAYS:
        lines.append(words("book.looks_at", condition=said.condition(bearer.when)))
    if bearer.joins_as:
        rule = next(each for each in said.scheme.may_join if each.id == bearer.joins_as)
        lines.append(words("book.joins_as", rule=said.source(rule.text)))
    lines += [_read_as(name, said) for name in bearer.interpretations]
    return "\n  - ".join(lines)


def _by_shares(said: BookWords) -> str:
    rules = said.scheme.contribution
    payers = dict.fromkeys(payer for each in rules.amounts for payer in each.by_payer) if rules else {}
    others = [said.words(f"payer.{payer}") for payer in payers if payer != "individual"]
    if len(others) == 1:
        return said.words("book.payer", payer=others[0])
    return said.words("book.payer_shares", payers=said.words.listed(others))


def _told(text: str, citation: Citation, condition: str, said: BookWords) -> str:
    when = said.words("book.looks_at", condition=condition)
    return f"{said.with_source(said.source(text), [citation])}\n  - {when}"
