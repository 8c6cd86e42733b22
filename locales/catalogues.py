"""The message catalogues: brought up to date with the code (`update`), checked (`check`), compiled (`compile`).

Two domains. `messages` holds what the program says, by message id. `policy` holds sentences that come with the
policy packs (written in Chinese) and with the engine's errors (written in English); there a sentence is its own id and
each catalogue translates what is not in its language already.
"""

from __future__ import annotations

import argparse
import ast
import re
import string
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = tuple(sorted(path.parent.name for path in (ROOT / "locales").glob("*/LC_MESSAGES")))
VARIANTS = (".self", ".other")
PLAIN = ".plain"
"""The variant of a message in plainer words, for those who asked for large type; no message needs one."""
_DATED = ('"POT-Creation', '"PO-Revision', '"Last-Translator', '"Language-Team', '"Report-Msgid')
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_PACK_KEYS = {"text", "label", "name", "question", "chosen", "confirmed_by", "issuer", "jurisdiction", "note"}
_PACK_LISTS = {"articles", "choices", "not_encoded"}
"""Keys of a pack below which everything is a sentence, but for figures and where they stand."""
_NO_SENTENCES = {"parameters", "cite"}

_MESSAGES = [
    ("dialogs/**.py", "locales.catalogues:extract_code"),
    ("bot/**.py", "locales.catalogues:extract_code"),
    ("bot/channels/web/templates/**.html", "jinja2.ext:babel_extract"),
    ("locales/catalogues.py", "locales.catalogues:extract_families"),
]
_POLICY = [
    ("policy_engine/**.py", "locales.catalogues:extract_code"),
    ("bot/**.py", "locales.catalogues:extract_code"),
    ("policy_engine/schemes/**.yaml", "locales.catalogues:extract_pack"),
]
_ID = re.compile(r"[a-z_]+(\.[a-z_0-9]+)*")
"""The id of a message; anything else that is marked is a sentence of the engine's, or one refused with as it would."""
_KEYWORDS: dict[str, Any] = dict.fromkeys(("N_", "_", "words", "_words", "say", "self"))


def _of_members() -> Iterator[str]:
    from dialogs.members.asking import PARTICULARS
    from dialogs.members.flows import MEMBER_FLOWS
    from dialogs.members.questions import SUMMARISED
    from dialogs.members.standing import ENDED, LIVE
    from policy_engine.facts import FACTS

    yield from (f"flow.{flow}" for flow in MEMBER_FLOWS)
    yield from (f"given.{name}" for name in SUMMARISED)
    yield from (f"particular.{name}" for name, each in PARTICULARS.items() if each.needed)
    yield from (f"status.{state}" for state in (*LIVE, *ENDED))
    yield from (f"state_of.{state}" for state in (*LIVE, *ENDED))
    yield from (f"relation.{relation}" for relation in FACTS["subject"].values)
    yield from (f"helper.{relation}" for relation in FACTS["subject"].values)
    kinds = [each for each in FACTS["hardship_certificate"].values if each != "none"]
    yield from (f"certificate.{kind}" for kind in (*kinds, "residence_permit"))


