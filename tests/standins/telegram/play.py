"""A page like a phone, to play with the bot by hand, and the same over JSON for other programs.

GET  /phone                     the page, for the person ?as=5000001
POST /phone/people              {"name": …, "language_code": …} -> {"id": …}
GET  /phone/{person}            what the private chat shows
POST /phone/{person}/says       {"text": …}
POST /phone/{person}/taps       {"label": …}
POST /phone/{person}/sends      {"photo": [...]} or whatever else a message can hold
POST /phone/{person}/edits      {"message_id": …, "text": …}
POST /phone/{person}/blocks, /phone/{person}/unblocks
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.standins.telegram.markup import Formatted
from tests.standins.telegram.phone import Person
from tests.standins.telegram.world import Message

if TYPE_CHECKING:
    from tests.standins.telegram.server import TelegramStandIn

_PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Telegram (stand-in)</title><style>
body{{margin:0;background:#8a9a8c;font:16px/1.45 system-ui,"Noto Sans SC",sans-serif}}
main{{max-width:400px;min-height:100vh;margin:auto;background:#d5e3c8;display:flex;flex-direction:column}}
header{{background:#517da2;color:#fff;padding:10px 16px;position:sticky;top:0}}header small{{opacity:.8;display:block}}
ol{{list-style:none;margin:0;padding:10px;flex:1}}li{{margin:0 0 8px;display:flex;flex-direction:column;max-width:86%}}
li.me{{margin-left:auto}}
.b{{background:#fff;border-radius:12px;padding:8px 12px;white-space:pre-wrap;overflow-wrap:anywhere}}
li.me .b{{background:#effdde}}.k{{display:grid;gap:3px;margin-top:3px}}
button{{font:inherit;border:0;border-radius:8px;padding:8px;background:#6f8f70;color:#fff;width:100%;cursor:pointer}}
img{{max-width:100%;border-radius:8px}}form.say{{display:flex;gap:6px;padding:8px;background:#fff;position:sticky;bottom:0}}
form.say input{{flex:1;font:inherit;border:0;outline:0}}form.say button{{width:auto;background:#517da2}}
.toast{{align-self:center;background:#0008;color:#fff;border-radius:12px;padding:4px 12px}}
</style></head><body><main><header>合保 Hébāo<small>bot · {name}</small></header><ol>{bubbles}</ol>
<form class="say" method="post" action="/phone/{id}/says"><input id="say" name="text" autocomplete="off" autofocus
placeholder="Message"><button>➤</button></form></main>
<script>scrollTo(0,1e9);let n={count};setInterval(async()=>{{const r=await fetch('/phone/{id}');const j=await r.json();
if(j.version!==n&&document.getElementById('say').value==='')location.reload()}},700)</script></body></html>"""


def play_routes(standin: TelegramStandIn) -> list[Route]:
    """The page and what it sends."""
    world = standin.world

    def person(request: Request) -> Person:
        return Person(world, int(request.path_params["person"]))

    async def page(request: Request) -> Response:
        number = int(request.query_params.get("as", 0))
        if number not in world.people:
            made = standin.person(request.query_params.get("language", "zh-hans"))
            return RedirectResponse(f"/phone?as={made.id}")
        return HTMLResponse(_page(Person(world, number)))

    async def people(request: Request) -> Response:
        body = await request.json()
        made = standin.person(body.get("language_code"), body.get("name", "王芳"))
        return JSONResponse({"id": made.id})

    async def chat(request: Request) -> Response:
        return JSONResponse(_told(person(request)))

    async def act(request: Request) -> Response:
        who, what = person(request), request.path_params["act"]
        form = not request.headers.get("content-type", "").startswith("application/json")
        body: dict[str, Any] = dict(await request.form()) if form else await request.json()
        try:
            _act(who, what, body)
        except (AssertionError, KeyError) as error:
            return JSONResponse({"error": str(error)}, 422)
        return RedirectResponse(f"/phone?as={who.id}", 303) if form else JSONResponse({"ok": True})

    return [
        Route("/phone", page),
        Route("/phone/people", people, methods=["POST"]),
        Route("/phone/photo/{person:int}/{message:int}", _photo(standin)),
        Route("/phone/{person:int}", chat),
        Route("/phone/{person:int}/{act}", act, methods=["POST"]),
    ]


