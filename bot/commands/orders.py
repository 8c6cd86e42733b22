"""`hebao wechat orders …`: what was paid through WeChat Pay, and what became of it."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer

from bot.commands.options import AsJson, catalogue_of, print_json, refuse, settings_of
from policy_engine.errors import N_

if TYPE_CHECKING:
    from bot.channels.wechat.pay.merchant import Merchant
    from bot.settings import Settings

orders = typer.Typer(no_args_is_help=True, help="Orders to pay by WeChat Pay.")

CAME_TO: Mapping[str, str] = {
    "paid": N_("orders.paid"),
    "closed": N_("orders.closed"),
    "open": N_("orders.open"),
    "look": N_("orders.look"),
    "failed": N_("orders.failed"),
}
"""The message of each thing that an order can come to."""


@orders.callback()
def _group() -> None:
    """Orders to pay by WeChat Pay."""


@orders.command("check")
def check(as_json: AsJson = False) -> None:
    """Ask WeChat Pay about every open order: book what was paid, close what nobody paid in time.

    Exits 1 where somebody has to look at an order, or WeChat Pay could not be asked.
    """
    from bot.channels.faults import Misconfigured
    from bot.channels.wechat.pay.merchant import read_merchant
    from bot.logs import set_up_logs
    from bot.settings import SettingsError

    settings, words = settings_of(), catalogue_of(None)
    merchant = read_merchant(settings)
    if merchant is None:
        raise SettingsError("HEBAO_WECHAT_PAY_MERCHANT is not set. docs/connect-wechat-pay.md says how.")
    set_up_logs()
    try:
        counts = _checked(settings, merchant)
    except Misconfigured as fault:
        refuse(words("orders.misconfigured", code=fault.code))
    if as_json:
        print_json({each: counts[each] for each in CAME_TO})
    else:
        for each, message in CAME_TO.items():
            if counts[each]:
                typer.echo(words(message, count=counts[each]))
        if not counts:
            typer.echo(words("orders.none"))
    sys.exit(1 if counts["look"] or counts["failed"] else 0)


def _checked(settings: Settings, merchant: Merchant) -> Counter[str]:
    from bot.channels.wechat.pay.client import PayClient
    from bot.channels.wechat.pay.payments import Payments
    from bot.opening import open_store

    with open_store(settings) as store:
        return asyncio.run(Payments(store, PayClient(merchant), asyncio.to_thread, settings.today).check())
