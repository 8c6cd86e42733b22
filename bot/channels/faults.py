"""Why a message could not be sent: one vocabulary for all channels, whatever their libraries call it.

Whoever sends decides by these what happens next, and by nothing that a platform says in its own words.
"""

from __future__ import annotations

from datetime import datetime


class DeliveryFault(Exception):  # noqa: N818 - what it is called in the ledger
    """A message was not delivered. `reason` is its id in the ledger; `code` what the platform called it."""

    reason = "failed"

    def __init__(self, code: str = "") -> None:
        super().__init__(f"{self.reason} {code}".strip())
        self.code = code


class Wait(DeliveryFault):
    """Too fast: try again after so many seconds, and nothing else to anybody before."""

    reason = "too_fast"

    def __init__(self, after: float, code: str = "") -> None:
        super().__init__(code)
        self.after = after


class QuotaSpent(DeliveryFault):
    """The platform's quota is used up: nothing leaves by this way before `until`."""

    reason = "quota"

    def __init__(self, until: datetime, code: str = "") -> None:
        super().__init__(code)
        self.until = until


class Blocked(DeliveryFault):
    """The person has left or blocked the account: send nothing more until they come back."""

    reason = "blocked"


class NoWindow(DeliveryFault):
    """The person has not written lately enough, or has had all messages that this allows."""

    reason = "no_window"


class NoConsent(DeliveryFault):
    """The person has not agreed to this notice, or the agreement is used up."""

    reason = "no_consent"


class BadTarget(DeliveryFault):
    """There is no such account or chat."""

    reason = "bad_target"


class Moved(DeliveryFault):
    """The chat goes on under another id, `to`."""

    reason = "moved"

    def __init__(self, to: str, code: str = "") -> None:
        super().__init__(code)
        self.to = to


class NotAccepted(DeliveryFault):
    """The message itself is refused: too long, a template's field wrong. The same again would be refused again."""

    reason = "not_accepted"


class Unavailable(DeliveryFault):
    """The platform or the way to it fails for now: try again later. Whether it arrived may be unknown: `in_doubt`."""

    reason = "unavailable"

    def __init__(self, code: str = "", *, in_doubt: bool = False) -> None:
        super().__init__(code)
        self.in_doubt = in_doubt


class Misconfigured(DeliveryFault):
    """Somebody has to put the settings or the platform's console right: trying again is of no use."""

    reason = "misconfigured"
