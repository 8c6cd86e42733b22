"""Encryption at rest, under keys that can be changed."""

from __future__ import annotations

import os
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from member_store.errors import StoreError

_KEYS_SETTING = "HEBAO_KEYS"
_REMEDY = (
    f"Set {_KEYS_SETTING} to one or more keys, newest first, separated by commas; "
    "each is 32 random bytes in url-safe base64."
)

_PREFIX = "h1."
"""Begins what this version writes; no Fernet token begins so."""
_NONCE = 12
"""Bytes of randomness in each ciphertext."""


def generate_key() -> str:
    """A new random encryption key: 32 bytes in url-safe base64, 44 characters."""
    return Fernet.generate_key().decode("ascii")


class Cipher:
    """Encrypts under the newest of several keys, decrypts under any of them. Authenticated.

    What is written is AES-256-GCM under keys drawn from the Fernet keys that are given: `h1.` and, in url-safe base64,
    12 random bytes, the text, the tag. What earlier versions wrote, Fernet tokens under these keys, is read for ever.
    """

    def __init__(self, keys: str) -> None:
        """Read `keys`: Fernet keys separated by commas, newest first.

        Raises StoreError if there is none or one is malformed; the error never shows a key.
        """
        given = list(filter(None, map(str.strip, keys.split(","))))
        ciphers = []
        for position, key in enumerate(given, start=1):
            try:
                ciphers.append(Fernet(key))
            except ValueError:
                raise StoreError(f"Encryption key {position} is malformed", _KEYS_SETTING, _REMEDY) from None
        if not ciphers:
            raise StoreError("There is no encryption key", _KEYS_SETTING, _REMEDY)
        self._fernet = MultiFernet(ciphers)
        self._newest_fernet = ciphers[0]
        self._all = [AESGCM(_drawn(urlsafe_b64decode(key))) for key in given]

    def encrypt(self, text: str) -> str:
        """The text under the newest key, as ASCII. Any string will do, NUL and lone surrogates included."""
        nonce = os.urandom(_NONCE)
        return _PREFIX + urlsafe_b64encode(nonce + self._all[0].encrypt(nonce, to_bytes(text), None)).decode("ascii")

    def decrypt(self, token: str, where: str) -> str:
        """The text that `encrypt` was given. `where` names the row, for the error.

        Raises StoreError if no key fits, or if the stored value was changed.
        """
        if token.startswith(_PREFIX):
            for cipher in self._all:
                with suppress(InvalidTag, ValueError):
                    return _opened(cipher, token)
        else:
            with suppress(InvalidToken):
                return self._fernet.decrypt(token).decode("utf-8", "surrogatepass")
        raise StoreError(
            "Stored data cannot be decrypted",
            where,
            f"Add the key that it was written with to {_KEYS_SETTING}; if that key is there, "
            "the data was damaged: restore a backup.",
        )

    def renew(self, token: str, where: str) -> str:
        """The same text under the newest key; the very same token if it is under that key already.

        Raises StoreError as `decrypt` does.
        """
        try:
            if token.startswith(_PREFIX):
                _opened(self._all[0], token)
            else:
                self._newest_fernet.decrypt(token)
        except (InvalidTag, InvalidToken, ValueError):
            return self.encrypt(self.decrypt(token, where))
        return token


def _drawn(key: bytes) -> bytes:
    """The AES key that is drawn from a Fernet key: nothing is ever encrypted in two ways under one key."""
    return HKDF(hashes.SHA256(), 32, None, b"hebao member store h1").derive(key)


def _opened(cipher: AESGCM, token: str) -> str:
    """The text of a token. Raises InvalidTag, or ValueError for what is no token at all."""
    sealed = b64decode(token[len(_PREFIX) :].encode("ascii"), b"-_", validate=True)
    return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None).decode("utf-8", "surrogatepass")


def to_bytes(text: str) -> bytes:
    """The text in UTF-8, lone surrogates included."""
    # A platform's JSON may carry half a surrogate pair; it must neither fail here nor come back changed.
    return text.encode("utf-8", "surrogatepass")
