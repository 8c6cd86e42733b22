"""A conversation as a file of turns, such as those in tests/transcripts: to be read, kept as a test and played again.

What could name a person is replaced before anything is worked out, so the file shows what the program makes of the
replaced words, and nothing of the real ones is in it.
"""

from __future__ import annotations

import datetime
import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.languages import name_words
from bot.service import Inbound, Service
from bot.settings import Settings
from dialogs.members.particulars import find_particulars
from dialogs.understanding import mask_identity_numbers
from member_store.encryption import generate_key
from member_store.store import Store

HIDDEN = "〔已隐去〕"
"""What stands in a kept message for an identity or telephone number."""

_INVENTED = {
    "name": "张三",
    # Of a district that there is not.
    "identity": "330499198001010013",
    "phone": "13800000000",
    "certificate_number": "00001号",
}
_NAMES = ("张三", "李四", "王五", "赵六")
_NAMED = re.compile(
    r"(?:[我他她名]叫|姓名是?[:：]?|名字[是叫]|\b(?:[Mm]y|[Hh]is|[Hh]er) name is )\s?"
    r"([㐀-鿿]{2,4}?(?=今年|[，。、,.\s是的住在]|$)|[㐀-鿿]{3}|[A-Z][a-z]{1,20}(?: [A-Z][a-z]{1,20})?)"
)
_REPLACED = (
    # Whatever its check digit says: somebody may have mistyped their own.
    (re.compile(r"(?<!\d)\d{15,20}[Xx]?"), HIDDEN),
    (re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"), "13800000000"),
    (re.compile(r"(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)"), "0573-80000000"),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}", re.ASCII), "someone@example.org"),
    (
        re.compile(r"[㐀-鿿]{2,8}?(?:路|街|弄|巷|新村|小区|花园)\d{1,5}[号幢栋](?:\d{1,4}单元)?(?:\d{1,5}室)?"),
        "某某路1号",
    ),
    (re.compile(r"((?:19|20)\d\d年)\d{1,2}月\d{1,2}[日号]"), r"\g<1>1月1日"),
    (re.compile(r"(?<!\d)((?:19|20)\d\d)([-/.])\d{1,2}[-/.]\d{1,2}(?!\d)"), r"\g<1>\g<2>01\g<2>01"),
)


@dataclass(frozen=True)
class Transcribed:
    """One turn: what was said, the fact asked for next (`none` for no question), and the facts that are new with it."""

    say: str
    asks: str
    facts: dict[str, Any]


def impersonal(text: str, asked: str | None = None) -> str:
    """The text without identity and telephone numbers, addresses, days of birth and names.

    A name counts as one where it says so, or where it answers the question for one: `asked`. What an enrolment asks for
    is replaced by something invented that answers as well.
    """
    text = mask_identity_numbers(text, HIDDEN)
    if asked in _INVENTED:
        found = find_particulars(text.replace(HIDDEN, " "), datetime.date.today(), asked, name_words())
        if found.name is not None:
            text = text.replace(found.name, _NAMES[0])
        for instead in (_INVENTED["identity"], _INVENTED["phone"]) if asked != "phone" else (_INVENTED["phone"],):
            text = text.replace(HIDDEN, instead, 1)
        if asked == "certificate_number" and any(map(str.isdigit, text)):
            text = _INVENTED[asked]
        return text
    for pattern, instead in _REPLACED:
        text = pattern.sub(instead, text)
    names: dict[str, str] = {}
    for named in _NAMED.finditer(text):
        names.setdefault(named[1], _NAMES[len(names) % len(_NAMES)])
    for name, instead in names.items():
        text = text.replace(name, instead)
    return text


def transcribed(said: Iterable[str], locale: str, settings: Settings) -> Iterator[Transcribed]:
    """What comes of these messages, said one after another by somebody new to a service of its own, on a store that
    is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/scratch.db", generate_key())
        with Service(store, settings) as service:
            known: dict[str, Any] = {"subject": "self"}
            for number, text in enumerate(said):
                answer = service.handle(Inbound("repro", "somebody", str(number + 1), text, locale))
                now = {**answer.state["facts"], "subject": answer.state["subject"]}
                new = {name: value for name, value in now.items() if known.get(name) != value}
                yield Transcribed(text, answer.asks or "none", new)
                known = now


def as_yaml(name: str, turns: Iterable[Transcribed], locale: str, county: str | None = None) -> str:
    """The file, in the form of tests/transcripts."""
    lines = [f"name: {_quoted(name)}"]
    lines += [f"locale: {locale}"] if locale != "zh-CN" else []
    lines += [f"county: {county}"] if county else []
    lines.append("turns:")
    for each in turns:
        lines += [f"  - say: {_quoted(each.say)}", f"    asks: {each.asks}"]
        if each.facts:
            lines.append(
                f"    facts: {{{', '.join(f'{fact}: {_quoted(value)}' for fact, value in each.facts.items())}}}"
            )
    return "\n".join(lines) + "\n"


def _quoted(value: Any) -> str:
    """JSON is YAML, and quotes whatever YAML could read otherwise."""
    return json.dumps(value, ensure_ascii=False)
