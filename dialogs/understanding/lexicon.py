"""A language's words as data: what they say about the facts, what they do in a sentence, which commands they are.

See `locales/zh_Hans/lexicon.yaml` for the form. A third language is one more such file and no code.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dialogs.understanding.judge import Judge
from dialogs.understanding.marks import MARKS
from dialogs.understanding.phrasebook import Phrasebook, Words, words_of
from dialogs.understanding.text import canonical, fold
from policy_engine.errors import FactError, did_you_mean
from policy_engine.facts import FACTS, Value, parse_fact

INTENTS = frozenset(
    (
        "eligibility", "enrol", "contribution", "estimate", "compare_hospitals", "policy_question",
        "reminder_settings", "complaint", "human", "greeting", "thanks", "out_of_scope",
    )
)  # fmt: skip
COMMANDS = frozenset(
    (
        "back", "restart", "cancel", "help", "correct", "repeat", "skip", "unknown", "yes", "no", "language",
        "large_text", "readings", "delete_my_data", "export_my_data",
    )
)  # fmt: skip
ARGUMENTS: Mapping[str, frozenset[str]] = {
    "language": frozenset(("zh_Hans", "en")),
    "large_text": frozenset(("on", "off")),
}

_SECTIONS = (
    "locale", "sets", "facts", "marks", "pairs", "intents", "commands", "answers", "strip", "names", "numbers",
    "months", "ordinals", "ignore", "sounds", "requests", "from_today",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase says. `origin` is where it stands in the file. `weak`, `thing`: it names something without saying
    that one has it; `needs_stay`: it means a hospital only where a stay is spoken of. `word`, `scale`: a number word.
    `request`: a command that it asks for also inside a longer sentence, with its argument. `shift`: how many days,
    months or years it lies from today."""

    origin: str
    facts: tuple[tuple[str, Value], ...] = ()
    marks: frozenset[str] = frozenset()
    weak: bool = False
    thing: bool = False
    needs_stay: bool = False
    intent: str | None = None
    word: int | None = None
    scale: int | None = None
    request: tuple[str, str | None] | None = None
    shift: tuple[str, int] | None = None

    def joined(self, other: Entry) -> Entry:
        """This phrase with what another section says of it."""
        facts = dict(self.facts)
        for fact, value in other.facts:
            if facts.setdefault(fact, value) != value:
                raise ValueError(
                    f"{self.origin} and {other.origin} have a phrase in common, but {fact} as {facts[fact]!r} and "
                    f"as {value!r}. Take the phrase out of one of them."
                )
        return Entry(
            self.origin,
            tuple(facts.items()),
            self.marks | other.marks,
            self.weak or other.weak,
            self.thing or other.thing,
            self.needs_stay or other.needs_stay,
            self.intent or other.intent,
            other.word if self.word is None else self.word,
            self.scale or other.scale,
            self.request or other.request,
            self.shift or other.shift,
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """Two marks that together say something about a fact: 在这里 … 读书."""

    first: str
    then: str
    facts: tuple[tuple[str, Value], ...]
    weak: bool


@dataclass(frozen=True)
class Lexicon:
    """The words of one language, ready to be looked up.

    `before` and `after` are what is stripped off an utterance, by first and by last character.
    """

    locale: str
    phrases: Phrasebook[Entry] = field(repr=False)
    pairs: tuple[Pair, ...] = ()
    commands: Mapping[str, tuple[str, str | None]] = field(default_factory=dict, repr=False)
    answers: Mapping[tuple[str, str], Value] = field(default_factory=dict, repr=False)
    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    after: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    names: Mapping[str, str] = field(default_factory=dict, repr=False)
    months: Mapping[str, int] = field(default_factory=dict)
    ordinals: Mapping[str, int] = field(default_factory=dict)
    sounds: tuple[tuple[str, str], ...] = ()
    judge: Judge | None = field(default=None, repr=False)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Lexicon:
        """A lexicon from the data of its file. Raises ValueError that names the entry and what is wrong with it."""
        _only(data, _SECTIONS, "lexicon")
        reader = _Reader(data.get("sets") or {})
        strip = data.get("strip") or {}
        _only(strip, ("before", "after"), "strip")
        _only(data.get("names") or {}, FACTS, "names")
        numbers = data.get("numbers") or {}
        _only(numbers, ("words", "scales"), "numbers")
        return cls(
            locale=str(data.get("locale", "")),
            phrases=Phrasebook(reader.entries(data, numbers)),
            pairs=tuple(map(reader.pair, data.get("pairs") or ())),
            commands=reader.commands(data.get("commands") or {}),
            answers=reader.answers(data.get("answers") or ()),
            before=_grouped(reader.words(strip.get("before"), "strip: before"), 0),
            after=_grouped(reader.words(strip.get("after"), "strip: after"), -1),
            names={
                canonical(fold(phrase)): fact_id
                for fact_id, phrases in (data.get("names") or {}).items()
                for phrase in reader.phrases(phrases, f"names: {fact_id}")
            },
            months={fold(name): number for name, number in (data.get("months") or {}).items()},
            ordinals={fold(name): number for name, number in (data.get("ordinals") or {}).items()},
            sounds=reader.sounds(data.get("sounds") or {}),
        )

    def heard(self, text: str) -> str:
        """Folded text with what a transcript wrote for its sound as it was meant; no offset changes."""
        for written, meant in self.sounds:
            if written in text:
                text = text.replace(written, meant)
        return text


def _grouped(words: Iterable[str], place: int) -> dict[str, tuple[str, ...]]:
    """Words by their first (0) or last (-1) character, in the order given."""
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        if word:
            found[word[place]] = (*found.get(word[place], ()), word)
    return found


def _only(data: Any, known: Iterable[str], where: str) -> None:
    if not isinstance(data, Mapping):
        raise ValueError(f"{where}: write names with values, not {data!r}.")  # noqa: TRY004 - one error for callers
    for key in data:
        if key not in known:
            raise ValueError(f"{where}: {key!r} means nothing here. Did you mean: {did_you_mean(str(key), known)}?")


class _Reader:
    """Reads the sections of a lexicon; knows its word sets."""

    def __init__(self, sets: Any) -> None:
        self._sets: dict[str, tuple[str, ...]] = {}
        self._trees: dict[str, Words] = {}
        self._pieces: dict[str, Words] = {}
        _only(sets, tuple(sets), "sets")
        for name, phrases in sets.items():
            self._sets[str(name)] = self.phrases(phrases, f"sets: {name}")

    def phrases(self, given: Any, where: str, each: str | None = None) -> tuple[str, ...]:
        """Phrases with every {set} written out in all its words."""
        _listed(given, where)
        return tuple(itertools.chain.from_iterable(self._expanded(phrase, where, each) for phrase in given))

    def words(self, given: Any, where: str) -> tuple[str, ...]:
        """Phrases as they look in canonical text, longest first."""
        return tuple(
            sorted({canonical(fold(word)) for word in self.phrases(given or [], where)}, key=len, reverse=True)
        )

    def _expanded(self, phrase: str, where: str, each: str | None) -> Iterator[str]:
        choices = [
            self._sets[self._named(piece, where, each)] if is_set else (piece,) for piece, is_set in _pieces(phrase)
        ]
        return map("".join, itertools.product(*choices))

    def _named(self, piece: str, where: str, each: str | None) -> str:
        """The set that {piece} stands for."""
        name = each if piece == "each" and each else piece
        if name not in self._sets:
            raise ValueError(f"{where}: there is no set {name!r}. Did you mean: {did_you_mean(name, self._sets)}?")
        return name

    def entries(self, data: Mapping[str, Any], numbers: Mapping[str, Any]) -> Iterator[tuple[Sequence[Words], Entry]]:
        """Every phrase that is looked for inside sentences, in parts, with what it says."""
        for number, given in enumerate(data.get("facts") or (), 1):
            yield from self._fact(given, f"facts: entry {number}")
        for mark, phrases in (data.get("marks") or {}).items():
            _only({mark: 0}, MARKS, "marks")
            yield from self._each(phrases, f"marks: {mark}", Entry(mark, marks=frozenset((mark,))))
        for intent, phrases in (data.get("intents") or {}).items():
            _only({intent: 0}, INTENTS, "intents")
            yield from self._each(phrases, f"intents: {intent}", Entry(intent, intent=intent))
        yield from self._each(data.get("ignore") or [], "ignore", Entry("ignore"))
        for phrase, request in self.commands(data.get("requests") or {}, "requests", fold).items():
            yield (words_of((phrase,)),), Entry(request[0], request=request)
        for unit, counted in (data.get("from_today") or {}).items():
            _only({unit: 0}, ("days", "months", "years"), "from_today")
            for word, by in counted.items():
                yield (words_of((fold(word),)),), Entry(word, shift=(unit, int(by)))
        for word, value in (numbers.get("words") or {}).items():
            yield (words_of((fold(word),)),), Entry(word, word=_whole(value, f"numbers: {word}"))
        for word, value in (numbers.get("scales") or {}).items():
            yield (words_of((fold(word),)),), Entry(word, scale=_whole(value, f"numbers: {word}"))

    def _fact(self, given: Any, where: str) -> Iterator[tuple[Sequence[Words], Entry]]:
        _only(given, ("facts", "phrases", "each", "marks", "weak", "thing", "needs_stay"), where)
        marks = frozenset(given.get("marks") or ())
        _only(dict.fromkeys(marks), MARKS, where)
        for each in given.get("each") or [None]:
            facts = _values(given.get("facts"), where, each)
            entry = Entry(
                where,
                facts,
                marks,
                weak=bool(given.get("weak")),
                thing=bool(given.get("thing") or given.get("weak")),
                needs_stay=bool(given.get("needs_stay")),
            )
            yield from self._each(given.get("phrases"), where, entry, each)

    def _each(
        self, given: Any, where: str, entry: Entry, each: str | None = None
    ) -> Iterator[tuple[Sequence[Words], Entry]]:
        """The phrases as patterns: those without a set together, each of the others by itself."""
        _listed(given, where)
        plain = [fold(phrase) for phrase in given if "{" not in phrase]
        if plain:
            yield (words_of(plain),), entry
        for phrase in given:
            if "{" in phrase:
                parts = [self._part(*piece, where, each) for piece in _pieces(phrase)]
                yield tuple(parts), entry

    def _part(self, piece: str, is_set: bool, where: str, each: str | None) -> Words:
        if not is_set:
            if piece not in self._pieces:
                self._pieces[piece] = words_of((fold(piece),))
            return self._pieces[piece]
        name = self._named(piece, where, each)
        if name not in self._trees:
            self._trees[name] = words_of(map(fold, self._sets[name]))
        return self._trees[name]

    def pair(self, given: Any) -> Pair:
        """One rule about two marks."""
        _only(given, ("first", "then", "facts", "weak"), "pairs")
        where = f"pairs: {given.get('first')} and {given.get('then')}"
        _only({given.get("first"): 0, given.get("then"): 0}, MARKS, where)
        return Pair(given["first"], given["then"], _values(given.get("facts"), where, None), bool(given.get("weak")))

    def sounds(self, given: Any) -> tuple[tuple[str, str], ...]:
        """(as written, as meant) of every homophone; both are of one length, so that no span moves."""
        _only(given, tuple(given), "sounds")
        found = []
        for meant, written in given.items():
            for phrase in self.phrases(written, f"sounds: {meant}"):
                if len(phrase) != len(meant):
                    raise ValueError(f"sounds: {phrase!r} and {meant!r} are not equally long.")
                found.append((fold(phrase), fold(meant)))
        return tuple(found)

    def commands(
        self, given: Any, section: str = "commands", form: Callable[[str], str] = lambda phrase: canonical(fold(phrase))
    ) -> dict[str, tuple[str, str | None]]:
        """Phrase, in this form, to command and argument."""
        _only(given, COMMANDS, section)
        found: dict[str, tuple[str, str | None]] = {}
        for command, content in given.items():
            arguments = content if isinstance(content, Mapping) else {None: content}
            if isinstance(content, Mapping):
                _only(content, ARGUMENTS.get(command, frozenset()), f"{section}: {command}")
            for argument, phrases in arguments.items():
                for phrase in self.phrases(phrases, f"{section}: {command}"):
                    key = form(phrase) or fold(phrase)
                    if found.setdefault(key, (command, argument))[0] != command:
                        raise ValueError(f"{section}: {phrase!r} is both {found[key][0]} and {command}.")
        return found

    def answers(self, given: Any) -> dict[tuple[str, str], Value]:
        """(fact, canonical phrase) to the value that the phrase means where that fact was asked for."""
        found: dict[tuple[str, str], Value] = {}
        for answer in given:
            _only(answer, ("fact", "value", "phrases"), "answers")
            where = f"answers: {answer.get('fact')}"
            ((fact_id, value),) = _values({answer.get("fact"): answer.get("value")}, where, None)
            for phrase in self.phrases(answer.get("phrases"), where):
                found[fact_id, canonical(fold(phrase))] = value
        return found


def _listed(given: Any, where: str) -> None:
    if not isinstance(given, list) or not all(isinstance(phrase, str) and phrase for phrase in given):
        raise ValueError(f"{where}: write a list of phrases, each in quotes where YAML would read something else.")


def _pieces(phrase: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a phrase, and of each whether it names a set."""
    for place, piece in enumerate(phrase.replace("}", "{").split("{")):
        if piece:
            yield piece, place % 2 == 1


def _values(given: Any, where: str, each: str | None) -> tuple[tuple[str, Value], ...]:
    if not isinstance(given, Mapping) or not given:
        raise ValueError(f"{where}: facts with their values are missing.")
    values = []
    for fact_id, value in given.items():
        try:
            values.append((fact_id, parse_fact(fact_id, each if value == "{each}" else value)))
        except FactError as error:
            raise ValueError(f"{where}: {error}") from error
    return tuple(values)


def _whole(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{where}: {value!r} is not a whole number.")
    return value
