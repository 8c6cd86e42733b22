"""Every way up from an earlier schema, with data in place, and every way down."""

import json
from datetime import UTC, date, datetime

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect, text
from sqlmodel import SQLModel

from member_store import schema
from member_store.database import Database
from member_store.encryption import Cipher
from member_store.errors import StoreError
from member_store.look_up import keyed_hash
from member_store.members import audit, enrolments, people
from member_store.members.actors import SYSTEM
from member_store.store import Store
from member_store.turns import Reduced

LOOK_UP = bytes(range(32))
AT = datetime(2008, 3, 4, 5, 6, 7, tzinfo=UTC)
ON = date(2008, 3, 4)
NUMBER = "330421198803151527"


def config(connection: Connection) -> Config:
    found = Config()
    found.set_main_option("script_location", "member_store:migrations")
    found.attributes["connection"] = connection
    return found


def revisions() -> list[str]:
    found = Config()
    found.set_main_option("script_location", "member_store:migrations")
    return [each.revision for each in reversed(list(ScriptDirectory.from_config(found).walk_revisions()))]


def rows_of(key: str) -> dict[str, list[tuple[str, dict[str, object]]]]:
    """By revision, the rows that its tables can hold, in an order that the foreign keys allow."""
    seal = Cipher(key).encrypt
    contact = keyed_hash(LOOK_UP, "web", "zhang")
    personal = {"name": "张伟", "document": "resident_id", "number": NUMBER}
    entry = audit.entry(SYSTEM, AT, "person_added", "person", 1, 1, {"county": "jiashan"}, None)
    first = {"id": 1, **entry, "previous": audit.FIRST}
    conversation = {"id": 1, "contact": contact, "channel": "web", "turn": 1, "created_at": AT, "updated_at": AT}
    inbox = {
        "id": 1,
        "message": keyed_hash(LOOK_UP, contact, "m1"),
        "message_id": seal("m1"),
        "conversation_id": 1,
        "turn": 1,
        "text": seal("你好"),
        "outcome": seal('{"asks":null}'),
        "received_at": AT,
    }
    outbox = {"id": 1, "inbox_id": 1, "conversation_id": 1, "position": 0, "state": "answered", "created_at": AT}
    enrolment = {"id": 1, "person_id": 1, "year": 2008, "county": "jiashan", "state": "active", "rules": "r@1"}
    contribution = {"id": 1, "enrolment_id": 1, "total_fen": 2**40, "rules": "r@1", "rules_on": ON}
    return {
        "0001": [
            ("secret", {"name": "look-up", "value": seal(LOOK_UP.hex())}),
            ("conversation", {**conversation, "state": seal('{"n":1}')}),
            ("inbox", inbox),
            ("outbox", {**outbox, "payload": seal('{"text":"您好"}')}),
        ],
        "0002": [
            ("community", {"id": 1, "county": "jiashan", "name": "浒弄村"}),
            (
                "contact",
                {"id": 1, "contact": contact, "channel": "web", "locale": "en", "created_at": AT, "wrong_codes": 0},
            ),
            ("household", {"id": 1, "community_id": 1, "created_at": AT}),
            (
                "staff_user",
                {"id": 1, "login": "xu", "role": "worker", "community_id": 1, "active": True, "created_at": AT},
            ),
            (
                "person",
                {
                    "id": 1,
                    "identity": keyed_hash(LOOK_UP, "identity", "resident_id", NUMBER),
                    "personal": seal(json.dumps(personal)),
                    "household_id": 1,
                    "community_id": 1,
                    "county": "jiashan",
                    "notices": "both",
                    "created_at": AT,
                },
            ),
            (
                "delegation",
                {
                    "id": 1,
                    "person_id": 1,
                    "contact_id": 1,
                    "relation": "self",
                    "basis": "self",
                    "scopes": "look act own",
                    "created_at": AT,
                },
            ),
            (
                "consent",
                {
                    "id": 1,
                    "person_id": 1,
                    "contact_id": 1,
                    "purpose": "enrolment",
                    "wording": "1",
                    "locale": "en",
                    "given_as": "self",
                    "given_at": AT,
                },
            ),
            ("enrolment", {**enrolment, "rules_on": ON, "facts": seal('{"age":20}'), "submitted_at": AT}),
            ("certificate", {"id": 1, "person_id": 1, "kind": "permit", "number": seal('"P1"'), "recorded_at": AT}),
            (
                "doubt",
                {"id": 1, "person_id": 1, "relation": "mother", "year": 2008, "state": "open", "created_at": AT},
            ),
        ],
        "0003": [
            (
                "imported_file",
                {"id": 1, "kind": "payments", "digest": "d", "rows": 1, "report": "{}", "imported_at": AT},
            ),
            ("contribution", {**contribution, "illustrative": False, "worked_out": "{}", "worked_out_at": AT}),
            (
                "contribution_part",
                {"id": 1, "contribution_id": 1, "line": "own_part", "payer": "individual", "amount_fen": 2**40},
            ),
            (
                "ledger_entry",
                {"id": 1, "kind": "due", "person_id": 1, "effective_on": ON, "booked_at": AT, "contribution_id": 1},
            ),
            (
                "ledger_posting",
                {"id": 1, "entry_id": 1, "account": "individual", "person_id": 1, "year": 2008, "amount_fen": 2**40},
            ),
            (
                "ledger_posting",
                {"id": 2, "entry_id": 1, "account": "income", "person_id": 1, "year": 2008, "amount_fen": -(2**40)},
            ),
            ("agreement", {"id": 1, "person_id": 1, "from_year": 2008, "to_year": 2010, "signed_on": ON}),
            ("hardship_application", {"id": 1, "person_id": 1, "year": 2008, "state": "applied", "applied_on": ON}),
            (
                "settlement",
                {"id": 1, "person_id": 1, "year": 2008, "settled_on": ON, "care": "inpatient", "fund_paid_fen": 1},
            ),
        ],
        "0004": [
            ("audit", {**first, "hash": audit._hash(first)}),
            (
                "history",
                {
                    "id": 1,
                    "entity": "person",
                    "entity_id": 1,
                    "person_id": 1,
                    "before": seal('{"county":"haiyan"}'),
                    "audit_id": 1,
                    "changed_at": AT,
                },
            ),
        ],
        "0007": [
            (
                "pay_order",
                {
                    "id": 1,
                    "number": "f" * 32,
                    "person_id": 1,
                    "enrolment_id": 1,
                    "contact_id": 1,
                    "year": 2008,
                    "amount_fen": 2**40,
                    "state": "paid",
                    "opened_at": AT,
                    "expires_at": AT,
                    "payment": "p" * 64,
                    "payment_number": seal('"4200"'),
                    "entry_id": 1,
                },
            ),
        ],
    }


