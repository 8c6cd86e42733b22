"""`hebao telegram`: long polling, the webhook, the list of commands, and sending what waits."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.options import AsJson, print_json, settings_of

if TYPE_CHECKING:
    from bot.outreach.dispatching import Run
    from bot.settings import Settings

telegram = typer.Typer(
    invoke_without_command=True,
    help="The Telegram bot. Without a command: answer by long polling, where Telegram cannot reach this service.",
)
webhook = typer.Typer(no_args_is_help=True, help="Where Telegram sends what people write.")
commands = typer.Typer(no_args_is_help=True, help="The list of commands in the app.")
telegram.add_typer(webhook, name="webhook")
telegram.add_typer(commands, name="commands")


@telegram.callback()
def poll(
    context: typer.Context,
    remove_webhook: Annotated[
        bool, typer.Option("--remove-webhook", help="Remove the webhook first, if there is one.")
    ] = False,
) -> None:
    """Answer by long polling until told to stop."""
    if context.invoked_subcommand is not None:
        return
    settings = _checked()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_poll(settings, remove_webhook=remove_webhook))


async def _poll(settings: Settings, *, remove_webhook: bool) -> None:
    import signal

    from bot.channels.telegram.conversing import Conversing
    from bot.channels.telegram.polling import Polling
    from bot.logs import set_up_logs
    from bot.opening import open_service
    from bot.outreach.embedded import Embedded
    from bot.threads import Threads

    set_up_logs()
    service = open_service(settings)
    threads = Threads(service, settings)
    embedded, loop = Embedded(service.store, settings), asyncio.get_running_loop()
    threads.warm_up(lambda: embedded.load(loop))
    conversing = Conversing(threads, settings)
    polling = Polling(conversing)
    try:
        await polling.make_way(remove_webhook=remove_webhook)
        running = asyncio.create_task(polling.run())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
        typer.echo("The Telegram bot answers (Ctrl-C)")
        await running
    except asyncio.CancelledError:
        pass
    finally:
        await embedded.close()
        await conversing.close()
        threads.close()
        service.close()


@webhook.command("set")
def webhook_set() -> None:
    """Have Telegram send everything to this service, under HEBAO_PUBLIC_URL."""
    settings = _checked()
    from bot.channels.telegram.setting_up import set_webhook

    typer.echo(f"Telegram now sends to {asyncio.run(set_webhook(settings))}. Let  hebao serve  run there.")


@webhook.command("remove")
def webhook_remove() -> None:
    """Have Telegram keep everything until it is fetched, by long polling."""
    settings = _checked()
    from bot.channels.telegram.setting_up import remove_webhook

    asyncio.run(remove_webhook(settings))
    typer.echo("There is no webhook any more. Answer with  hebao telegram.")


@webhook.command("show")
def webhook_show(as_json: AsJson = False) -> None:
    """What Telegram says of the webhook: its address, what waits, and what went wrong last."""
    settings = _checked()
    from bot.channels.telegram.setting_up import show_webhook

    found = asyncio.run(show_webhook(settings))
    if as_json:
        print_json(found.model_dump(mode="json", exclude_none=True))
        return
    typer.echo(f"address: {found.url or 'none'}\nwaiting: {found.pending_update_count}")
    if found.last_error_message:
        typer.echo(f"last error: {found.last_error_message}")


@commands.command("push")
def commands_push(as_json: AsJson = False) -> None:
    """Put the commands into the app's list, in every language."""
    settings = _checked()
    from bot.channels.telegram.setting_up import push_commands

    pushed = asyncio.run(push_commands(settings))
    if as_json:
        print_json(pushed)
        return
    for code, listed in pushed.items():
        typer.echo(f"{code or 'all other languages'}: {', '.join('/' + name for name, _ in listed)}")


@telegram.command()
def send(as_json: AsJson = False) -> None:
    """Send what waits for people: notices, and whatever else they did not ask for. Meant for a timer."""
    settings = _checked("telegram", "aiolimiter")
    run = asyncio.run(_send(settings))
    counts = {"sent": run.sent, "blocked": run.blocked, "refused": run.refused, "in_doubt": run.in_doubt}
    counts["put_back"] = run.put_back
    stopped = run.stopped
    if as_json:
        print_json({**counts, "stopped": stopped.reason if stopped else None})
    else:
        typer.echo(", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in counts.items()))
    if stopped is not None:
        typer.echo(f"hebao: Telegram takes nothing more now ({stopped}); the rest waits. Run it again later.", err=True)
        raise typer.Exit(1)


async def _send(settings: Settings) -> Run:
    from bot.channels.telegram import CHANNEL
    from bot.logs import set_up_logs
    from bot.opening import open_store
    from bot.outreach.working import Working

    set_up_logs()
    with open_store(settings) as store:
        return await Working(store, settings).send(CHANNEL)


def _checked(*modules: str) -> Settings:
    """The settings, if they can be used with Telegram; looked at before anything heavy is imported."""
    from bot.channels.telegram.checking import check_installed, check_token

    settings = settings_of()
    check_token(settings)
    check_installed(*(modules or ("aiogram",)))
    return settings
