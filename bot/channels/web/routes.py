"""The web channel: a page that works with and without JavaScript, on the one path of `bot.service`."""

from __future__ import annotations

import hashlib
import re
import secrets
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.channels.web.page import MAX_TEXT, PageView, TurnView, render_page, render_turn
from bot.languages import LOCALES, catalogue, negotiate
from bot.problems import Problem, problem_response, words_for
from bot.service import Inbound, Outbound, View
from bot.threads import Threads
from member_store.errors import StoreError

CHANNEL = "web"
COOKIE = "hebao"
"""Holds a random number that says whose conversation it is: who has it can read the conversation, so it is long, never
in an address, and out of reach of scripts."""

_ACCOUNT = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
_COOKIE_DAYS = 400


def web_routes(threads: Threads) -> APIRouter:
    """The page, and what its forms send."""
    routes = APIRouter(include_in_schema=False)
    service = threads.service

    @routes.get("/")
    async def page(request: Request) -> Response:
        account = _account(request)
        view = await threads.run(service.view, CHANNEL, account, request.headers.get("accept-language"))
        return _page(request, account, view)

    @routes.post("/messages")
    async def messages(request: Request) -> Response:
        _same_site(request)
        account = _account(request)
        form = await request.form(max_fields=10, max_files=0)
        text, given = _field(form.get("text")), _field(form.get("message_id"))
        wanted = request.headers.get("accept-language")
        fetched = request.headers.get("x-requested-with") == "fetch"
        words = words_for(request)
        try:
            if len(text) > MAX_TEXT * 2 or not _MESSAGE_ID.fullmatch(given):
                raise Problem(422, "Not accepted", words("web.not_accepted"))
            inbound = Inbound(CHANNEL, account, _claim(given, text), text, wanted)
            answer = await threads.run(service.handle, inbound)
        except (Problem, StoreError) as error:
            if fetched:
                raise
            detail = error.detail if isinstance(error, Problem) else words("web.try_again")
            status = error.status if isinstance(error, Problem) else 503
            return await _again(request, account, text, detail, status)
        if not fetched:
            return _with_cookie(request, account, RedirectResponse("/#latest", 303))
        return _with_cookie(request, account, _fragment(text, answer))

    @routes.post("/settings")
    async def settings(request: Request) -> Response:
        _same_site(request)
        account = _account(request)
        form = await request.form(max_fields=10, max_files=0)
        locale, large = _field(form.get("locale")), _field(form.get("large_text"))
        if locale not in {"", *LOCALES} or large not in {"", "on", "off"}:
            words = words_for(request)
            raise Problem(422, "Not accepted", words("web.not_accepted"))
        await threads.run(
            service.choose,
            CHANNEL,
            account,
            secrets.token_hex(16),
            locale=locale or None,
            large_text=large == "on" if large else None,
            wanted=request.headers.get("accept-language"),
        )
        return _with_cookie(request, account, RedirectResponse("/", 303))

    async def _again(request: Request, account: str, text: str, error: str, status: int) -> Response:
        """The page with what went wrong, and with the text still in its field."""
        try:
            view = await threads.run(service.view, CHANNEL, account, request.headers.get("accept-language"))
        except StoreError:
            view = View(negotiate(request.headers.get("accept-language")), False, False, (), False)
        return _page(request, account, view, error=error, draft=text[:MAX_TEXT], status=status)

    return routes


def server_error(request: Request) -> Response:
    """What somebody sees when the program itself failed: say so, and that trying again is safe."""
    words = words_for(request)
    return problem_response(Problem(500, "Internal error", words("web.try_again")))


def _account(request: Request) -> str:
    found = request.cookies.get(COOKIE, "")
    return found if _ACCOUNT.fullmatch(found) else secrets.token_urlsafe(24)


def _field(value: object) -> str:
    return value if isinstance(value, str) else ""


def _claim(message_id: str, text: str) -> str:
    """The id under which a message is claimed.

    A browser that goes back and sends another text uses the old page's id again; that is a new message, not a copy.
    """
    plain = text.replace("\r\n", "\n").strip()
    return f"{message_id}.{hashlib.sha256(plain.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _same_site(request: Request) -> None:
    """Refuses a form that another site's page sends in the person's name."""
    origin = request.headers.get("origin")
    if origin and origin != "null" and urlsplit(origin).netloc != request.headers.get("host"):
        words = words_for(request)
        raise Problem(403, "Another site", words("web.not_accepted"))


def _page(
    request: Request, account: str, view: View, *, error: str = "", draft: str = "", status: int = 200
) -> Response:
    shown = PageView(
        locale=view.locale,
        large_text=view.large_text,
        turns=tuple(TurnView(each.said, each.replies) for each in view.exchanges),
        message_id=secrets.token_hex(16),
        offer_large_text=view.new,
        earlier_hidden=view.earlier,
        error=error,
        draft=draft,
    )
    return _with_cookie(request, account, HTMLResponse(render_page(shown, catalogue(view.locale)), status))


def _fragment(text: str, answer: Outbound) -> Response:
    turn = TurnView(answer.said or text, answer.replies)
    html = render_turn(turn, answer.locale, catalogue(answer.locale), large_text=answer.large_text)
    return HTMLResponse(html)


def _with_cookie(request: Request, account: str, response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    if request.cookies.get(COOKIE) != account:
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, account, max_age=_COOKIE_DAYS * 86400, httponly=True, samesite="lax", secure=secure)
    return response
