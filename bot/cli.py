"""The command line: `hebao`. Bad input exits 2 with one clear sentence on stderr."""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from bot.commands.asking import add_asking
from bot.commands.backups import add_backups
from bot.commands.dialogues import dialogues
from bot.commands.explaining import add_explaining
from bot.commands.hospitals import add_hospitals
from bot.commands.ledger import ledger
from bot.commands.options import AsJson, Locale, catalogue_of, print_json, refuse, settings_of, system_language
from bot.commands.people import people
from bot.commands.policy import policy
from bot.commands.questions import add_questions
from bot.commands.reminders import reminders
from bot.commands.retention import retention
from bot.commands.staff import staff
from bot.commands.telegram import telegram
from bot.commands.village import add_village
from bot.commands.wechat import wechat
from bot.commands.worker import add_worker

if TYPE_CHECKING:
    from bot.service import Outbound, Service

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Hébāo (合保): a conversational assistant for a city's resident medical insurance.",
)
keys = typer.Typer(no_args_is_help=True, help="Encryption keys.")
database = typer.Typer(no_args_is_help=True, help="The database.")
add_questions(app)
add_asking(app)
add_explaining(app)
add_hospitals(app)
add_village(app)
add_backups(app)
add_worker(app)
app.add_typer(policy, name="policy")
app.add_typer(people, name="people")
app.add_typer(dialogues, name="dialogs")
app.add_typer(keys, name="keys")
app.add_typer(database, name="db")
app.add_typer(retention, name="retention")
app.add_typer(reminders, name="reminders")
app.add_typer(ledger, name="ledger")
app.add_typer(staff, name="staff")
app.add_typer(telegram, name="telegram")
app.add_typer(wechat, name="wechat")


def main() -> NoReturn:
    """Run the command line; whatever is wrong with the input leaves as one sentence and exit code 2."""
    from bot.settings import SettingsError
    from member_store.errors import StoreError
    from policy_engine.errors import PolicyError

    try:
        app(standalone_mode=True)
    except PolicyError as error:
        refuse(error.said(catalogue_of(None).source))
    except (SettingsError, StoreError) as error:
        refuse(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(0)


# -- conversations ----------------------------------------------------------------------------------------------------


@app.command()
def chat(
    contact: Annotated[str, typer.Option(help="Whose conversation it is.")] = "me",
    locale: Locale = None,
) -> None:
    """Talk in the terminal. An empty line or Ctrl-D ends; the conversation goes on next time."""
    from bot.channels.terminal import converse

    with _opened() as service:
        converse(service, contact, locale or system_language())


@app.command()
def say(
    text: Annotated[list[str], typer.Argument(metavar="TEXT…", help="One turn each.")],
    contact: Annotated[str, typer.Option(help="Whose conversation it is.")] = "me",
    message_id: Annotated[
        str | None, typer.Option(help="The message's id: the same one again gets the same answer. One TEXT only.")
    ] = None,
    pictures: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write receipts and comparisons there, as SVG and PNG.")
    ] = None,
    locale: Locale = None,
    as_json: AsJson = False,
) -> None:
    """Say something without a prompt, and print the replies."""
    from bot.channels.terminal import said

    if message_id is not None and len(text) > 1:
        refuse("--message-id goes with one TEXT. Leave the others out, or the option.")
    with _opened() as service:
        for each in text:
            answer = said(service, contact, each, locale or system_language(), message_id)
            if as_json:
                typer.echo(json.dumps(_turn(answer), ensure_ascii=False))
            else:
                typer.echo(_spoken(answer))
            if pictures is not None:
                _draw(answer, pictures)


def _opened() -> Service:
    from bot.opening import open_service

    return open_service(settings_of())


def _draw(answer: Outbound, folder: Path) -> None:
    """Write the pictures of an answer into a folder, numbered on from those that are there."""
    from bot.pictures.png import NoPicturesError, png
    from bot.pictures.replies import picture_of

    folder.mkdir(parents=True, exist_ok=True)
    for svg in filter(None, map(picture_of, answer.replies)):
        name = f"{len(list(folder.glob('*.svg'))) + 1:03d}"
        (folder / f"{name}.svg").write_text(svg, "utf-8")
        try:
            (folder / f"{name}.png").write_bytes(png(svg))
        except NoPicturesError as error:
            refuse(str(error))