def families() -> Iterator[str]:
    """The ids that the program puts together from the vocabulary, where no one line of code names them."""
    from dialogs.going_on import BY_GRADE
    from dialogs.questions import GOALS
    from dialogs.receipts import AT_FIRST, RATED
    from dialogs.respond import ELSEWHERE
    from policy_engine.citations import GRADES
    from policy_engine.facts import FACTS
    from policy_engine.reading.sections import PAYERS

    for fact in FACTS.values():
        if fact.id == "subject":
            yield from (f"who.{value}" for value in fact.values)
            continue
        yield f"fact.{fact.id}"
        values = ("true", "false") if fact.kind == "bool" else fact.values
        if fact.id != "county":
            yield from (f"state.{fact.id}.{value}" for value in values) if values else (f"state.{fact.id}",)
    for goal in GOALS:
        yield from (f"flow.{goal}", f"next.{goal}")
    yield from _of_members()
    yield from (f"next.{goal}.by_grade" for goal in BY_GRADE)
    yield from (f"elsewhere.{intent}" for intent in ELSEWHERE)
    yield from (f"grade.{grade}" for grade in GRADES)
    yield from (f"draw.ends.{how}" for how in ("eligible", "ineligible", "undetermined", "receipt", "comparison"))
    yield from (f"payer.{payer}" for payer in PAYERS)
    yield from (f"assume.{fact}" for fact in ("reportable_cost", "fund_paid_this_year", "stays_this_year"))
    yield from (f"decision.{outcome}" for outcome in ("eligible", "ineligible", "undetermined"))
    yield from (f"line.{line}.plain" for line in RATED)
    yield from (f"line.{line}.at_first" for line in AT_FIRST)
    yield from ("unset.delegated", "unset.silent")


def extract_families(_file: IO[bytes], *_: object, **_options: object) -> Iterator[tuple[int, str, str, list[str]]]:
    """Babel extraction method for `families`."""
    for message_id in families():
        yield 1, "N_", message_id, []


