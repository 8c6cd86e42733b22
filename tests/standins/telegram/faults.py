"""What can be made to go wrong, as the platform words it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Fault:
    """How a call fails: the response, after `delay` seconds; without a `status` the call is only late.

    `done`: the call has its effect all the same, as when a response is lost on its way. `hang_up`: the connection is
    closed in the midst of the response. `raw`: what is answered in place of JSON.
    """

    status: int = 0
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    delay: float = 0
    done: bool = False
    hang_up: bool = False
    raw: str = ""


def too_many(retry_after: int) -> Fault:
    return Fault(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


def migrated(to: int) -> Fault:
    return Fault(400, "Bad Request: group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": to})


def slow(seconds: float) -> Fault:
    return Fault(delay=seconds)


def lost(fault: Fault) -> Fault:
    """The same, but the call has its effect."""
    return replace(fault, done=True)


BLOCKED = Fault(403, "Forbidden: bot was blocked by the user")
DEACTIVATED = Fault(403, "Forbidden: user is deactivated")
NEVER_STARTED = Fault(403, "Forbidden: bot can't initiate conversation with a user")
CHAT_NOT_FOUND = Fault(400, "Bad Request: chat not found")
NOT_MODIFIED = Fault(
    400,
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as "
    "a current content and reply markup of the message",
)
EDIT_NOT_FOUND = Fault(400, "Bad Request: message to edit not found")
CANNOT_BE_EDITED = Fault(400, "Bad Request: message can't be edited")
OLD_QUERY = Fault(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
INTERNAL = Fault(500, "Internal Server Error")
BAD_GATEWAY = Fault(502, "Bad Gateway")
CONFLICT_POLLS = Fault(
    409,
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
)
CONFLICT_SET = Fault(409, "Conflict: terminated by setWebhook request")
CONFLICT_WEBHOOK = Fault(
    409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
TOO_LARGE = Fault(413, "Request Entity Too Large")
UNAUTHORIZED = Fault(401, "Unauthorized")
NOT_FOUND = Fault(404, "Not Found")
PROXY = Fault(502, raw="<html>Bad Gateway</html>")
NOT_JSON = Fault(200, raw="<html>something in between</html>")
HANG_UP = Fault(hang_up=True)
