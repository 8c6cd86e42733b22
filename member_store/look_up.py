"""Finding what is encrypted: keyed hashes, and the key of those hashes, which outlives the encryption keys."""

from __future__ import annotations

import hmac
import secrets

from sqlalchemy import select

from member_store.database import Database
from member_store.encryption import Cipher, to_bytes
from member_store.errors import StoreError
from member_store.tables import conversations as tables

_NAME = "look-up"
_FIND = select(tables.secrets.c.value).where(tables.secrets.c.name == _NAME)


def keyed_hash(key: bytes, *parts: str) -> str:
    """HMAC-SHA256 of the parts joined by NUL, in hexadecimal (64 characters).

    Only the last part may itself contain a NUL: else two different lists of parts could hash alike.
    """
    return hmac.digest(key, to_bytes("\0".join(parts)), "sha256").hex()


def load_key(database: Database, cipher: Cipher) -> bytes:
    """The database's own key for `keyed_hash` (32 random bytes), made and stored at the first call.

    Raises StoreError if no encryption key fits it, or if it is gone from a database that has been used.
    """
    with database.reading() as connection:
        token = connection.execute(_FIND).scalar()
    if token is None:
        token = _make_key(database, cipher)
    return bytes.fromhex(cipher.decrypt(token, f"look-up key, {database.where}"))


def _make_key(database: Database, cipher: Cipher) -> str:
    with database.writing() as connection:
        database.alone(connection, _NAME)
        token: str | None = connection.execute(_FIND).scalar()
        if token is None:
            if connection.execute(select(tables.conversations.c.id).limit(1)).first():
                raise StoreError(
                    "The look-up key is gone, so no contact could be recognised",
                    database.where,
                    "Restore the table `secret` from a backup.",
                )
            token = cipher.encrypt(secrets.token_bytes(32).hex())
            connection.execute(tables.secrets.insert(), {"name": _NAME, "value": token})
    return token
