"""The platform's interface as a web application, and a page to pay its orders by hand."""

from __future__ import annotations

import asyncio
import html
import json
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.standins.wechat_pay.platform import PayPlatform, RefusedError


def create_app(platform: PayPlatform) -> Starlette:
    async def answered(request: Request, answer: Callable[[bytes], dict[str, Any] | None]) -> Response:
        body = await request.body()
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        platform.requests.append(f"{request.method} {target}")
        fault = platform.script.pop(0) if platform.script else None
        if fault is not None:
            await asyncio.sleep(fault.delay)
        try:
            if not platform.is_signed(request.method, target, request.headers.get("authorization", ""), body):
                raise RefusedError(401, "SIGN_ERROR")
            if request.headers.get("wechatpay-serial", platform.key_id) != platform.key_id:
                raise RefusedError(400, "RESOURCE_NOT_EXISTS")
            if fault is not None and fault.status:
                raise RefusedError(fault.status, fault.code)
            told, status = answer(body), 200
        except RefusedError as refused:
            told, status = {"code": refused.code, "message": "refused"}, refused.status
        content = b"" if told is None else json.dumps(told).encode()
        headers = platform.signed(content, platform.signs_with)
        return Response(content, 204 if told is None else status, headers, media_type="application/json")

    async def jsapi(request: Request) -> Response:
        return await answered(request, lambda body: platform.take(json.loads(body)))

    async def query(request: Request) -> Response:
        def found(_: bytes) -> dict[str, Any]:
            if request.query_params.get("mchid") != platform.merchant:
                raise RefusedError(400, "PARAM_ERROR")
            return platform.found(request.path_params["number"])

        return await answered(request, found)

    async def close(request: Request) -> Response:
        return await answered(request, lambda _: platform.close(request.path_params["number"]))

    async def page(_: Request) -> Response:
        rows = "".join(
            f"<li>{html.escape(order.asked['description'])} · {order.asked['amount']['total']} fen · {order.state}"
            f"<form method=post action='/_standin/pay/{number}'><button>pay, and tell of it</button></form>"
            f"<form method=post action='/_standin/pay/{number}?quietly=1'><button>pay, no notice</button></form>"
            for number, order in reversed(platform.orders.items())
        )
        return HTMLResponse(f"<!doctype html><title>WeChat Pay's stand-in</title><ol>{rows}</ol>")

    async def pay(request: Request) -> Response:
        number = request.path_params["number"]
        platform.pay(number)
        if "quietly" not in request.query_params:
            await asyncio.to_thread(platform.send, number)
        return RedirectResponse("/", 303)

    return Starlette(
        routes=[
            Route("/v3/pay/transactions/jsapi", jsapi, methods=["POST"]),
            Route("/v3/pay/transactions/out-trade-no/{number}", query),
            Route("/v3/pay/transactions/out-trade-no/{number}/close", close, methods=["POST"]),
            Route("/", page),
            Route("/_standin/pay/{number}", pay, methods=["POST"]),
        ]
    )
