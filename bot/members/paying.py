"""Where somebody pays: an address that the chat gives to one contact, for one person and year."""

from __future__ import annotations

import time
from dataclasses import dataclass

from member_store.errors import StoreError
from member_store.store import Store

PATH = "/pay/"
"""What comes before the code. WeChat takes payments only on pages of a folder that its console names (支付授权目录)."""

LASTS_SECONDS = 24 * 3600
"""How long an address may be used; the chat gives a new one whenever it says what is owed."""

_PURPOSE = "pay"
_LONGEST = 256


@dataclass(frozen=True)
class ToPay:
    """Who pays, for whom and for which year: the store's keys of contact and person."""

    contact_id: int
    person_id: int
    year: int


class PayAddresses:
    """Makes and reads the addresses. Nothing of them is kept: a code is sealed, and can neither be read nor made up."""

    def __init__(self, store: Store, public_url: str) -> None:
        self._store, self._base = store, public_url.rstrip("/") + PATH

    def address(self, wanted: ToPay) -> str:
        """Where this can be paid, from now on and for `LASTS_SECONDS`."""
        until = int(time.time()) + LASTS_SECONDS
        sealed = self._store.seal(_PURPOSE, [wanted.contact_id, wanted.person_id, wanted.year, until])
        # With the filling at its end, a chat would not take all of it for an address.
        return self._base + sealed.rstrip("=")

    def read(self, code: str) -> ToPay | None:
        """What the code of an address stands for; None for one that is made up or too old."""
        if not 0 < len(code) <= _LONGEST or not code.isascii():
            return None
        # The filling counts from where the text begins, behind the first dot.
        try:
            *whom, until = self._store.unseal(_PURPOSE, code + "=" * (-len(code.partition(".")[2]) % 4))
        except StoreError:
            return None
        return ToPay(*whom) if time.time() < until else None
