"""The way in for tests and hands: `/_standin/…`, JSON in and out."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from tests.standins.wechat.platform import Platform


def routes(platform: Platform) -> list[Route]:
    async def sent(request: Request) -> Response:
        """What was sent, to everybody or `?to=openid`."""
        to = request.query_params.get("to")
        return JSONResponse([each for each in platform.sent if to in (None, each["to"])])

    async def calls(request: Request) -> Response:
        """Every call, or those of `?endpoint=message/custom/send`."""
        endpoint = request.query_params.get("endpoint")
        return JSONResponse([each for each in platform.calls if endpoint in (None, each["endpoint"])])

    async def users(request: Request) -> Response:
        """GET: everybody. POST {openid, opens, leaves, consents: {template: count}, standing: [template], me}."""
        if request.method == "POST":
            _change(platform, await request.json())
        return JSONResponse([_shown(user) for user in platform.users.values()])

    async def faults(request: Request) -> Response:
        """POST {endpoint, errcode, times, skip, delay, status, drop, after_acting, body}; DELETE: none any more."""
        if request.method == "POST":
            given = await request.json()
            platform.fails(given.pop("endpoint"), given.pop("errcode", None), **given)
        elif request.method == "DELETE":
            platform.faults.clear()
        return JSONResponse([dataclasses.asdict(fault) for fault in platform.faults])

    async def rules(request: Request) -> Response:
        """POST: change some."""
        if request.method == "POST":
            platform.rules = dataclasses.replace(platform.rules, **await request.json())
        return JSONResponse(dataclasses.asdict(platform.rules))

    async def act(request: Request) -> Response:
        """POST /_standin/reset, /_standin/invalidate, /_standin/clock {advance: seconds}."""
        what = request.path_params["what"]
        if what == "reset":
            platform.reset()
        elif what == "invalidate":
            platform.invalidate_tokens()
        elif what == "clock":
            platform.advance(float((await request.json())["advance"]))
        else:
            return JSONResponse({"error": f"There is no /_standin/{what}."}, 404)
        return JSONResponse({"now": platform.now()})

    return [
        Route("/_standin/sent", sent),
        Route("/_standin/calls", calls),
        Route("/_standin/users", users, methods=["GET", "POST"]),
        Route("/_standin/faults", faults, methods=["GET", "POST", "DELETE"]),
        Route("/_standin/rules", rules, methods=["GET", "POST"]),
        Route("/_standin/{what}", act, methods=["POST"]),
    ]


def _change(platform: Platform, given: dict[str, Any]) -> None:
    user = platform.user(given.get("openid"), follows=given.get("follows", True))
    if given.get("opens"):
        platform.opens(user.openid, given["opens"])
    if given.get("leaves"):
        platform.leaves(user.openid)
    for template, count in given.get("consents", {}).items():
        platform.consents(user.openid, template, count)
    for template in given.get("standing", []):
        platform.consents(user.openid, template, standing=True)
    if given.get("me"):
        platform.me = user.openid


def _shown(user: Any) -> dict[str, Any]:
    shown = dataclasses.asdict(user)
    # JSON knows no infinity.
    return {**shown, "standing": sorted(user.standing), "wrote_at": user.wrote_at if user.windows else None}
