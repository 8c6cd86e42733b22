"""The merchant's numbers and keys, read from the settings once, at the start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from bot.settings import Settings, SettingsError

REAL = "https://api.mch.weixin.qq.com"
"""Where money is real. Elsewhere there is a stand-in."""

NOTIFY = "/wechat/pay/notify"
"""Where the platform sends its notices, below the public address."""

_SETTINGS = (
    "wechat_app_id",
    "wechat_pay_key",
    "wechat_pay_serial",
    "wechat_pay_private_key",
    "wechat_pay_platform_keys",
    "public_url",
)
_MERCHANT = re.compile(r"[0-9]{8,32}", re.ASCII)
_SERIAL = re.compile(r"[0-9A-Fa-f]{8,64}", re.ASCII)
_PUBLIC_KEY_ID = "PUB_KEY_ID_"


@dataclass(frozen=True)
class Merchant:
    """Who receives the money, and the keys by which the platform and we know each other.

    `platform_keys` are the platform's public keys by the serial that it names in `Wechatpay-Serial`: that of a
    certificate (hexadecimal, upper case) or the id of a public key (`PUB_KEY_ID_…`).
    """

    merchant: str
    app_id: str
    serial: str
    notice_url: str
    base: str
    key: bytes = field(repr=False)
    private_key: RSAPrivateKey = field(repr=False)
    platform_keys: Mapping[str, RSAPublicKey] = field(repr=False)

    @property
    def trial(self) -> bool:
        """Whether no real money moves."""
        return self.base != REAL

    @property
    def asks_for(self) -> str | None:
        """The id of the platform's key that it is asked to sign with, where we have a key that is no certificate's."""
        return next((each for each in self.platform_keys if each.startswith(_PUBLIC_KEY_ID)), None)


def read_merchant(settings: Settings) -> Merchant | None:
    """The merchant of the settings; None where WeChat Pay is off. Raises SettingsError for what cannot be used."""
    if not settings.wechat_pay_merchant:
        for name in _SETTINGS[1:5]:
            if getattr(settings, name):
                raise SettingsError(
                    f"HEBAO_{name.upper()} is set, but HEBAO_WECHAT_PAY_MERCHANT is not. Set the number of the "
                    "merchant account, or leave both out."
                )
        return None
    for name in _SETTINGS:
        if not getattr(settings, name):
            raise SettingsError(
                f"HEBAO_{name.upper()} is not set, and WeChat Pay needs it. See docs/connect-wechat-pay.md, or leave "
                "HEBAO_WECHAT_PAY_MERCHANT out to do without WeChat Pay."
            )
    merchant, serial = settings.wechat_pay_merchant, settings.wechat_pay_serial
    if not _MERCHANT.fullmatch(merchant):
        raise SettingsError("HEBAO_WECHAT_PAY_MERCHANT is not a merchant's number. It has 8 to 32 digits.")
    if not _SERIAL.fullmatch(serial):
        raise SettingsError(
            "HEBAO_WECHAT_PAY_SERIAL is not the serial of a certificate. "
            "Print it: openssl x509 -in apiclient_cert.pem -noout -serial"
        )
    key = settings.wechat_pay_key.encode("utf-8")
    if len(key) != 32:
        raise SettingsError(
            f"HEBAO_WECHAT_PAY_KEY has {len(key)} bytes, and the APIv3 key has 32. "
            "It is set on pay.weixin.qq.com: 账户中心, API安全."
        )
    base = _base(settings)
    return Merchant(
        merchant=merchant,
        app_id=settings.wechat_app_id,
        serial=serial.upper(),
        notice_url=_notice_url(settings, trial=base != REAL),
        base=base,
        key=key,
        private_key=_private_key(Path(settings.wechat_pay_private_key or "")),
        platform_keys=_platform_keys(Path(settings.wechat_pay_platform_keys or "")),
    )


def _base(settings: Settings) -> str:
    base = settings.wechat_pay_base.rstrip("/")
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise SettingsError(f"HEBAO_WECHAT_PAY_BASE is not an address such as {REAL}. Leave it out for the real one.")
    return base


def _notice_url(settings: Settings, *, trial: bool) -> str:
    parts = urlsplit(settings.public_url)
    if not parts.hostname or parts.query or parts.fragment or parts.scheme not in ("https", "http")[: 1 + trial]:
        raise SettingsError(
            "HEBAO_PUBLIC_URL is not an address that WeChat Pay can reach. It begins with https://, and names the "
            "machine that people reach, such as https://hebao.example."
        )
    return settings.public_url.rstrip("/") + NOTIFY


def _read(path: Path, setting: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"{setting}: {path} cannot be read ({error.strerror}). Name a file that the user who runs hebao may read."
        ) from None


def _private_key(path: Path) -> RSAPrivateKey:
    setting = "HEBAO_WECHAT_PAY_PRIVATE_KEY"
    try:
        found = load_pem_private_key(_read(path, setting), password=None)
    except (ValueError, TypeError):
        found = None
    if not isinstance(found, RSAPrivateKey):
        raise SettingsError(
            f"{setting}: {path} is no RSA key in PEM without a password. It is apiclient_key.pem of the archive that "
            "the certificate tool writes."
        )
    return found


def _platform_keys(folder: Path) -> dict[str, RSAPublicKey]:
    setting = "HEBAO_WECHAT_PAY_PLATFORM_KEYS"
    try:
        paths = sorted(folder.glob("*.pem")) if folder.is_dir() else []
    except OSError:
        paths = []
    if not paths:
        raise SettingsError(
            f"{setting}: there is no *.pem in {folder}. Put the platform's public key there, named by its id: "
            "PUB_KEY_ID_….pem, or its certificate."
        )
    return dict(_platform_key(path, setting) for path in paths)


def _platform_key(path: Path, setting: str) -> tuple[str, RSAPublicKey]:
    """A key with the serial that the platform calls it by: a certificate has its own, a bare key its file's name."""
    content = _read(path, setting)
    key: object
    try:
        if b"BEGIN CERTIFICATE" in content:
            certificate = x509.load_pem_x509_certificate(content)
            serial, key = f"{certificate.serial_number:X}", certificate.public_key()
            # A serial is written with as many digits as it has bytes.
            serial = serial.zfill(len(serial) + len(serial) % 2)
        else:
            serial, key = path.stem, load_pem_public_key(content)
    except ValueError:
        raise SettingsError(f"{setting}: {path} is neither a certificate nor a public key in PEM.") from None
    if not isinstance(key, RSAPublicKey):
        raise SettingsError(f"{setting}: {path} is no RSA key. WeChat Pay signs with RSA.")
    if not serial.startswith(_PUBLIC_KEY_ID) and not _SERIAL.fullmatch(serial):
        raise SettingsError(f"{setting}: {path} has to be named by the key's id: PUB_KEY_ID_….pem")
    return serial if serial.startswith(_PUBLIC_KEY_ID) else serial.upper(), key
