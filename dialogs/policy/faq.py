"""The editable FAQ: what people ask in one language, and the short answer that each scheme gives.

An answer holds no figure of its own: `{parameter}` stands where one belongs, and is filled with the value in force.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from policy_engine.citations import Citation
from policy_engine.scheme import Scheme

_COUNTED = re.compile(
    r"\d|[〇零一二两三四五六七八九十百千万半]+(?:元|块|个?百分点|个点|成|岁|分之)"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|hundred|thousand)\b"
)
_FILE_KEYS = {"terms", "aspects", "ignored", "question_words", "original", "entries"}
_KEYS = {"asks", "title", "flow", "otherwise", "answers"}
_ANSWER_KEYS = {"says", "cite", "figures", "silent"}


class FaqError(Exception):
    """A FAQ that cannot be used. `str(error)` names the entry, what is wrong and what to do."""


@dataclass(frozen=True)
class FaqAnswer:
    """What one scheme answers.

    `says` are our own words with placeholders, empty where the cited places in plain words say enough; `cite` are
    places as a pack writes them ("十四.1", or "document/article" where it has several documents); `figures` the
    parameters whose values are listed below; `silent` says that the documents leave it open.
    """

    says: str
    cite: tuple[str, ...]
    figures: tuple[str, ...] = ()
    silent: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        """Every parameter that the answer shows, those of its sentence first."""
        return (*placeholders(self.says), *self.figures)


@dataclass(frozen=True)
class FaqEntry:
    """One thing that people ask about, in the ways they put it.

    `flow` is a goal of the conversation that answers it better, about the person who asks, where that is meant.
    `otherwise` are words that lead here where nothing fits: 假发能报吗 asks which costs count, whatever is named.
    """

    id: str
    title: str
    asks: tuple[str, ...]
    answers: Mapping[str, FaqAnswer]
    flow: str = ""
    otherwise: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Faq:
    """One language's FAQ.

    `terms` are the words for one and the same thing, `aspects` for what is asked about it (when, who), `ignored` words
    that say nothing about what is asked, `question_words` those that make a question of a sentence, `original` what
    asks for the official wording of the last answer.
    """

    entries: Mapping[str, FaqEntry] = field(default_factory=dict)
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    aspects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    question_words: tuple[str, ...] = ()
    original: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Faqs:
    """The FAQ of every language: people mix languages, and a question in one finds the answer in another."""

    by_locale: Mapping[str, Faq] = field(default_factory=dict)

    def of(self, locale: str) -> Faq:
        """The FAQ of a language; an empty one where it has none."""
        return self.by_locale.get(locale, _EMPTY)


_EMPTY = Faq()
NO_FAQS = Faqs()
"""Where nobody has written any: a question is then answered from the scheme alone."""


def placeholders(text: str) -> tuple[str, ...]:
    """The parameters named in a sentence, in order."""
    try:
        return tuple(name for _, name, _, _ in string.Formatter().parse(text) if name)
    except ValueError as error:
        raise FaqError(f"{text!r}: {error}. Write a parameter as {{name}}.") from None


def read_faq(data: Any) -> Faq:
    """A FAQ from the data of its file. Raises FaqError for an unknown key, a missing part, or a figure in the words."""
    if not isinstance(data, Mapping) or set(data) - _FILE_KEYS:
        raise FaqError("A FAQ has terms, aspects, ignored, question_words, original and entries, and nothing else.")
    entries = {str(name): _entry(str(name), each) for name, each in (data.get("entries") or {}).items()}
    return Faq(
        entries,
        {str(name): _texts(each, str(name)) for name, each in (data.get("terms") or {}).items()},
        {str(name): _texts(each, str(name)) for name, each in (data.get("aspects") or {}).items()},
        _texts(data.get("ignored") or [], "ignored"),
        _texts(data.get("question_words") or [], "question_words"),
        _texts(data.get("original") or [], "original"),
    )


def _entry(name: str, data: Any) -> FaqEntry:
    if not isinstance(data, Mapping) or set(data) - _KEYS or not {"asks", "title"} <= set(data):
        raise FaqError(
            f"{name}: an entry has title and asks, and may have answers, flow and otherwise. Correct its keys."
        )
    answers = {str(scheme): _answer(f"{name}.{scheme}", each) for scheme, each in (data.get("answers") or {}).items()}
    return FaqEntry(
        name,
        str(data["title"]),
        _texts(data["asks"], name),
        answers,
        str(data.get("flow", "")),
        _texts(data.get("otherwise") or [], name),
    )


def _answer(where: str, data: Any) -> FaqAnswer:
    if not isinstance(data, Mapping) or set(data) - _ANSWER_KEYS or not data.get("cite"):
        raise FaqError(f"{where}: an answer has cite, and may have says, figures and silent. Correct its keys.")
    says = str(data.get("says", ""))
    spoken = says
    for name in placeholders(says):
        spoken = spoken.replace(f"{{{name}}}", "")
    if found := _COUNTED.search(spoken):
        raise FaqError(f"{where}: {found[0]!r} is a figure. Write the parameter that holds it, as {{name}}.")
    cite = data["cite"]
    return FaqAnswer(
        says,
        _texts(cite if isinstance(cite, list) else [cite], where),
        _texts(data.get("figures") or [], where),
        bool(data.get("silent", False)),
    )


def _texts(data: Any, where: str) -> tuple[str, ...]:
    if not isinstance(data, list) or not all(isinstance(each, str) and each.strip() for each in data):
        raise FaqError(f"{where}: a list of texts is needed. Put what YAML takes for something else in quotes.")
    return tuple(data)


def check_faq(faq: Faq, scheme: Scheme) -> None:
    """Raise FaqError for a parameter or a place that the scheme does not have, in the answers meant for it."""
    for entry in faq.entries.values():
        if (answer := entry.answers.get(scheme.id)) is not None:
            check_answer(answer, scheme, f"{entry.id}.{scheme.id}")


def check_answer(answer: FaqAnswer, scheme: Scheme, where: str) -> None:
    """Raise FaqError, with where the answer stands, for a parameter or a place that the scheme does not have."""
    for name in answer.parameters:
        if name not in scheme.parameters:
            raise FaqError(f"{where}: there is no parameter {name}. Name one of the pack's.")
    for place in answer.cite:
        cited(place, scheme, where)


def cited(place: str, scheme: Scheme, where: str = "") -> Citation:
    """The place that an answer cites. Raises FaqError where the scheme has no such document or article."""
    name, _, key = place.rpartition("/")
    document = scheme.documents.get(name) if name else next(iter(scheme.documents.values()), None)
    if document is None or key not in document.articles:
        raise FaqError(f"{where}: {scheme.id} has no place {place}. Cite an article of documents.yaml.")
    article, _, item = key.partition(".")
    return Citation(document, article, int(item or 0), document.grade)
