"""Reminders, and when a message is next sent unasked."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("community_id", sa.Integer),
        sa.Column("county", sa.String(32), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("moment", sa.String(16), nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("last_on", sa.Date, nullable=False),
        sa.Column("situation", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("year", "moment", "due_on", "person_id", name="uq_reminder"),
    )
    op.create_table(
        "reminder_plan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("county", sa.String(32), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("moment", sa.String(16), nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("planned_to", sa.Integer, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("county", "year", "moment", "due_on", name="uq_reminder_plan"),
    )
    op.add_column("delivery", sa.Column("try_at", sa.DateTime(timezone=True)))
    op.add_column("delivery", sa.Column("reminder_id", sa.Integer))
    op.create_index("ix_delivery_try", "delivery", ["channel", "state", "try_at", "id"])
    op.create_index("uq_delivery_reminder", "delivery", ["reminder_id", "contact"], unique=True)
    # A message that somebody left for another person waited for their visit; from now on it is sent, where it can be.
    op.execute("UPDATE delivery SET try_at = changed_at WHERE state = 'waiting' AND channel = 'telegram'")


def downgrade() -> None:
    op.drop_index("uq_delivery_reminder", "delivery")
    op.drop_index("ix_delivery_try", "delivery")
    op.drop_column("delivery", "reminder_id")
    op.drop_column("delivery", "try_at")
    op.drop_table("reminder_plan")
    op.drop_table("reminder")
