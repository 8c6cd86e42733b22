"""The schema's version: read at every start, brought up to date when it is behind."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from member_store.database import Database
from member_store.errors import StoreError

HEAD = "0010"
"""The revision that this program works with, the newest in `member_store.migrations`."""


def upgrade(database: Database) -> None:
    """Bring the database to `HEAD`, in one transaction; do nothing if it is there. Safe in several processes at once.

    Raises StoreError for a database that a newer program has already changed.
    """
    with database.reading() as connection:
        if _revision(connection) == HEAD:
            return
    # Importing Alembic costs a quarter of a second, so only those who need it pay.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "member_store:migrations")
    with database.writing() as connection:
        database.alone(connection, "schema")
        revision = _revision(connection)
        known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
        if revision not in (None, *known):
            raise StoreError(
                f"The database has schema {revision}, which this program (schema {HEAD}) does not know",
                database.where,
                "Run the newer version of hebao that last used it, or restore a backup from before.",
            )
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
