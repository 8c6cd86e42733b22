"""Encryption at rest, under keys that can be changed."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from member_store.errors import StoreError

_KEYS_SETTING = "HEBAO_KEYS"
_REMEDY = (
    f"Set {_KEYS_SETTING} to one or more keys, newest first, separated by commas; "
    "each is 32 random bytes in url-safe base64."
)


def generate_key() -> str:
    """A new random encryption key: 32 bytes in url-safe base64, 44 characters."""
    return Fernet.generate_key().decode("ascii")


class Cipher:
    """Encrypts under the newest of several keys, decrypts under any of them. Authenticated (Fernet)."""

    def __init__(self, keys: str) -> None:
        """Read `keys`: Fernet keys separated by commas, newest first.

        Raises StoreError if there is none or one is malformed; the error never shows a key.
        """
        ciphers = []
        for position, key in enumerate(filter(None, map(str.strip, keys.split(","))), start=1):
            try:
                ciphers.append(Fernet(key))
            except ValueError:
                raise StoreError(f"Encryption key {position} is malformed", _KEYS_SETTING, _REMEDY) from None
        if not ciphers:
            raise StoreError("There is no encryption key", _KEYS_SETTING, _REMEDY)
        self._newest = ciphers[0]
        self._all = MultiFernet(ciphers)

    def encrypt(self, text: str) -> str:
        """The text under the newest key, as ASCII. Any string will do, NUL and lone surrogates included."""
        return self._newest.encrypt(to_bytes(text)).decode("ascii")

    def decrypt(self, token: str, where: str) -> str:
        """The text that `encrypt` was given. `where` names the row, for the error.

        Raises StoreError if no key fits, or if the stored value was changed.
        """
        try:
            return self._all.decrypt(token).decode("utf-8", "surrogatepass")
        except InvalidToken:
            raise StoreError(
                "Stored data cannot be decrypted",
                where,
                f"Add the key that it was written with to {_KEYS_SETTING}; if that key is there, "
                "the data was damaged: restore a backup.",
            ) from None

    def renew(self, token: str, where: str) -> str:
        """The same text under the newest key; the very same token if it is under that key already.

        Raises StoreError as `decrypt` does.
        """
        try:
            self._newest.decrypt(token)
        except InvalidToken:
            return self.encrypt(self.decrypt(token, where))
        return token


def to_bytes(text: str) -> bytes:
    """The text in UTF-8, lone surrogates included."""
    # A platform's JSON may carry half a surrogate pair; it must neither fail here nor come back changed.
    return text.encode("utf-8", "surrogatepass")
