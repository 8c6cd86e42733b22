"""What the soak sends: sentences that people say, text that nobody should send, and requests that are none."""

from __future__ import annotations

import random
from collections.abc import Iterator

from benchmarks.http import as_json, messages_path
from benchmarks.material import cases, talks
from bot.languages import first_language, lexicons
from dialogs.understanding import Expecting, understand

AGES = range(20, 120)
"""The ages that mark a conversation as one's own: nobody else in it is ever said to be this old."""

LONGEST = 4000
"""Characters of a message that the API takes."""

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
Rough = tuple[str, str, bytes, str]
"""A request that is only looked at for its status: what it is, path, body, content type."""


def opening(age: int) -> str:
    """The first words of a conversation, which mark it."""
    return f"我{age}岁，能参保吗"


def everyday() -> list[str]:
    """Every sentence of the tests that cannot be heard as an age, so that the mark of a conversation stays its own."""
    said = {text for text, _ in cases()} | {text for talk in talks() for text in talk.says}
    return sorted(text for text in said if not _tells_age(text))


def _tells_age(text: str) -> bool:
    words = lexicons(first_language(text))
    found = {name for asked in (None, Expecting("age")) for name in understand(text, asked, words).values()}
    return bool({"age", "birth_date"} & found) and text not in set("123456789")


def hostile(draw: random.Random, mark: str) -> str:
    """Text that is taken like any other, however odd it is, with a word that must not turn up in a log."""
    odd = (
        "",
        " \t\n",
        "\x00\x01\x07\x1b[2J\x7f\x85\u2028",
        "👨‍👩‍👧‍👦🏥💊" * draw.randrange(1, 60),
        "<script>alert(document.cookie)</script><img src=x onerror=alert()>",
        '\'; DROP TABLE conversations; -- " OR ""="',
        "{0.__class__} %s %n {{ self }} ${jndi:ldap://x} $(reboot) `id`",
        "\u202e\u2066保参能\u200b\ufeff\ufffe" + "e\u0301\u0323" * 40,
        "我妈住院花了" * 600,
        "a" * 3900,
        "((((" * 900,
        "../../etc/passwd\r\nSet-Cookie: hebao=",
    )
    text = draw.choice(odd)
    return (text + mark if text.strip() else text)[:LONGEST]


def rough(draw: random.Random, mark: str) -> Iterator[Rough]:
    """One request of every kind that has to be refused, or at least to do no harm."""
    path = messages_path(f"rough-{draw.getrandbits(64):x}")
    half = "\ud83d" + mark  # one half of a pair of UTF-16 surrogates: JSON can say it, no encoding can
    said: dict[str, dict[str, object]] = {
        "half a surrogate as text": {"text": half},
        "half a surrogate as message id": {"text": mark, "message_id": half},
        "half a surrogate as locale": {"text": mark, "locale": half},
        "text that is too long": {"text": mark * LONGEST},
        "an empty message id": {"text": mark, "message_id": ""},
        "text that is none": {"text": {"text": [mark]}},
        "an unknown field": {"text": mark, mark: mark},
        "a body that is too large": {"text": "x" * 70_000 + mark},
        "a locale that is none": {"text": "hello " + mark, "locale": "zh;q=nan,*;q=-1,%00;" + mark},
    }
    for name, body in said.items():
        yield name, path, as_json(body), JSON
    asked: dict[str, dict[str, object]] = {
        "an unknown fact": {"facts": {mark: 1}},
        "a fact with half a surrogate as name": {"facts": {half: 1}},
        "a fact with half a surrogate as value": {"facts": {"school_stage": half}},
        "a provider with half a surrogate": {"facts": {"provider": half, "care": "inpatient"}},
        "a number that is none": {"facts": {"age": float("nan"), "bill_total": float("inf")}},
        "a very large number": {"facts": {"age": 10**400, "bill_total": "9" * 4000}},
        "a bill with half a surrogate": {"facts": {"bill_total": half}},
        "a scheme outside the folder": {"scheme": "../../../etc/" + mark},
        "a scheme with half a surrogate": {"scheme": half},
        "a county with a null character": {"county": "\x00" + mark},
        "a day with half a surrogate": {"on": half},
        "a day that is none": {"on": "2008-02-30" + mark},
    }
    for name, question in asked.items():
        yield name, f"/api/v1/{draw.choice(('estimate', 'eligibility', 'compare'))}", as_json(question), JSON
    raw = mark.encode()
    yield "no JSON", path, b'{"text": ' + raw, JSON
    yield "no UTF-8", path, b'{"text": "\xff\xfe' + raw + b'"}', JSON
    yield "brackets without end", "/api/v1/estimate", b'{"facts": ' + b"[" * 30_000 + raw, JSON
    yield "a conversation id that is none", messages_path("%00..%2f%ff" + mark), as_json({"text": mark}), JSON
    yield "a form from nowhere", "/messages", b"text=%ff%00" + raw + b"&message_id=" + raw, FORM
    yield "a form that breaks off", "/messages", b"--b\r\nContent-Disp" + raw, "multipart/form-data; boundary=b"
