"""What the page says and how it is built, without a browser."""

import dataclasses
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2.ext import babel_extract

from bot.channels.web import page
from bot.channels.web.page import PageView, TurnView, render_page, render_turn
from dialogs.replies import Decision, Question, Text

VOID = {"meta", "link", "img", "input", "br"}
TEMPLATES = sorted((page.STATIC.parent / "templates").iterdir())
HOSTILE = "</p><script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"
Words = Callable[..., str]


class Tree(HTMLParser):
    """Every element as (tag, attributes, the tags around it), and what stands open at the end."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), list(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        return [
            attrs
            for name, attrs, _ in self.elements
            if name == tag and all(attrs.get(key.rstrip("_")) == value for key, value in attributes.items())
        ]


def poisoned(value: Any) -> Any:
    """The same reply with hostile text in every field that is free text."""
    if isinstance(value, tuple):
        return tuple(poisoned(each) for each in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fixed = {"tone", "outcome", "role", "kind"}
        changed = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
        return type(value)(**{name: old if name in fixed else poisoned(old) for name, old in changed.items()})
    return HOSTILE if isinstance(value, str) else value


def test_elements_close_in_order_and_ids_are_unique(view: PageView, words: Words) -> None:
    tree = Tree(render_page(view, words))
    assert tree.open == []
    ids = [attrs["id"] for _, attrs, _ in tree.elements if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_hostile_text_stays_text(conversation: tuple[TurnView, ...], view: PageView, words: Words) -> None:
    turns = tuple(poisoned(turn) for turn in conversation)
    html = render_page(dataclasses.replace(view, turns=turns, draft=HOSTILE, error=HOSTILE, message_id=HOSTILE), words)
    tree = Tree(html)
    assert len(tree.all("script")) == 1
    assert all(attrs.get("src", "").startswith("/static/") for attrs in tree.all("img") + tree.all("script"))
    assert not [attrs for _, attrs, _ in tree.elements if any(name.startswith("on") for name in attrs)]
    assert "{{ 7*7 }}" in html
    assert tree.open == []
    for turn in turns:
        assert Tree(render_turn(turn, "zh_Hans", words)).all("script") == []


def test_hostile_words_stay_text(view: PageView) -> None:
    assert len(Tree(render_page(view, lambda message_id, **params: HOSTILE)).all("script")) == 1


def test_nothing_that_a_strict_policy_would_block(view: PageView, words: Words) -> None:
    tree = Tree(render_page(view, words))
    assert tree.all("style") == []
    for tag, attrs, _ in tree.elements:
        assert "style" not in attrs
        for name in ("src", "href", "action"):
            value = attrs.get(name)
            assert value is None or re.match(r"/(?!/)|#", value), f"<{tag} {name}={value}>"
    for path in page.STATIC.iterdir():
        outside = [url for url in re.findall(r"https?://[^\s\"']+", path.read_text()) if "w3.org" not in url]
        assert outside == [], path.name


def test_static_addresses_follow_the_content(view: PageView, words: Words) -> None:
    html = render_page(view, words)
    names = set(re.findall(r'"/static/([\w.]+)\?v=[0-9a-f]{12}"', html))
    assert {"page.css", "replies.css", "chat.js"} <= names
    templates = page.STATIC.with_name("templates").iterdir()
    used = {name for path in templates for name in re.findall(r"asset\('([\w.]+)'\)", path.read_text("utf-8"))}
    assert used == {path.name for path in page.STATIC.iterdir()}


@pytest.mark.parametrize(("locale", "tag"), [("zh_Hans", "zh-Hans"), ("en", "en")])
@pytest.mark.parametrize("large", [True, False])
def test_language_and_size(view: PageView, words: Words, locale: str, tag: str, large: bool) -> None:
    tree = Tree(render_page(dataclasses.replace(view, locale=locale, large_text=large), words))
    assert tree.all("html") == [{"lang": tag, "class": "large"} if large else {"lang": tag}]
    assert {attrs["lang"] for attrs in tree.all("article")} == {tag}
    assert len(tree.all("button", name="large_text", value="off" if large else "on")) == 1
    other = "zh_Hans" if locale == "en" else "en"
    assert [attrs["value"] for attrs in tree.all("button", name="locale")] == [other]


def test_zoom_is_left_to_the_reader(view: PageView, words: Words) -> None:
    (viewport,) = Tree(render_page(view, words)).all("meta", name="viewport")
    assert not re.search("user-scalable|maximum-scale", viewport["content"] or "")
    assert "text-size-adjust" not in (page.STATIC / "page.css").read_text()


def test_large_type_is_offered_only_where_it_is_news(view: PageView, words: Words) -> None:
    def offered(**changes: Any) -> bool:
        return "page.offer_large_yes" in render_page(dataclasses.replace(view, **changes), words)

    assert offered(offer_large_text=True)
    assert not offered(offer_large_text=True, large_text=True)
    assert not offered(offer_large_text=False)


def test_only_the_newest_question_can_be_tapped(view: PageView, words: Words) -> None:
    tree = Tree(render_page(view, words))
    assert [attrs["value"] for attrs in tree.all("button", name="text")] == ["住院", "门诊"]
    assert len(tree.all("ol", class_="past")) == 2
    assert len(tree.all("legend")) == len(tree.all("fieldset")) == 1
    assert len(tree.all("form", action="/messages")) == 2


def test_a_question_of_an_earlier_turn_is_closed_even_when_nothing_newer_asks(view: PageView, words: Words) -> None:
    answered = dataclasses.replace(view, turns=(*view.turns, TurnView("住院", (Text("好的。"),))))
    assert Tree(render_page(answered, words)).all("button", name="text") == []


def test_of_two_questions_in_a_turn_the_last_is_open(words: Words, conversation: tuple[TurnView, ...]) -> None:
    first, last = conversation[0].replies[1], conversation[-1].replies[1]
    values = [a["value"] for a in Tree(render_turn(TurnView("", (first, last)), "en", words)).all("button")]
    assert values == ["住院", "门诊"]
    number = Question("age", "多大年纪？")
    assert Tree(render_turn(TurnView("", (first, number)), "en", words)).all("button") == []


def test_fragment_is_what_the_page_shows(view: PageView, words: Words) -> None:
    fragment = render_turn(view.turns[-1], "zh_Hans", words, message_id=view.message_id)
    assert fragment.strip() in render_page(view, words)
    assert 'id="latest"' in fragment
    assert "data-large" not in fragment
    assert 'data-large="on"' in render_turn(view.turns[-1], "zh_Hans", words, large_text=True)


def test_every_control_has_a_name_and_every_form_its_id(view: PageView, words: Words) -> None:
    shown = dataclasses.replace(view, offer_large_text=True, error="page-error")
    html = render_page(shown, words)
    tree = Tree(html)
    assert (
        len(tree.all("label", for_="text")) == len(tree.all("textarea", id="text", name="text", maxlength="2000")) == 1
    )
    assert re.findall(r"<button[^>]*>\s*</button>", html) == []
    hidden = tree.all("input", type="hidden", name="message_id", value="id-of-this-page", autocomplete="off")
    assert len(hidden) == len(tree.all("form", method="post")) == len(tree.all("form"))
    ids = {attrs["id"] for _, attrs, _ in tree.elements if "id" in attrs}
    for _, attrs, _ in tree.elements:
        assert {attrs.get("aria-labelledby"), attrs.get("aria-describedby")} <= ids | {None}
    assert any(attrs.get("href") == "#text" for attrs in tree.all("a"))


def test_error_and_draft_come_back(view: PageView, words: Words) -> None:
    html = render_page(dataclasses.replace(view, error="太长了。", draft="\n我写的 & 话"), words)
    assert re.search(r'role="alert">太长了。<', html)
    assert re.search(r'aria-describedby="problem-text">\n\n我写的 &amp; 话</textarea>', html)
    assert 'id="problem" hidden' in render_page(view, words)


def test_conversation_is_a_log(view: PageView, words: Words) -> None:
    tree = Tree(render_page(view, words))
    (log,) = tree.all("div", role="log")
    assert log["aria-live"] == "polite"
    assert log["aria-label"] == "page.conversation"
    assert len(tree.all("p", role="status")) == 1


@pytest.mark.parametrize("outcome", ["eligible", "ineligible", "undetermined"])
def test_outcome_and_reasons_are_said_in_words(outcome: Any, words: Words, conversation: tuple[TurnView, ...]) -> None:
    decision = conversation[2].replies[0]
    assert isinstance(decision, Decision)
    html = render_turn(TurnView("", (dataclasses.replace(decision, outcome=outcome),)), "en", words)
    assert re.findall(r"page\.outcome_\w+", html) == [f"page.outcome_{outcome}"]
    assert re.findall(r"page\.reason_\w+", html) == ["page.reason_holds", "page.reason_fails", "page.reason_unknown"]
    assert html.index("您母亲可以参加。") < html.index("户口在本地") < html.index("带户口簿去社区。")
    assert all(attrs.get("aria-hidden") == "true" for attrs in Tree(html).all("span", class_="mark"))


def test_tables_name_their_rows_and_columns(conversation: tuple[TurnView, ...], words: Words) -> None:
    for turn, columns, rows in ((conversation[3], 3, 4), (conversation[4], 3, 2)):
        html = render_turn(turn, "zh_Hans", words)
        tree = Tree(html)
        assert len(tree.all("th", scope="col", role="columnheader")) == columns
        assert len(tree.all("th", scope="row", role="rowheader")) == rows
        assert len(tree.all("td", role="cell")) == rows * (columns - 1)
        assert len(tree.all("caption")) == len(tree.all("table", role="table")) == 1
        assert '<p class="badge">示例数据</p>' in html


def test_receipt_tells_its_lines_apart_for_those_who_only_hear_it(
    conversation: tuple[TurnView, ...], words: Words
) -> None:
    html = render_turn(conversation[3], "zh_Hans", words)
    assert re.findall(r"page\.line_\w+", html) == ["page.line_total", "page.line_part", "page.line_result"]
    assert re.findall(r'<tr role="row" class="(\w+)">', html) == ["total", "step", "part", "result"]


def test_sources_open_to_gist_document_and_grade(conversation: tuple[TurnView, ...], words: Words) -> None:
    html = render_turn(conversation[3], "zh_Hans", words)
    assert html.count("<details") == html.count("<summary>") == 3
    opened = html[html.index("<summary>嘉政发〔2007〕70号 第十条</summary>") :]
    for text in (
        "户口在本地的居民可以参加。",
        "page.source_document 嘉兴市人民政府的办法，2007年11月",
        "page.source_grade 官方原文",
    ):
        assert text in opened


def test_every_sentence_of_the_templates_can_be_translated() -> None:
    for path in TEMPLATES:
        text = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.DOTALL)
        with path.open("rb") as file:
            found = [message for _, _, message, _ in babel_extract(file, ["_"], [], {})]
        assert len(found) == len(re.findall(r"\b_\(", text)), f"{path.name} asks for a sentence that is not a literal"
        assert not re.search(r"[\u3400-\u9fff]", text), f"{path.name} speaks Chinese by itself"
        bare = re.sub(r"<[^>]*>|{[{%].*?[%}]}", "", text, flags=re.DOTALL)
        assert not re.search(r"[A-Za-z]{2}", bare), f"{path.name} speaks English by itself: {bare.split()}"


def test_an_unknown_kind_of_reply_is_an_error(words: Words) -> None:
    class Song:
        kind = "song"

    with pytest.raises(Exception, match="song"):
        render_turn(TurnView("", (Song(),)), "en", words)  # type: ignore[arg-type]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_colours_are_far_enough_apart(mode: int) -> None:
    blocks = re.findall(r":root {(.*?)}", (page.STATIC / "page.css").read_text(), flags=re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[mode]))

    def contrast(one: str, other: str) -> float:
        darker, lighter = sorted((luminance(colours[one]), luminance(colours[other])))
        return (lighter + 0.05) / (darker + 0.05)

    text = [("ink", ground) for ground in ("paper", "card", "blush", "yes-pale", "no-pale", "open-pale")]
    text += [("soft", ground) for ground in ("paper", "card")]
    text += [("cinnabar-deep", ground) for ground in ("paper", "card", "blush")]
    text += [("yes", "yes-pale"), ("no", "no-pale"), ("open", "open-pale"), ("on-cinnabar", "cinnabar")]
    text += [("on-mark", ground) for ground in ("yes", "no", "open")] + [("cinnabar", "paper")]
    low = {pair: round(contrast(*pair), 2) for pair in text if contrast(*pair) < 7}
    assert low == {}
    for ground in ("paper", "card"):
        assert contrast("edge", ground) >= 3
        assert contrast("focus", ground) >= 3
