"""What the store will not do, said so that whoever asked can be told what to do next."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):  # noqa: N818 - nothing has failed
    """Somebody asked for what the state of things does not allow. Nothing was changed.

    `code` names the refusal (the message `refused.<code>`); `details` are what its words need: ids, states, days,
    amounts in fen, never anything personal.
    """

    def __init__(self, code: str, **details: Any) -> None:
        told = ", ".join(f"{name} {value}" for name, value in details.items())
        super().__init__(f"{code}: {told}" if told else code)
        self.code = code
        self.details = details