def extract_code(
    file: IO[bytes], keywords: Iterable[str], *_: object, **_options: object
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Babel extraction method for our own code. Unlike Babel's, it sees the calls inside an f-string as well."""
    for node in ast.walk(ast.parse(file.read())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        message = node.args[0]
        if called in keywords and isinstance(message, ast.Constant) and isinstance(message.value, str):
            yield node.lineno, "N_", message.value, []


def extract_pack(file: IO[bytes], *_: object, **_options: object) -> Iterator[tuple[int, str, str, list[str]]]:
    """Babel extraction method for the sentences of a policy pack."""
    root = yaml.compose(file.read().decode("utf-8"), Loader=yaml.SafeLoader)
    for line, text in _sentences(root):
        yield line, "N_", text, []


def _sentences(node: yaml.Node | None, *, wanted: bool = False) -> Iterator[tuple[int, str]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = wanted and key.value not in _NO_SENTENCES
            yield from _sentences(value, wanted=below or key.value in _PACK_KEYS | _PACK_LISTS)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _sentences(each)
    elif wanted and isinstance(node, yaml.ScalarNode) and _CHINESE.search(node.value):
        yield node.start_mark.line + 1, node.value


def extracted(domain: str) -> dict[str, set[str]]:
    """Every message of a domain, with the files that it comes from."""
    found: dict[str, set[str]] = {}
    methods = {"messages": _MESSAGES, "policy": _POLICY}[domain]
    for file, _line, message, _comments, _context in extract_from_dir(
        str(ROOT),
        methods,
        keywords=_KEYWORDS,
        directory_filter=lambda path: not Path(path).name.startswith((".", "tests")),
    ):
        if isinstance(message, str) and (_ID.fullmatch(message) is None) == (domain == "policy"):
            found.setdefault(message, set()).add(file)
    return found


def _path(locale: str, domain: str) -> Path:
    return ROOT / "locales" / locale / "LC_MESSAGES" / f"{domain}.po"


def _read(locale: str, domain: str) -> Catalog:
    path = _path(locale, domain)
    if not path.exists():
        return Catalog(locale=locale, domain=domain)
    with path.open("rb") as file:
        return read_po(file, locale=locale, domain=domain)


def _needed(locale: str, domain: str, message: str) -> bool:
    return domain == "messages" or bool(_CHINESE.search(message)) != locale.startswith("zh")


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def problems(locale: str, domain: str) -> Iterator[str]:
    """What is wrong with a catalogue, a sentence each."""
    catalogue = _read(locale, domain)
    written = {str(each.id): str(each.string) for each in catalogue if each.id}
    wanted = extracted(domain)
    where = _path(locale, domain).relative_to(ROOT)
    for message, files in sorted(wanted.items()):
        if not _needed(locale, domain, message):
            continue
        variants = [message + variant for variant in VARIANTS]
        if not written.get(message) and not all(written.get(variant) for variant in variants):
            yield f"{where}: {message!r} has no translation (from {', '.join(sorted(files))})."
    known = set(wanted) | {message + variant for message in wanted for variant in VARIANTS}
    known |= {message + PLAIN for message in known}
    for message, text in sorted(written.items()):
        if message not in known:
            yield f"{where}: {message!r} is used nowhere."
        elif domain == "policy" and text and _placeholders(message) != _placeholders(text):
            yield f"{where}: {message!r} has other placeholders than its translation."
    if any(each.fuzzy for each in catalogue if each.id):
        yield f"{where}: some messages are marked fuzzy."


def placeholder_problems() -> Iterator[str]:
    """Messages whose placeholders differ between languages: one of them would show a gap or fail."""
    catalogues = {locale: _read(locale, "messages") for locale in LOCALES}
    first, *others = catalogues.items()
    for message in first[1]:
        for locale, catalogue in others:
            other = catalogue.get(str(message.id)) if message.id else None
            if other is not None and _placeholders(str(message.string)) != _placeholders(str(other.string)):
                yield f"{message.id!r} has other placeholders in {first[0]} than in {locale}."


def update() -> None:
    """Add what the code has gained and drop what it has lost, in every catalogue."""
    for locale in LOCALES:
        for domain in ("messages", "policy"):
            old = _read(locale, domain)
            new = Catalog(locale=locale, domain=domain, project="hebao", version="0.1.0", charset="utf-8", fuzzy=False)
            for message, files in sorted(extracted(domain).items()):
                if not _needed(locale, domain, message):
                    continue
                variants = [message + variant for variant in VARIANTS]
                ids = variants if old.get(variants[0]) else [message]
                for each in (*ids, *(name + PLAIN for name in ids if old.get(name + PLAIN))):
                    kept = old.get(each)
                    flags = ["python-brace-format"] if kept and _placeholders(str(kept.string)) else []
                    new.add(each, kept.string if kept else "", [(file, None) for file in sorted(files)], flags=flags)
            new.header_comment = f"# {new.locale_identifier}: {domain}. Kept up to date by  make messages."
            _write(new, _path(locale, domain))


def _write(catalogue: Catalog, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        # Fixed dates: the same messages give the same file.
        write_po(file, catalogue, width=120, sort_output=True, omit_header=False, include_lineno=False)
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith(_DATED)]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def compile_all() -> None:
    """Write every `.mo` beside its `.po`, and what is learnt from the examples."""
    for locale in LOCALES:
        for domain in ("messages", "policy"):
            with _path(locale, domain).with_suffix(".mo").open("wb") as file:
                write_mo(file, _read(locale, domain))
    from locales import examples

    examples.compile_weights()


def check() -> list[str]:
    """Everything that is wrong with the catalogues."""
    found = [each for locale in LOCALES for domain in ("messages", "policy") for each in problems(locale, domain)]
    return [*found, *placeholder_problems(), *lexicon_problems()]


def lexicon_problems() -> Iterator[str]:
    """Lexicons that cannot be read or contradict themselves, and examples that nothing can be learnt from."""
    from bot.languages import read_data
    from dialogs.understanding import Lexicon

    for locale in LOCALES:
        try:
            Lexicon.from_data(read_data(locale, "lexicon.yaml")).phrases.check()
        except ValueError as error:
            yield f"locales/{locale}/lexicon.yaml: {error}"
    from locales import examples

    yield from examples.problems()


def main(arguments: Iterable[str]) -> int:
    """Run one of the three from the command line."""
    parser = argparse.ArgumentParser(prog="python -m locales.catalogues", description=__doc__)
    parser.add_argument("action", choices=("update", "check", "compile"))
    action = parser.parse_args(list(arguments)).action
    if action == "update":
        update()
    elif action == "compile":
        compile_all()
    else:
        found = check()
        sys.stderr.writelines(f"{each}\n" for each in found)
        return 1 if found else 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