def _turn(answer: Outbound) -> dict[str, Any]:
    from bot.channels.plain import plain
    from bot.languages import catalogue
    from dialogs.replies import reply_to_dict

    words = catalogue(answer.locale)
    replies = [{**reply_to_dict(reply), "plain": plain(reply, words)} for reply in answer.replies]
    return {"replies": replies, "asks": answer.asks, "state": answer.state, "repeated": answer.repeated}


def _spoken(answer: Outbound) -> str:
    from bot.channels.plain import plain
    from bot.languages import catalogue

    return "\n".join(plain(reply, catalogue(answer.locale)) for reply in answer.replies)


@app.command()
def repro(
    account: Annotated[str, typer.Argument(help="Whose conversation: the account's id on its channel.")],
    channel: Annotated[str, typer.Option(help="The channel: web, api, terminal, …")] = "web",
    turns: Annotated[int, typer.Option(min=1, max=10_000, help="How many of the last turns.")] = 200,
) -> None:
    """Turn a stored conversation into a transcript that can be kept as a test, with personal data replaced."""
    from bot.transcribing import as_yaml, impersonal, transcribed

    words = catalogue_of(None)
    with _opened() as service:
        past, locale, whole = service.said(channel, account, turns)
        if not past:
            refuse(words("repro.nobody", channel=channel))
    settings = settings_of()
    found = list(transcribed((impersonal(*each) for each in past), locale, settings))
    name = words("repro.whole") if whole else words("repro.part", count=len(past))
    typer.echo(as_yaml(name, found, "zh-CN" if locale.startswith("zh") else locale, settings.county).encode(), nl=False)


@app.command()
def understand(
    text: Annotated[str | None, typer.Argument(help="What somebody said.")] = None,
    lines: Annotated[
        bool, typer.Option("--lines", help="Read one text a line from stdin, write one object a line.")
    ] = False,
    expecting: Annotated[str | None, typer.Option(help="The fact that was asked for.")] = None,
    locale: Locale = None,
    as_json: AsJson = False,  # noqa: ARG001 - it is always JSON; the option is there as with every command
) -> None:
    """What a sentence is understood to say: intent, command, facts, and where each stands in it."""
    from bot.commands.understood import understood
    from bot.languages import first_language, lexicons

    if (text is None) == (not lines):
        refuse("Give one TEXT, or --lines and the texts on stdin.")
    today = settings_of().now
    for each in [text or ""] if not lines else (line.rstrip("\n") for line in sys.stdin):
        found = understood(each, expecting, lexicons(first_language(each, locale)), today)
        if lines:
            typer.echo(json.dumps(found, ensure_ascii=False))
        else:
            print_json(found)


# -- running the place ------------------------------------------------------------------------------------------------


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; HEBAO_HOST if not given.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; HEBAO_PORT if not given.")] = None,
) -> None:
    """Serve the web chat and the API."""
    # Nearly all that is made at the start stays, and looking through it for garbage takes a sixth of the start. It is
    # looked for again once words and rules are read: `Threads.warm_up`.
    gc.disable()
    from bot.server import run

    run(settings_of(host=host, port=port))


@app.command()
def settings() -> None:
    """Print every setting with its meaning and default."""
    from bot.settings import settings_page

    typer.echo(settings_page(), nl=False)


@app.command()
def facts(as_json: AsJson = False) -> None:
    """Print every fact with its values and meaning."""
    from bot.commands.vocabulary import facts_as_json, facts_page
    from bot.languages import catalogue

    if as_json:
        print_json(facts_as_json())
    else:
        typer.echo(facts_page(catalogue("en"), catalogue("zh_Hans")), nl=False)


@database.command("upgrade")
def db_upgrade() -> None:
    """Bring the database's schema up to date."""
    from bot.opening import open_store

    with open_store(settings_of()):
        typer.echo("The database is up to date.")


@keys.command("new")
def keys_new() -> None:
    """Print a new encryption key for HEBAO_KEYS."""
    from member_store.encryption import generate_key

    typer.echo(generate_key())


@keys.command("rotate")
def keys_rotate() -> None:
    """Re-encrypt everything under the newest key of HEBAO_KEYS; then the older ones can go."""
    from bot.opening import open_store

    with open_store(settings_of()) as store:
        typer.echo(f"{store.rotate_keys()} rows are now under the newest key.")


if __name__ == "__main__":
    main()
