"""The audit and the history; what may never be changed afterwards, the database itself refuses to change."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FINAL = ("audit", "ledger_entry", "ledger_posting")
"""What is booked or recorded stays as it is."""


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(32), nullable=False),
        sa.Column("actor_id", sa.Integer),
        sa.Column("person_id", sa.Integer),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("setting", sa.String(32)),
        sa.Column("action", sa.String(48), nullable=False),
        sa.Column("entity", sa.String(32), nullable=False),
        sa.Column("entity_id", sa.Integer),
        sa.Column("changes", sa.Text, nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("ix_audit_person", "audit", ["person_id"])
    op.create_table(
        "history",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("entity", sa.String(32), nullable=False),
        sa.Column("entity_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id")),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("audit_id", sa.Integer, sa.ForeignKey("audit.id"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_history_person", "history", ["person_id"])
    for table in FINAL:
        _forbid(table)


def _forbid(table: str) -> None:
    """Let the database refuse whatever would change or take out a row, whoever asks for it."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} only grows'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_final BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_only_grows()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in (f"{table}_{change}" for table in FINAL for change in ("update", "delete")):
            op.execute(f"DROP TRIGGER {name}")
    else:
        for table in FINAL:
            op.execute(f"DROP FUNCTION {table}_only_grows CASCADE")
    for table in ("history", "audit"):
        op.drop_table(table)