@pytest.fixture
def database(url):
    opened = Database(url)
    yield opened
    opened.close()


def write(connection: Connection, rows: list[tuple[str, dict[str, object]]]) -> None:
    for table, row in rows:
        names = ", ".join(f'"{name}"' for name in row)
        values = {
            # As SQLAlchemy's own types would write it: SQLite has no moments of its own.
            name: f"{value:%Y-%m-%d %H:%M:%S.%f}"
            if isinstance(value, datetime) and connection.dialect.name == "sqlite"
            else value.isoformat()
            if isinstance(value, date) and connection.dialect.name == "sqlite"
            else value
            for name, value in row.items()
        }
        marks = ", ".join(f":{name}" for name in row)
        connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)
        if connection.dialect.name == "postgresql" and "id" in row and table != "audit":
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"))


@pytest.mark.parametrize("revision", revisions())
def test_what_was_written_under_an_earlier_schema_is_all_there_and_readable_under_the_newest(
    database, url, key, revision
):
    rows = rows_of(key)
    with database.writing() as connection:
        for each in revisions()[: revisions().index(revision) + 1]:
            command.upgrade(config(connection), each)
            write(connection, rows.get(each, []))
    written = [row for each in revisions() if each <= revision for row in rows.get(each, [])]
    with Store.open(url, key) as store:
        with store.reading_records() as records:
            for table, row in written:
                described = SQLModel.metadata.tables[table]
                identity = described.primary_key.columns[0]
                found = records.connection.execute(described.select().where(identity == row[identity.name]))
                kept = found.mappings().one()
                assert {name: kept[name] for name in row} == row
            assert list(audit.broken(records.connection)) == []
            if revision >= "0002":
                person = people.find(records, "resident_id", NUMBER)
                assert people.personal_of(records, person).name == "张伟"
                assert [enrolments.facts_of(records, each) for each in enrolments.all_of(records, 1)] == [{"age": 20}]
        assert store.conversation("web", "zhang") == {"n": 1}
        assert store.turn("web", "zhang", "m1", "你好", lambda *_: pytest.fail("done twice")).replies == [
            {"text": "您好"}
        ]
        assert [each.text for each in store.history("web", "zhang")] == ["你好"]
        # And it goes on from there.
        assert store.turn("web", "zhang", "m2", "x", lambda state, _: Reduced(state, [], {})).turn == 2
        with store.records() as records:
            people.add(records, people.Personal("李四", "resident_id", "2"), "jiashan")


def test_each_step_down_leaves_what_the_earlier_schema_can_hold_and_the_way_up_leads_back(database, key):
    rows = rows_of(key)
    with database.writing() as connection:
        command.upgrade(config(connection), schema.HEAD)
        for each in revisions():
            write(connection, rows.get(each, []))
        before = described(connection)
    for revision in [*reversed(revisions()[:-1]), "base"]:
        with database.writing() as connection:
            command.downgrade(config(connection), revision)
            tables = set(inspect(connection).get_table_names())
            for each, written in rows.items():
                for table in {table for table, _ in written}:
                    assert (table in tables) == (each <= revision != "base")
                    if table in tables:
                        number = len([other for other, _ in written if other == table])
                        assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == number
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    schema.upgrade(database)
    with database.reading() as connection:
        assert described(connection) == before


def described(connection: Connection) -> dict[str, object]:
    """Every table with its columns, indexes and triggers."""
    found = MetaData()
    found.reflect(connection)
    triggers = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT DISTINCT trigger_name FROM information_schema.triggers"
    )
    return {
        "tables": {
            table.name: (
                [(column.name, str(column.type), column.nullable) for column in table.columns],
                sorted((str(index.name), index.unique, *index.columns.keys()) for index in table.indexes),
            )
            for table in found.tables.values()
        },
        "triggers": sorted(connection.execute(text(triggers)).scalars()),
    }


def test_the_database_itself_lets_what_was_booked_and_recorded_only_grow(database, key):
    rows = rows_of(key)
    schema.upgrade(database)
    with database.writing() as connection:
        for each in revisions():
            write(connection, rows.get(each, []))
    for table in ("audit", "ledger_entry", "ledger_posting"):
        for change in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
            with pytest.raises(StoreError, match=f"{table} only grows"), database.writing() as connection:
                connection.execute(text(change))
        with database.reading() as connection:
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() in (1, 2)