def _act(who: Person, what: str, body: dict[str, Any]) -> None:
    match what:
        case "says" if body.get("text", "").strip():
            who.says(body["text"].strip())
        case "taps":
            shown = who.private.message(int(body["message_id"])) if body.get("message_id") else None
            who.taps(body["label"], message=shown)
        case "sends":
            who.sends(body)
        case "edits":
            who.edits(int(body["message_id"]), body["text"])
        case "blocks":
            who.blocks()
        case "unblocks":
            who.unblocks()


def _photo(standin: TelegramStandIn) -> Any:
    async def photo(request: Request) -> Response:
        chat = standin.world.chats[request.path_params["person"]]
        message = chat.message(request.path_params["message"])
        assert message is not None
        assert message.photo is not None
        return Response(message.photo, media_type="image/png")

    return photo


def _told(who: Person) -> dict[str, Any]:
    with who.world.lock:
        messages = list(who.private.messages)
    return {
        "version": sum(1 + each.edits + bool(each.keyboard) * 1000 for each in messages),
        "messages": [
            {
                "id": each.id, "from": "bot" if each.sender is None else "person", "text": each.text,
                "photo": each.photo is not None, "document": each.file_name or None,
                "buttons": [button["text"] for row in each.keyboard for button in row],
            }
            for each in messages
        ],
        "taps": [tap.shown for tap in who.world.taps.values() if tap.chat == who.id],
    }  # fmt: skip


def _page(who: Person) -> str:
    about = who.world.people[who.id]
    told = _told(who)
    with who.world.lock:
        bubbles = "".join(_bubble(who, each) for each in who.private.messages)
    start = "" if who.private.messages else _form(who, "says", "/start", {"text": "/start"})
    return _PAGE.format(
        language=about.get("language_code", "zh"), name=html.escape(about["first_name"]), id=who.id,
        bubbles=bubbles or start, count=told["version"],
    )  # fmt: skip


def _bubble(who: Person, message: Message) -> str:
    inside = formatted(message.content)
    if message.photo is not None:
        inside = f'<img alt="" src="/phone/photo/{who.id}/{message.id}">{inside}'
    if message.document is not None:
        inside = f"📄 {html.escape(message.file_name)}\n{inside}"
    keys = "".join(
        _form(who, "taps", button["text"], {"label": button["text"], "message_id": str(message.id)})
        for row in message.keyboard
        for button in row
    )
    keyboard = f'<div class="k">{keys}</div>' if keys else ""
    return f'<li class="{"me" if message.sender else "bot"}"><div class="b">{inside}</div>{keyboard}</li>'


def _form(who: Person, act: str, label: str, fields: dict[str, str]) -> str:
    hidden = "".join(f'<input type="hidden" name="{name}" value="{html.escape(v)}">' for name, v in fields.items())
    return f'<form method="post" action="/phone/{who.id}/{act}">{hidden}<button>{html.escape(label)}</button></form>'


_MARKS = {"bold": "b", "italic": "i", "underline": "u", "code": "code", "pre": "pre", "blockquote": "blockquote"}


def formatted(content: Formatted) -> str:
    """The text as HTML of a page, with the formats that the page can show."""
    raw = content.text.encode("utf-16-le", "surrogatepass")
    edges: list[tuple[int, int, str]] = []
    for entity in content.entities:
        mark = _MARKS.get(entity["type"])
        if mark:
            start, end = entity["offset"], entity["offset"] + entity["length"]
            edges += [(start, 1, f"<{mark}>"), (end, 0, f"</{mark}>")]
    parts, at = [], 0
    for place, _, mark in sorted(edges):
        parts += [html.escape(raw[at * 2 : place * 2].decode("utf-16-le", "replace")), mark]
        at = place
    return "".join([*parts, html.escape(raw[at * 2 :].decode("utf-16-le", "replace"))])
