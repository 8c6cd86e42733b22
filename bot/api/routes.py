"""The JSON API: the engine's questions, and conversations."""

from __future__ import annotations

import secrets
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from bot.ask import ASKS, Rules, ask_engine, ask_what_if, ask_why
from bot.asking import ask_policy
from bot.channels.plain import plain
from bot.languages import catalogue, first_language, negotiate
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
    readings: dict[str, str] = Field(
        default_factory=dict, description="Open places of the text with the choice to take, where not the pack's own."
    )


class AskedInWords(BaseModel):
    """A question about the policy, in words."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(min_length=1, max_length=2000, description="What somebody wants to know, in any language.")
    scheme: str | None = Field(None, max_length=64, description="The policy pack; the service's own if not given.")
    county: str | None = Field(None, max_length=64, description="The county.")
    on: str | None = Field(None, max_length=32, description="The day whose rules apply.")
    readings: dict[str, str] = Field(default_factory=dict, description="Open places of the text with the choice.")
    locale: str | None = Field(None, max_length=200, description="The language of the answer; the question's if not.")


class Explained(Asked):
    """A question to the engine, and why the answer is what it is."""

    what: Literal["eligibility", "contribution", "estimate"] = Field(description="The question.")


class Changed(Asked):
    """An estimate, and what it would be if some facts were otherwise."""

    changes: dict[str, Any] = Field(
        default_factory=dict,
        description="Facts with the value that they would have; null for one that would not be known. "
        "The alternatives that people ask about if there are none.",
    )


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
                readings=asked.readings,
                packs=settings.packs,
            )
            return found.to_dict()

    for what in ASKS:
        add(what)

    @routes.post("/explain")
    def explain(asked: Explained) -> dict[str, Any]:
        """Why the answer to a question is what it is: the reasons with their sources."""
        found, _ = ask_why(asked.what, asked.facts, rules_of(asked), settings.now)
        return found.to_dict()

    @routes.post("/what-if")
    def what_if(asked: Changed) -> dict[str, Any]:
        """What the fund would pay if some facts were otherwise."""
        found, _ = ask_what_if(asked.facts, asked.changes, rules_of(asked), settings.now)
        return found.to_dict()

    @routes.post("/ask")
    def ask(asked: AskedInWords, request: Request) -> dict[str, Any]:
        """What the rules say to a question in words: the short answer, the figures in force, and where it stands."""
        wanted = first_language(asked.question, asked.locale, request.headers.get("accept-language"))
        words = catalogue(negotiate(asked.locale) if asked.locale else wanted)
        return ask_policy(asked.question, rules_of(asked), settings.now, words, settings.sources).to_dict()

    def rules_of(asked: Asked | AskedInWords) -> Rules:
        return Rules(
            asked.scheme or settings.scheme, asked.county or settings.county, asked.on, asked.readings, settings.packs
        )

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
