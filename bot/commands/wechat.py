"""`hebao wechat`: the menu under the conversation."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot.commands.options import AsJson, catalogue_of, print_json, refuse, settings_of
from bot.commands.orders import orders

if TYPE_CHECKING:
    from bot.channels.wechat.api.client import WeChatClient
    from bot.channels.wechat.menu import Menu
    from bot.languages import Catalogue
    from bot.settings import Settings

Result = TypeVar("Result")

MenuFile = Annotated[
    Path | None, typer.Option("--file", metavar="FILE", help="A menu of your own; the program's if not given.")
]

wechat = typer.Typer(no_args_is_help=True, help="The WeChat account.")
menu = typer.Typer(no_args_is_help=True, help="The menu under the conversation. There is one, in Chinese.")
wechat.add_typer(menu, name="menu")
wechat.add_typer(orders, name="orders")


@menu.command("check")
def menu_check(file: MenuFile = None, as_json: AsJson = False) -> None:
    """Say everything that WeChat would not take."""
    words = catalogue_of(None)
    found = _read(file, settings_of(), words)
    if as_json:
        print_json({"button": found.buttons, "left_out": [name for name, _ in found.left_out]})
        return
    _print(found.buttons)
    _print_left_out(found, words)
    typer.echo(words("menu.in_order"))


@menu.command("push")
def menu_push(file: MenuFile = None, as_json: AsJson = False) -> None:
    """Check the menu, then put it under the conversation in the place of the one before."""
    words, settings = catalogue_of(None), _account()
    found = _read(file, settings, words)
    _called(settings, words, lambda client: client.create_menu(found.buttons))
    if as_json:
        print_json({"button": found.buttons, "left_out": [name for name, _ in found.left_out]})
        return
    _print(found.buttons)
    _print_left_out(found, words)
    typer.echo(words("menu.pushed"))


@menu.command("show")
def menu_show(as_json: AsJson = False) -> None:
    """The menu that WeChat has."""
    words, settings = catalogue_of(None), _account()
    buttons = _called(settings, words, lambda client: client.get_menu())
    if as_json:
        print_json({"button": buttons})
    elif buttons:
        _print(buttons)
    else:
        typer.echo(words("menu.none"))


def _account() -> Settings:
    """The settings, if something can be asked of WeChat with them. Raises SettingsError."""
    from bot.settings import SettingsError

    settings = settings_of()
    for name in ("wechat_app_id", "wechat_app_secret"):
        if not getattr(settings, name):
            raise SettingsError(
                f"HEBAO_{name.upper()} is not set. Copy it from 设置与开发 > 基本配置 in WeChat's console; "
                "docs/connect-wechat.md says how."
            )
    return settings


def _read(file: Path | None, settings: Settings, words: Catalogue) -> Menu:
    from bot.channels.wechat.menu import OUR_MENU, MenuError, read_menu

    try:
        return read_menu(file or OUR_MENU, settings)
    except MenuError as error:
        for fault in error.faults:
            typer.echo(f"hebao: {fault.said(words.source)}", err=True)
        sys.exit(2)


def _called(settings: Settings, words: Catalogue, call: Callable[[WeChatClient], Awaitable[Result]]) -> Result:
    """What WeChat answers. Leaves with a sentence where it refuses, or cannot be reached."""
    from bot.channels.faults import DeliveryFault
    from bot.channels.wechat.api.advice import explained
    from bot.channels.wechat.api.client import WeChatClient
    from bot.logs import set_up_logs
    from bot.opening import open_store
    from member_store.tokens import Tokens

    async def ask() -> Result:
        client = WeChatClient(settings, Tokens(store))
        try:
            return await call(client)
        finally:
            await client.aclose()

    set_up_logs()
    with open_store(settings) as store:
        try:
            return asyncio.run(ask())
        except DeliveryFault as fault:
            refuse(explained(fault, words))


def _print(buttons: Sequence[Mapping[str, Any]], indent: str = "") -> None:
    for button in buttons:
        says = next((str(button[key]) for key in ("key", "url", "media_id", "article_id") if button.get(key)), "")
        does = f"  ({button.get('type')} {says})" if button.get("type") else ""
        typer.echo(f"{indent}{button.get('name')}{does}")
        under = button.get("sub_button")
        # WeChat's console writes what it holds in another way than it is given.
        _print(under.get("list", ()) if isinstance(under, Mapping) else under or (), indent + "  ")


def _print_left_out(found: Menu, words: Catalogue) -> None:
    from bot.channels.wechat.menu import NEEDED_SETTINGS

    for name, needs in found.left_out:
        typer.echo(words("menu.left_out", name=name, settings=NEEDED_SETTINGS[needs]))
