"""W25: the merchant's settings: off unless they are there, and a sentence for each that cannot be used."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from bot.channels.wechat.pay.merchant import read_merchant
from bot.settings import Settings, SettingsError
from tests.standins.wechat_pay import PayPlatform

REAL = "https://api.mch.weixin.qq.com"


@pytest.fixture(scope="module")
def platform() -> PayPlatform:
    return PayPlatform()


@pytest.fixture
def given(platform: PayPlatform, tmp_path: Path, settings: Callable[..., Settings]) -> Callable[..., Settings]:
    """Settings of a merchant, with some changed."""

    def make(**changed: object) -> Settings:
        whole = {**platform.settings(tmp_path, REAL), "public_url": "https://hebao.example/"}
        return settings(**{**whole, **{name.removesuffix("_"): value for name, value in changed.items()}})

    return make


def test_w25_pay_is_off_where_nothing_is_set(settings: Callable[..., Settings]) -> None:
    assert read_merchant(settings()) is None


def test_w25_a_merchant_is_read_and_shows_no_key(given: Callable[..., Settings], platform: PayPlatform) -> None:
    merchant = read_merchant(given())
    assert merchant is not None
    assert merchant.notice_url == "https://hebao.example/wechat/pay/notify"
    assert merchant.asks_for == platform.key_id
    assert not merchant.trial
    assert platform.api_key not in repr(merchant)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"wechat_pay_merchant": ""}, "HEBAO_WECHAT_PAY_MERCHANT is not"),
        ({"wechat_app_id": ""}, "HEBAO_WECHAT_APP_ID"),
        ({"wechat_pay_key": ""}, "HEBAO_WECHAT_PAY_KEY"),
        ({"wechat_pay_key": "short"}, "has 5 bytes"),
        ({"wechat_pay_merchant": "many"}, "8 to 32 digits"),
        ({"wechat_pay_serial": "no serial"}, "openssl x509"),
        ({"public_url": ""}, "HEBAO_PUBLIC_URL"),
        ({"public_url": "http://hebao.example"}, "https://"),
        ({"wechat_pay_base": "ftp://x"}, "HEBAO_WECHAT_PAY_BASE"),
        ({"wechat_pay_private_key": Path("/nowhere.pem")}, "cannot be read"),
        ({"wechat_pay_private_key": Path(__file__)}, "no RSA key"),
        ({"wechat_pay_platform_keys": Path("/nowhere")}, "no *.pem"),
    ],
)
def test_w25_a_setting_that_cannot_be_used_is_named(
    given: Callable[..., Settings], changed: dict[str, object], says: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        read_merchant(given(**changed))
    assert says in str(refused.value)


def certificate(platform: PayPlatform) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tenpay.com sign")])
    day = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(platform.key.public_key())
    builder = builder.serial_number(0x0A1B2C3D4E5F).not_valid_before(day).not_valid_after(day.replace(year=2031))
    return builder.sign(platform.key, SHA256())


def test_w25_a_certificate_is_known_by_its_own_serial(
    given: Callable[..., Settings], platform: PayPlatform, tmp_path: Path
) -> None:
    keys = tmp_path / "certificates"
    keys.mkdir()
    (keys / "whatever.pem").write_bytes(certificate(platform).public_bytes(Encoding.PEM))
    merchant = read_merchant(given(wechat_pay_platform_keys=keys))
    assert merchant is not None
    assert set(merchant.platform_keys) == {"0A1B2C3D4E5F"}
    assert merchant.asks_for is None


def test_w25_a_key_of_another_kind_or_name_is_refused(given: Callable[..., Settings], tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    found = ec.generate_private_key(ec.SECP256R1()).public_key()
    (keys / "PUB_KEY_ID_1.pem").write_bytes(found.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(SettingsError, match="no RSA key"):
        read_merchant(given(wechat_pay_platform_keys=keys))
    public = PayPlatform().key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (keys / "PUB_KEY_ID_1.pem").write_bytes(b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
    with pytest.raises(SettingsError, match="neither a certificate nor"):
        read_merchant(given(wechat_pay_platform_keys=keys))
    (keys / "PUB_KEY_ID_1.pem").rename(keys / "our key.pem")
    (keys / "our key.pem").write_bytes(public)
    with pytest.raises(SettingsError, match="named by the key's id"):
        read_merchant(given(wechat_pay_platform_keys=keys))
