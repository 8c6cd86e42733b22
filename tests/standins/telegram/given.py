"""What a call brings, read as strictly as the platform reads it."""

from __future__ import annotations

import json
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from tests.standins.telegram.faults import Fault
from tests.standins.telegram.markup import Formatted, MarkupError, read_html, units

TEXT, CAPTION, BUTTON_BYTES = 4096, 1024, 64


class RefusedError(Exception):
    """The call is answered with an error."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.description)
        self.fault = fault


def bad(description: str) -> RefusedError:
    return RefusedError(Fault(400, f"Bad Request: {description}"))


async def read_given(request: Request) -> dict[str, Any]:
    """The parameters, however they were sent: in the address, as a form, with files, or as JSON."""
    given: dict[str, Any] = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        body = await request.json()
        return {**given, **(body if isinstance(body, dict) else {})}
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                given[name] = await value.read()
                given[f"{name}:name"] = value.filename
            else:
                given[name] = value
    # A file may be sent beside, and be named in its place.
    for name, value in list(given.items()):
        if isinstance(value, str) and value.startswith("attach://"):
            part = value.removeprefix("attach://")
            given[name], given[f"{name}:name"] = given.get(part), given.get(f"{part}:name", "")
    return given


def chat_of(given: dict[str, Any]) -> int | None:
    try:
        return int(given["chat_id"])
    except (KeyError, ValueError, TypeError):
        return None


def read_content(given: dict[str, Any], name: str, most: int) -> Formatted:
    text = str(given.get(name, ""))
    mode = str(given.get("parse_mode", "")).lower()
    if mode not in {"", "html"}:
        raise bad("unsupported parse_mode")
    try:
        content = read_html(text) if mode else Formatted(text)
    except MarkupError as error:
        raise bad(f"can't parse entities: {error}") from None
    if units(content.text) > most:
        raise bad("message caption is too long" if name == "caption" else "message is too long")
    return content if content.text.strip() else Formatted("")


def read_keyboard(given: dict[str, Any]) -> list[list[dict[str, Any]]]:
    markup = given.get("reply_markup")
    if not markup:
        return []
    data = json.loads(markup) if isinstance(markup, str) else markup
    rows: list[list[dict[str, Any]]] = data.get("inline_keyboard", [])
    for button in (each for row in rows for each in row):
        if not button.get("text"):
            raise bad("inline keyboard button text is empty")
        if len({"url", "callback_data"} & button.keys()) != 1:
            raise bad("inline keyboard button must have exactly one action")
        if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= BUTTON_BYTES:
            raise bad("BUTTON_DATA_INVALID")
    if sum(map(len, rows)) > 100:
        raise bad("REPLY_MARKUP_TOO_LONG")
    return [row for row in rows if row]


def listed(value: Any) -> list[Any]:
    found = json.loads(value) if isinstance(value, str) else value
    return found or []


def scope_of(given: dict[str, Any]) -> tuple[str, str]:
    scope = given.get("scope") or {}
    scope = json.loads(scope) if isinstance(scope, str) else scope
    return scope.get("type", "default"), given.get("language_code", "")
