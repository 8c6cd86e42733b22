"""The command line: `hebao`. Bad input exits 2 with one clear sentence on stderr."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from bot.languages import Catalogue
    from bot.service import Outbound, Service
    from bot.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Hébāo (合保): a conversational assistant for a city's resident medical insurance.",
)
policy = typer.Typer(no_args_is_help=True, help="Check and show policy packs.")
keys = typer.Typer(no_args_is_help=True, help="Encryption keys.")
database = typer.Typer(no_args_is_help=True, help="The database.")
app.add_typer(policy, name="policy")
app.add_typer(keys, name="keys")
app.add_typer(database, name="db")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
FactsText = Annotated[
    str, typer.Argument(metavar="FACTS", help='A JSON object of facts, e.g. {"age": 65}; - reads stdin.')
]
SchemeName = Annotated[str | None, typer.Option(help="The policy pack; HEBAO_SCHEME if not given.")]
CountyName = Annotated[str | None, typer.Option(help="The county; HEBAO_COUNTY if not given.")]
OnDay = Annotated[str | None, typer.Option(metavar="DATE", help="The day whose rules apply, e.g. 2008-03-01.")]
Locale = Annotated[str | None, typer.Option(help="Language: zh or en; from LANG if not given.")]


def main() -> NoReturn:
    """Run the command line; whatever is wrong with the input leaves as one sentence and exit code 2."""
    from bot.settings import SettingsError
    from member_store.errors import StoreError
    from policy_engine.errors import PolicyError

    try:
        app(standalone_mode=True)
    except PolicyError as error:
        _refuse(error.said(_catalogue(None).source))
    except (SettingsError, StoreError) as error:
        _refuse(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(0)


def _refuse(sentence: str) -> NoReturn:
    typer.echo(f"hebao: {sentence}", err=True)
    sys.exit(2)


def _settings(**given: Any) -> Settings:
    from bot.settings import read_settings

    return read_settings(**{name: value for name, value in given.items() if value is not None})


def _catalogue(locale: str | None) -> Catalogue:
    from bot.languages import catalogue, negotiate

    return catalogue(negotiate(locale, _system_language()))


def _system_language() -> str | None:
    """The language of the terminal; the C locale says nothing about its reader."""
    value = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    tag = value.partition(".")[0]
    return None if tag in {"", "C", "POSIX"} else tag


def _print_json(data: Any) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))


# -- the engine -------------------------------------------------------------------------------------------------------


def _ask(
    what: str, text: str, scheme: str | None, county: str | None, on: str | None, locale: str | None, as_json: bool
) -> None:
    from bot.ask import ask_engine
    from bot.report import report

    settings = _settings(scheme=scheme)
    found, rules, facts = ask_engine(
        what, _facts(text), scheme=settings.scheme, county=county or settings.county, on=on, today=settings.now
    )
    if as_json:
        _print_json(found.to_dict())
    else:
        typer.echo(report(found, rules, facts, settings.now, _catalogue(locale)))


def _facts(text: str) -> dict[str, Any]:
    from policy_engine.errors import N_, FactError

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        for name in names:
            if names.count(name) > 1:
                raise FactError(N_("The fact {fact} is given twice. Give it once."), fact=name)
        return dict(pairs)

    try:
        facts = json.loads(sys.stdin.read() if text == "-" else text, object_pairs_hook=once)
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict):
        raise FactError(N_("FACTS is not a JSON object. Write it like this: {example}"), example="'{\"age\": 65}'")
    return facts


def _add_question(what: str, summary: str) -> None:
    def command(
        facts: FactsText,
        scheme: SchemeName = None,
        county: CountyName = None,
        on: OnDay = None,
        locale: Locale = None,
        as_json: AsJson = False,
    ) -> None:
        _ask(what, facts, scheme, county, on, locale, as_json)

    app.command(what, help=summary)(command)


_add_question("eligibility", "May a person with these facts join?")
_add_question("contribution", "What does a year cost, and who pays it?")
_add_question("estimate", "What would the fund pay of a bill?")
_add_question("compare", "The same stay at each level of hospital.")


@policy.command("lint")
def policy_lint(
    scheme: Annotated[
        str | None, typer.Argument(help="A scheme, or a folder that holds a pack; all if not given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check policy packs; the first fault of each is named with file, line and remedy."""
    from bot.packs import lint

    checked = lint(scheme, _catalogue(None))
    if as_json:
        _print_json([{"pack": name, "fault": fault} for name, fault in checked])
    for name, fault in checked:
        if fault is None:
            typer.echo(f"{name}: ok", err=as_json)
        else:
            typer.echo(f"hebao: {fault}", err=True)
    if any(fault for _, fault in checked):
        raise typer.Exit(2)


