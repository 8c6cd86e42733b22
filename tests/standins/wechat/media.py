"""Pictures: uploaded for three days, fetched by their id."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from tests.standins.wechat.errors import Refused

if TYPE_CHECKING:
    from tests.standins.wechat.app import Call
    from tests.standins.wechat.platform import Platform

LARGEST_IMAGE = 10 * 1024 * 1024
KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"BM": "image/bmp"}


def upload(platform: Platform, call: Call) -> dict[str, Any]:
    if call.query.get("type") != "image":
        raise Refused(40004)
    if call.file is None:
        raise Refused(41005)
    name, body = call.file
    kind = next((kind for start, kind in KINDS.items() if body.startswith(start)), None)
    if kind is None or "." not in name:
        raise Refused(40005)
    if len(body) > LARGEST_IMAGE:
        raise Refused(40009)
    media_id = secrets.token_urlsafe(48)
    platform.media[media_id] = (body, kind, platform.now() + platform.rules.media_seconds)
    return {"type": "image", "media_id": media_id, "created_at": int(platform.now())}


def get(platform: Platform, call: Call) -> Response:
    found = platform.media.get(call.query.get("media_id", ""))
    if found is None or found[2] <= platform.now():
        raise Refused(40007)
    return Response(found[0], media_type=found[1])
