"""Alembic's entry: migrate over the connection, and in the transaction, that the caller holds."""

from alembic import context
from sqlmodel import SQLModel

# What is to be migrated arrives in the attributes: no alembic.ini, no second connection.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
