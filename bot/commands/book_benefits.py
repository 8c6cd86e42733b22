"""The rule book's sections on bills: what each kind of care pays, what is added or taken off, and the limits."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence

from bot.commands.book_words import BookWords
from bot.commands.condition_words import in_force, otherwise
from bot.commands.markdown import bullets, heading, plain, table
from policy_engine.benefits.schedule import Adjustment, BenefitRules, Ceiling, Layer, Schedule
from policy_engine.checking.terms import Terms, layer_terms, schedule_terms
from policy_engine.conditions import Condition, Conditional, Is
from policy_engine.facts import FACTS
from policy_engine.parameters import Values
from policy_engine.reading.witnesses import witness

_NO_FIGURES = {"id", "when", "text", "where", "interpretations"}

Applying = list[tuple[Schedule, Condition]]


def benefits(said: BookWords) -> Iterator[str]:
    """How bills are paid, under the readings that are in force."""
    rules, words = said.scheme.benefits, said.words
    if said.scheme.kind == "national":
        return
    yield heading(2, words("book.benefits"))
    if rules is None:
        yield words("book.nothing")
        return
    yield words("book.benefits.how")
    schedules = [(each, when) for each in rules.schedules if (when := in_force(each.when)) is not None]
    for care, found in _by_care(schedules).items():
        yield heading(3, _care(care, said))
        yield words("book.first_applies")
        yield _schedules(found, said)
        yield said.relied_on(name for each, _ in found for name in each.interpretations)
    yield from _adjustments(rules, said)
    yield from _ceilings(words("book.ceilings"), rules.ceilings, said)
    yield from _ceilings(words("book.cost_ceilings"), rules.cost_ceilings, said)
    yield from _layers(rules.layers, said)
    yield from _calculation(rules, said)
    yield from _otherwise(rules, said)


def _by_care(schedules: Applying) -> dict[tuple[str, ...], Applying]:
    """The schedules by the kinds of care that they can be about."""
    found: dict[tuple[str, ...], Applying] = {}
    for schedule, when in schedules:
        kinds = FACTS["care"].values
        care = tuple(each for each in kinds if witness((when, Is("care", frozenset({each})))) is not None)
        found.setdefault(care, []).append((schedule, when))
    return found


def _care(care: tuple[str, ...], said: BookWords) -> str:
    names = {"inpatient": said.words("value.care.inpatient"), "outpatient": said.words("value.care.outpatient")}
    return said.words.listed([names[each] for each in care])


def _schedules(schedules: Applying, said: BookWords) -> str:
    words, values = said.words, Values(said.scheme, said.scheme.start)
    terms = {schedule.id: schedule_terms(schedule, values) for schedule, _ in schedules}
    columns: list[tuple[str, Callable[[Schedule], str]]] = [
        (words("table.deductible"), lambda each: said.deductible(terms[each.id])),
        (words("table.ratio"), lambda each: _ratio(each, terms[each.id], said)),
    ]
    optional: list[tuple[str, Callable[[Schedule], str]]] = [
        (words("table.guaranteed"), lambda each: said.guaranteed(terms[each.id])),
        (words("table.class_b"), lambda each: said.class_b(terms[each.id])),
        (words("book.in_force"), lambda each: _period(each, said)),
    ]
    columns += [(head, cell) for head, cell in optional if any(cell(each) for each, _ in schedules)]
    rows = [
        [
            _case(schedule, when, said),
            *(plain(cell(schedule)) or "—" for _, cell in columns),
            said.cited(said.citations_of(_names(schedule))),
        ]
        for schedule, when in schedules
    ]
    return table([words("book.case"), *(head for head, _ in columns), words("table.articles")], rows)


def _case(schedule: Schedule, when: Condition, said: BookWords) -> str:
    case = said.condition(when)
    return f"{said.source(schedule.text)} ({case})" if schedule.text else case


def _ratio(schedule: Schedule, terms: Terms, said: BookWords) -> str:
    """The bands, and the points that the schedule itself adds to each."""
    found = said.bands(terms)
    fixed = [number for number, band in enumerate(schedule.bands, 1) if band.fixed]
    for name in schedule.points:
        found = said.words("terms.both", first=found, second=said.named(name))
    if fixed and (schedule.points or (said.scheme.benefits and said.scheme.benefits.adjustments)):
        bands = said.words.listed([str(number) for number in fixed])
        found = said.words("terms.both", first=found, second=said.words("book.fixed", bands=bands))
    return found


def _period(schedule: Schedule, said: BookWords) -> str:
    if schedule.start is None and schedule.end is None:
        return ""
    return said.dates(schedule.start or said.scheme.start, schedule.end or said.scheme.end)


def _adjustments(rules: BenefitRules, said: BookWords) -> Iterator[str]:
    words = said.words
    applying = [(each, when) for each in rules.adjustments if (when := in_force(each.when)) is not None]
    if not applying:
        return
    yield heading(3, words("book.adjustments"))
    yield words("book.all_apply")
    yield table(
        [words("book.case"), words("book.points"), words("table.articles")],
        [
            [said.condition(when), _points(each, said), said.cited(said.citations_of(_names(each)))]
            for each, when in applying
        ],
    )
    yield said.relied_on(name for each, _ in applying for name in each.interpretations)


def _points(each: Adjustment, said: BookWords) -> str:
    parts = [said.named(each.points)]
    if each.at_least:
        parts.append(said.words("book.then_at_least", value=said.named(each.at_least)))
    if each.at_most:
        parts.append(said.words("book.then_at_most", value=said.named(each.at_most)))
    return plain(said.both(parts))


def _ceilings(title: str, ceilings: Sequence[Ceiling], said: BookWords) -> Iterator[str]:
    words = said.words
    applying = [(each, when) for each in ceilings if (when := in_force(each.when)) is not None]
    if not applying:
        return
    yield heading(3, title)
    yield words("book.first_applies")
    yield table(
        [words("book.case"), words("book.most"), words("table.articles")],
        [
            [said.condition(when), _most(each, said), said.cited(said.citations_of(_names(each))) or "—"]
            for each, when in applying
        ],
    )
    yield said.relied_on(name for each, _ in applying for name in each.interpretations)


def _most(each: Ceiling, said: BookWords) -> str:
    if not each.amount:
        return plain(said.words("terms.no_ceiling"))
    amount = said.named(each.amount)
    if each.counts == "outpatient_paid_this_year":
        return plain(said.words("terms.ceiling_outpatient", amount=amount))
    return plain(amount)


def _layers(layers: Sequence[Layer], said: BookWords) -> Iterator[str]:
    words, values = said.words, Values(said.scheme, said.scheme.start)
    applying = [(each, when) for each in layers if (when := in_force(each.when)) is not None]
    if not applying:
        return
    yield heading(3, words("book.layers"))
    yield words("book.first_applies")
    yield table(
        [words("book.case"), words("book.pays"), words("table.articles")],
        [
            [
                said.condition(when),
                plain(said.layer(layer_terms(each, values))),
                said.cited(said.citations_of(_names(each))),
            ]
            for each, when in applying
        ],
    )


def _calculation(rules: BenefitRules, said: BookWords) -> Iterator[str]:
    """In which order it is worked out, and how it is rounded."""
    words = said.words
    lines = []
    for name in (rules.order, rules.rounding):
        if name in said.scheme.interpretations:
            reading = said.scheme.interpretations[name]
            lines.append(said.with_source(said.source(reading.chosen), [reading.citation]))
        elif name:
            figure = said.with_source(plain(said.named(name)), said.citations_of([name]))
            has_label = bool(said.scheme.parameters[name].label)
            lines.append(said.labelled(said.label(name), figure) if has_label else figure)
    lines.append(plain(words("book.rounded_by_band") if rules.each_band else words("book.rounded_by_line")))
    yield heading(3, words("book.calculation"))
    yield bullets(lines)


def _otherwise(rules: BenefitRules, said: BookWords) -> Iterator[str]:
    """The entries that apply only where a place of the text is read otherwise."""
    words = said.words
    entries: list[Conditional] = [each for each in rules.entries if in_force(each.when) is None]
    if not entries:
        return
    yield heading(3, words("book.otherwise"))
    yield words("book.otherwise.how")
    yield table(
        [words("book.case"), words("book.then"), words("table.articles")],
        [
            [
                said.condition(otherwise(each.when)),
                plain(_then(each, said)),
                said.cited(said.citations_of(_names(each))),
            ]
            for each in entries
        ],
    )


def _then(entry: Conditional, said: BookWords) -> str:
    values = Values(said.scheme, said.scheme.start)
    match entry:
        case Schedule():
            terms = schedule_terms(entry, values)
            parts = [said.deductible(terms), _ratio(entry, terms, said), said.guaranteed(terms), said.class_b(terms)]
            return said.both(filter(None, parts))
        case Adjustment():
            return _points(entry, said)
        case Ceiling():
            return _most(entry, said)
        case Layer():
            return said.layer(layer_terms(entry, values))
    raise TypeError(type(entry))


def _names(entry: object) -> list[str]:
    """Every word that an entry of the benefits has in it, its parameters among them in their order."""
    if isinstance(entry, str):
        return [entry]
    if isinstance(entry, tuple):
        return [name for each in entry for name in _names(each)]
    if dataclasses.is_dataclass(entry) and not isinstance(entry, type):
        fields = (getattr(entry, each.name) for each in dataclasses.fields(entry) if each.name not in _NO_FIGURES)
        return [name for each in fields for name in _names(each)]
    return []
