"""A copy of one's data, to be read by people: headings and lines in their own language, UTF-8.

What `member_store.members.export` gathers, and nothing left out but how a contribution was worked out.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.channels.plain import plain
from bot.members.data_words import CHOICES, LABELS, SECTIONS
from dialogs.context import Words
from dialogs.replies import Attachment, Reply, reply_from_dict
from member_store.members.records import OFFICE_TIME
from policy_engine.errors import FactError
from policy_engine.facts import FACTS, parse_fact
from policy_engine.money import Money, exactly

_LEFT_OUT = frozenset({"worked_out"})
"""Figures and citations of the engine, page after page; the JSON has them."""
_NO_VALUE: tuple[object, ...] = (None, "", [], {})


def as_text(data: Mapping[str, Any], words: Words, names: Mapping[str, str] | None = None) -> str:
    """The copy as text that ends with a line break.

    `data` holds `people`, each as `export.everything_about` gives it, and may hold `conversation`, as
    `export.conversation_of` does, and `accounts` as `export.accounts_of`. `names` says how ids of
    the rules, counties say, are called.
    """
    page = _Page(words, names or {})
    lines = [words("export.title"), words("export.what_it_is"), ""]
    for person in data.get("people", ()):
        lines += page.person(person)
    if not data.get("people"):
        lines += [words("export.nobody"), ""]
    lines += page.accounts(data.get("accounts") or [])
    lines += page.conversation(data.get("conversation") or [])
    return "\n".join(lines).rstrip("\n") + "\n"


class _Page:
    def __init__(self, words: Words, names: Mapping[str, str]) -> None:
        self._words = words
        self._names = names

    def person(self, data: Mapping[str, Any]) -> Iterator[str]:
        name = data.get("personal", {}).get("name") or self._words("export.without_name")
        yield self._words("export.person", name=name)
        for section, content in data.items():
            records = [content] if isinstance(content, Mapping) else content
            if not records:
                continue
            yield ""
            yield self._words("export.heading", heading=self._words(SECTIONS[section]))
            for number, record in enumerate(records):
                if number and section not in _ONE_LINE:
                    yield ""
                yield from self._record(section, record)
        yield ""

    def accounts(self, accounts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        if len(accounts) > 1:
            yield self._words("export.accounts")
            for each in accounts:
                told = f"{self._value('channel', each['channel'])} · {self._moment(each['at'])}"
                yield self._words("export.item", text=told)
            yield ""

    def _told(self, reply: Reply) -> str:
        """A reply as text. Of a file only its name: it would hold every copy before it, and this one the next."""
        return f"{reply.label} {reply.name}" if isinstance(reply, Attachment) else plain(reply, self._words)

    def conversation(self, turns: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        yield self._words("export.conversation")
        if not turns:
            yield self._words("export.nothing_said")
        for turn in turns:
            yield ""
            yield self._moment(turn["at"])
            yield self._words("export.said", text=turn["said"])
            for reply in turn["replies"]:
                yield self._words("export.answered", text=self._told(reply_from_dict(reply)))

    def _record(self, section: str, record: Mapping[str, Any]) -> Iterator[str]:
        if section in _ONE_LINE:
            shown = [self._value(field, value) for field, value in record.items() if value not in _NO_VALUE]
            yield self._words("export.item", text=" · ".join(shown))
            return
        yield from self._lines(record)

    def _lines(self, record: Mapping[str, Any]) -> Iterator[str]:
        for field, value in record.items():
            if field in _LEFT_OUT or value in _NO_VALUE:
                continue
            label = self._words(LABELS[field])
            if field == "facts":
                yield self._words("export.line", label=label, value="")
                yield from (self._words("export.item", text=self._fact(*each)) for each in value.items())
            elif isinstance(value, Mapping):
                yield self._words("export.line", label=label, value="")
                yield from self._lines(value)
            elif field == "parts":
                for part in value:
                    told = [self._value(name, each) for name, each in part.items() if each is not None]
                    yield self._words("export.item", text=" · ".join(told))
            else:
                yield self._words("export.line", label=label, value=self._value(field, value))

    def _value(self, field: str, value: Any) -> str:
        if isinstance(value, bool):
            return self._words("export.yes") if value else self._words("export.no")
        if isinstance(value, list):
            return self._words.listed([self._value(field, each) for each in value])
        if field.endswith("_fen"):
            return self._money(value)
        if field.endswith("_at") or field in {"at", "until"}:
            return self._moment(value)
        if field.endswith("_on") or field in _DAYS:
            return self._words.date(datetime.date.fromisoformat(value))
        if field == "year":
            return self._words("export.of_year", year=value)
        choice = CHOICES.get(field, {}).get(str(value))
        return self._words(choice) if choice else self._names.get(str(value), str(value))

    def _fact(self, fact: str, value: Any) -> str:
        # Facts are kept as they were stated under the rules of then; what the vocabulary no longer has is shown as is.
        try:
            known = parse_fact(fact, value)
        except FactError:
            return self._words("export.other_fact", fact=fact, value=value)
        state = f"state.{fact}.{str(known).lower()}"
        if FACTS[fact].kind in {"bool", "enum"} and self._words.has(state):
            return self._words(state)
        if isinstance(known, Money):
            shown = self._words.money(known)
        elif isinstance(known, datetime.date):
            shown = self._words.date(known)
        else:
            shown = self._names.get(str(known), str(known))
        return self._words("export.line", label=self._words(f"fact.{fact}"), value=shown).strip()

    def _money(self, fen: int) -> str:
        amount = self._words.money(exactly(abs(fen)))
        return self._words("export.less", amount=amount) if fen < 0 else amount

    def _moment(self, moment: str) -> str:
        here = datetime.datetime.fromisoformat(moment).astimezone(OFFICE_TIME)
        return self._words("export.moment", date=self._words.date(here.date()), time=f"{here:%H:%M}")


_ONE_LINE = frozenset({"statement", "audit"})
_DAYS = frozenset({"on", "birth_date", "valid_from", "valid_until", "notice_from", "notice_until"})
