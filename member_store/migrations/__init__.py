"""The Alembic environment: `member_store.schema.upgrade` runs it."""
