"""The rule book's sections for whoever checks it: open places, what is not set, every article, every figure."""

from __future__ import annotations

from collections.abc import Iterator

from bot.commands.book_words import BookWords
from bot.commands.coverage import coverage_names, statement_kinds
from bot.commands.figures import label, value
from bot.commands.markdown import bullets, heading, plain, table
from dialogs.sources import place_of
from policy_engine.checking.citing import Citing, citing
from policy_engine.citations import Document, article_key
from policy_engine.money import exactly
from policy_engine.parameters import decided_by
from policy_engine.scheme import Interpretation, Parameter, Statement


def open_places(said: BookWords) -> Iterator[str]:
    """Where the text is open: all readings, the one in force, and who could confirm one."""
    words = said.words
    if not said.scheme.interpretations:
        return
    yield heading(2, words("book.open_places"))
    yield words("book.open_places.how")
    for number, reading in enumerate(said.scheme.interpretations.values(), 1):
        yield heading(3, f"{number}. {words.source(reading.question)}")
        lines = [_choice(reading, choice, said) for choice in reading.choices]
        confirmed = plain(words("book.confirmed_by", office=words.source(reading.confirmed_by)))
        lines.append(said.with_source(confirmed, [reading.citation]))
        yield bullets(lines)


def _choice(reading: Interpretation, choice: str, said: BookWords) -> str:
    words = said.words
    text = said.source(reading.choices[choice])
    if not choice:
        return said.labelled(plain(words("book.only_choice")), text)
    name = f"`{reading.id}: {choice}`"
    taken = plain(words("book.chosen"))
    line = f"**{taken}** {text} {name}" if choice == reading.choice else f"{text} {name}"
    for parameter in reading.sets.get(choice, {}).values():
        for each in parameter.settings:
            figure = words(
                "book.override",
                value=plain(said.value(parameter, each)),
                dates=plain(said.dates(each.start, each.end)),
                source=said.cited([each.citation]),
            )
            line += f"\n  - {said.labelled(plain(label(parameter, words)), figure)}"
    return line


def unset(said: BookWords) -> Iterator[str]:
    """What nobody has set yet, by who decides."""
    words = said.words
    by_authority: dict[str, list[Parameter]] = {}
    for parameter in said.scheme.parameters.values():
        if any(each.value is None and not each.same_as for each in parameter.settings) or not parameter.settings:
            by_authority.setdefault(decided_by(said.scheme, parameter), []).append(parameter)
    if not by_authority:
        return
    yield heading(2, words("book.undecided"))
    yield words("book.undecided.how")
    for authority, parameters in by_authority.items():
        yield heading(3, words("book.decides", authority=words.source(authority)))
        yield table(
            [words("book.item"), words("book.the_document"), words("table.articles")],
            [
                [plain(label(each, words)), plain(_stated(each, said)), said.cited([each.citation])]
                for each in parameters
            ],
        )


def _stated(parameter: Parameter, said: BookWords) -> str:
    if parameter.settings:
        return said.dated(parameter)
    bounds = []
    if parameter.lowest is not None:
        lowest = value(parameter.unit, parameter.lowest, said.words)
        bounds.append(said.words("figure.at_least", value=lowest))
    if parameter.highest is not None:
        highest = value(parameter.unit, parameter.highest, said.words)
        bounds.append(said.words("figure.at_most", value=highest))
    left = said.words("book.delegated") if parameter.stated == "delegated" else said.words("book.silent")
    return said.both([left, *bounds])


def articles(said: BookWords) -> Iterator[str]:
    """Every article of every document: what it says, and what became of it."""
    words = said.words
    yield heading(2, words("book.articles"))
    yield words("book.articles.how")
    entries: dict[tuple[Document, str], list[Citing]] = {}
    for each in citing(said.scheme):
        if each.citation.document is not None:
            place = article_key(each.citation.article, each.citation.item)
            entries.setdefault((each.citation.document, place), []).append(each)
    for document in said.scheme.documents.values():
        yield heading(3, f"{document.number} 《{document.title}》")
        yield bullets(
            _article(document, place, entries.get((document, place), []), said) for place in document.articles
        )


def _article(document: Document, place: str, entries: list[Citing], said: BookWords) -> str:
    words = said.words
    article, _, item = place.partition(".")
    named = place_of(article, int(item or 0), words)
    became = dict.fromkeys(_became(each, said) for each in entries)
    if not entries and place in document.not_encoded:
        became[said.labelled(plain(words("coverage.not_encoded")), said.source(document.not_encoded[place]))] = None
    return "\n".join(
        [f"**{plain(named)}** {said.source(document.articles[place])}", *(f"  - {each}" for each in became)]
    )


def _became(each: Citing, said: BookWords) -> str:
    """What one entry of the pack makes of an article."""
    words, scheme = said.words, said.scheme
    names = coverage_names(words)
    match each.kind:
        case "statement" | "floor":
            statement = next(other for other in scheme.statements if other.id == each.id)
            kind = plain(statement_kinds(words)[statement.kind])
            return said.labelled(kind, said.source(statement.text) + _floor(statement, said))
        case "office":
            who = words(
                "book.ask_about", fact=words(f"fact.{each.id}"), office=words.source(scheme.offices[each.id].name)
            )
            return said.labelled(plain(statement_kinds(words)["office"]), plain(who))
        case "reading":
            reading = scheme.interpretations[each.id]
            number = list(scheme.interpretations).index(each.id) + 1
            see = plain(words("book.see_place", number=number))
            return said.labelled(plain(names["ambiguous"]), f"{said.source(reading.question)} {see}")
        case "value" | "delegated" | "silent":
            parameter = scheme.parameters[each.id]
            kind = names["encoded"] if each.kind == "value" else names[each.kind]
            return said.labelled(
                plain(kind), said.labelled(plain(label(parameter, words)), plain(said.dated(parameter)))
            )
    return said.labelled(plain(names["encoded"]), "".join(said.source(sentence) for sentence in each.sentences))


def _floor(statement: Statement, said: BookWords) -> str:
    """The figure that a statement lays down, and for whom."""
    if statement.at_least is None:
        return ""
    amount = said.words.money(exactly(statement.at_least))
    if statement.applies_when:
        return " " + plain(said.words("book.floor_of_pilot", amount=amount))
    return " " + plain(said.words("figure.at_least", value=amount))


def offices(said: BookWords) -> Iterator[str]:
    """Whom to ask about what."""
    words = said.words
    if not said.scheme.offices:
        return
    yield heading(2, words("book.offices"))
    yield table(
        [words("book.about"), words("book.ask"), words("table.articles")],
        [
            [plain(words(f"fact.{each.fact}")), said.source(each.name), said.cited([each.citation])]
            for each in said.scheme.offices.values()
        ],
    )


def figures(said: BookWords) -> Iterator[str]:
    """Every value with its dates and source, under the name that the program has for it."""
    words = said.words
    listed = [each for each in said.scheme.parameters.values() if each.settings]
    if not listed:
        return
    yield heading(2, words("book.figures"))
    yield words("book.figures.how")
    yield table(
        [words("book.item"), words("book.value"), words("book.in_force"), words("table.articles"), words("book.name")],
        [
            [
                plain(label(parameter, words)),
                plain(said.value(parameter, each)) + (f" ({said.source(each.note)})" if each.note else ""),
                plain(said.dates(each.start, each.end)),
                said.cited([each.citation]),
                f"`{parameter.id}`",
            ]
            for parameter in listed
            for each in parameter.settings
        ],
    )
