"""What a turn needs from around it, handed in by the edge: words, lexicons, the day, and the counties on offer."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from dialogs.members.acts import NO_ACTS, Acts
from dialogs.members.name_words import NameWords
from dialogs.members.standing import NOBODY, Collection, Standing
from dialogs.policy.faq import NO_FAQS, Faqs
from dialogs.understanding import Lexicon
from policy_engine.citations import Citation
from policy_engine.facts import Value
from policy_engine.money import Money
from policy_engine.scheme import Scheme


def N_(message_id: str) -> str:  # noqa: N802 - gettext's own name for "extract this, translate it later"
    """Mark a message id for the catalogues without looking it up here."""
    return message_id


class Words(Protocol):
    """One language: its messages, and how it writes money, rates and dates."""

    @property
    def locale(self) -> str:
        """The language's tag, as its folder in `locales/` is called."""

    def __call__(self, message_id: str, /, **params: object) -> str:
        """The message with its placeholders filled. Raises KeyError for an id that the catalogue does not have."""

    def __hash__(self) -> int:
        """The words of one language are the same only as themselves, so that what is made of them can be kept."""

    def has(self, message_id: str) -> bool:
        """Whether the catalogue has this message."""

    def source(self, text: str, **params: object) -> str:
        """A sentence of a policy pack or of the engine, in this language where the catalogue has it."""

    def money(self, amount: Money) -> str:
        """An amount, or a range, as this language writes it."""

    def percent(self, low: Fraction, high: Fraction) -> str:
        """A rate, or a range of rates."""

    def date(self, day: datetime.date) -> str:
        """A day of the calendar."""

    def listed(self, items: Sequence[str]) -> str:
        """Several things in one phrase."""


Communities = Callable[[str], tuple[tuple[int, str], ...]]
"""The communities of a county: the store's key and the name of each."""


def no_communities(_county: str) -> tuple[tuple[int, str], ...]:
    """No community is on record."""
    return ()


def no_collection(_county: str) -> Collection | None:
    """No office has said when it collects."""
    return None


def no_original(_citation: Citation) -> str | None:
    """The original wording of a place, where nobody has brought any."""
    return None


NO_WORDS = NameWords()


@dataclass(frozen=True)
class Context:
    """The surroundings of a turn.

    `scheme` gives the rules of a county, or of the city where the county is None. `county` is set where the whole
    service is for one county. `counties` are those on offer, in the order to show. `languages` gives the words of
    each locale, `lexicons` what people say in them. `today` may lie outside the scheme's period. `faqs` are the
    editable answers to questions about the policy, `original` the official wording of a place, or None. `standing` is
    how the contact stands with the store, `communities` those of each county, `collection` when its office collects
    next, or did last; `names` and `acts` are what people say
    around a name, and to have something done. `humans`: the channel can hand a conversation over to people; `hears`:
    it makes words of speech.
    """

    scheme: Callable[[str | None], Scheme]
    county: str | None
    counties: tuple[str, ...]
    languages: Callable[[str], Words]
    locales: tuple[str, ...]
    lexicons: Callable[[str], Sequence[Lexicon]]
    today: datetime.date
    faqs: Faqs = NO_FAQS
    original: Callable[[Citation], str | None] = no_original
    standing: Standing = NOBODY
    communities: Communities = no_communities
    collection: Callable[[str], Collection | None] = no_collection
    names: NameWords = NO_WORDS
    acts: Acts = NO_ACTS
    humans: bool = False
    hears: bool = False


@dataclass(frozen=True)
class Case:
    """One person's case as a flow sees it: whom it is about, what is known, what they do not know.

    `brief` keeps what is told short enough for a telephone; the rest can be asked for. `flow` is the present goal,
    `particulars` what was said for it; `on_record` are facts that nobody said and the store knows.
    """

    subject: str
    facts: dict[str, Value]
    unsure: frozenset[str]
    scheme: Scheme
    today: datetime.date
    words: Words
    brief: bool = True
    flow: str = ""
    particulars: Mapping[str, str] = field(default_factory=dict, repr=False)
    standing: Standing = NOBODY
    communities: Communities = no_communities
    collection: Callable[[str], Collection | None] = no_collection
    county: str | None = None
    counties: tuple[str, ...] = ()
    on_record: frozenset[str] = frozenset()

    @property
    def who(self) -> str:
        """How the person is called in a sentence."""
        return self.words(f"who.{self.subject}")

    def say(self, message_id: str, **params: object) -> str:
        """A message that speaks to the person, or about them: the variant for whom it is about."""
        variant = f"{message_id}.{'self' if self.subject == 'self' else 'other'}"
        chosen = variant if self.words.has(variant) else message_id
        return self.words(chosen, who=self.who, **params)
