"""Problem documents (RFC 9457): how every error leaves over HTTP."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from bot.languages import Catalogue, catalogue, negotiate


def words_for(request: Request) -> Catalogue:
    """The words for whoever sent a request, as far as its headers tell."""
    return catalogue(negotiate(request.headers.get("accept-language")))


class Problem(Exception):  # noqa: N818 - the RFC's own word
    """An HTTP error: `status`, a short `title`, and a `detail` that says what to do."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.detail = detail


def problem_response(problem: Problem) -> Response:
    """The problem as a response."""
    body = {"type": "about:blank", "title": problem.title, "status": problem.status, "detail": problem.detail}
    headers = {"Retry-After": "5"} if problem.status == 503 else None
    content = json.dumps(body, ensure_ascii=False)
    return Response(content, problem.status, headers, media_type="application/problem+json")


def refuse_other_sites(request: Request) -> None:
    """Refuses a form that another site's page sends in the person's name. Raises Problem."""
    origin = request.headers.get("origin")
    if origin and origin != "null" and urlsplit(origin).netloc != request.headers.get("host"):
        words = words_for(request)
        raise Problem(403, "Another site", words("web.not_accepted"))
