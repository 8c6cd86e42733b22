"""Everything in a scheme that can answer a question, each with the phrases by which it is found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dialogs.context import Words
from dialogs.policy.faq import FaqAnswer, FaqEntry, FaqError, Faqs, check_answer, cited, placeholders
from policy_engine.citations import Citation, article_key
from policy_engine.scheme import Scheme


@dataclass(frozen=True)
class Passage:
    """One answer: `says` may hold {parameters}; empty, the cited places in plain words are the answer.

    `phrases` are what it is found by, `asked` of them those that people really ask. `parameters` are listed with their
    values. `silent`: the documents leave it open. `flow`: a goal that answers it for the person who asks.
    `read_as` is an open place of the text, told with how it is read. `otherwise` are words that lead here where nothing
    fits.
    """

    id: str
    title: str
    phrases: tuple[str, ...]
    citations: tuple[Citation, ...]
    asked: int = 0
    says: str = ""
    parameters: tuple[str, ...] = ()
    silent: bool = False
    flow: str = ""
    read_as: str = ""
    otherwise: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """Every parameter that the answer shows, those of its sentence first."""
        return tuple(dict.fromkeys((*placeholders(self.says), *self.parameters)))


def place(citation: Citation) -> tuple[str, str]:
    """A document and the article in it, to tell whether two passages stand at one place."""
    return (citation.document.id if citation.document else "", article_key(citation.article, citation.item))


def passages(scheme: Scheme, faqs: Faqs, words: Words) -> Iterator[Passage]:
    """The FAQ's answers for this scheme first, then what its own rules, figures and articles say."""
    yield from _of_faq(scheme, faqs, words)
    for rule in (*scheme.may_join, *scheme.cannot_join):
        yield _sentence(f"rule.{rule.id}", rule.text, rule.citation, words)
    if scheme.contribution is not None:
        bearers = (*scheme.contribution.own_part, *scheme.contribution.remainder)
        yield from (_sentence(f"paying.{each.id}", each.text, each.citation, words) for each in bearers)
        for note in scheme.contribution.notes:
            yield _sentence(f"paying.{note.id}", note.text, note.citation, words)
    for name, spec in scheme.parameters.items():
        label = words.source(spec.label)
        yield Passage(f"figure.{name}", label, (spec.label, label), (spec.citation,), parameters=(name,))
    for statement in scheme.statements:
        silent = statement.kind == "silent"
        yield _sentence(f"statement.{statement.id}", statement.text, statement.citation, words, silent=silent)
    for name, reading in scheme.interpretations.items():
        title = words.source(reading.question)
        phrases = (reading.question, title)
        yield Passage(f"reading.{name}", title, phrases, (reading.citation,), read_as=name)
    for document in scheme.documents.values():
        for key, gist in document.articles.items():
            article, _, item = key.partition(".")
            citation = Citation(document, article, int(item or 0), document.grade)
            yield _sentence(f"article.{document.id}.{key}", gist, citation, words)


def _sentence(name: str, text: str, citation: Citation, words: Words, *, silent: bool = False) -> Passage:
    said = words.source(text)
    # A pack's sentence may hold braces of its own, which are no parameters here.
    escaped = said.replace("{", "{{").replace("}", "}}")
    return Passage(name, said, (text, said), (citation,), says=escaped, silent=silent)


def _elsewhere(entries: Sequence[FaqEntry], scheme: Scheme) -> FaqAnswer | None:
    """Another language's answer without its words: the places and the figures are the same in every language."""
    found = next((each.answers[scheme.id] for each in entries if scheme.id in each.answers), None)
    if found is None:
        return None
    return replace(found, says="", figures=tuple(dict.fromkeys(found.parameters)))


def _goes_with(answer: FaqAnswer, scheme: Scheme) -> bool:
    """Whether the scheme has what the answer names: one of one's own may bear the name of another."""
    try:
        check_answer(answer, scheme, "")
    except FaqError:
        return False
    return True


def _of_faq(scheme: Scheme, faqs: Faqs, words: Words) -> Iterator[Passage]:
    own = faqs.of(words.locale).entries
    names = dict.fromkeys(name for faq in faqs.by_locale.values() for name in faq.entries)
    for name in names:
        there = [faq.entries[name] for faq in faqs.by_locale.values() if name in faq.entries]
        entry = own.get(name, there[0])
        answer = entry.answers.get(scheme.id) or _elsewhere(there, scheme)
        if answer is None or not _goes_with(answer, scheme):
            continue
        asks = tuple(phrase for each in there for phrase in each.asks)
        yield Passage(
            f"faq.{name}",
            entry.title,
            (*asks, *(each.title for each in there)),
            tuple(cited(place, scheme, name) for place in answer.cite),
            asked=len(asks),
            says=answer.says,
            parameters=answer.figures,
            silent=answer.silent,
            flow=entry.flow,
            otherwise=tuple(word for each in there for word in each.otherwise),
        )
