"""Settings, from the environment or a `.env` file."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from policy_engine.errors import PolicyError
from policy_engine.loader import PACKS, Readings, load_scheme
from policy_engine.scheme import Scheme


class SettingsError(Exception):
    """A setting that cannot be used. `str(error)` says which, why, and what to do."""


class Settings(BaseSettings):
    """Every setting, with its meaning and default."""

    model_config = SettingsConfigDict(
        env_prefix="HEBAO_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    database_url: str = Field(
        "sqlite:///var/hebao.db", description="Where members and conversations are kept: an SQLite file, or PostgreSQL."
    )
    keys: str = Field(
        "",
        description="Encryption keys, newest first, separated by commas. "
        "Made beside an SQLite file; required with PostgreSQL.",
    )
    scheme: str = Field("jiaxing-2008", description="The policy pack.")
    packs: Path = Field(PACKS, description="The folder of policy packs, each a folder; the program's own if not set.")
    sources: Path | None = Field(
        None, description="A folder of official texts (*.txt), shown on request; nothing is shown where it is not set."
    )
    county: str | None = Field(None, description="The one county that this service is for; asked where it is not set.")
    offer_demo: bool = Field(False, description="Whether the illustrative county is on offer.")
    keep_conversations_days: int = Field(
        365, ge=1, description="Days after which a conversation that nobody went on with is deleted."
    )
    keep_ended_years: int = Field(
        10,
        ge=1,
        le=100,
        description="Years after which personal data of what has ended is deleted. "
        "Amounts stay for ever: accounts have to be kept for 30 years (会计档案管理办法), and hold no names.",
    )
    embedded_worker: bool | None = Field(
        None,
        description="Whether the server itself plans and sends reminders and does the nightly work; "
        "if not set, it does on SQLite, and on PostgreSQL  hebao worker  does.",
    )
    worker_port: int | None = Field(
        None,
        ge=0,
        le=65535,
        description="Port on which  hebao worker  says how it is, on the address of HEBAO_HOST; nowhere if not set.",
    )
    backup_folder: Path | None = Field(
        None, description="A folder for a copy of the SQLite database every night; none is made where it is not set."
    )
    backups_kept: int = Field(14, ge=1, description="How many of these copies are kept.")
    reminders_from: int = Field(
        9, ge=0, le=23, description="The hour of the day, in China, from which reminders are sent."
    )
    reminders_until: int = Field(20, ge=1, le=24, description="The hour from which they wait for the next day.")
    today: datetime.date | None = Field(None, description="A fixed date, for trials.")
    public_url: str = Field(
        "",
        description="The address that people reach this service under, such as https://hebao.example.",
    )
    wechat_token: str = Field(
        "", description="WeChat: the token of the server configuration; WeChat is on if it is set."
    )
    wechat_app_id: str = Field("", description="WeChat: the account's AppID.")
    wechat_app_secret: str = Field("", description="WeChat: the AppSecret, for all that is sent unasked.")
    wechat_aes_key: str = Field("", description="WeChat: the EncodingAESKey; needed in safe and compatible mode.")
    wechat_aes_key_previous: str = Field("", description="WeChat: the key before, while the new one spreads.")
    wechat_api_base: str = Field("https://api.weixin.qq.com", description="WeChat: where its interfaces are.")
    wechat_login_base: str = Field(
        "https://open.weixin.qq.com", description="WeChat: where people agree to be known to a web page."
    )
    wechat_clock_minutes: int = Field(
        10, ge=1, description="WeChat: minutes by which a request's time may differ from ours."
    )
    wechat_reply_seconds: float = Field(
        4.5,
        gt=0,
        lt=5,
        description="WeChat: seconds for an answer to go with the response; WeChat hangs up after 5.",
    )
    wechat_window_hours: float = Field(
        48, gt=0, description="WeChat: hours after a person's message in which service messages may follow."
    )
    wechat_window_messages: int = Field(
        5, ge=0, description="WeChat: service messages after a person's message; 0 where the account may send none."
    )
    wechat_event_seconds: float = Field(
        60,
        gt=0,
        description="WeChat: seconds after a menu tap, a follow or a scan for service messages.",
    )
    wechat_event_messages: int = Field(3, ge=0, description="WeChat: service messages after one of these.")
    wechat_per_second: float = Field(50, gt=0, description="WeChat: messages a second that are sent unasked.")
    wechat_pictures: bool = Field(
        True, description="WeChat: whether receipts and comparisons follow as pictures, where hebao[pictures] is there."
    )
    wechat_humans: bool = Field(
        False, description="WeChat: whether the account has customer service staff to hand a conversation over to."
    )
    wechat_human_minutes: int = Field(
        30, ge=1, description="WeChat: minutes after which a conversation that was handed over comes back."
    )
    wechat_notices: Path | None = Field(
        None, description="WeChat: a YAML file with the templates of subscription notices; see docs/connect-wechat.md."
    )
    wechat_pay_merchant: str = Field(
        "", description="WeChat Pay: the number of the merchant account (mchid); WeChat Pay is on if it is set."
    )
    wechat_pay_key: str = Field("", description="WeChat Pay: the APIv3 key, 32 characters.")
    wechat_pay_serial: str = Field("", description="WeChat Pay: the serial of our own certificate.")
    wechat_pay_private_key: Path | None = Field(
        None, description="WeChat Pay: the file of our private key, apiclient_key.pem."
    )
    wechat_pay_platform_keys: Path | None = Field(
        None,
        description="WeChat Pay: a folder with the platform's public keys, each named by its id "
        "(PUB_KEY_ID_….pem), or its certificates.",
    )
    wechat_pay_base: str = Field(
        "https://api.mch.weixin.qq.com", description="WeChat Pay: where it is; elsewhere no money is real."
    )
    telegram_token: str = Field("", description="Telegram: the bot's token. Telegram is on if it is set.")
    telegram_secret: str = Field(
        "", description="Telegram: the secret of the webhook, 1 to 256 of A-Z, a-z, 0-9, _ and -. The webhook needs it."
    )
    telegram_api_base: str = Field("https://api.telegram.org", description="Telegram: where the Bot API is.")
    telegram_per_second: float = Field(
        20, gt=0, description="Telegram: messages a second that are sent unasked; the platform allows 30 in all."
    )
    telegram_chat_seconds: float = Field(
        1, gt=0, description="Telegram: seconds between two messages that are sent unasked to one chat."
    )

    def check(self) -> Settings:
        """These settings, if scheme, county and date go together, and so the hours. Raises SettingsError."""
        if self.reminders_from >= self.reminders_until:
            raise SettingsError(
                "HEBAO_REMINDERS_FROM is not before HEBAO_REMINDERS_UNTIL. "
                "Set the first hour of the day and the hour after the last."
            )
        try:
            self.rules(self.county).on(self.today)
        except PolicyError as error:
            names = "HEBAO_SCHEME, HEBAO_PACKS, HEBAO_COUNTY or HEBAO_TODAY"
            raise SettingsError(f"{names} does not fit: {error}") from None
        return self

    def rules(self, county: str | None, readings: Readings = ()) -> Scheme:
        """The pack as it stands in a county, with open places of the text read as `readings` has it.

        Raises PolicyError for a pack, county or reading that there is not, PackError for a pack that is wrong.
        """
        return load_scheme(self.scheme, county, self.packs, readings)

    @property
    def now(self) -> datetime.date:
        """The day that rules are applied for."""
        return self.today or datetime.date.today()


def read_settings(**given: Any) -> Settings:
    """The settings. Raises SettingsError for the first that cannot be used."""
    try:
        return Settings(**given).check()
    except ValidationError as error:
        first = error.errors()[0]
        name = "HEBAO_" + str(first["loc"][0]).upper()
        raise SettingsError(f"{name}: {first['msg']}. Correct it in the environment or in .env.") from None


def settings_page() -> str:
    """Every setting with its meaning and default, as the page docs/settings.md."""
    rows = [
        f"| `HEBAO_{name.upper()}` | {field.description} | {_default(field.default)} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "From the environment, or from a file `.env` beside the program. This page is made by `hebao settings`.",
            "",
            "| setting | meaning | default |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def _default(value: object) -> str:
    if value == PACKS:
        return "the program's own"
    return "none" if value in {None, ""} else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def sqlite_folder(database_url: str) -> Path | None:
    """The folder of an SQLite file; None for another kind of database."""
    path = database_url.removeprefix("sqlite:///")
    return Path(path).parent if path != database_url else None
