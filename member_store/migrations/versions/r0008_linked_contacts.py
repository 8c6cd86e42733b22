"""Several accounts of one person; wrong codes counted by channel and hour."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("contact", sa.Column("joined_id", sa.Integer))
    op.add_column("contact", sa.Column("joined_at", _MOMENT))
    op.add_column("contact", sa.Column("code", sa.String(64)))
    op.add_column("contact", sa.Column("code_expires_at", _MOMENT))
    op.create_index("uq_contact_code", "contact", ["code"], unique=True)
    op.create_index("ix_contact_joined", "contact", ["joined_id"])
    op.create_table(
        "code_guesses",
        sa.Column("channel", sa.String(32), primary_key=True),
        sa.Column("hour", _MOMENT, primary_key=True),
        sa.Column("wrong", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("code_guesses")
    op.drop_index("ix_contact_joined", "contact")
    op.drop_index("uq_contact_code", "contact")
    for column in ("code_expires_at", "code", "joined_at", "joined_id"):
        op.drop_column("contact", column)
