import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from member_store import schema
from member_store.database import Database
from member_store.errors import StoreError
from member_store.store import Store
from member_store.tables import conversations as tables
from member_store.turns import Reduced


@pytest.fixture
def database(url):
    opened = Database(url)
    yield opened
    opened.close()


def script() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", "member_store:migrations")
    return ScriptDirectory.from_config(config)


def test_the_head_that_the_program_expects_is_the_newest_migration():
    assert script().get_heads() == [schema.HEAD]


def test_the_migrated_schema_is_the_one_that_the_tables_describe(database):
    schema.upgrade(database)
    with database.writing() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []
        checks = {
            table: [(each["name"], each["sqltext"]) for each in inspect(connection).get_check_constraints(table)]
            for table in SQLModel.metadata.tables
        }
    assert [name for name, _ in checks.pop("outbox")] == ["ck_outbox_state"]
    assert not any(checks.values())


def test_upgrading_twice_changes_nothing(database):
    schema.upgrade(database)
    schema.upgrade(database)
    with database.reading() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [schema.HEAD]


def test_a_database_from_a_newer_program_is_refused_and_left_alone(database, url, key):
    schema.upgrade(database)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"schema 9999, which this program .* does not know.*newer version"):
        Store.open(url, key)
    with database.reading() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_a_migration_that_fails_leaves_no_table_behind(database):
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE inbox (theirs INTEGER)"))
    with pytest.raises(StoreError, match="already exists"):
        schema.upgrade(database)
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == ["inbox"]


def test_the_state_of_a_reply_is_one_that_is_known(store, database):
    store.turn("web", "zhang", "1", "hello", lambda state, _records=None: Reduced({}, [{}], {}))
    with database.reading() as connection:
        assert connection.execute(text("SELECT state FROM outbox")).scalars().all() == ["answered"]
    with pytest.raises(StoreError, match=r"(?i)check"), database.writing() as connection:
        connection.execute(text("UPDATE outbox SET state = 'lost'"))


def test_foreign_keys_are_enforced(store, database):
    store.turn("web", "zhang", "1", "hello", lambda state, _records=None: Reduced({}, [{}], {}))
    with pytest.raises(StoreError, match=r"(?i)foreign key"), database.writing() as connection:
        connection.execute(tables.conversations.delete())


def test_a_message_and_a_turn_can_each_be_stored_once_only(store, database):
    store.turn("web", "zhang", "1", "hello", lambda state, _records=None: Reduced({}, [{}], {}))
    with database.reading() as connection:
        row = dict(connection.execute(tables.inbox.select()).mappings().one())
    del row["id"]
    for change in ({"turn": 2}, {"message": "0" * 64}):
        with pytest.raises(StoreError, match=r"(?i)unique"), database.writing() as connection:
            connection.execute(tables.inbox.insert(), {**row, **change})
