"""Pages, API, health: the web application, with limits and headers for everything that goes in and out."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.api.routes import api_routes
from bot.channels.web.page import STATIC
from bot.channels.web.routes import server_error, web_routes
from bot.logs import log_failure
from bot.metrics import CONTENT_TYPE
from bot.problems import Problem, problem_response, words_for
from bot.settings import Settings
from bot.threads import Threads
from member_store.errors import StoreError
from policy_engine.errors import PolicyError

LARGEST_BODY = 64 * 1024
"""Bytes of a request. The longest message takes a quarter of it."""

_HEADERS = [
    (b"content-security-policy", b"default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
]


def create_pages(threads: Threads, settings: Settings, routes: Sequence[BaseRoute] = ()) -> FastAPI:
    """The web application, with more routes that come first."""
    app = FastAPI(title="Hébāo", version="1", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json")
    app.router.routes[:0] = routes
    app.include_router(web_routes(threads, settings))
    app.include_router(api_routes(threads, settings))
    app.mount("/static", _Static(directory=STATIC))

    _watched(app, threads)
    _handle_errors(app)
    app.add_middleware(_Guard)
    return app


def _watched(app: FastAPI, threads: Threads) -> None:
    """Where a monitor looks: does it work, does it take work, and how does it do."""

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        await threads.run(threads.service.view, "web", "healthz")
        return JSONResponse({"status": "ok"})

    @app.get("/readyz", include_in_schema=False)
    async def readyz(request: Request) -> Response:
        if not threads.ready:
            raise Problem(503, "Not ready", words_for(request)("web.try_again"))
        return await healthz()

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(await threads.measured(), media_type=CONTENT_TYPE)


def _handle_errors(app: FastAPI) -> None:
    @app.exception_handler(Problem)
    async def known(_: Request, problem: Problem) -> Response:
        return problem_response(problem)

    @app.exception_handler(PolicyError)
    async def refused(request: Request, error: PolicyError) -> Response:
        words = words_for(request)
        return problem_response(Problem(422, "Not possible", error.said(words.source)))

    @app.exception_handler(StoreError)
    async def unavailable(request: Request, error: StoreError) -> Response:
        log_failure("store unavailable", error)
        words = words_for(request)
        return problem_response(Problem(503, "Unavailable", words("web.try_again")))

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return problem_response(Problem(422, "Not valid", f"{place}: {first['msg']}."))

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> Response:
        return problem_response(Problem(error.status_code, str(error.detail), str(error.detail)))

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        log_failure("request failed", error)
        return server_error(request)


class _Static(StaticFiles):
    """Files whose address changes with their content, so they can be kept for as long as a browser likes."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


class _Guard:
    """Refuses bodies that are too large, and adds the headers that every response carries."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        taken = 0

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > LARGEST_BODY:
                # Of all that a body's reader can raise, FastAPI lets only this one through.
                raise HTTPException(413, f"A request holds at most {LARGEST_BODY} bytes.")
            return message

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message.get("headers", [])
                # A page that needs a wider policy than all others says so itself.
                said = {name for name, _ in given}
                message["headers"] = [*given, *(each for each in _HEADERS if each[0] not in said)]
            await send(message)

        await self._app(scope, limited, guarded)
