"""The web channel: a page that works with and without JavaScript, on the one path of `bot.service`."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.channels.web.page import MAX_TEXT, PageView, TurnView, render_page, render_turn
from bot.channels.web.sessions import LOGIN, Sessions, Visitor, can_log_in, is_in_wechat, new_visitor
from bot.languages import LOCALES, catalogue, negotiate
from bot.problems import Problem, problem_response, refuse_other_sites, words_for
from bot.service import Inbound, Outbound, View
from bot.settings import Settings
from bot.threads import Threads
from member_store.errors import StoreError

_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)


def web_routes(threads: Threads, settings: Settings) -> APIRouter:
    """The page, and what its forms send."""
    routes = APIRouter(include_in_schema=False)
    service = threads.service
    sessions = Sessions(service.store, settings)
    logs_in = can_log_in(settings)

    @routes.get("/")
    async def page(request: Request) -> Response:
        who = sessions.visitor(request)
        if who.lapsed:
            if logs_in and is_in_wechat(request):
                return kept(request, who, RedirectResponse(LOGIN, 303))
            who = new_visitor()
        if await asyncio.to_thread(service.store.waits, who.channel, who.account):
            await threads.run(service.visited, who.channel, who.account, f"visit-{secrets.token_hex(16)}")
        view = await threads.run(service.view, who.channel, who.account, request.headers.get("accept-language"))
        return kept(request, who, _page(who, view))

    @routes.post("/messages")
    async def messages(request: Request) -> Response:
        refuse_other_sites(request)
        who = sessions.visitor(request)
        form = await request.form(max_fields=10, max_files=0)
        text, given = _field(form.get("text")), _field(form.get("message_id"))
        wanted = request.headers.get("accept-language")
        fetched = request.headers.get("x-requested-with") == "fetch"
        words = words_for(request)
        try:
            if who.lapsed:
                # Not into somebody else's conversation, and be it one that nobody has begun yet.
                raise Problem(401, "Not logged in any more", words("web.lapsed"))
            if len(text) > MAX_TEXT * 2 or not _MESSAGE_ID.fullmatch(given):
                raise Problem(422, "Not accepted", words("web.not_accepted"))
            inbound = Inbound(who.channel, who.account, _claim(given, text), text, wanted)
            answer = await threads.run(service.handle, inbound)
        except (Problem, StoreError) as error:
            if fetched:
                raise
            detail = error.detail if isinstance(error, Problem) else words("web.try_again")
            status = error.status if isinstance(error, Problem) else 503
            return await _again(request, who, text, detail, status)
        return kept(request, who, _fragment(text, answer) if fetched else RedirectResponse("/#latest", 303))

    @routes.post("/settings")
    async def choices(request: Request) -> Response:
        refuse_other_sites(request)
        who = sessions.visitor(request)
        form = await request.form(max_fields=10, max_files=0)
        locale, large = _field(form.get("locale")), _field(form.get("large_text"))
        if locale not in {"", *LOCALES} or large not in {"", "on", "off"}:
            words = words_for(request)
            raise Problem(422, "Not accepted", words("web.not_accepted"))
        if who.lapsed:
            return kept(request, who, RedirectResponse("/", 303))
        await threads.run(
            service.choose,
            who.channel,
            who.account,
            secrets.token_hex(16),
            locale=locale or None,
            large_text=large == "on" if large else None,
            wanted=request.headers.get("accept-language"),
        )
        return kept(request, who, RedirectResponse("/", 303))

    @routes.post("/logout")
    async def logout(request: Request) -> Response:
        refuse_other_sites(request)
        # Whoever comes after sees nothing of what was said before.
        return kept(request, new_visitor(), RedirectResponse("/", 303))

    def kept(request: Request, who: Visitor, response: Response) -> Response:
        sessions.keep(request, response, who)
        return response

    async def _again(request: Request, who: Visitor, text: str, error: str, status: int) -> Response:
        """The page with what went wrong, and with the text still in its field."""
        try:
            view = await threads.run(service.view, who.channel, who.account, request.headers.get("accept-language"))
        except StoreError:
            view = View(negotiate(request.headers.get("accept-language")), False, False, (), False)
        return kept(request, who, _page(who, view, error=error, draft=text[:MAX_TEXT], status=status))

    return routes


def server_error(request: Request) -> Response:
    """What somebody sees when the program itself failed: say so, and that trying again is safe."""
    words = words_for(request)
    return problem_response(Problem(500, "Internal error", words("web.try_again")))


def _field(value: object) -> str:
    return value if isinstance(value, str) else ""


def _claim(message_id: str, text: str) -> str:
    """The id under which a message is claimed.

    A browser that goes back and sends another text uses the old page's id again; that is a new message, not a copy.
    """
    plain = text.replace("\r\n", "\n").strip()
    return f"{message_id}.{hashlib.sha256(plain.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _page(who: Visitor, view: View, *, error: str = "", draft: str = "", status: int = 200) -> Response:
    shown = PageView(
        locale=view.locale,
        large_text=view.large_text,
        turns=tuple(TurnView(each.said, each.replies) for each in view.exchanges),
        message_id=secrets.token_hex(16),
        offer_large_text=view.new,
        earlier_hidden=view.earlier,
        error=error,
        draft=draft,
        known=who.known,
    )
    return HTMLResponse(render_page(shown, catalogue(view.locale)), status)


def _fragment(text: str, answer: Outbound) -> Response:
    turn = TurnView(answer.said or text, answer.replies)
    html = render_turn(turn, answer.locale, catalogue(answer.locale), large_text=answer.large_text)
    return HTMLResponse(html)
