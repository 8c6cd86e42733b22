"""What is around a message: who signed it, when, and under which key it is encrypted.

WeChat signs an address with the token (plain mode: the body itself is not signed), or the encrypted body (safe and
compatible mode, `encrypt_type=aes`).
Pages: https://developers.weixin.qq.com/doc/oplatform/developers/dev/push ,
https://developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.parsers.expat import ExpatError

import xmltodict
from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException

from bot.settings import Settings, SettingsError

_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}", re.ASCII)
_APP_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_AES_KEY = re.compile(r"[A-Za-z0-9+/]{43}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)

_FRAME = """<xml>
<Encrypt><![CDATA[{encrypted}]]></Encrypt>
<MsgSignature><![CDATA[{signature}]]></MsgSignature>
<TimeStamp>{seconds}</TimeStamp>
<Nonce><![CDATA[{nonce}]]></Nonce>
</xml>"""


class NotSigned(Exception):  # noqa: N818 - what was found, not what failed
    """The request does not come from WeChat, comes at another time than it says, or cannot be decrypted."""


class KeyMissing(NotSigned):
    """An encrypted message, but no key is set: somebody has to set one."""


class NotReadable(Exception):  # noqa: N818 - what was found, not what failed
    """The request is no message: no XML, or not in the form that WeChat writes."""


@dataclass(frozen=True)
class Letter:
    """A message out of its envelope: its XML, and how the answer to it is to be put into one.

    `key` is the key that it was encrypted under, which the answer has to be encrypted under as well; None: it was not.
    """

    xml: str | bytes
    key: Key | None


class Envelope:
    """Opens what WeChat sends and closes what is answered. Keeps no state: one serves all requests."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        """Raises SettingsError for a token, AppID or key that cannot be one, saying what to do."""
        self._token = _checked_token(settings.wechat_token)
        self._keys = _keys(settings)
        self._seconds = settings.wechat_clock_minutes * 60
        self._clock = clock

    def echo(self, query: Mapping[str, str]) -> str:
        """What the question whether this is our server is answered with. Raises NotSigned."""
        self._check(query, query.get("signature", ""))
        if not (echo := query.get("echostr", "")):
            raise NotSigned
        return echo

    def open(self, query: Mapping[str, str], body: bytes) -> Letter:
        """The message in the body, its signature checked. Raises NotSigned or NotReadable.

        A body that is not encrypted is taken although keys are set: so it is while an account goes over to safe mode.
        """
        kind = query.get("encrypt_type", "raw")
        if kind == "raw":
            self._check(query, query.get("signature", ""))
            return Letter(body, None)
        if kind != "aes":
            raise NotReadable
        if not self._keys:
            raise KeyMissing
        encrypted = _encrypted(body)
        self._check(query, query.get("msg_signature", ""), encrypted)
        for key in self._keys:
            if (xml := key.decrypted(encrypted)) is not None:
                return Letter(xml, key)
        raise NotSigned

    def close(self, letter: Letter, xml: str) -> str:
        """The answer to a letter as it goes into the response: in the mode of the letter, under its key."""
        if letter.key is None:
            return xml
        encrypted, nonce, seconds = letter.key.encrypted(xml), secrets.token_hex(8), str(int(self._clock()))
        signature = _signature(self._token, seconds, nonce, encrypted)
        return _FRAME.format(encrypted=encrypted, signature=signature, seconds=seconds, nonce=nonce)

    def _check(self, query: Mapping[str, str], signature: str, *also: str) -> None:
        seconds, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if not _SECONDS.fullmatch(seconds):
            raise NotSigned
        right = _signature(self._token, seconds, nonce, *also)
        # In constant time, so that nobody finds a signature out letter by letter; as bytes, as text may hold anything.
        if not hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace")):
            raise NotSigned
        if abs(self._clock() - int(seconds)) > self._seconds:
            raise NotSigned


class Key:
    """One EncodingAESKey of one account."""

    def __init__(self, encoding_aes_key: str, app_id: str) -> None:
        self._cipher = _Cipher(base64.b64decode(encoding_aes_key + "="))
        self._app_id = app_id

    def decrypted(self, encrypted: str) -> str | None:
        """The message; None if it is under another key, for another account, or no cipher text at all."""
        try:
            return str(self._cipher.decrypt(encrypted, self._app_id))
        except (ValueError, IndexError, struct.error, InvalidAppIdException):
            return None  # the library lets all of these out for one and the same thing

    def encrypted(self, text: str) -> str:
        """The cipher text, in base64: another one each time."""
        return str(self._cipher.encrypt(text, self._app_id), "ascii")


class _Cipher(PrpCrypto):  # type: ignore[misc]
    def get_random_string(self) -> str:
        """The 16 characters before a message, unguessable: the library's own are not."""
        return secrets.token_hex(8)


def _signature(*signed: str) -> str:
    joined = b"".join(sorted(each.encode("utf-8", "replace") for each in signed))
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def _encrypted(body: bytes) -> str:
    try:
        # Read as UTF-8 whatever the body says of itself: the parser would look up any encoding that it names.
        encrypted = xmltodict.parse(body.decode("utf-8"))["xml"]["Encrypt"]
    except (ExpatError, ValueError, KeyError, TypeError, RecursionError):
        raise NotReadable from None
    if not isinstance(encrypted, str):
        raise NotReadable
    return encrypted


def _checked_token(token: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise SettingsError(
            "HEBAO_WECHAT_TOKEN is no token: it has 3 to 32 letters and digits. Copy it from WeChat's console, "
            "基本配置 → 服务器配置 (server configuration)."
        )
    return token


def _keys(settings: Settings) -> tuple[Key, ...]:
    given = {
        "HEBAO_WECHAT_AES_KEY": settings.wechat_aes_key,
        "HEBAO_WECHAT_AES_KEY_PREVIOUS": settings.wechat_aes_key_previous,
    }
    for name, key in given.items():
        if key and not _AES_KEY.fullmatch(key):
            raise SettingsError(
                f"{name} is no EncodingAESKey: it has 43 letters and digits, not {len(key)} characters. Copy it "
                "from WeChat's console, 基本配置 → 服务器配置 (server configuration)."
            )
    if settings.wechat_aes_key_previous and not settings.wechat_aes_key:
        raise SettingsError("HEBAO_WECHAT_AES_KEY_PREVIOUS is set without HEBAO_WECHAT_AES_KEY. Set that one, too.")
    if settings.wechat_aes_key and not _APP_ID.fullmatch(settings.wechat_app_id):
        raise SettingsError(
            "HEBAO_WECHAT_AES_KEY is set without HEBAO_WECHAT_APP_ID. Encrypted messages name the account: "
            "copy its AppID (wx…) from WeChat's console, 基本配置."
        )
    return tuple(Key(key, settings.wechat_app_id) for key in given.values() if key)
