"""The endpoints over HTTP: what is common to all of them, then each one's own rules."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.standins.wechat import accounts, control, media, menus, messages, web
from tests.standins.wechat.errors import Refused
from tests.standins.wechat.platform import Fault, Platform

Act = Callable[[Platform, "Call"], "dict[str, Any] | Response"]


@dataclass
class Call:
    """One call of an endpoint as it came in."""

    query: dict[str, str]
    address: str
    data: dict[str, Any] = field(default_factory=dict)
    file: tuple[str, bytes] | None = None


ENDPOINTS: dict[str, tuple[str, bool, Act]] = {
    # path: method, whether it needs a token, what it does
    "cgi-bin/stable_token": ("POST", False, accounts.stable_token),
    "cgi-bin/token": ("GET", False, accounts.token),
    "cgi-bin/ticket/getticket": ("GET", True, accounts.ticket),
    "cgi-bin/message/custom/send": ("POST", True, messages.custom_send),
    "cgi-bin/message/custom/typing": ("POST", True, messages.typing),
    "cgi-bin/message/subscribe/bizsend": ("POST", True, messages.bizsend),
    "cgi-bin/message/template/send": ("POST", True, messages.template_send),
    "cgi-bin/media/upload": ("POST", True, media.upload),
    "cgi-bin/media/get": ("GET", True, media.get),
    "cgi-bin/menu/create": ("POST", True, menus.create),
    "cgi-bin/menu/get": ("GET", True, menus.get),
    "cgi-bin/menu/delete": ("GET", True, menus.delete),
    "cgi-bin/menu/addconditional": ("POST", True, menus.add_conditional),
    "customservice/kfsession/create": ("POST", True, messages.session_create),
    "customservice/kfsession/close": ("POST", True, messages.session_close),
    "customservice/kfsession/getsession": ("GET", True, messages.session_get),
    "sns/oauth2/access_token": ("GET", False, web.access_token),
}


def create_app(platform: Platform) -> Starlette:
    routes = [
        Route(f"/{path}", _endpoint(platform, path.removeprefix("cgi-bin/"), *how), methods=["GET", "POST"])
        for path, how in ENDPOINTS.items()
    ]
    return Starlette(routes=[*routes, *web.pages(platform), *control.routes(platform)])


def _endpoint(platform: Platform, name: str, method: str, needs_token: bool, act: Act) -> Callable[..., Any]:
    async def handle(request: Request) -> Response:
        body = await request.body()
        record: dict[str, Any] = {
            "endpoint": name,
            "at": platform.now(),
            "query": dict(request.query_params),
            # The real one shows a menu's \\u4f60 as these six characters.
            "escaped": bool(re.search(rb"\\u[0-9a-fA-F]{4}", body)),
            "headers": dict(request.headers),
        }
        call = Call(dict(request.query_params), request.client.host if request.client else "")
        with platform.lock:
            platform.calls.append(record)
            fault = platform.fault_for(name)
        if fault and fault.delay and not fault.after_acting:
            await asyncio.sleep(fault.delay)
        if fault and not fault.after_acting and _spoils(fault):
            record["errcode"] = fault.errcode
            return _spoilt(fault, call)
        try:
            if request.method != method:
                raise Refused(43002 if method == "POST" else 43001)
            await _read(request, body, call)
            record["json"] = call.data
            with platform.lock:
                platform.check_quotas(name)
                if needs_token:
                    platform.check_token(call.query.get("access_token"))
                answer = act(platform, call)
        except Refused as refused:
            answer = refused.body()
        if fault and fault.after_acting:
            await asyncio.sleep(fault.delay)
            return _spoilt(fault, call)
        if isinstance(answer, Response):
            return answer
        record["errcode"] = answer.get("errcode", 0)
        # The real one calls JSON plain text.
        return Response(json.dumps(answer, ensure_ascii=False), media_type="text/plain")

    return handle


async def _read(request: Request, body: bytes, call: Call) -> None:
    if request.method != "POST":
        return
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        form = await request.form()
        file = form.get("media")
        if file is not None and not isinstance(file, str):
            call.file = (file.filename or "", await file.read())
        await form.close()
        return
    if not body:
        raise Refused(44002)
    try:
        data = json.loads(body.decode("utf-8"))
    except ValueError:
        raise Refused(47001) from None
    if not isinstance(data, dict):
        raise Refused(47001)
    call.data = data


def _spoils(fault: Fault) -> bool:
    return fault.errcode is not None or fault.status != 200 or fault.drop or fault.body is not None


def _spoilt(fault: Fault, call: Call) -> Response:
    if fault.drop:
        # Promises more than comes: the server ends the connection, and the caller knows nothing.
        return Response(b"{", headers={"content-length": "64"})
    if fault.body is not None:
        return Response(fault.body, fault.status, media_type="text/html")
    if fault.errcode is None:
        return Response("upstream", fault.status)
    body = Refused(fault.errcode, address=call.address).body()
    return Response(json.dumps(body), fault.status, media_type="text/plain")