@policy.command("show")
def policy_show(
    scheme: Annotated[str | None, typer.Argument(help="A scheme; HEBAO_SCHEME if not given.")] = None,
    county: CountyName = None,
    locale: Locale = None,
    as_json: AsJson = False,
) -> None:
    """The values of a pack with their sources; what is unset names who decides."""
    from bot.packs import show, shown
    from policy_engine.loader import load_scheme

    settings = _settings(scheme=scheme)
    rules = load_scheme(settings.scheme, county or (None if scheme else settings.county))
    if as_json:
        _print_json(shown(rules))
    else:
        typer.echo(show(rules, _catalogue(locale)))


# -- conversations ----------------------------------------------------------------------------------------------------


@app.command()
def chat(
    contact: Annotated[str, typer.Option(help="Whose conversation it is.")] = "me",
    locale: Locale = None,
) -> None:
    """Talk in the terminal. An empty line or Ctrl-D ends; the conversation goes on next time."""
    from bot.channels.terminal import converse

    with _opened() as service:
        converse(service, contact, locale or _system_language())


@app.command()
def say(
    text: Annotated[list[str], typer.Argument(metavar="TEXT…", help="One turn each.")],
    contact: Annotated[str, typer.Option(help="Whose conversation it is.")] = "me",
    message_id: Annotated[
        str | None, typer.Option(help="The message's id: the same one again gets the same answer. One TEXT only.")
    ] = None,
    locale: Locale = None,
    as_json: AsJson = False,
) -> None:
    """Say something without a prompt, and print the replies."""
    from bot.channels.terminal import said

    if message_id is not None and len(text) > 1:
        _refuse("--message-id goes with one TEXT. Leave the others out, or the option.")
    with _opened() as service:
        for each in text:
            answer = said(service, contact, each, locale or _system_language(), message_id)
            if as_json:
                typer.echo(json.dumps(_turn(answer), ensure_ascii=False))
            else:
                typer.echo(_spoken(answer))


def _opened() -> Service:
    from bot.opening import open_service

    return open_service(_settings())


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
    from bot.languages import first_language, lexicons
    from bot.understood import understood

    if (text is None) == (not lines):
        _refuse("Give one TEXT, or --lines and the texts on stdin.")
    for each in [text or ""] if not lines else (line.rstrip("\n") for line in sys.stdin):
        found = understood(each, expecting, lexicons(first_language(each, locale)))
        if lines:
            typer.echo(json.dumps(found, ensure_ascii=False))
        else:
            _print_json(found)


# -- running the place ------------------------------------------------------------------------------------------------


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; HEBAO_HOST if not given.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; HEBAO_PORT if not given.")] = None,
) -> None:
    """Serve the web chat and the API."""
    from bot.server import run

    run(_settings(host=host, port=port))


@app.command()
def settings() -> None:
    """Print every setting with its meaning and default."""
    from bot.settings import settings_page

    typer.echo(settings_page(), nl=False)


@database.command("upgrade")
def db_upgrade() -> None:
    """Bring the database's schema up to date."""
    from bot.opening import open_store

    with open_store(_settings()):
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

    with open_store(_settings()) as store:
        typer.echo(f"{store.rotate_keys()} rows are now under the newest key.")


if __name__ == "__main__":
    main()
