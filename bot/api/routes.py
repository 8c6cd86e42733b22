"""The JSON API: the engine's questions, and conversations."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from bot.ask import ASKS, ask_engine
from bot.channels.plain import plain
from bot.languages import catalogue
from bot.problems import Problem
from bot.service import Inbound
from bot.settings import Settings
from bot.threads import Threads
from dialogs.replies import reply_to_dict

CHANNEL = "api"


class Asked(BaseModel):
    """A question to the engine."""

    model_config = ConfigDict(extra="forbid")

    scheme: str | None = Field(None, max_length=64, description="The policy pack; the service's own if not given.")
    county: str | None = Field(None, max_length=64, description="The county.")
    on: str | None = Field(None, max_length=32, description="The day whose rules apply.")
    facts: dict[str, Any] = Field(default_factory=dict, description="Facts by id; see the vocabulary.")


class Said(BaseModel):
    """One message of a conversation. The same `message_id` again gets the same answer and does nothing twice."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=4000)
    message_id: str | None = Field(None, min_length=1, max_length=128)
    locale: str | None = Field(None, max_length=200)


ConversationId = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9._-]{1,128}$",
        description="Chosen by the caller. Who knows it can go on with the conversation, so make it unguessable.",
    ),
]


def api_routes(threads: Threads, settings: Settings) -> APIRouter:
    """The routes under /api/v1."""
    routes = APIRouter(prefix="/api/v1")

    def add(what: str) -> None:
        @routes.post(f"/{what}", name=what, summary=(ASKS[what].__doc__ or "").splitlines()[0])
        def answer(asked: Asked) -> dict[str, Any]:
            found, _, _ = ask_engine(
                what,
                asked.facts,
                scheme=asked.scheme or settings.scheme,
                county=asked.county or settings.county,
                on=asked.on,
                today=settings.now,
            )
            return found.to_dict()

    for what in ASKS:
        add(what)

    @routes.post("/conversations/{conversation_id}/messages")
    async def messages(conversation_id: ConversationId, said: Said, request: Request) -> dict[str, Any]:
        """One turn of a conversation."""
        if len(conversation_id) < 16 and not _local(settings.host):
            raise Problem(
                422, "Id too short", "Who knows a conversation's id can read on in it. Use at least 16 characters."
            )
        message_id = said.message_id or secrets.token_hex(16)
        locale = said.locale or request.headers.get("accept-language")
        inbound = Inbound(CHANNEL, conversation_id, message_id, said.text, locale)
        answer = await threads.run(threads.service.handle, inbound)
        words = catalogue(answer.locale)
        return {
            "replies": [{**reply_to_dict(each), "plain": plain(each, words)} for each in answer.replies],
            "asks": answer.asks,
            "state": answer.state,
            "repeated": answer.repeated,
        }

    return routes


def _local(host: str) -> bool:
    return host in {"127.0.0.1", "::1", "localhost"}
