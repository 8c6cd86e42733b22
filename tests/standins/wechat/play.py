"""A page like a phone, to talk with the account by hand.

GET  /phone                 the page; ?as=openid for somebody who has been here before
GET  /phone/{openid}        what the chat shows, the menu, and how the account and they stand
POST /phone/{openid}        {"do": "types", "text": …}: see `Chat`
GET  /phone/picture/{id}    a picture that was sent
"""

from __future__ import annotations

import secrets
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.standins.wechat.chat import Chat
from tests.standins.wechat.phone import Account
from tests.standins.wechat.platform import Platform

PAGE = Path(__file__).with_name("phone.html")


def play_routes(platform: Platform, account: Account, server: str, template: str) -> list[Route]:
    """The page and what it sends. `server` is the account's server, `template` the notice that one can agree to."""
    chats: dict[str, Chat] = {}

    def chat_of(request: Request) -> Chat:
        openid = request.path_params["openid"]
        if openid not in chats:
            chats[openid] = Chat(platform, account, server, openid)
        return chats[openid]

    async def page(request: Request) -> Response:
        if not request.query_params.get("as"):
            return RedirectResponse(f"/phone?as=o{secrets.token_hex(13)}x")
        return FileResponse(PAGE, media_type="text/html")

    async def shown(request: Request) -> Response:
        chat = chat_of(request)
        user = platform.user(chat.openid)
        return JSONResponse(
            {
                "messages": chat.shown(),
                "menu": (platform.menu or {}).get("menu", {}).get("button", []),
                "follows": user.follows,
                "staff": user.session,
                "agreed": user.consents.get(template, 0),
            }
        )

    async def act(request: Request) -> Response:
        given = {"template": template, **{str(key): str(value) for key, value in (await request.json()).items()}}
        try:
            await chat_of(request).does(given["do"], given)
        except KeyError as error:
            return JSONResponse({"error": f"{error} is missing, or there is no such act."}, 422)
        return JSONResponse({})

    async def picture(request: Request) -> Response:
        body, kind, _ = platform.media[request.path_params["media"]]
        return Response(body, media_type=kind)

    return [
        Route("/phone", page),
        Route("/phone/picture/{media}", picture),
        Route("/phone/{openid}", shown),
        Route("/phone/{openid}", act, methods=["POST"]),
    ]
